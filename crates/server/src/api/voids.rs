//! Orders taken out of all results: which there are, one more, one less.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::{
    normal::{identifier, limits::TEXT_BYTES},
    time::timestamp,
};
use waymark_store::catalog::{IdentifierKind, Void};

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need},
    page::{Page, Paging},
    work,
};
use crate::serve::App;

/// A voided order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VoidItem {
    /// Its number, by which it is let count again.
    id: i64,
    /// The hash of its key, as exports have it. The key itself is not kept.
    key: String,
    /// When it was voided.
    at: String,
    /// Who voided it.
    by: String,
}

/// An order to void.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewVoid {
    /// Its key, as the site sent it.
    key: String,
}

/// List the orders of a site that are voided
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/voids",
    tag = "sites",
    operation_id = "voids",
    params(("site" = String, Path, description = "The site's name"), Paging),
    responses((status = 200, description = "Voided orders, the oldest first", body = Page<VoidItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Json<Page<VoidItem>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    access.needs_small_groups()?;
    let voids = app.catalog.voids(&access.site).await?;
    Ok(Json(Page::of(voids, &paging, |void| void.number.to_string())?.map(item)))
}

/// Void an order: its events are left out of all results, as tests are
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/voids",
    tag = "sites",
    operation_id = "add_void",
    params(("site" = String, Path, description = "The site's name")),
    request_body = NewVoid,
    responses((status = 201, description = "The voided order", body = VoidItem), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<VoidItem>), ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let NewVoid { key } = body::json(&app, body).await?;
    let Some(key) = identifier(&key).given().filter(|key| key.len() <= TEXT_BYTES) else {
        return Err(ApiError::new(Code::BadKey, "no order has such a key").hint(format!(
            "a key has 1 to {TEXT_BYTES} bytes, and is not a placeholder such as `undefined`"
        )));
    };
    let key = access.site.secret.pseudonym(IdentifierKind::Order, key);
    let by = access.principal.author(app.clock.now());
    work::to_the_end(async move {
        let void = app.catalog.void(&access.site, key, &by).await?;
        app.reload().await?;
        Ok((StatusCode::CREATED, Json(item(void))))
    })
    .await
}

/// Let a voided order count again
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/voids/{id}",
    tag = "sites",
    operation_id = "remove_void",
    params(("site" = String, Path, description = "The site's name"), ("id" = i64, Path, description = "The void's number")),
    responses((status = 204, description = "The order counts"), ApiError)
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Path((site, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let voids = app.catalog.voids(&access.site).await?;
    let unknown = || ApiError::new(Code::UnknownVoid, "no order of this site is voided under that number");
    let void = voids.into_iter().find(|void| void.number == id).ok_or_else(unknown)?;
    let by = access.principal.author(app.clock.now());
    work::to_the_end(async move {
        app.catalog.undo_void(&access.site, void.key, &by).await?;
        app.reload().await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

fn item(void: Void) -> VoidItem {
    let Void { number, key, by } = void;
    VoidItem { id: number, key: key.to_string(), at: timestamp(by.at).to_string(), by: by.name }
}
