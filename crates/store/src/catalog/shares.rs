//! Links that show a site to everybody who holds them: made at random, shown once, kept as hashes. It must not know what
//! is shown by them.

use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
    token::{TokenHash, random_token},
};
use crate::site::SiteId;

/// What every share's token begins with, so that it is recognised where it should not be, and never taken for a key.
const MARK: &str = "wmv_";

/// Whether the text has the form of a share's token.
#[must_use]
pub fn is_share(text: &str) -> bool {
    text.starts_with(MARK)
}

/// A shared link as the catalog knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its number, which never changes.
    pub number: i64,
    /// The site that it shows.
    pub site: SiteId,
    /// What it is called among those who made it.
    pub name: String,
    /// Who made it, and when.
    pub by: Author,
    /// When it ends, in ms since 1970-01-01 UTC.
    pub expires_at: Option<i64>,
}

impl Share {
    /// Whether it is past its end.
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

impl Catalog {
    /// Makes a link to a site; gives its token, which nobody can tell afterwards, and what is kept of it.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn add_share(
        &self,
        site: &Site,
        name: &str,
        expires_at: Option<i64>,
        by: &Author,
    ) -> Result<(String, Share), CatalogError> {
        let failed = self.failed("add a shared link to");
        let token = random_token(MARK)?;
        let hash = TokenHash::of(&token);
        let mut work = self.begin("add a shared link to").await?;
        let row = sqlx::query(
            "INSERT INTO share (site, name, hash, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(name).bind(hash.as_slice());
        let row = row.bind(by.at).bind(&by.name).bind(expires_at).execute(&mut *work).await;
        let number = row.map_err(&failed)?.last_insert_rowid();
        let made = Note { site: Some(site.number), action: "share_added", subject: name, detail: None };
        note(&mut work, made, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        let share =
            Share { number, site: site.id.clone(), name: name.to_owned(), by: by.clone(), expires_at };
        Ok((token, share))
    }

    /// The links to a site that are not revoked, expired ones too, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn shares(&self, site: &Site) -> Result<Vec<Share>, CatalogError> {
        let rows = sqlx::query(
            "SELECT h.*, s.name AS site_name FROM share h JOIN site s ON s.id = h.site
             WHERE h.site = ? AND h.revoked_at IS NULL ORDER BY h.id",
        );
        let rows = rows.bind(site.number).fetch_all(&self.pool).await.map_err(self.failed("read"))?;
        rows.iter().map(|row| self.read_share(row)).collect()
    }

    /// The link of that hash, if it still shows something.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn share(&self, hash: &TokenHash, now: i64) -> Result<Option<Share>, CatalogError> {
        let row = sqlx::query(
            "SELECT h.*, s.name AS site_name FROM share h JOIN site s ON s.id = h.site
             WHERE h.hash = ? AND h.revoked_at IS NULL AND (h.expires_at IS NULL OR h.expires_at > ?)",
        );
        let row = row.bind(hash.as_slice()).bind(now).fetch_optional(&self.pool).await;
        row.map_err(self.failed("read"))?.map(|row| self.read_share(&row)).transpose()
    }

    /// Revokes a link to a site, for ever. False when there is no such link to that site.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn revoke_share(&self, site: &Site, number: i64, by: &Author) -> Result<bool, CatalogError> {
        let failed = self.failed("revoke a shared link in");
        let mut work = self.begin("revoke a shared link in").await?;
        let row = sqlx::query(
            "UPDATE share SET revoked_at = ?, revoked_by = ?
             WHERE id = ? AND site = ? AND revoked_at IS NULL RETURNING name",
        );
        let row = row.bind(by.at).bind(&by.name).bind(number).bind(site.number);
        let Some(row) = row.fetch_optional(&mut *work).await.map_err(&failed)? else { return Ok(false) };
        let name: String = row.try_get("name").map_err(&failed)?;
        let done = Note { site: Some(site.number), action: "share_revoked", subject: &name, detail: None };
        note(&mut work, done, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(true)
    }

    fn read_share(&self, row: &SqliteRow) -> Result<Share, CatalogError> {
        let failed = self.failed("read");
        let site: String = row.try_get("site_name").map_err(&failed)?;
        Ok(Share {
            number: row.try_get("id").map_err(&failed)?,
            site: SiteId::parse(&site).map_err(|error| self.damaged(error.to_string()))?,
            name: row.try_get("name").map_err(&failed)?,
            by: Author {
                name: row.try_get("created_by").map_err(&failed)?,
                at: row.try_get("created_at").map_err(&failed)?,
            },
            expires_at: row.try_get("expires_at").map_err(&failed)?,
        })
    }
}
