//! What owners decided about names of events. It must not know which events have them.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
};

/// What an owner decided about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameDecision {
    /// The name.
    pub name: String,
    /// It has a place whoever sends it; otherwise it is forgotten.
    pub is_admitted: bool,
    /// Who decided, and when.
    pub by: Author,
}

impl Catalog {
    /// Decides about names: `Some(true)` admits them, `Some(false)` forgets them, `None` takes back what was decided.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn decide_names(
        &self,
        site: &Site,
        names: &[String],
        admit: Option<bool>,
        by: &Author,
    ) -> Result<(), CatalogError> {
        let failed = self.failed("decide about names in");
        let mut work = self.begin("decide about names in").await?;
        let action = match admit {
            Some(true) => "name_admitted",
            Some(false) => "name_forgotten",
            None => "name_undecided",
        };
        for name in names {
            write(&mut work, site, name, admit, by).await.map_err(&failed)?;
            let done = Note { site: Some(site.number), action, subject: name, detail: None };
            note(&mut work, done, by).await.map_err(&failed)?;
        }
        work.commit().await.map_err(&failed)
    }

    /// What was decided about the names of a site, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn name_decisions(&self, site: &Site) -> Result<Vec<NameDecision>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT * FROM event_name WHERE site = ? ORDER BY name").bind(site.number);
        let rows = rows.fetch_all(&self.pool).await.map_err(&failed)?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// The same for all sites, by their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn all_name_decisions(&self) -> Result<BTreeMap<i64, Vec<NameDecision>>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT * FROM event_name").fetch_all(&self.pool).await.map_err(&failed)?;
        let mut found: BTreeMap<i64, Vec<NameDecision>> = BTreeMap::new();
        for row in rows {
            let site = row.try_get("site").map_err(&failed)?;
            found.entry(site).or_default().push(read(&row).map_err(&failed)?);
        }
        Ok(found)
    }
}

async fn write(
    work: &mut SqliteConnection,
    site: &Site,
    name: &str,
    admit: Option<bool>,
    by: &Author,
) -> Result<(), sqlx::Error> {
    let Some(admit) = admit else {
        let row = sqlx::query("DELETE FROM event_name WHERE site = ? AND name = ?");
        return row.bind(site.number).bind(name).execute(work).await.map(drop);
    };
    let row = sqlx::query(
        "INSERT INTO event_name (site, name, admitted, at, by) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (site, name) DO UPDATE SET admitted = excluded.admitted, at = excluded.at, by = excluded.by",
    );
    let row = row.bind(site.number).bind(name).bind(admit).bind(by.at).bind(&by.name);
    row.execute(work).await.map(drop)
}

fn read(row: &SqliteRow) -> Result<NameDecision, sqlx::Error> {
    let by = Author { name: row.try_get("by")?, at: row.try_get("at")? };
    Ok(NameDecision { name: row.try_get("name")?, is_admitted: row.try_get("admitted")?, by })
}
