//! Sessions of people who are signed in, and the one-time links that let them choose a password. Both are tokens that are
//! given away once and kept as hashes. It must not know cookies or addresses.

use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Account, Author, Catalog, CatalogError, PasswordHash,
    accounts::change_password,
    audit::{Note, note},
    token::{TokenHash, random_token},
};

/// A session. Times are ms since 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        let hash = TokenHash::of(&token);
        let row = sqlx::query(
            "INSERT INTO session (hash, account, created_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        );
        let row = row.bind(hash.as_slice()).bind(account).bind(now).bind(now).bind(expires_at);
        row.execute(&self.pool).await.map_err(self.failed("write"))?;
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
        let mut work = self.begin("read").await?;
        let row = sqlx::query("SELECT * FROM session WHERE hash = ? AND expires_at > ?");
        let row = row.bind(hash.as_slice()).bind(now).fetch_optional(&mut *work).await;
        let Some(row) = row.map_err(self.failed("read"))? else { return Ok(None) };
        let session = self.read_session(&row)?;
        let account = self.find_account(&mut work, session.account).await?;
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
        let row = row.bind(used_at).bind(expires_at).bind(hash.as_slice());
        row.execute(&self.pool).await.map(drop).map_err(self.failed("write"))
    }

    /// Ends a session, if there is one of that hash.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn end_session(&self, hash: &TokenHash) -> Result<(), CatalogError> {
        let row = sqlx::query("DELETE FROM session WHERE hash = ?").bind(hash.as_slice());
        row.execute(&self.pool).await.map(drop).map_err(self.failed("write"))
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn end_sessions(&self, account: i64) -> Result<(), CatalogError> {
        let row = sqlx::query("DELETE FROM session WHERE account = ?").bind(account);
        row.execute(&self.pool).await.map(drop).map_err(self.failed("write"))
    }

    /// The sessions of an account that have not ended, the last used first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn sessions(&self, account: i64, now: i64) -> Result<Vec<Session>, CatalogError> {
        let rows = sqlx::query(
            "SELECT * FROM session WHERE account = ? AND expires_at > ? ORDER BY used_at DESC, created_at DESC",
        );
        let rows = rows.bind(account).bind(now).fetch_all(&self.pool).await.map_err(self.failed("read"))?;
        rows.iter().map(|row| self.read_session(row)).collect()
    }

    /// Removes sessions and one-time links that have ended.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn forget_ended(&self, now: i64) -> Result<(), CatalogError> {
        let failed = self.failed("write");
        let mut work = self.begin("write").await?;
        let row = sqlx::query("DELETE FROM session WHERE expires_at <= ?").bind(now);
        row.execute(&mut *work).await.map_err(&failed)?;
        let row = sqlx::query("DELETE FROM one_time_link WHERE expires_at <= ?").bind(now);
        row.execute(&mut *work).await.map_err(&failed)?;
        work.commit().await.map_err(failed)
    }

    /// Makes the account's one-time link, and notes who did; gives its token. The one before, if there was one, opens nothing
    /// any more.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn add_link(
        &self,
        account: &Account,
        expires_at: i64,
        by: &Author,
    ) -> Result<String, CatalogError> {
        let (token, failed) = (random_token("")?, self.failed("write"));
        let hash = TokenHash::of(&token);
        let mut work = self.begin("write").await?;
        let row =
            sqlx::query("INSERT OR REPLACE INTO one_time_link (hash, account, expires_at) VALUES (?, ?, ?)");
        let row = row.bind(hash.as_slice()).bind(account.number).bind(expires_at);
        row.execute(&mut *work).await.map_err(&failed)?;
        let made = Note { site: None, action: "link_made", subject: &account.email, detail: None };
        note(&mut work, made, by).await.map_err(&failed)?;
        work.commit().await.map_err(failed)?;
        Ok(token)
    }

    /// The account whose one-time link this is, if it still opens something.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn link(&self, hash: &TokenHash, now: i64) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin("read").await?;
        let row = sqlx::query("SELECT account FROM one_time_link WHERE hash = ? AND expires_at > ?");
        let row = row.bind(hash.as_slice()).bind(now).fetch_optional(&mut *work).await;
        let Some(row) = row.map_err(self.failed("read"))? else { return Ok(None) };
        let number = row.try_get("account").map_err(self.failed("read"))?;
        self.find_account(&mut work, number).await
    }

    /// Uses a one-time link: sets the account's password, and ends its sessions and the link. `None`, and nothing is changed,
    /// when the link opens nothing (any more).
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn use_link(
        &self,
        hash: &TokenHash,
        password: &PasswordHash,
        now: i64,
    ) -> Result<Option<Account>, CatalogError> {
        let failed = self.failed("write");
        let mut work = self.begin("write").await?;
        let row =
            sqlx::query("DELETE FROM one_time_link WHERE hash = ? AND expires_at > ? RETURNING account");
        let row = row.bind(hash.as_slice()).bind(now).fetch_optional(&mut *work).await;
        let Some(row) = row.map_err(&failed)? else { return Ok(None) };
        let number = row.try_get("account").map_err(&failed)?;
        change_password(&mut work, number, password).await.map_err(&failed)?;
        let account = self.find_account(&mut work, number).await?;
        if let Some(account) = &account {
            let by = Author { name: account.email.clone(), at: now };
            let subject = &account.email;
            let changed =
                Note { site: None, action: "password_changed", subject, detail: Some("by a one-time link") };
            note(&mut work, changed, &by).await.map_err(&failed)?;
        }
        work.commit().await.map_err(failed)?;
        Ok(account)
    }

    fn read_session(&self, row: &SqliteRow) -> Result<Session, CatalogError> {
        let failed = self.failed("read");
        let hash: Vec<u8> = row.try_get("hash").map_err(&failed)?;
        let hash = hash.try_into().map_err(|_| self.damaged("the hash of a session".to_owned()))?;
        Ok(Session {
            hash: TokenHash(hash),
            account: row.try_get("account").map_err(&failed)?,
            created_at: row.try_get("created_at").map_err(&failed)?,
            used_at: row.try_get("used_at").map_err(&failed)?,
            expires_at: row.try_get("expires_at").map_err(&failed)?,
        })
    }
}
