//! Orders that do not count, by the pseudonyms of their keys. It must not know what events they have.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use sqlx::SqliteConnection;

use super::{Author, Catalog, CatalogError, Site, audit::Note, column_types::Bits};
use crate::site::SiteId;

/// An order that does not count.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Void {
    /// Its number in the catalog: later ones have greater numbers.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// The pseudonym of its key, as events have it.
    #[sqlx(try_from = "Bits")]
    pub key: u64,
    /// Who voided it, and when.
    #[sqlx(flatten)]
    pub by: Author,
}

impl Catalog {
    /// Voids an order. When it is voided already, that stays as it is. Gives what is kept.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn void(&self, site: &Site, key: u64, by: &Author) -> Result<Void, CatalogError> {
        let mut work = self.change(by).await?;
        if let Some(known) = find(&mut work, site, key).await? {
            return Ok(known);
        }
        let row = sqlx::query("INSERT INTO void (site, key, created_at, created_by) VALUES (?, ?, ?, ?)");
        let row = row.bind(site.number).bind(Bits::from(key)).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await?.last_insert_rowid();
        work.finish(Note::of_site(site, "order_voided", &key.to_string())).await?;
        Ok(Void { number, key, by: by.clone() })
    }

    /// Lets an order count again. False when it was not voided.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn undo_void(&self, site: &Site, key: u64, by: &Author) -> Result<bool, CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("DELETE FROM void WHERE site = ? AND key = ?").bind(site.number);
        let gone = row.bind(Bits::from(key)).execute(&mut *work).await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        work.finish(Note::of_site(site, "order_counted", &key.to_string())).await?;
        Ok(true)
    }

    /// The voided orders of a site, by number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn voids(&self, site: &Site) -> Result<Vec<Void>, CatalogError> {
        let rows = sqlx::query_as(
            "SELECT id, key, created_by AS by, created_at AS at FROM void WHERE site = ? ORDER BY id",
        );
        Ok(rows.bind(site.number).fetch_all(&self.pool).await?)
    }

    /// The keys of all voided orders, for [`crate::Store::set_voided`].
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn voided_keys(&self) -> Result<BTreeMap<SiteId, HashSet<u64>>, CatalogError> {
        let rows: Vec<(SiteId, Bits)> =
            sqlx::query_as("SELECT s.name, v.key FROM void v JOIN site s ON s.id = v.site")
                .fetch_all(&self.pool)
                .await?;
        let mut keys: BTreeMap<SiteId, HashSet<u64>> = BTreeMap::new();
        for (site, key) in rows {
            keys.entry(site).or_default().insert(key.into());
        }
        Ok(keys)
    }
}

async fn find(work: &mut SqliteConnection, site: &Site, key: u64) -> Result<Option<Void>, CatalogError> {
    let row = sqlx::query_as(
        "SELECT id, key, created_by AS by, created_at AS at FROM void WHERE site = ? AND key = ?",
    );
    Ok(row.bind(site.number).bind(Bits::from(key)).fetch_optional(work).await?)
}
