//! Links that show a site to everybody who holds them: numbers, and no small groups.

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
use waymark_model::time::timestamp;
use waymark_store::catalog::Share;

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need},
    page::Page,
    session::json,
};
use crate::{
    accounts::person,
    serve::{App, answer},
};

/// A shared link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShareItem {
    /// Its number.
    id: i64,
    /// What it is called.
    name: String,
    /// When it was made.
    created: String,
    /// By whom.
    by: String,
    /// When it ends, if it does.
    expires: Option<String>,
    /// It has ended.
    expired: bool,
}

/// List the links to a site
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/shares",
    tag = "access",
    operation_id = "shares",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Links that are not revoked", body = Page<ShareItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let (shares, now) = (app.catalog.shares(&access.site).await?, app.clock.now());
    let items = shares.iter().map(|share| item(share, now)).collect();
    Ok(json(StatusCode::OK, &Page::whole(items)))
}

/// A link to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShare {
    /// What it is called among those who make links.
    name: String,
    /// When it ends; it does not unless given.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    expires: Option<Timestamp>,
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeShare {
    share: ShareItem,
    /// The link. It is shown this once.
    link: String,
}

/// Make a link to a site
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/shares",
    tag = "access",
    operation_id = "add_share",
    params(("site" = String, Path, description = "The site's name")),
    request_body = NewShare,
    responses((status = 201, description = "Made", body = MadeShare), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let NewShare { name, expires } = body::json(&app, body).await?;
    let (name, now) = (person::name(&name)?, app.clock.now());
    let expires = end(expires, now)?;
    let by = access.principal.author(now);
    let (token, share) = app.catalog.add_share(&access.site, &name, expires, &by).await?;
    let made = MadeShare { share: item(&share, now), link: app.home().link("share", &token) };
    Ok(json(StatusCode::CREATED, &made))
}

/// Revoke a link to a site
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/shares/{id}",
    tag = "access",
    operation_id = "revoke_share",
    params(
        ("site" = String, Path, description = "The site's name"),
        ("id" = i64, Path, description = "The link's number"),
    ),
    responses((status = 204, description = "It shows nothing any more"), ApiError)
)]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Path((site, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let by = access.principal.author(app.clock.now());
    if app.catalog.revoke_share(&access.site, id, &by).await? {
        return Ok(answer::empty(StatusCode::NO_CONTENT));
    }
    Err(ApiError::new(Code::UnknownShare, "the site has no such link, or it was revoked already"))
}

/// When something ends, in ms since 1970-01-01 UTC.
///
/// # Errors
/// When that is over.
pub(super) fn end(expires: Option<Timestamp>, now: i64) -> Result<Option<i64>, ApiError> {
    let end = expires.map(Timestamp::as_millisecond);
    if end.is_some_and(|end| end <= now) {
        return Err(ApiError::new(Code::BadTime, "`expires` is over already; nothing was made"));
    }
    Ok(end)
}

fn item(share: &Share, now: i64) -> ShareItem {
    ShareItem {
        id: share.number,
        name: share.name.clone(),
        created: timestamp(share.by.at).to_string(),
        by: share.by.name.clone(),
        expires: share.expires_at.map(|end| timestamp(end).to_string()),
        expired: share.is_expired(now),
    }
}
