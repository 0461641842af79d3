//! What people wrote beside dates, and the filters that they keep for later. It must not know what a filter means.

use super::{Author, Catalog, CatalogError, Site, audit::Note};

/// A few words about a day of a site.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DateNote {
    /// Its number, which never changes.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// The day in the site's zone, such as `2026-03-31`.
    pub date: String,
    /// The words.
    pub text: String,
    /// Who wrote it, and when.
    #[sqlx(flatten)]
    pub by: Author,
}

/// A filter under a name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedSegment {
    /// Its name, unique within the site.
    pub name: String,
    /// The filter as text.
    pub filter: String,
    /// Who saved it, and when.
    #[sqlx(flatten)]
    pub by: Author,
}

impl Catalog {
    /// Writes a note beside a day.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn add_note(
        &self,
        site: &Site,
        date: &str,
        text: &str,
        by: &Author,
    ) -> Result<DateNote, CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("INSERT INTO note (site, date, text, at, by) VALUES (?, ?, ?, ?, ?)");
        let row = row.bind(site.number).bind(date).bind(text).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await?.last_insert_rowid();
        work.finish(Note::of_site(site, "note_added", date).with(text)).await?;
        Ok(DateNote { number, date: date.to_owned(), text: text.to_owned(), by: by.clone() })
    }

    /// The notes of a site, by day.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn notes(&self, site: &Site) -> Result<Vec<DateNote>, CatalogError> {
        let rows = sqlx::query_as("SELECT * FROM note WHERE site = ? ORDER BY date, id").bind(site.number);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Removes a note. False when the site has no such note.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn remove_note(&self, site: &Site, number: i64, by: &Author) -> Result<bool, CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query_as("DELETE FROM note WHERE id = ? AND site = ? RETURNING date, text");
        let row = row.bind(number).bind(site.number).fetch_optional(&mut *work).await?;
        let Some((date, text)) = row else { return Ok(false) };
        let (date, text): (String, String) = (date, text);
        work.finish(Note::of_site(site, "note_removed", &date).with(&text)).await?;
        Ok(true)
    }

    /// Keeps a filter under a name, in the place of one that has the name already.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn save_segment(
        &self,
        site: &Site,
        name: &str,
        filter: &str,
        by: &Author,
    ) -> Result<(), CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query(
            "INSERT INTO saved_segment (site, name, filter, at, by) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (site, name) DO UPDATE SET filter = excluded.filter, at = excluded.at, by = excluded.by",
        );
        let row = row.bind(site.number).bind(name).bind(filter).bind(by.at).bind(&by.name);
        row.execute(&mut *work).await?;
        work.finish(Note::of_site(site, "segment_saved", name).with(filter)).await
    }

    /// The filters kept for a site, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn segments(&self, site: &Site) -> Result<Vec<SavedSegment>, CatalogError> {
        let rows = sqlx::query_as("SELECT * FROM saved_segment WHERE site = ? ORDER BY name");
        Ok(rows.bind(site.number).fetch_all(&self.pool).await?)
    }

    /// Forgets a filter. False when the site has none of that name.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn remove_segment(&self, site: &Site, name: &str, by: &Author) -> Result<bool, CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("DELETE FROM saved_segment WHERE site = ? AND name = ?");
        let done = row.bind(site.number).bind(name).execute(&mut *work).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        work.finish(Note::of_site(site, "segment_removed", name)).await?;
        Ok(true)
    }
}
