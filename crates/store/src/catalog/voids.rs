//! Orders that do not count, by the pseudonyms of their keys. It must not know what events they have.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
};
use crate::site::SiteId;

/// An order that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// Its number in the catalog: later ones have greater numbers.
    pub number: i64,
    /// The pseudonym of its key, as events have it.
    pub key: u64,
    /// Who voided it, and when.
    pub by: Author,
}

impl Catalog {
    /// Voids an order. When it is voided already, that stays as it is. Gives what is kept.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn void(&self, site: &Site, key: u64, by: &Author) -> Result<Void, CatalogError> {
        let failed = self.failed("void an order in");
        let mut work = self.begin("void an order in").await?;
        if let Some(known) = find(&mut work, site, key).await.map_err(&failed)? {
            return Ok(known);
        }
        let row = sqlx::query("INSERT INTO void (site, key, created_at, created_by) VALUES (?, ?, ?, ?)");
        let row = row.bind(site.number).bind(key as i64).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await.map_err(&failed)?.last_insert_rowid();
        record(&mut work, site, "order_voided", key, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(Void { number, key, by: by.clone() })
    }

    /// Lets an order count again. False when it was not voided.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn undo_void(&self, site: &Site, key: u64, by: &Author) -> Result<bool, CatalogError> {
        let failed = self.failed("let an order count in");
        let mut work = self.begin("let an order count in").await?;
        let row = sqlx::query("DELETE FROM void WHERE site = ? AND key = ?").bind(site.number);
        let gone = row.bind(key as i64).execute(&mut *work).await.map_err(&failed)?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        record(&mut work, site, "order_counted", key, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(true)
    }

    /// The voided orders of a site, by number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn voids(&self, site: &Site) -> Result<Vec<Void>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT * FROM void WHERE site = ? ORDER BY id");
        let rows = rows.bind(site.number).fetch_all(&self.pool).await.map_err(&failed)?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// The keys of all voided orders, for [`crate::Store::set_voided`].
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn voided_keys(&self) -> Result<BTreeMap<SiteId, HashSet<u64>>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT v.key, s.name FROM void v JOIN site s ON s.id = v.site");
        let mut keys: BTreeMap<SiteId, HashSet<u64>> = BTreeMap::new();
        for row in rows.fetch_all(&self.pool).await.map_err(&failed)? {
            let site: String = row.try_get("name").map_err(&failed)?;
            let site = SiteId::parse(&site).map_err(|error| self.damaged(error.to_string()))?;
            let key: i64 = row.try_get("key").map_err(&failed)?;
            keys.entry(site).or_default().insert(key as u64);
        }
        Ok(keys)
    }
}

async fn find(work: &mut SqliteConnection, site: &Site, key: u64) -> Result<Option<Void>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM void WHERE site = ? AND key = ?").bind(site.number);
    row.bind(key as i64).fetch_optional(work).await?.as_ref().map(read).transpose()
}

fn read(row: &SqliteRow) -> Result<Void, sqlx::Error> {
    let key: i64 = row.try_get("key")?;
    let by = Author { name: row.try_get("created_by")?, at: row.try_get("created_at")? };
    Ok(Void { number: row.try_get("id")?, key: key as u64, by })
}

async fn record(
    work: &mut SqliteConnection,
    site: &Site,
    action: &str,
    key: u64,
    by: &Author,
) -> Result<(), sqlx::Error> {
    let subject = key.to_string();
    note(work, Note { site: Some(site.number), action, subject: &subject, detail: None }, by).await
}
