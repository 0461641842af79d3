//! Accounts of people. Passwords come as hashes that are made elsewhere. It must not know how somebody shows who they are.

use std::fmt;

use sqlx::SqliteConnection;

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{AuditedChange, Note},
    confirmation::{vouches_no_more, waiting_roles_of},
    roles::{Giver, Role, RoleOn, grant, roles_of, still_owned},
};

/// A password's argon2id hash, as a PHC string. It does not show itself.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// Its number, which never changes.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// Its e-mail address in small letters: no two accounts have the same.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// The hash of its password, once one was chosen.
    pub password: Option<PasswordHash>,
    /// Whether signing in needs a one-time code too.
    #[sqlx(rename = "totp_on")]
    pub has_totp: bool,
    /// When it was made, in ms since 1970-01-01 UTC.
    pub created_at: i64,
    /// What it may do; one entry for a site at most, and one for all.
    #[sqlx(skip)]
    pub roles: Vec<RoleOn>,
    /// Who invited the person: an e-mail address, or the user of the system.
    pub invited_by: Option<String>,
    /// Its password is known to be the person's own. It is not while only an owner of a site, who had the link to choose it,
    /// says so.
    #[sqlx(rename = "confirmed")]
    pub is_confirmed: bool,
    /// Of one that is not confirmed, who may know its password.
    pub(super) vouched_by: Option<String>,
    /// What it may do once it is confirmed.
    #[sqlx(skip)]
    pub waiting: Vec<RoleOn>,
}

impl Account {
    /// The greatest role that it has on a site.
    #[must_use]
    pub fn role_on(&self, site: &Site) -> Option<Role> {
        let holds = |role: &&RoleOn| role.site.as_ref().is_none_or(|id| *id == site.id);
        self.roles.iter().filter(holds).map(|on| on.role).max()
    }

    /// The role that it has for a site itself; for all sites when there is none.
    pub(super) fn own_role(&self, site: Option<&Site>) -> Option<Role> {
        let is_there = |on: &&RoleOn| on.site.as_ref() == site.map(|site| &site.id);
        self.roles.iter().find(is_there).map(|on| on.role)
    }

    /// Whether it is an owner of everything.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.roles.iter().any(|on| on.site.is_none() && on.role == Role::Owner)
    }
}

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewAccount<'n> {
    /// Its e-mail address in small letters.
    pub email: &'n str,
    /// What the person is called.
    pub name: &'n str,
    /// The hash of its password; without one, a one-time link lets the person choose it.
    pub password: Option<&'n PasswordHash>,
    /// The site that its role is for; all when there is none.
    pub site: Option<&'n Site>,
    /// Its role.
    pub role: Role,
    /// Who invites the person; `None` for somebody who has shown who they are.
    pub invited_by: Option<Giver>,
}

impl Catalog {
    /// Makes an account.
    ///
    /// # Errors
    /// When there is one of that e-mail address, or the catalog cannot be written.
    pub async fn add_account(&self, new: &NewAccount<'_>, by: &Author) -> Result<Account, CatalogError> {
        let mut work = self.change(by).await?;
        let account = insert_account(&mut work, new, by).await?;
        work.commit().await?;
        Ok(account)
    }

