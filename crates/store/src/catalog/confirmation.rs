//! One-time links that let their holder choose an account's password, and what it takes until a password is known to be the
//! person's own: whoever has a link may be somebody else. It must not know how a link reaches its holder.

use sqlx::SqliteConnection;

use super::{
    Account, Author, Catalog, CatalogError, PasswordHash,
    accounts::{change_password, end_access, find_account},
    audit::{Note, write_note},
    roles::{Role, RoleOn},
    token::{TokenHash, random_token},
};

/// Who has a one-time link, which says what using it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkHolder {
    /// The owner of a site who invited the person, and whom they sent it to: it shows nothing.
    SiteOwner,
    /// An owner of all sites or somebody with the server, and whom they sent it to: they may give everything, and so confirm.
    Everything,
    /// The person alone, by e-mail.
    Address,
}

impl Catalog {
    /// Makes a one-time link of an account, and notes who did; gives its token. The links before that were not sent by e-mail
    /// open nothing any more, unless this one is sent by e-mail: strangers can ask for that.
    ///
    /// # Errors
    /// When the system has no random numbers, or the catalog cannot be written.
    pub async fn add_link(
        &self,
        account: &Account,
        holder: LinkHolder,
        expires_at: i64,
        by: &Author,
    ) -> Result<String, CatalogError> {
        let token = random_token("")?;
        let (hash, mailed) = (TokenHash::new(&token), holder == LinkHolder::Address);
        let mut work = self.change(by).await?;
        if !mailed {
            let row = sqlx::query("DELETE FROM one_time_link WHERE account = ? AND mailed = 0");
            row.bind(account.number).execute(&mut *work).await?;
        }
        let row = sqlx::query(
            "INSERT INTO one_time_link (hash, account, expires_at, confirms, mailed) VALUES (?, ?, ?, ?, ?)",
        );
        let row = row.bind(hash).bind(account.number).bind(expires_at);
        let row = row.bind(holder != LinkHolder::SiteOwner).bind(mailed);
        row.execute(&mut *work).await?;
        work.finish(Note::of_account(account, "link_made")).await?;
        Ok(token)
    }

    /// The account whose one-time link this is, if it still opens something.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn link(&self, hash: &TokenHash, now: i64) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin().await?;
        let row = sqlx::query_scalar("SELECT account FROM one_time_link WHERE hash = ? AND expires_at > ?");
        match row.bind(hash).bind(now).fetch_optional(&mut *work).await? {
            Some(number) => find_account(&mut work, number).await,
            None => Ok(None),
        }
    }

    /// Uses a one-time link: sets the account's password, and ends its sessions and the link. One that shows who uses it
    /// confirms the account, and ends all others. `None`, and nothing is changed, when the link opens nothing (any more).
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn use_link(
        &self,
        hash: &TokenHash,
        password: &PasswordHash,
        now: i64,
    ) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin().await?;
        let row = sqlx::query_as(
            "DELETE FROM one_time_link WHERE hash = ? AND expires_at > ? RETURNING account, confirms",
        );
        let row: Option<(i64, bool)> = row.bind(hash).bind(now).fetch_optional(&mut *work).await?;
        let Some((number, confirms)) = row else { return Ok(None) };
        let Some(account) = find_account(&mut work, number).await? else { return Ok(None) };
        let by = Author { name: account.email.clone(), at: now };
        if confirms {
            let row = sqlx::query("DELETE FROM one_time_link WHERE account = ?").bind(number);
            row.execute(&mut *work).await?;
            confirm(&mut work, &account, &by).await?;
        }
        change_password(&mut work, number, password).await?;
        let changed = Note::of_account(&account, "password_changed").with("by a one-time link");
        write_note(&mut work, changed, &by).await?;
        let account = find_account(&mut work, number).await?;
        work.commit().await?;
        Ok(account)
    }

    /// Confirms an account that another service has shown to be the person's: the password and the links that somebody else
    /// may have end, with all sessions and one-time codes. One that is confirmed stays as it is.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn confirm_account(&self, account: &Account, by: &Author) -> Result<Account, CatalogError> {
        let number = account.number;
        let mut work = self.begin().await?;
        let gone = || CatalogError::NoAccount(account.email.clone());
        let account = find_account(&mut work, number).await?.ok_or_else(gone)?;
        if account.is_confirmed {
            return Ok(account);
        }
        let row = sqlx::query("DELETE FROM one_time_link WHERE account = ?").bind(number);
        row.execute(&mut *work).await?;
        let row = sqlx::query("UPDATE account SET password = NULL WHERE id = ?").bind(number);
        row.execute(&mut *work).await?;
        end_access(&mut work, number).await?;
        confirm(&mut work, &account, by).await?;
        let account = find_account(&mut work, number).await?.ok_or_else(gone)?;
        work.commit().await?;
        Ok(account)
    }
}

/// Takes an account for the person's own from now on: the roles that waited for it hold, and one-time codes that somebody
/// else may have set up are not asked for. Nothing is done to one that is confirmed.
async fn confirm(work: &mut SqliteConnection, account: &Account, by: &Author) -> Result<(), CatalogError> {
    if account.is_confirmed {
        return Ok(());
    }
    let number = account.number;
    for statement in [
        "UPDATE account SET confirmed = 1, vouched_by = NULL, totp = NULL, totp_on = 0, totp_used = 0
         WHERE id = ?",
        "DELETE FROM recovery_code WHERE account = ?",
        // The WHERE tells the parser that ON begins no join.
        "INSERT INTO role (account, site, role) SELECT account, site, role FROM waiting_role WHERE account = ?
         ON CONFLICT (account, ifnull(site, 0)) DO UPDATE SET role = excluded.role",
        "DELETE FROM waiting_role WHERE account = ?",
    ] {
        sqlx::query(statement).bind(number).execute(&mut *work).await?;
    }
    vouches_no_more(&mut *work, &account.email).await?;
    write_note(work, Note::of_account(account, "account_confirmed"), by).await
}

/// Those whom the account of that address invited were perhaps invited by somebody else who had its password.
pub(super) async fn vouches_no_more(work: &mut SqliteConnection, email: &str) -> Result<(), sqlx::Error> {
    let row = sqlx::query("UPDATE account SET vouched_by = NULL WHERE vouched_by = ?").bind(email);
    row.execute(work).await.map(drop)
}

/// Has a role wait until the account is confirmed.
pub(super) async fn wait(
    work: &mut SqliteConnection,
    account: i64,
    site: Option<i64>,
    role: Role,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query("INSERT INTO waiting_role (account, site, role) VALUES (?, ?, ?)");
    row.bind(account).bind(site).bind(role).execute(work).await.map(drop)
}

/// Takes away the role that waits there; says whether there was one.
pub(super) async fn no_longer_waits(
    work: &mut SqliteConnection,
    account: i64,
    site: Option<i64>,
) -> Result<bool, sqlx::Error> {
    let row =
        sqlx::query("DELETE FROM waiting_role WHERE account = ? AND site IS ?").bind(account).bind(site);
    Ok(row.execute(work).await?.rows_affected() > 0)
}

/// The roles that wait, that for all sites first.
pub(super) async fn waiting_roles_of(
    work: &mut SqliteConnection,
    account: i64,
) -> Result<Vec<RoleOn>, sqlx::Error> {
    let rows = sqlx::query_as(
        "SELECT w.role, s.name AS site_name FROM waiting_role w LEFT JOIN site s ON s.id = w.site
         WHERE w.account = ? ORDER BY s.name",
    );
    rows.bind(account).fetch_all(work).await
}
