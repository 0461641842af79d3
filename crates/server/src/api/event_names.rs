//! The names of a site's events: which there are, which take a place, and what an owner decides about one.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use waymark_collect::names::decisions;
use waymark_model::normal::limits::NAME_BYTES;

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need},
    work,
};
use crate::{
    arrivals::event_names::{EventNames, event_names},
    serve::App,
};

/// What an owner decides about a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NameDecision {
    /// `true`: it has a place whoever sends it. `false`: it is forgotten and leaves its place, unless a definition or a sender
    /// with a key uses it.
    admitted: bool,
}

/// List the names of a site's events
///
/// Senders without a key share 1,000 places. Names that definitions or senders with a key use take none.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/event-names",
    tag = "sites",
    operation_id = "event_names",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "The names, the most frequent first", body = EventNames), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Json<EventNames>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    access.needs_small_groups()?;
    let decided = decisions(app.catalog.name_decisions(&access.site).await?);
    Ok(Json(work::run(&app, &access, move |source| Ok(event_names(source, decided.clone())?)).await?))
}

/// Admit a name of events, or forget it
#[utoipa::path(
    put,
    path = "/api/v1/sites/{site}/event-names/{name}",
    tag = "sites",
    operation_id = "decide_event_name",
    params(
        ("site" = String, Path, description = "The site's name"),
        ("name" = String, Path, description = "The name of events"),
    ),
    request_body = NameDecision,
    responses((status = 204, description = "It is so from now on"), ApiError)
)]
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let NameDecision { admitted } = body::json(&app, body).await?;
    set(app, access, name, Some(admitted)).await
}

/// Take back what was decided about a name of events
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/event-names/{name}",
    tag = "sites",
    operation_id = "undecide_event_name",
    params(
        ("site" = String, Path, description = "The site's name"),
        ("name" = String, Path, description = "The name of events"),
    ),
    responses((status = 204, description = "It takes a place when somebody sends it"), ApiError)
)]
pub(super) async fn undecide(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    set(app, access, name, None).await
}

async fn set(
    app: Arc<App>,
    access: guard::Access,
    name: String,
    admit: Option<bool>,
) -> Result<StatusCode, ApiError> {
    if !(1..=NAME_BYTES).contains(&name.len()) {
        return Err(ApiError::new(Code::BadParameter, "no event has such a name")
            .hint(format!("a name has 1 to {NAME_BYTES} bytes")));
    }
    let by = access.principal.author(app.clock.now());
    work::to_the_end(async move {
        app.catalog.decide_names(&access.site, &[name], admit, &by).await?;
        app.reload().await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