    /// Makes the first account. `None`, and nothing is made, when there is one already.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn add_first_account(
        &self,
        new: &NewAccount<'_>,
        by: &Author,
    ) -> Result<Option<Account>, CatalogError> {
        let mut work = self.change(by).await?;
        if sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(&mut *work).await?.is_some() {
            return Ok(None);
        }
        let account = insert_account(&mut work, new, by).await?;
        work.commit().await?;
        Ok(Some(account))
    }

    /// All accounts, by e-mail address.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, CatalogError> {
        let mut work = self.begin().await?;
        let rows: Vec<Account> =
            sqlx::query_as("SELECT * FROM account ORDER BY email").fetch_all(&mut *work).await?;
        let mut accounts = Vec::new();
        for row in rows {
            accounts.push(with_roles(&mut work, row).await?);
        }
        Ok(accounts)
    }

    /// Whether there is any account.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn has_accounts(&self) -> Result<bool, CatalogError> {
        let row = sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(row.is_some())
    }

    /// The account of that number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn account(&self, number: i64) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin().await?;
        find_account(&mut work, number).await
    }

    /// The account of that e-mail address, which is in small letters.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn account_of(&self, email: &str) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin().await?;
        let row = sqlx::query_as("SELECT * FROM account WHERE email = ?").bind(email);
        match row.fetch_optional(&mut *work).await? {
            Some(row) => Ok(Some(with_roles(&mut work, row).await?)),
            None => Ok(None),
        }
    }

    /// Gives an account's person another name.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn rename_account(&self, number: i64, name: &str) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE account SET name = ? WHERE id = ?").bind(name).bind(number);
        row.execute(&self.pool).await?;
        Ok(())
    }

    /// Gives an account another password; its sessions and its one-time links end, but for those that are still to confirm it.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn set_password(
        &self,
        account: &Account,
        password: &PasswordHash,
        by: &Author,
    ) -> Result<(), CatalogError> {
        let mut work = self.change(by).await?;
        change_password(&mut work, account.number, password).await?;
        let row = sqlx::query(
            "DELETE FROM one_time_link WHERE account = ?1
             AND (confirms = 0 OR (SELECT confirmed FROM account WHERE id = ?1) = 1)",
        );
        row.bind(account.number).execute(&mut *work).await?;
        work.finish(Note::of_account(account, "password_changed")).await
    }

    /// Removes an account, with its sessions.
    ///
    /// # Errors
    /// When it is the last owner of everything, or the catalog cannot be written.
    pub async fn remove_account(&self, account: &Account, by: &Author) -> Result<(), CatalogError> {
        let mut work = self.change(by).await?;
        let row = sqlx::query("DELETE FROM account WHERE id = ?").bind(account.number);
        row.execute(&mut *work).await?;
        vouches_no_more(&mut work, &account.email).await?;
        still_owned(&mut work).await?;
        work.finish(Note::of_account(account, "member_removed")).await
    }
}

async fn insert_account(
    work: &mut AuditedChange<'_>,
    new: &NewAccount<'_>,
    by: &Author,
) -> Result<Account, CatalogError> {
    let row = sqlx::query_as(
        "INSERT INTO account (email, name, password, created_at, invited_by, confirmed, vouched_by)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING RETURNING *",
    );
    let vouches = new.invited_by == Some(Giver::SiteOwner);
    let row = row.bind(new.email).bind(new.name).bind(new.password).bind(by.at);
    let row = row.bind(new.invited_by.map(|_| &by.name)).bind(!vouches).bind(vouches.then_some(&by.name));
    let added: Option<Account> = row.fetch_optional(&mut **work).await?;
    let added = added.ok_or_else(|| CatalogError::AccountExists(new.email.to_owned()))?;
    let site = new.site.map(|site| site.number);
    grant(work, added.number, site, new.role).await?;
    let detail = Some(new.role.as_str());
    work.note(Note { site, action: "member_added", subject: new.email, detail }).await?;
    with_roles(work, added).await
}

/// The account of that number.
pub(super) async fn find_account(
    work: &mut SqliteConnection,
    number: i64,
) -> Result<Option<Account>, CatalogError> {
    let row = sqlx::query_as("SELECT * FROM account WHERE id = ?").bind(number);
    match row.fetch_optional(&mut *work).await? {
        Some(row) => Ok(Some(with_roles(work, row).await?)),
        None => Ok(None),
    }
}

/// The account with its roles, which are in tables of their own.
async fn with_roles(work: &mut SqliteConnection, account: Account) -> Result<Account, CatalogError> {
    let roles = roles_of(&mut *work, account.number).await?;
    let waiting = waiting_roles_of(work, account.number).await?;
    Ok(Account { roles, waiting, ..account })
}

/// Sets the password; whoever was signed in by the one before is not any more, and no browser is known.
pub(super) async fn change_password(
    work: &mut SqliteConnection,
    account: i64,
    password: &PasswordHash,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query("UPDATE account SET password = ? WHERE id = ?").bind(&password.0).bind(account);
    row.execute(&mut *work).await?;
    end_access(work, account).await
}

/// Ends what lets somebody in, or lets them try, without the password.
pub(super) async fn end_access(work: &mut SqliteConnection, account: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM known_device WHERE account = ?").bind(account).execute(&mut *work).await?;
    sqlx::query("DELETE FROM session WHERE account = ?").bind(account).execute(work).await.map(drop)
}
