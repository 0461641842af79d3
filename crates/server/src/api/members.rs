//! Who else may see or change sites. An owner of all sites decides about everybody; an owner of a site about roles on it.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::time::timestamp;
use waymark_store::catalog::{self, Account, Author, Site};

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need, Role},
    page::Page,
    session::json,
};
use crate::{
    accounts::{Invitation, LinkFor, SignedIn, invite, new_link},
    serve::{App, answer},
};

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Member {
    /// The account's number.
    id: i64,
    /// The e-mail address.
    email: String,
    /// The name.
    name: String,
    /// What they may do: on all sites, and on those that whoever asks owns.
    roles: Vec<MemberRole>,
    /// Whether a password was chosen: not yet by somebody who was invited.
    has_password: bool,
    /// Whether signing in needs a one-time code.
    has_totp: bool,
    /// When the account was made.
    created: String,
}

/// What somebody may do.
#[derive(Debug, Serialize, ToSchema)]
struct MemberRole {
    /// On which site; on all when `null`.
    site: Option<String>,
    /// What.
    role: Role,
}

/// List who has an account
#[utoipa::path(
    get,
    path = "/api/v1/members",
    tag = "members",
    operation_id = "members",
    security(("session" = [])),
    responses((status = 200, description = "Members, by e-mail address", body = Page<Member>), ApiError)
)]
pub(super) async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let realm = Realm::of(&app, &headers).await?;
    let accounts = app.catalog.accounts().await?;
    let members = accounts.iter().filter(|account| realm.sees(account)).map(|account| realm.member(account));
    Ok(json(StatusCode::OK, &Page::whole(members.collect())))
}

/// Somebody to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMember {
    email: String,
    name: String,
    /// The site that they may see; all when `null`.
    #[serde(default)]
    site: Option<String>,
    role: Role,
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invited {
    member: Member,
    /// A link for them to choose a password by, once. Nobody else should see it, and it is not shown again. `null` for
    /// somebody who had an account.
    link: Option<String>,
}

/// Invite somebody
#[utoipa::path(
    post,
    path = "/api/v1/members",
    tag = "members",
    operation_id = "invite",
    security(("session" = [])),
    request_body = NewMember,
    responses((status = 201, description = "Invited", body = Invited), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let realm = Realm::of(&app, &headers).await?;
    let NewMember { email, name, site, role } = body::json(&app, body).await?;
    let site = realm.site(&app, &headers, site.as_deref()).await?;
    let invitation = Invitation { email: &email, name: &name, site: site.as_deref(), role: role.into() };
    let (account, token) = invite(&app.catalog, &invitation, &realm.author(&app)).await?;
    let link = token.map(|token| app.home().link(LinkFor::Welcome.page(), &token));
    Ok(json(StatusCode::CREATED, &Invited { member: realm.member(&account), link }))
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleChange {
    /// On which site; on all when `null`.
    #[serde(default)]
    site: Option<String>,
    role: RoleOrNone,
}

/// A role, or that there is none.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RoleOrNone {
    Viewer,
    Editor,
    Owner,
    None,
}

impl From<RoleOrNone> for Option<catalog::Role> {
    fn from(role: RoleOrNone) -> Self {
        match role {
            RoleOrNone::Viewer => Some(catalog::Role::Viewer),
            RoleOrNone::Editor => Some(catalog::Role::Editor),
            RoleOrNone::Owner => Some(catalog::Role::Owner),
            RoleOrNone::None => None,
        }
    }
}

/// Change what somebody may do
///
/// They are signed out, and what they may do from now on holds when they sign in again.
#[utoipa::path(
    patch,
    path = "/api/v1/members/{id}",
    tag = "members",
    operation_id = "change_role",
    security(("session" = [])),
    params(("id" = i64, Path, description = "The account's number")),
    request_body = RoleChange,
    responses((status = 200, description = "Changed", body = Member), ApiError)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let realm = Realm::of(&app, &headers).await?;
    let RoleChange { site, role } = body::json(&app, body).await?;
    let site = realm.site(&app, &headers, site.as_deref()).await?;
    let account = realm.account(&app, id).await?;
    app.catalog.set_role(&account, site.as_deref(), role.into(), &realm.author(&app)).await?;
    let account = app.catalog.account(id).await?.ok_or_else(unknown)?;
    Ok(json(StatusCode::OK, &realm.member(&account)))
}

