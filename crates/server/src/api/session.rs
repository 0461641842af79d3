//! The session of a browser: who is signed in, signing in and out, and setting the server up.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_store::catalog::Account;

use super::{
    body,
    error::ApiError,
    guard::{self, Principal, Role},
};
use crate::{
    accounts::{Credentials, DemoAccount, First, Password, SignedIn},
    serve::{App, answer, peer::caller_of},
};

/// Who is signed in, and what the sign-in page needs to know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionInfo {
    state: SessionState,
    /// Who is signed in.
    account: Option<Me>,
    /// What to send as `x-waymark-csrf` with every change.
    csrf: Option<String>,
    /// The sites that may be seen, by name.
    sites: Vec<SiteRole>,
    /// Another service to sign in by.
    oidc: Option<OtherService>,
    /// Whether the server sends e-mail: a lost password can be chosen anew by it.
    mail: bool,
    /// The account of a demonstration.
    demo: Option<DemoAccount>,
    /// The version of Waymark.
    version: &'static str,
}

/// Where a browser stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SessionState {
    /// Nobody has an account yet: the link that the server printed makes the first.
    Setup,
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is.
    SignedIn,
    /// A shared link, or a key, is sent.
    Shared,
}

/// Somebody who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// The account's number.
    id: i64,
    /// The e-mail address.
    email: String,
    /// The name.
    name: String,
    /// Whether signing in needs a one-time code.
    has_totp: bool,
    /// Whether everything may be changed.
    is_owner: bool,
}

/// A site that may be seen.
#[derive(Debug, Serialize, ToSchema)]
struct SiteRole {
    /// Its name.
    name: String,
    /// What may be done with it.
    role: Role,
}

/// A service that knows people.
#[derive(Debug, Serialize, ToSchema)]
struct OtherService {
    /// What it is called.
    name: String,
}

/// Tell who is signed in
#[utoipa::path(
    get,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "session",
    security((), ("session" = []), ("key" = [])),
    responses((status = 200, description = "Who is signed in", body = SessionInfo), ApiError)
)]
pub(super) async fn show(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    Ok(json(StatusCode::OK, &info(&app, guard::known(&app, &headers).await?).await?))
}

/// An e-mail address and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    email: String,
    #[schema(value_type = String)]
    password: Password,
    /// A code of the authenticator app, or a recovery code.
    #[serde(default)]
    code: Option<String>,
}

/// Sign in
///
/// `wrong_credentials` does not say which of the two is wrong; `code_needed` asks for the same again with `code`.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "sign_in",
    security(()),
    request_body = SignInBody,
    responses((status = 200, description = "Signed in, with a cookie", body = SessionInfo), ApiError)
)]
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let SignInBody { email, password, code } = body::json(&app, body).await?;
    let ip = caller_of(&app.settings, peer.ip(), &headers).ip;
    let device = guard::cookie(&headers, &app.home().device_cookie()).map(str::to_owned);
    let account = app.accounts.check(Credentials { email, password, code, device }, ip).await?;
    signed_in(&app, &headers, account, StatusCode::OK).await
}

/// Sign out
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "sign_out",
    security(("session" = [])),
    responses((status = 204, description = "Signed out"), ApiError)
)]
pub(super) async fn end(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(token) = guard::session_token(&app, &headers) {
        app.accounts.end_session(token).await?;
    }
    let home = app.home();
    Ok(with_cookie(answer::empty(StatusCode::NO_CONTENT), &home.set_cookie(home.cookie(), "", 0)))
}

/// Who sets the server up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupBody {
    /// What stands behind `#` in the link that the server printed.
    token: String,
    email: String,
    name: String,
    #[schema(value_type = String)]
    password: Password,
}

/// Make the first account
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    tag = "session",
    operation_id = "set_up",
    security(()),
    request_body = SetupBody,
    responses((status = 201, description = "Made, and signed in", body = SessionInfo), ApiError)
)]
pub(super) async fn set_up(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let SetupBody { token, email, name, password } = body::json(&app, body).await?;
    let account = app.accounts.set_up(First { token, email, name, password }).await?;
    signed_in(&app, &headers, account, StatusCode::CREATED).await
}

/// Begins a session for an account, and answers with it. The one that the browser had ends.
pub(super) async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    account: Account,
    status: StatusCode,
) -> Result<Response, ApiError> {
    if let Some(token) = guard::session_token(app, headers) {
        app.accounts.end_session(token).await?;
    }
    let home = app.home();
    let held = guard::cookie(headers, &home.device_cookie());
    let device = app.accounts.know_device(&account, held).await?;
    let begun = app.accounts.begin_session(account).await?;
    let signed_in = Arc::new(begun.signed_in);
    let cookie = home.set_cookie(home.cookie(), &begun.token, signed_in.seconds());
    let body = info(app, Some(Principal::Account(signed_in))).await?;
    let mut response = with_cookie(json(status, &body), &cookie);
    if let Some(token) = device {
        let cookie = home.set_cookie(&home.device_cookie(), &token, SignedIn::device_seconds());
        response = with_cookie(response, &cookie);
    }
    Ok(response)
}

/// Answers with the session as it is.
pub(super) async fn show_session(app: &App, headers: &HeaderMap) -> Result<Response, ApiError> {
    Ok(json(StatusCode::OK, &info(app, guard::known(app, headers).await?).await?))
}

/// Answers that nobody is signed in.
pub(super) async fn show_signed_out(app: &App) -> Result<Response, ApiError> {
    Ok(json(StatusCode::OK, &info(app, None).await?))
}

async fn info(app: &App, who: Option<Principal>) -> Result<SessionInfo, ApiError> {
    let state = match &who {
        Some(Principal::Account(_)) => SessionState::SignedIn,
        Some(Principal::Key(_) | Principal::Share(_)) => SessionState::Shared,
        None if app.catalog.has_accounts().await? => SessionState::SignedOut,
        None => SessionState::Setup,
    };
    let signed_in = match &who {
        Some(Principal::Account(signed_in)) => Some(signed_in),
        _ => None,
    };
    let sites = who.as_ref().map(|who| guard::sites_of(app, who)).unwrap_or_default();
    let sites = sites.into_iter().map(|of| SiteRole { name: of.site.id.to_string(), role: of.role });
    Ok(SessionInfo {
        state,
        account: signed_in.map(|who| me(who)),
        csrf: signed_in.map(|who| who.csrf.clone()),
        sites: sites.collect(),
        oidc: app.accounts.oidc().map(|service| OtherService { name: service.name.clone() }),
        mail: app.accounts.sends_mail(),
        demo: app.accounts.demo().cloned(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

fn me(signed_in: &SignedIn) -> Me {
    let Account { number, email, name, has_totp, .. } = &signed_in.account;
    Me {
        id: *number,
        email: email.clone(),
        name: name.clone(),
        has_totp: *has_totp,
        is_owner: signed_in.account.is_owner(),
    }
}

/// Something as JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    answer::json(status, &serde_json::json!(body))
}

/// The answer, with something for the browser to keep.
pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
