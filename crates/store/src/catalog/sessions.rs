//! Sessions of people who are signed in, and the browsers that they signed in on before. Both are tokens that are given away
//! once and kept as hashes. It must not know cookies or addresses.

use super::{
    Account, Catalog, CatalogError,
    accounts::find_account,
    token::{TokenHash, random_token},
};

/// A browser that was not signed in on for so long is not known any more: 180 days, in ms.
const DEVICE_KNOWN: i64 = 180 * 24 * 60 * 60 * 1_000;
/// Browsers of an account that are known.
const DEVICES: i64 = 20;

/// A session. Times are ms since 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// The hash of its token.
    pub hash: TokenHash,
    /// The number of the account.
    pub account: i64,
    /// When it began.
    pub created_at: i64,
    /// When it was last seen in use; noted now and then.
    pub used_at: i64,
    /// When it ends.
    pub expires_at: i64,
}

impl Catalog {
    /// Begins a session; gives its token, which nobody can tell afterwards.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn begin_session(
        &self,
        account: i64,
        now: i64,
        expires_at: i64,
    ) -> Result<(String, Session), CatalogError> {
        let token = random_token("")?;
        let hash = TokenHash::new(&token);
        let row = sqlx::query(
            "INSERT INTO session (hash, account, created_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        );
        let row = row.bind(hash).bind(account).bind(now).bind(now).bind(expires_at);
        row.execute(&self.pool).await?;
        Ok((token, Session { hash, account, created_at: now, used_at: now, expires_at }))
    }

    /// The session of that hash that has not ended, and whose it is.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn session(
        &self,
        hash: &TokenHash,
        now: i64,
    ) -> Result<Option<(Session, Account)>, CatalogError> {
        let mut work = self.begin().await?;
        let row = sqlx::query_as("SELECT * FROM session WHERE hash = ? AND expires_at > ?");
        let session: Option<Session> = row.bind(hash).bind(now).fetch_optional(&mut *work).await?;
        let Some(session) = session else { return Ok(None) };
        let account = find_account(&mut work, session.account).await?;
        Ok(account.map(|account| (session, account)))
    }

    /// Notes that a session is in use, and until when it lasts.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn session_used(
        &self,
        hash: &TokenHash,
        used_at: i64,
        expires_at: i64,
    ) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE session SET used_at = ?, expires_at = ? WHERE hash = ?");
        let row = row.bind(used_at).bind(expires_at).bind(hash);
        row.execute(&self.pool).await?;
        Ok(())
    }

    /// Ends a session, if there is one of that hash.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn end_session(&self, hash: &TokenHash) -> Result<(), CatalogError> {
        let row = sqlx::query("DELETE FROM session WHERE hash = ?").bind(hash);
        row.execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn end_sessions(&self, account: i64) -> Result<(), CatalogError> {
        let row = sqlx::query("DELETE FROM session WHERE account = ?").bind(account);
        row.execute(&self.pool).await?;
        Ok(())
    }

    /// The sessions of an account that have not ended, the last used first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn sessions(&self, account: i64, now: i64) -> Result<Vec<Session>, CatalogError> {
        let rows = sqlx::query_as(
            "SELECT * FROM session WHERE account = ? AND expires_at > ? ORDER BY used_at DESC, created_at DESC",
        );
        Ok(rows.bind(account).bind(now).fetch_all(&self.pool).await?)
    }

    /// Makes a browser known as one that the account signed in on; gives its token, which nobody can tell afterwards.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn know_device(&self, account: i64, now: i64) -> Result<String, CatalogError> {
        let token = random_token("")?;
        let mut work = self.begin().await?;
        let row = sqlx::query("INSERT INTO known_device (hash, account, used_at) VALUES (?, ?, ?)");
        let row = row.bind(TokenHash::new(&token)).bind(account).bind(now);
        row.execute(&mut *work).await?;
        let row = sqlx::query(
            "DELETE FROM known_device WHERE account = ?1 AND hash NOT IN
             (SELECT hash FROM known_device WHERE account = ?1 ORDER BY used_at DESC, rowid DESC LIMIT ?2)",
        );
        row.bind(account).bind(DEVICES).execute(&mut *work).await?;
        work.commit().await?;
        Ok(token)
    }

    /// Whether the account signed in on that browser before.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn knows_device(&self, account: i64, hash: &TokenHash, now: i64) -> Result<bool, CatalogError> {
        let row = sqlx::query("SELECT 1 FROM known_device WHERE hash = ? AND account = ? AND used_at > ?");
        let row = row.bind(hash).bind(account).bind(now - DEVICE_KNOWN);
        Ok(row.fetch_optional(&self.pool).await?.is_some())
    }

    /// Notes that the account signed in on that browser again.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn device_used(&self, account: i64, hash: &TokenHash, now: i64) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE known_device SET used_at = ? WHERE hash = ? AND account = ?");
        row.bind(now).bind(hash).bind(account).execute(&self.pool).await?;
        Ok(())
    }

    /// Removes sessions, one-time links and browsers that are not known any more.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn forget_ended(&self, now: i64) -> Result<(), CatalogError> {
        let mut work = self.begin().await?;
        let row = sqlx::query("DELETE FROM session WHERE expires_at <= ?").bind(now);
        row.execute(&mut *work).await?;
        let row = sqlx::query("DELETE FROM one_time_link WHERE expires_at <= ?").bind(now);
        row.execute(&mut *work).await?;
        let row = sqlx::query("DELETE FROM known_device WHERE used_at <= ?").bind(now - DEVICE_KNOWN);
        row.execute(&mut *work).await?;
        work.commit().await?;
        Ok(())
    }
}
