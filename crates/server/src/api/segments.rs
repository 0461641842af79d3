//! Filters that a site's people keep under names.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_analysis::Filter;

use super::{
    body,
    error::{ApiError, Code},
    etag,
    guard::{self, Need},
    moment,
    page::Page,
    schema,
};
use crate::serve::App;

/// Most characters of a name.
const LONGEST: usize = 100;

/// A filter under a name.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    /// Its name, unique within the site: 1 to 100 characters.
    name: String,
    /// The filter, as questions take it.
    #[schema(value_type = schema::Filter)]
    filter: Filter,
}

/// A filter that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedSegmentJson {
    /// Its name.
    name: String,
    /// The filter, as questions take it.
    #[schema(value_type = schema::Filter)]
    filter: Filter,
    /// When it was saved.
    at: String,
    /// By whom; `null` for viewers.
    by: Option<String>,
}

/// List the saved segments
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/segments",
    tag = "notes",
    operation_id = "segments",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Segments, by name", body = Page<SavedSegmentJson>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let mut items = Vec::new();
    for saved in app.catalog.segments(&access.site).await? {
        let filter = serde_json::from_str(&saved.filter).map_err(|error| ApiError::internal(&error))?;
        items.push(SavedSegmentJson {
            name: saved.name,
            filter,
            at: moment(saved.by.at),
            by: access.named(&saved.by),
        });
    }
    Ok(etag::tagged(&headers, &Page::whole(items)))
}

/// Save a segment
///
/// One of that name is replaced.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/segments",
    tag = "notes",
    operation_id = "save_segment",
    params(("site" = String, Path, description = "The site's name")),
    request_body = Segment,
    responses((status = 201, description = "It is saved", body = Segment), ApiError)
)]
pub(super) async fn save(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Segment>), ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let segment: Segment = body::json(&app, body).await?;
    segment.filter.conditions.predicate()?;
    let name = segment.name.as_str();
    if name.trim() != name
        || name.is_empty()
        || name.chars().count() > LONGEST
        || name.contains(char::is_control)
    {
        let wrong =
            "a segment's name has 1 to 100 characters, without space at either end; nothing was changed";
        return Err(ApiError::new(Code::BadValue, wrong));
    }
    let filter = serde_json::to_string(&segment.filter).map_err(|error| ApiError::internal(&error))?;
    let by = access.principal.author(app.clock.now());
    app.catalog.save_segment(&access.site, name, &filter, &by).await?;
    Ok((StatusCode::CREATED, Json(segment)))
}

/// Forget a segment
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/segments/{name}",
    tag = "notes",
    operation_id = "delete_segment",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The segment's name")),
    responses((status = 204, description = "It is gone"), ApiError)
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let by = access.principal.author(app.clock.now());
    if app.catalog.remove_segment(&access.site, &name, &by).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::new(Code::NotFound, "there is no segment of that name; nothing was changed"))
}
