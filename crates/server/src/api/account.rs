//! The account of who is signed in: its name and password, its one-time codes, its sessions.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::time::timestamp;

use super::{
    body,
    error::ApiError,
    guard,
    page::Page,
    session::{SessionInfo, json, show_session, signed_in},
};
use crate::{
    accounts::{Password, person, totp},
    serve::{App, answer},
};

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountChange {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    password: Option<PasswordChange>,
}

/// Another password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    #[schema(value_type = String)]
    old: Password,
    #[schema(value_type = String)]
    new: Password,
}

/// Change your name or password
///
/// Another password ends all sessions, and begins a new one for this browser.
#[utoipa::path(
    patch,
    path = "/api/v1/account",
    tag = "account",
    operation_id = "change_account",
    security(("session" = [])),
    request_body = AccountChange,
    responses((status = 200, description = "Changed", body = SessionInfo), ApiError)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    let AccountChange { name, password } = body::json(&app, body).await?;
    let name = name.map(|name| person::name(&name)).transpose()?;
    let begins_anew = password.is_some();
    if let Some(PasswordChange { old, new }) = password {
        app.accounts.confirm(&who.account, old).await?;
        app.accounts.change_password(&who.account, new).await?;
    }
    if let Some(name) = name {
        app.catalog.rename_account(who.account.number, &name).await?;
    }
    if !begins_anew {
        return show_session(&app, &headers).await;
    }
    let account = app.catalog.account(who.account.number).await?;
    signed_in(&app, &headers, account.unwrap_or_else(|| who.account.clone()), StatusCode::OK).await
}

/// What an authenticator app is to know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodeOffer {
    /// The secret, to type it in.
    secret: String,
    /// The same for a picture that the app reads.
    uri: String,
}

/// Begin to use one-time codes
///
/// Signing in needs no code before one has been confirmed.
#[utoipa::path(
    post,
    path = "/api/v1/account/totp",
    tag = "account",
    operation_id = "offer_codes",
    security(("session" = [])),
    responses((status = 200, description = "The secret", body = CodeOffer), ApiError)
)]
pub(super) async fn offer_codes(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    let secret = app.accounts.offer_codes(&who.account).await?;
    let (uri, secret) = (totp::uri_of(&secret, &who.account.email), totp::text_of(&secret));
    Ok(json(StatusCode::OK, &CodeOffer { secret, uri }))
}

/// A one-time code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeBody {
    code: String,
}

/// Codes for when the app is lost.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecoveryCodes {
    /// Each stands once for a one-time code. They are shown this once.
    recovery_codes: Vec<String>,
}

/// Confirm that one-time codes work, and need them from now on
#[utoipa::path(
    put,
    path = "/api/v1/account/totp",
    tag = "account",
    operation_id = "require_codes",
    security(("session" = [])),
    request_body = CodeBody,
    responses((status = 200, description = "Needed from now on", body = RecoveryCodes), ApiError)
)]
pub(super) async fn require_codes(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    let CodeBody { code } = body::json(&app, body).await?;
    let recovery_codes = app.accounts.require_codes(&who.account, &code).await?;
    Ok(json(StatusCode::OK, &RecoveryCodes { recovery_codes }))
}

/// Your password, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordBody {
    #[schema(value_type = String)]
    password: Password,
}

/// Use no one-time codes any more
#[utoipa::path(
    delete,
    path = "/api/v1/account/totp",
    tag = "account",
    operation_id = "drop_codes",
    security(("session" = [])),
    request_body = PasswordBody,
    responses((status = 204, description = "Not needed any more"), ApiError)
)]
pub(super) async fn drop_codes(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    let PasswordBody { password } = body::json(&app, body).await?;
    app.accounts.confirm(&who.account, password).await?;
    app.accounts.drop_codes(&who.account).await?;
    Ok(answer::empty(StatusCode::NO_CONTENT))
}

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SessionItem {
    /// When it signed in.
    created: String,
    /// When it was last used, to the hour.
    last_used: String,
    /// When it ends if it is not used.
    expires: String,
    /// It is this browser.
    current: bool,
}

/// List where you are signed in
#[utoipa::path(
    get,
    path = "/api/v1/account/sessions",
    tag = "account",
    operation_id = "sessions",
    security(("session" = [])),
    responses((status = 200, description = "Sessions, the last used first", body = Page<SessionItem>), ApiError)
)]
pub(super) async fn sessions(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    let sessions = app.catalog.sessions(who.account.number, app.clock.now()).await?;
    let item = |session: waymark_store::catalog::Session| SessionItem {
        created: timestamp(session.created_at).to_string(),
        last_used: timestamp(session.used_at).to_string(),
        expires: timestamp(session.expires_at).to_string(),
        current: session.hash == who.session.hash,
    };
    Ok(json(StatusCode::OK, &Page::whole(sessions.into_iter().map(item).collect())))
}

/// Sign out everywhere else
#[utoipa::path(
    delete,
    path = "/api/v1/account/sessions",
    tag = "account",
    operation_id = "end_sessions",
    security(("session" = [])),
    responses((status = 200, description = "Signed out everywhere, and in again here", body = SessionInfo), ApiError)
)]
pub(super) async fn end_sessions(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let who = guard::account(&app, &headers).await?;
    app.catalog.end_sessions(who.account.number).await?;
    signed_in(&app, &headers, who.account.clone(), StatusCode::OK).await
}
