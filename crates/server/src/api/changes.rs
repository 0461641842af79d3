//! When the definitions of a site were changed: what charts mark.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use http::HeaderMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    definitions::ChangeJson,
    error::{ApiError, Code},
    guard::{self, Need},
    moment,
    page::Page,
};
use crate::serve::App;

/// From when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// Only changes from this moment on (RFC 3339).
    since: Option<String>,
}

/// A change that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(super) struct MadeChange {
    /// When.
    at: String,
    /// By whom; `null` for viewers.
    by: Option<String>,
    /// What was changed.
    #[serde(flatten)]
    change: ChangeJson,
}

/// List the changes of what counts
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/changes",
    tag = "definitions",
    operation_id = "changes",
    params(("site" = String, Path, description = "The site's name"), Since),
    responses((status = 200, description = "Changes, the oldest first", body = Page<MadeChange>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Json<Page<MadeChange>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let since = since.since.map(|text| text.parse::<Timestamp>()).transpose().map_err(|_| {
        ApiError::new(Code::BadParameter, "`since` is no moment")
            .hint("write it with its offset, such as `2026-01-31T12:00:00Z`")
    })?;
    let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
    let entries = app.catalog.history(&access.site).await?;
    let made = entries.iter().filter(|entry| entry.author.at >= since).map(|entry| MadeChange {
        at: moment(entry.author.at),
        by: access.named(&entry.author),
        change: ChangeJson::from(&entry.change),
    });
    Ok(Json(Page::whole(made.collect())))
}
