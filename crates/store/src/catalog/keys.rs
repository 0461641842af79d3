//! Secret keys of programs: made at random, shown once, kept as hashes. It must not know what a key is used for.

use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number, which never changes.
    pub number: i64,
    /// The site that it is for.
    pub site: SiteId,
    /// Its first letters, by which people know it.
    pub prefix: String,
    /// The hash of all of it.
    pub hash: TokenHash,
    /// What it may be used for.
    pub scope: KeyScope,
    /// Who made it, and when.
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
        let failed = self.failed("add a key to");
        let text = random_token(MARK)?;
        let (hash, prefix) = (TokenHash::of(&text), text[..PREFIX].to_owned());
        let mut work = self.begin("add a key to").await?;
        let row = sqlx::query(
            "INSERT INTO api_key (site, prefix, hash, scope, created_at, created_by, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(&prefix).bind(hash.as_slice()).bind(scope.as_str());
        let added = row.bind(by.at).bind(&by.name).bind(expires_at).execute(&mut *work).await;
        let number = added.map_err(&failed)?.last_insert_rowid();
        let detail = Some(scope.as_str());
        let made = Note { site: Some(site.number), action: "key_added", subject: &prefix, detail };
        note(&mut work, made, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        let (site, by) = (site.id.clone(), by.clone());
        Ok((text, ApiKey { number, site, prefix, hash, scope, by, expires_at, used_on: None }))
    }

    /// The keys that are not revoked, expired ones too, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, CatalogError> {
        let rows = sqlx::query(
            "SELECT k.*, s.name AS site_name FROM api_key k JOIN site s ON s.id = k.site
             WHERE k.revoked_at IS NULL ORDER BY k.id",
        );
        let rows = rows.fetch_all(&self.pool).await.map_err(self.failed("read"))?;
        rows.iter().map(|row| self.read_key(row)).collect()
    }

    /// Revokes the key of that prefix, for ever. `None` when there is no such key.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn revoke_key(&self, prefix: &str, by: &Author) -> Result<Option<ApiKey>, CatalogError> {
        let Some(key) = self.keys().await?.into_iter().find(|key| key.prefix == prefix) else {
            return Ok(None);
        };
        let failed = self.failed("revoke a key in");
        let mut work = self.begin("revoke a key in").await?;
        let row = "UPDATE api_key SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL RETURNING site";
        let row = sqlx::query(row).bind(by.at).bind(&by.name).bind(key.number);
        // Somebody else may have been faster.
        let Some(row) = row.fetch_optional(&mut *work).await.map_err(&failed)? else { return Ok(None) };
        let site = row.try_get("site").map_err(&failed)?;
        let done = Note { site, action: "key_revoked", subject: prefix, detail: None };
        note(&mut work, done, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(Some(key))
    }

    /// Notes the day on which a key was last used, in days since 1970-01-01.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn key_used(&self, number: i64, day: i64) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE api_key SET used_on = ? WHERE id = ?").bind(day).bind(number);
        row.execute(&self.pool).await.map(drop).map_err(self.failed("write"))
    }

    fn read_key(&self, row: &SqliteRow) -> Result<ApiKey, CatalogError> {
        let failed = self.failed("read");
        let site: String = row.try_get("site_name").map_err(&failed)?;
        let hash: Vec<u8> = row.try_get("hash").map_err(&failed)?;
        let hash = hash.try_into().map_err(|_| self.damaged("the hash of a key".to_owned()))?;
        let scope = KeyScope::from_name(row.try_get("scope").map_err(&failed)?);
        Ok(ApiKey {
            number: row.try_get("id").map_err(&failed)?,
            site: SiteId::parse(&site).map_err(|error| self.damaged(error.to_string()))?,
            prefix: row.try_get("prefix").map_err(&failed)?,
            hash: TokenHash(hash),
            scope: scope.ok_or_else(|| self.damaged("the scope of a key".to_owned()))?,
            by: Author {
                name: row.try_get("created_by").map_err(&failed)?,
                at: row.try_get("created_at").map_err(&failed)?,
            },
            expires_at: row.try_get("expires_at").map_err(&failed)?,
            used_on: row.try_get("used_on").map_err(&failed)?,
        })
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
