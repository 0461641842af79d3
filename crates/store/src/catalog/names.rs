//! What owners decided about names of events. It must not know which events have them.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::{Author, Catalog, CatalogError, Site, audit::Note};

/// What an owner decided about a name.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NameDecision {
    /// The name.
    pub name: String,
    /// It has a place whoever sends it; otherwise it is forgotten.
    #[sqlx(rename = "admitted")]
    pub is_admitted: bool,
    /// Who decided, and when.
    #[sqlx(flatten)]
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
        let mut work = self.change(by).await?;
        let action = match admit {
            Some(true) => "name_admitted",
            Some(false) => "name_forgotten",
            None => "name_undecided",
        };
        for name in names {
            write(&mut work, site, name, admit, by).await?;
            work.note(Note::of_site(site, action, name)).await?;
        }
        work.commit().await
    }

    /// What was decided about the names of a site, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn name_decisions(&self, site: &Site) -> Result<Vec<NameDecision>, CatalogError> {
        let rows = sqlx::query_as("SELECT * FROM event_name WHERE site = ? ORDER BY name");
        Ok(rows.bind(site.number).fetch_all(&self.pool).await?)
    }

    /// The same for all sites, by their numbers.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn all_name_decisions(&self) -> Result<BTreeMap<i64, Vec<NameDecision>>, CatalogError> {
        let rows: Vec<OfSite> = sqlx::query_as("SELECT * FROM event_name").fetch_all(&self.pool).await?;
        let mut found: BTreeMap<i64, Vec<NameDecision>> = BTreeMap::new();
        for OfSite { site, decision } in rows {
            found.entry(site).or_default().push(decision);
        }
        Ok(found)
    }
}

/// A decision with the number of its site.
#[derive(sqlx::FromRow)]
struct OfSite {
    site: i64,
    #[sqlx(flatten)]
    decision: NameDecision,
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
