//! What accounts may do: a role for a site, or one for all. It must not know what each role allows.

use sqlx::SqliteConnection;

use super::{
    Account, Author, Catalog, CatalogError, Site,
    accounts::find_account,
    audit::Note,
    confirmation::{no_longer_waits, wait},
};
use crate::site::SiteId;

/// A role; a later one may do all that an earlier one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum Role {
    /// Sees results.
    Viewer,
    /// Changes definitions too.
    Editor,
    /// Changes everything of its site.
    Owner,
}

impl Role {
    /// All roles, the smallest first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Owner];

    /// The name in tables and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A role on something.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleOn {
    /// The site; all, those to come too, when there is none.
    #[sqlx(rename = "site_name")]
    pub site: Option<SiteId>,
    /// The role.
    pub role: Role,
}

/// Who gives a role, or a link to choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// An owner of all sites, or somebody with access to the server: they may give everything.
    Everything,
    /// An owner of a site, who may give what concerns it.
    SiteOwner,
}

/// When a role holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// At once.
    Now,
    /// Once the account is confirmed.
    OnceConfirmed,
}

impl Catalog {
    /// Gives an account a role on a site (on all when there is none), or takes away the one it has there.
    ///
    /// Somebody else than the person may know the password of an account that is not confirmed: the owner of a site who
    /// invited it. What others give such an account holds once it is confirmed.
    ///
    /// The account's sessions end, unless an owner of a site changed the role of somebody who may see other sites too: that
    /// holds at once, and is not a reason to sign them out there. An account that is left without a role stays, and may see
    /// nothing.
    ///
    /// # Errors
    /// When nobody would own everything any more, or the catalog cannot be written.
    pub async fn set_role(
        &self,
        account: &Account,
        site: Option<&Site>,
        role: Option<Role>,
        giver: Giver,
        by: &Author,
    ) -> Result<Given, CatalogError> {
        let number = site.map(|site| site.number);
        let mut work = self.change(by).await?;
        let unknown = || CatalogError::NoAccount(account.email.clone());
        let account = find_account(&mut work, account.number).await?.ok_or_else(unknown)?;
        let known = account.own_role(site);
        let waited = no_longer_waits(&mut work, account.number, number).await?;
        if known == role && !waited {
            return Ok(Given::Now);
        }
        let by_voucher = giver == Giver::SiteOwner && account.vouched_by.as_ref() == Some(&by.name);
        let vouched_for = account.is_confirmed || by_voucher;
        let waiting = role.filter(|role| Some(*role) > known && !vouched_for);
        if let Some(role) = waiting {
            wait(&mut work, account.number, number, role).await?;
        } else {
            set(&mut work, account.number, number, role).await?;
            still_owned(&mut work).await?;
            let only_here = |on: &RoleOn| on.site.as_ref() == site.map(|site| &site.id);
            if giver == Giver::Everything || account.roles.iter().all(only_here) {
                let row = sqlx::query("DELETE FROM session WHERE account = ?").bind(account.number);
                row.execute(&mut *work).await?;
            }
        }
        let action = if waiting.is_some() { "role_offered" } else { "role_changed" };
        let detail = Some(role.map_or("none", Role::as_str));
        let changed = Note { site: number, action, subject: &account.email, detail };
        work.finish(changed).await?;
        Ok(if waiting.is_some() { Given::OnceConfirmed } else { Given::Now })
    }
}

/// Refuses what would leave nobody who may do everything.
pub(super) async fn still_owned(work: &mut SqliteConnection) -> Result<(), CatalogError> {
    let row = sqlx::query("SELECT 1 FROM role WHERE site IS NULL AND role = 'owner' LIMIT 1");
    row.fetch_optional(work).await?.map(drop).ok_or(CatalogError::LastOwner)
}

/// An account's roles, that for all sites first.
pub(super) async fn roles_of(work: &mut SqliteConnection, account: i64) -> Result<Vec<RoleOn>, sqlx::Error> {
    let rows = sqlx::query_as(
        "SELECT r.role, s.name AS site_name FROM role r LEFT JOIN site s ON s.id = r.site
         WHERE r.account = ? ORDER BY s.name",
    );
    rows.bind(account).fetch_all(work).await
}

/// Gives a role, or takes away the one that the account has there.
async fn set(
    work: &mut SqliteConnection,
    account: i64,
    site: Option<i64>,
    role: Option<Role>,
) -> Result<(), sqlx::Error> {
    if let Some(role) = role {
        return grant(work, account, site, role).await;
    }
    let row = sqlx::query("DELETE FROM role WHERE account = ? AND site IS ?").bind(account).bind(site);
    row.execute(work).await.map(drop)
}

/// Gives a role, instead of the one that the account has there.
pub(super) async fn grant(
    work: &mut SqliteConnection,
    account: i64,
    site: Option<i64>,
    role: Role,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "INSERT INTO role (account, site, role) VALUES (?, ?, ?)
         ON CONFLICT (account, ifnull(site, 0)) DO UPDATE SET role = excluded.role",
    );
    row.bind(account).bind(site).bind(role).execute(work).await.map(drop)
}
