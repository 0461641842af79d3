//! Sites: which there are.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Query, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::{SiteDefinition, Zone, normal};
use waymark_store::{SiteId, Snapshot};

use super::{
    body,
    error::{ApiError, Code},
    etag,
    guard::{self, Access, Role},
    moment,
    page::{Page, Paging},
};
use crate::serve::App;

/// A site, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SiteItem {
    /// Its name.
    name: String,
    /// The zone whose days results are shown by.
    timezone: String,
    /// What you may do with it.
    role: Role,
    /// The goal that is its measure of success, if one is chosen.
    headline: Option<String>,
    /// When its first event happened.
    first_event: Option<String>,
    /// When its newest event happened.
    last_event: Option<String>,
}

/// List the sites that you may see
#[utoipa::path(
    get,
    path = "/api/v1/sites",
    tag = "sites",
    operation_id = "sites",
    params(Paging),
    responses((status = 200, description = "Sites, by name", body = Page<SiteItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let sites = guard::sites(&app, &headers).await?;
    let page = Page::of(sites, &paging, |access| access.site.id.to_string())?;
    Ok(etag::tagged(&headers, &page.map(|access| item(&app, &access))))
}

/// A site to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSite {
    /// Its name: up to 64 of a-z, 0-9, `-` and `_`, the first a letter or digit.
    name: String,
    /// The zone whose days results are shown by: `Europe/Berlin`, `UTC`, …
    timezone: String,
    /// The hosts that events are taken from; any unless given.
    #[serde(default)]
    hosts: Vec<String>,
}

/// Add a site
#[utoipa::path(
    post,
    path = "/api/v1/sites",
    tag = "sites",
    operation_id = "add_site",
    request_body = NewSite,
    responses((status = 201, description = "The site", body = SiteItem), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<SiteItem>), ApiError> {
    let principal = guard::installation(&app, &headers).await?;
    let NewSite { name, timezone, hosts } = body::json(&app, body).await?;
    let id = SiteId::parse(&name).map_err(|error| ApiError::new(Code::BadName, error.to_string()))?;
    let zone = Zone::parse(&timezone).map_err(|error| ApiError::new(Code::BadTimezone, error.to_string()))?;
    let hosts = normal::hosts(hosts.iter().map(String::as_str));
    let hosts = hosts.map_err(|error| ApiError::new(Code::BadValue, error.to_string()))?;
    let definition = SiteDefinition { hosts, ..SiteDefinition::new(&name, zone) };
    let site = app.catalog.add_site(&id, &definition, &principal.author(app.clock.now())).await?;
    app.reload().await?;
    let access = principal.access(Arc::new(site)).ok_or_else(guard::unknown)?;
    Ok((StatusCode::CREATED, Json(item(&app, &access))))
}

fn item(app: &App, access: &Access) -> SiteItem {
    let definition = &access.site.definition;
    let (first_event, last_event) = times(&app.store.snapshot(&access.site.id));
    SiteItem {
        name: definition.name.clone(),
        timezone: definition.zone.name().to_owned(),
        role: access.role,
        headline: definition.headline().map(|goal| goal.name.clone()),
        first_event,
        last_event,
    }
}

/// When the first and the newest event of a site happened.
pub(super) fn times(snapshot: &Snapshot) -> (Option<String>, Option<String>) {
    let times = || snapshot.parts.iter().filter(|part| !part.bounds.bare).map(|part| part.bounds.time);
    let first = times().map(|time| time.0).min();
    let last = times().map(|time| time.1).max();
    (first.map(moment), last.map(moment))
}
