//! Secret keys of programs: made at random, shown once, kept as hashes. It must not know what a key is used for.

use super::{
    Author, Catalog, CatalogError, Site,
    audit::Note,
    token::{TokenHash, random_token},
};
use crate::site::SiteId;

/// What every key begins with, so that it is recognised where it should not be.
const MARK: &str = "wms_";
/// Signs of a key that are kept and shown, the mark among them. The other 35 hold 208 bits.
const PREFIX: usize = 12;

/// Whether the text has the form of a key: it is to be kept out of messages and logs.
#[must_use]
pub fn is_key(text: &str) -> bool {
    text.starts_with(MARK)
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum KeyScope {
    /// To send events.
    Collect,
    /// To ask questions.
    Read,
    /// Everything.
    Admin,
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Collect, Self::Read, Self::Admin];

    /// The name in tables and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// Whether a key of this scope may be used for `wanted`.
    #[must_use]
    pub fn allows(self, wanted: Self) -> bool {
        self == wanted || self == Self::Admin
    }
}

/// A key as the catalog knows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKey {
    /// Its number, which never changes.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// The site that it is for.
    #[sqlx(rename = "site_name")]
    pub site: SiteId,
    /// Its first letters, by which people know it.
    pub prefix: String,
    /// The hash of all of it.
    pub hash: TokenHash,
    /// What it may be used for.
    pub scope: KeyScope,
    /// Who made it, and when.
    #[sqlx(flatten)]
    pub by: Author,
    /// When it ends, in ms since 1970-01-01 UTC.
    pub expires_at: Option<i64>,
    /// Days from 1970-01-01 to its last use (UTC).
    pub used_on: Option<i64>,
}

impl ApiKey {
    /// Whether it is past its end.
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

impl Catalog {
    /// Makes a key for a site; gives its text, which nobody can tell afterwards, and what is kept of it.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn add_key(
        &self,
        site: &Site,
        scope: KeyScope,
        expires_at: Option<i64>,
        by: &Author,
    ) -> Result<(String, ApiKey), CatalogError> {
        let text = random_token(MARK)?;
        let (hash, prefix) = (TokenHash::new(&text), text[..PREFIX].to_owned());
        let mut work = self.change(by).await?;
        let row = sqlx::query(
            "INSERT INTO api_key (site, prefix, hash, scope, created_at, created_by, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(&prefix).bind(hash).bind(scope);
        let added = row.bind(by.at).bind(&by.name).bind(expires_at).execute(&mut *work).await?;
        let number = added.last_insert_rowid();
        work.finish(Note::of_site(site, "key_added", &prefix).with(scope.as_str())).await?;
        let (site, by) = (site.id.clone(), by.clone());
        Ok((text, ApiKey { number, site, prefix, hash, scope, by, expires_at, used_on: None }))
    }

    /// The keys that are not revoked, expired ones too, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, CatalogError> {
        let rows = sqlx::query_as(
            "SELECT k.*, k.created_by AS by, k.created_at AS at, s.name AS site_name
             FROM api_key k JOIN site s ON s.id = k.site WHERE k.revoked_at IS NULL ORDER BY k.id",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Revokes the key of that prefix, for ever. `None` when there is no such key.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn revoke_key(&self, prefix: &str, by: &Author) -> Result<Option<ApiKey>, CatalogError> {
        let Some(key) = self.keys().await?.into_iter().find(|key| key.prefix == prefix) else {
            return Ok(None);
        };
        let mut work = self.change(by).await?;
        let row = "UPDATE api_key SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL RETURNING site";
        let row = sqlx::query_scalar(row).bind(by.at).bind(&by.name).bind(key.number);
        // Somebody else may have been faster.
        let Some(site) = row.fetch_optional(&mut *work).await? else { return Ok(None) };
        let done = Note { site, action: "key_revoked", subject: prefix, detail: None };
        work.finish(done).await?;
        Ok(Some(key))
    }

    /// Notes the day on which a key was last used, in days since 1970-01-01.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn key_used(&self, number: i64, day: i64) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE api_key SET used_on = ? WHERE id = ?").bind(day).bind(number);
        row.execute(&self.pool).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_keys_may_do_everything_others_their_own() {
        let allowed = |scope: KeyScope| KeyScope::ALL.map(|wanted| scope.allows(wanted));
        assert_eq!(allowed(KeyScope::Collect), [true, false, false]);
        assert_eq!(allowed(KeyScope::Read), [false, true, false]);
        assert_eq!(allowed(KeyScope::Admin), [true, true, true]);
    }
}
