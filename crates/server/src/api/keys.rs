//! Secret keys of programs, for one site each.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::time::{DAY, timestamp};
use waymark_store::catalog::{ApiKey, KeyScope};

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need},
    page::Page,
    session::json,
    shares::end,
    work,
};
use crate::serve::{App, answer};

/// A key, without what is secret of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyItem {
    /// Its first letters, by which it is known.
    prefix: String,
    /// What it may be used for.
    scope: Scope,
    /// When it was made.
    created: String,
    /// By whom.
    by: String,
    /// When it ends, if it does.
    expires: Option<String>,
    /// It has ended.
    expired: bool,
    /// The day it was last used on (UTC).
    last_used: Option<String>,
}

/// What a key may be used for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Scope {
    /// To send events.
    Collect,
    /// To ask questions.
    Read,
    /// Everything but members and keys.
    Admin,
}

/// List the keys of a site
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/keys",
    tag = "access",
    operation_id = "keys",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Keys that are not revoked", body = Page<KeyItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    app.keys.note(&app.catalog).await?;
    let (keys, now) = (app.catalog.keys().await?, app.clock.now());
    let items = keys.iter().filter(|key| key.site == access.site.id).map(|key| item(key, now)).collect();
    Ok(json(StatusCode::OK, &Page::whole(items)))
}

/// A key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    scope: Scope,
    /// When it ends; it does not unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    expires: Option<Timestamp>,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeKey {
    /// All of it. It is shown this once.
    key: String,
    /// What is kept of it.
    item: KeyItem,
}

/// Make a key for a site
///
/// Only people may: a key that got into wrong hands must not outlive itself by others.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/keys",
    tag = "access",
    operation_id = "add_key",
    security(("session" = [])),
    params(("site" = String, Path, description = "The site's name")),
    request_body = NewKey,
    responses((status = 201, description = "Made", body = MadeKey), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let access = guard::own(&app, &headers, &site).await?;
    let NewKey { scope, expires } = body::json(&app, body).await?;
    let now = app.clock.now();
    let (expires, by) = (end(expires, now)?, access.principal.author(now));
    work::to_the_end(async move {
        let (text, key) = app.catalog.add_key(&access.site, scope.into(), expires, &by).await?;
        app.reload().await?;
        Ok(json(StatusCode::CREATED, &MadeKey { key: text, item: item(&key, now) }))
    })
    .await
}

/// Revoke a key of a site
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/keys/{prefix}",
    tag = "access",
    operation_id = "revoke_key",
    security(("session" = [])),
    params(
        ("site" = String, Path, description = "The site's name"),
        ("prefix" = String, Path, description = "The key's first letters"),
    ),
    responses((status = 204, description = "It opens nothing any more"), ApiError)
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Path((site, prefix)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::own(&app, &headers, &site).await?;
    let keys = app.catalog.keys().await?;
    if !keys.iter().any(|key| key.site == access.site.id && key.prefix == prefix) {
        return Err(ApiError::new(Code::UnknownKey, "the site has no such key, or it was revoked already"));
    }
    let by = access.principal.author(app.clock.now());
    work::to_the_end(async move {
        app.catalog.revoke_key(&prefix, &by).await?;
        app.reload().await?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    })
    .await
}

fn item(key: &ApiKey, now: i64) -> KeyItem {
    KeyItem {
        prefix: key.prefix.clone(),
        scope: key.scope.into(),
        created: timestamp(key.by.at).to_string(),
        by: key.by.name.clone(),
        expires: key.expires_at.map(|end| timestamp(end).to_string()),
        expired: key.is_expired(now),
        last_used: key.used_on.map(|day| timestamp(day.saturating_mul(DAY)).to_string()),
    }
}

impl From<KeyScope> for Scope {
    fn from(scope: KeyScope) -> Self {
        match scope {
            KeyScope::Collect => Self::Collect,
            KeyScope::Read => Self::Read,
            KeyScope::Admin => Self::Admin,
        }
    }
}

impl From<Scope> for KeyScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Collect => Self::Collect,
            Scope::Read => Self::Read,
            Scope::Admin => Self::Admin,
        }
    }
}
