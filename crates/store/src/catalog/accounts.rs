//! Accounts of people. Passwords come as hashes that are made elsewhere. It must not know how somebody shows who they are.

use std::fmt;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, Site,
    audit::{Note, note},
    confirmation::{vouches_no_more, waiting_roles_of},
    roles::{Giver, Role, RoleOn, grant, roles_of},
};

/// A password's argon2id hash, as a PHC string. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number, which never changes.
    pub number: i64,
    /// Its e-mail address in small letters: no two accounts have the same.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// The hash of its password, once one was chosen.
    pub password: Option<PasswordHash>,
    /// Whether signing in needs a one-time code too.
    pub has_totp: bool,
    /// When it was made, in ms since 1970-01-01 UTC.
    pub created_at: i64,
    /// What it may do; one entry for a site at most, and one for all.
    pub roles: Vec<RoleOn>,
    /// Who invited the person: an e-mail address, or the user of the system.
    pub invited_by: Option<String>,
    /// Its password is known to be the person's own. It is not while only an owner of a site, who had the link to choose it,
    /// says so.
    pub is_confirmed: bool,
    /// Of one that is not confirmed, who may know its password.
    pub(super) vouched_by: Option<String>,
    /// What it may do once it is confirmed.
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
        let mut work = self.begin("add an account to").await?;
        let account = self.insert_account(&mut work, new, by).await?;
        work.commit().await.map_err(self.failed("add an account to"))?;
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
        let failed = self.failed("add an account to");
        let mut work = self.begin("add an account to").await?;
        let row = sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(&mut *work).await;
        if row.map_err(&failed)?.is_some() {
            return Ok(None);
        }
        let account = self.insert_account(&mut work, new, by).await?;
        work.commit().await.map_err(&failed)?;
        Ok(Some(account))
    }

    async fn insert_account(
        &self,
        work: &mut SqliteConnection,
        new: &NewAccount<'_>,
        by: &Author,
    ) -> Result<Account, CatalogError> {
        let failed = self.failed("add an account to");
        let row = sqlx::query(
            "INSERT INTO account (email, name, password, created_at, invited_by, confirmed, vouched_by)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING RETURNING *",
        );
        let row = row.bind(new.email).bind(new.name).bind(new.password.map(|hash| &hash.0)).bind(by.at);
        let vouches = new.invited_by == Some(Giver::SiteOwner);
        let row = row.bind(new.invited_by.map(|_| &by.name)).bind(!vouches).bind(vouches.then_some(&by.name));
        let Some(row) = row.fetch_optional(&mut *work).await.map_err(&failed)? else {
            return Err(CatalogError::AccountExists(new.email.to_owned()));
        };
        let number: i64 = row.try_get("id").map_err(&failed)?;
        let site = new.site.map(|site| site.number);
        grant(work, number, site, new.role).await.map_err(&failed)?;
        let detail = Some(new.role.as_str());
        let added = Note { site, action: "member_added", subject: new.email, detail };
        note(&mut *work, added, by).await.map_err(&failed)?;
        self.read_account(work, &row).await
    }

    /// All accounts, by e-mail address.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, CatalogError> {
        let mut work = self.begin("read").await?;
        let rows = sqlx::query("SELECT * FROM account ORDER BY email").fetch_all(&mut *work).await;
        let mut accounts = Vec::new();
        for row in rows.map_err(self.failed("read"))? {
            accounts.push(self.read_account(&mut work, &row).await?);
        }
        Ok(accounts)
    }

    /// Whether there is any account.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn has_accounts(&self) -> Result<bool, CatalogError> {
        let row = sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(&self.pool).await;
        Ok(row.map_err(self.failed("read"))?.is_some())
    }

    /// The account of that number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn account(&self, number: i64) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin("read").await?;
        self.find_account(&mut work, number).await
    }

    /// The account of that e-mail address, which is in small letters.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn account_of(&self, email: &str) -> Result<Option<Account>, CatalogError> {
        let mut work = self.begin("read").await?;
        let row = sqlx::query("SELECT * FROM account WHERE email = ?").bind(email);
        match row.fetch_optional(&mut *work).await.map_err(self.failed("read"))? {
            Some(row) => self.read_account(&mut work, &row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Gives an account's person another name.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn rename_account(&self, number: i64, name: &str) -> Result<(), CatalogError> {
        let row = sqlx::query("UPDATE account SET name = ? WHERE id = ?").bind(name).bind(number);
        row.execute(&self.pool).await.map(drop).map_err(self.failed("write"))
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
        let failed = self.failed("write");
        let mut work = self.begin("write").await?;
        change_password(&mut work, account.number, password).await.map_err(&failed)?;
        let row = sqlx::query(
            "DELETE FROM one_time_link WHERE account = ?1
             AND (confirms = 0 OR (SELECT confirmed FROM account WHERE id = ?1) = 1)",
        );
        row.bind(account.number).execute(&mut *work).await.map_err(&failed)?;
        let changed = Note { site: None, action: "password_changed", subject: &account.email, detail: None };
        note(&mut work, changed, by).await.map_err(&failed)?;
        work.commit().await.map_err(failed)
    }

    /// Removes an account, with its sessions.
    ///
    /// # Errors
    /// When it is the last owner of everything, or the catalog cannot be written.
    pub async fn remove_account(&self, account: &Account, by: &Author) -> Result<(), CatalogError> {
        let failed = self.failed("write");
        let mut work = self.begin("write").await?;
        let row = sqlx::query("DELETE FROM account WHERE id = ?").bind(account.number);
        row.execute(&mut *work).await.map_err(&failed)?;
        vouches_no_more(&mut work, &account.email).await.map_err(&failed)?;
        self.still_owned(&mut work).await?;
        let removed = Note { site: None, action: "member_removed", subject: &account.email, detail: None };
        note(&mut work, removed, by).await.map_err(&failed)?;
        work.commit().await.map_err(failed)
    }

    pub(super) async fn find_account(
        &self,
        work: &mut SqliteConnection,
        number: i64,
    ) -> Result<Option<Account>, CatalogError> {
        let row = sqlx::query("SELECT * FROM account WHERE id = ?").bind(number);
        match row.fetch_optional(&mut *work).await.map_err(self.failed("read"))? {
            Some(row) => self.read_account(work, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read_account(
        &self,
        work: &mut SqliteConnection,
        row: &SqliteRow,
    ) -> Result<Account, CatalogError> {
        let failed = self.failed("read");
        let number = row.try_get("id").map_err(&failed)?;
        let password: Option<String> = row.try_get("password").map_err(&failed)?;
        Ok(Account {
            number,
            email: row.try_get("email").map_err(&failed)?,
            name: row.try_get("name").map_err(&failed)?,
            password: password.map(PasswordHash),
            has_totp: row.try_get("totp_on").map_err(&failed)?,
            created_at: row.try_get("created_at").map_err(&failed)?,
            roles: self.read_roles(roles_of(&mut *work, number).await)?,
            invited_by: row.try_get("invited_by").map_err(&failed)?,
            is_confirmed: row.try_get("confirmed").map_err(&failed)?,
            vouched_by: row.try_get("vouched_by").map_err(&failed)?,
            waiting: self.read_roles(waiting_roles_of(work, number).await)?,
        })
    }
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