/// Remove an account
#[utoipa::path(
    delete,
    path = "/api/v1/members/{id}",
    tag = "members",
    operation_id = "remove_member",
    security(("session" = [])),
    params(("id" = i64, Path, description = "The account's number")),
    responses((status = 204, description = "Removed"), ApiError)
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let by = guard::installation(&app, &headers).await?.author(app.clock.now());
    let account = app.catalog.account(id).await?.ok_or_else(unknown)?;
    app.catalog.remove_account(&account, &by).await?;
    Ok(answer::empty(StatusCode::NO_CONTENT))
}

/// A one-time link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewLink {
    /// For its holder to choose the account's password by, once. It is not shown again.
    link: String,
}

/// Make a link for somebody who lost their password
#[utoipa::path(
    post,
    path = "/api/v1/members/{id}/link",
    tag = "members",
    operation_id = "reset_member",
    security(("session" = [])),
    params(("id" = i64, Path, description = "The account's number")),
    responses((status = 201, description = "The link", body = NewLink), ApiError)
)]
pub(super) async fn reset(
    State(app): State<Arc<App>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let by = guard::installation(&app, &headers).await?.author(app.clock.now());
    let account = app.catalog.account(id).await?.ok_or_else(unknown)?;
    let purpose = if account.password.is_some() { LinkFor::Reset } else { LinkFor::Welcome };
    let token = new_link(&app.catalog, &account, purpose, &by).await?;
    Ok(json(StatusCode::CREATED, &NewLink { link: app.home().link(purpose.page(), &token) }))
}

/// Somebody who may decide about members, and on which sites.
struct Realm {
    who: Arc<SignedIn>,
    /// Those that they own; all there are and will be for an owner of everything.
    sites: Option<Vec<Arc<Site>>>,
}

impl Realm {
    async fn of(app: &App, headers: &HeaderMap) -> Result<Self, ApiError> {
        let who = guard::account(app, headers).await?;
        if who.account.is_owner() {
            return Ok(Self { who, sites: None });
        }
        let sites = app.sites.all();
        let owned = |site: &Arc<Site>| who.account.role_on(site) == Some(catalog::Role::Owner);
        let sites: Vec<_> = sites.into_iter().filter(owned).collect();
        if sites.is_empty() { Err(guard::too_small()) } else { Ok(Self { who, sites: Some(sites) }) }
    }

    /// The site that a role is for, if they may decide about it.
    async fn site(
        &self,
        app: &App,
        headers: &HeaderMap,
        name: Option<&str>,
    ) -> Result<Option<Arc<Site>>, ApiError> {
        match name {
            Some(name) => Ok(Some(guard::site(app, headers, name, Need::Own).await?.site)),
            None if self.sites.is_none() => Ok(None),
            None => Err(guard::too_small()),
        }
    }

    /// Whether somebody is theirs to see: who may see a site of theirs.
    fn sees(&self, account: &Account) -> bool {
        let Some(sites) = &self.sites else { return true };
        sites.iter().any(|site| account.role_on(site).is_some())
    }

    async fn account(&self, app: &App, id: i64) -> Result<Account, ApiError> {
        let account = app.catalog.account(id).await?.filter(|account| self.sees(account));
        account.ok_or_else(unknown)
    }

    /// What they see of somebody.
    fn member(&self, account: &Account) -> Member {
        let is_theirs = |site: Option<&waymark_store::SiteId>| match (&self.sites, site) {
            (Some(sites), Some(site)) => sites.iter().any(|own| own.id == *site),
            _ => true,
        };
        let roles = account.roles.iter().filter(|on| is_theirs(on.site.as_ref()));
        let role = |on: &catalog::RoleOn| MemberRole {
            site: on.site.as_ref().map(ToString::to_string),
            role: on.role.into(),
        };
        Member {
            id: account.number,
            email: account.email.clone(),
            name: account.name.clone(),
            roles: roles.map(role).collect(),
            has_password: account.password.is_some(),
            has_totp: account.has_totp,
            created: timestamp(account.created_at).to_string(),
        }
    }

    fn author(&self, app: &App) -> Author {
        Author { name: self.who.account.email.clone(), at: app.clock.now() }
    }
}

fn unknown() -> ApiError {
    ApiError::new(Code::UnknownMember, "there is no such member for you")
        .hint("`GET /api/v1/members` lists those there are")
}
