//! Who else may see or change sites. An owner of all sites decides about everybody; an owner of a site about roles on it.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::time::timestamp;
use waymark_store::catalog::{self, Account, Author, Given, Giver, Site};

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need, Role},
    page::Page,
    session::json,
};
use crate::{
    accounts::{self, Invitation, LinkFor, SignedIn, invite, new_link},
    serve::{App, Job, answer, peer::caller_of},
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
    /// What they may do once their account is confirmed.
    waiting: Vec<MemberRole>,
    /// Whether the account is known to be the person's own. It is not while only the owner of a site who invited them says so,
    /// who may have chosen the password. A one-time link confirms it that was sent to the e-mail address or made by an owner
    /// of all sites, and so does signing in by another service.
    confirmed: bool,
    /// Who invited them: an e-mail address, or the user of the system. `null` when nobody did, and when it was an owner of
    /// other sites than yours.
    invited_by: Option<String>,
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
    let seen: Vec<&Account> = accounts.iter().filter(|account| realm.sees(account)).collect();
    let members = seen.iter().map(|account| realm.member(account, &seen));
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
    /// somebody who had an account; but an owner of all sites gets one if that account is not confirmed and no e-mail is sent.
    link: Option<String>,
    /// A link that confirms the account was sent to the e-mail address: the role holds once it was used.
    mailed: bool,
}

/// Invite somebody
///
/// Somebody who has an account gets the role at once; if it is not confirmed, once they have confirmed it.
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
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let realm = Realm::of(&app, &headers).await?;
    let NewMember { email, name, site, role } = body::json(&app, body).await?;
    let site = realm.site(&app, &headers, site.as_deref()).await?;
    let invitation = Invitation { email: &email, name: &name, site: site.as_deref(), role: role.into() };
    let by = realm.author(&app);
    let accounts::Invited { account, mut token, given } =
        invite(&app.catalog, &invitation, realm.giver(), &by).await?;
    let mut mailed = false;
    if given == Given::OnceConfirmed {
        mailed =
            confirm_by_mail(&app, &account, caller_of(&app.settings, peer.ip(), &headers).ip, &by).await?;
        if !mailed && realm.giver() == Giver::Everything {
            token = Some(new_link(&app.catalog, &account, LinkFor::Welcome, realm.giver(), &by).await?);
        }
    }
    let link = token.map(|token| app.home().link(LinkFor::Welcome.page(), &token));
    let member = realm.shown(&app, &account).await?;
    Ok(json(StatusCode::CREATED, &Invited { member, link, mailed }))
}

/// Sends the person of an account the link that a role waits for. That too many were sent is no reason to refuse the role.
async fn confirm_by_mail(app: &App, account: &Account, ip: IpAddr, by: &Author) -> Result<bool, ApiError> {
    let sending = match app.accounts.confirmation(account, ip, app.home(), by).await {
        Err(accounts::AccountError::TooManyTries { .. }) => None,
        sending => sending?,
    };
    let is_sent = sending.is_some();
    if let Some(sending) = sending {
        app.jobs.spawn(Job::Mail, async {
            sending.await;
            Ok::<_, Infallible>(())
        });
    }
    Ok(is_sent)
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
/// It holds at once; but a greater role of somebody whose account is not confirmed waits until it is. They are signed out,
/// unless an owner of a site changes the role of somebody who may see other sites too.
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
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let realm = Realm::of(&app, &headers).await?;
    let RoleChange { site, role } = body::json(&app, body).await?;
    let site = realm.site(&app, &headers, site.as_deref()).await?;
    let (account, by) = (realm.account(&app, id).await?, realm.author(&app));
    let given = app.catalog.set_role(&account, site.as_deref(), role.into(), realm.giver(), &by).await?;
    if given == Given::OnceConfirmed {
        confirm_by_mail(&app, &account, caller_of(&app.settings, peer.ip(), &headers).ip, &by).await?;
    }
    let account = app.catalog.account(id).await?.ok_or_else(unknown)?;
    Ok(json(StatusCode::OK, &realm.shown(&app, &account).await?))
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

/// Make a link for somebody who lost their password, or is to confirm their account
///
/// Whoever uses it confirms the account: the roles that wait for that hold then.
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
    let token = new_link(&app.catalog, &account, purpose, Giver::Everything, &by).await?;
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

    /// What they may give at most.
    const fn giver(&self) -> Giver {
        if self.sites.is_none() { Giver::Everything } else { Giver::SiteOwner }
    }

    /// Whether somebody is theirs to see: who may see a site of theirs, or may once they are confirmed.
    fn sees(&self, account: &Account) -> bool {
        let Some(sites) = &self.sites else { return true };
        let waits_for = |site: &Site| account.waiting.iter().any(|on| on.site.as_ref() == Some(&site.id));
        sites.iter().any(|site| account.role_on(site).is_some() || waits_for(site))
    }

    async fn account(&self, app: &App, id: i64) -> Result<Account, ApiError> {
        let account = app.catalog.account(id).await?.filter(|account| self.sees(account));
        account.ok_or_else(unknown)
    }

    /// What they see of somebody, when they are not asked for with all others.
    async fn shown(&self, app: &App, account: &Account) -> Result<Member, ApiError> {
        let accounts = app.catalog.accounts().await?;
        let seen: Vec<&Account> = accounts.iter().filter(|account| self.sees(account)).collect();
        Ok(self.member(account, &seen))
    }

    /// What they see of somebody; `seen` are all whom they see.
    fn member(&self, account: &Account, seen: &[&Account]) -> Member {
        let is_theirs = |site: Option<&waymark_store::SiteId>| match (&self.sites, site) {
            (Some(sites), Some(site)) => sites.iter().any(|own| own.id == *site),
            _ => true,
        };
        let role = |on: &catalog::RoleOn| MemberRole {
            site: on.site.as_ref().map(ToString::to_string),
            role: on.role.into(),
        };
        let roles =
            |all: &[catalog::RoleOn]| all.iter().filter(|on| is_theirs(on.site.as_ref())).map(role).collect();
        let is_seen = |email: &&String| self.sites.is_none() || seen.iter().any(|seen| seen.email == **email);
        Member {
            id: account.number,
            email: account.email.clone(),
            name: account.name.clone(),
            roles: roles(&account.roles),
            waiting: roles(&account.waiting),
            confirmed: account.is_confirmed,
            invited_by: account.invited_by.as_ref().filter(is_seen).cloned(),
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
