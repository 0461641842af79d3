//! Links that show a site to everybody who holds them: made at random, shown once, kept as hashes. It must not know what
//! is shown by them.

use super::{
    Author, Catalog, CatalogError, Site,
    audit::Note,
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
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Share {
    /// Its number, which never changes.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// The site that it shows.
    #[sqlx(rename = "site_name")]
    pub site: SiteId,
    /// What it is called among those who made it.
    pub name: String,
    /// Who made it, and when.
    #[sqlx(flatten)]
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
        let token = random_token(MARK)?;
        let hash = TokenHash::new(&token);
        let mut work = self.change(by).await?;
        let row = sqlx::query(
            "INSERT INTO share (site, name, hash, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(name).bind(hash);
        let row = row.bind(by.at).bind(&by.name).bind(expires_at).execute(&mut *work).await?;
        let number = row.last_insert_rowid();
        work.finish(Note::of_site(site, "share_added", name)).await?;
        let share =
            Share { number, site: site.id.clone(), name: name.to_owned(), by: by.clone(), expires_at };
        Ok((token, share))
    }

    /// The links to a site that are not revoked, expired ones too, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn shares(&self, site: &Site) -> Result<Vec<Share>, CatalogError> {
        let rows = sqlx::query_as(
            "SELECT h.*, h.created_by AS by, h.created_at AS at, s.name AS site_name FROM share h JOIN site s ON s.id = h.site
             WHERE h.site = ? AND h.revoked_at IS NULL ORDER BY h.id",
        );
        Ok(rows.bind(site.number).fetch_all(&self.pool).await?)
    }

    /// The link of that hash, if it still shows something.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn share(&self, hash: &TokenHash, now: i64) -> Result<Option<Share>, CatalogError> {
        let row = sqlx::query_as(
            "SELECT h.*, h.created_by AS by, h.created_at AS at, s.name AS site_name FROM share h JOIN site s ON s.id = h.site
             WHERE h.hash = ? AND h.revoked_at IS NULL AND (h.expires_at IS NULL OR h.expires_at > ?)",
        );
        Ok(row.bind(hash).bind(now).fetch_optional(&self.pool).await?)
    }

    /// Revokes a link to a site, for ever. False when there is no such link to that site.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn revoke_share(&self, site: &Site, number: i64, by: &Author) -> Result<bool, CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query_scalar(
            "UPDATE share SET revoked_at = ?, revoked_by = ?
             WHERE id = ? AND site = ? AND revoked_at IS NULL RETURNING name",
        );
        let row = row.bind(by.at).bind(&by.name).bind(number).bind(site.number);
        let name: Option<String> = row.fetch_optional(&mut *work).await?;
        let Some(name) = name else { return Ok(false) };
        work.finish(Note::of_site(site, "share_revoked", &name)).await?;
        Ok(true)
    }
}
