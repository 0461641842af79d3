//! What people wrote beside dates, and the filters that they keep for later. It must not know what a filter means.

use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
};

/// A few words about a day of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateNote {
    /// Its number, which never changes.
    pub number: i64,
    /// The day in the site's zone, such as `2026-03-31`.
    pub date: String,
    /// The words.
    pub text: String,
    /// Who wrote it, and when.
    pub by: Author,
}

/// A filter under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSegment {
    /// Its name, unique within the site.
    pub name: String,
    /// The filter as text.
    pub filter: String,
    /// Who saved it, and when.
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
        let failed = self.failed("add a note to");
        let mut work = self.begin("add a note to").await?;
        let row = sqlx::query("INSERT INTO note (site, date, text, at, by) VALUES (?, ?, ?, ?, ?)");
        let row = row.bind(site.number).bind(date).bind(text).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await.map_err(&failed)?.last_insert_rowid();
        let made = Note { site: Some(site.number), action: "note_added", subject: date, detail: Some(text) };
        note(&mut work, made, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(DateNote { number, date: date.to_owned(), text: text.to_owned(), by: by.clone() })
    }

    /// The notes of a site, by day.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn notes(&self, site: &Site) -> Result<Vec<DateNote>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT * FROM note WHERE site = ? ORDER BY date, id").bind(site.number);
        let rows = rows.fetch_all(&self.pool).await.map_err(&failed)?;
        let read = |row: &SqliteRow| {
            Ok(DateNote {
                number: row.try_get("id")?,
                date: row.try_get("date")?,
                text: row.try_get("text")?,
                by: Author { name: row.try_get("by")?, at: row.try_get("at")? },
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// Removes a note. False when the site has no such note.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn remove_note(&self, site: &Site, number: i64, by: &Author) -> Result<bool, CatalogError> {
        let failed = self.failed("remove a note from");
        let mut work = self.begin("remove a note from").await?;
        let row = sqlx::query("DELETE FROM note WHERE id = ? AND site = ? RETURNING date, text");
        let row = row.bind(number).bind(site.number).fetch_optional(&mut *work).await.map_err(&failed)?;
        let Some(row) = row else { return Ok(false) };
        let (date, text): (String, String) =
            (row.try_get("date").map_err(&failed)?, row.try_get("text").map_err(&failed)?);
        let gone =
            Note { site: Some(site.number), action: "note_removed", subject: &date, detail: Some(&text) };
        note(&mut work, gone, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
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
        let failed = self.failed("save a segment in");
        let mut work = self.begin("save a segment in").await?;
        let row = sqlx::query(
            "INSERT INTO saved_segment (site, name, filter, at, by) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (site, name) DO UPDATE SET filter = excluded.filter, at = excluded.at, by = excluded.by",
        );
        let row = row.bind(site.number).bind(name).bind(filter).bind(by.at).bind(&by.name);
        row.execute(&mut *work).await.map_err(&failed)?;
        let saved =
            Note { site: Some(site.number), action: "segment_saved", subject: name, detail: Some(filter) };
        note(&mut work, saved, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)
    }

    /// The filters kept for a site, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn segments(&self, site: &Site) -> Result<Vec<SavedSegment>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT * FROM saved_segment WHERE site = ? ORDER BY name").bind(site.number);
        let rows = rows.fetch_all(&self.pool).await.map_err(&failed)?;
        let read = |row: &SqliteRow| {
            Ok(SavedSegment {
                name: row.try_get("name")?,
                filter: row.try_get("filter")?,
                by: Author { name: row.try_get("by")?, at: row.try_get("at")? },
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// Forgets a filter. False when the site has none of that name.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn remove_segment(&self, site: &Site, name: &str, by: &Author) -> Result<bool, CatalogError> {
        let failed = self.failed("remove a segment from");
        let mut work = self.begin("remove a segment from").await?;
        let row = sqlx::query("DELETE FROM saved_segment WHERE site = ? AND name = ?");
        let done = row.bind(site.number).bind(name).execute(&mut *work).await.map_err(&failed)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let gone = Note { site: Some(site.number), action: "segment_removed", subject: name, detail: None };
        note(&mut work, gone, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(true)
    }
}
