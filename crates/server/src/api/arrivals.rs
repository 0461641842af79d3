//! Whether events of a site arrive, and why some do not: what the first set-up waits for.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use waymark_collect::names::decisions;

use super::{
    error::ApiError,
    guard::{self, Need},
    moment, work,
};
use crate::{
    arrivals::{self, Known},
    serve::App,
};

/// What became of a site's events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Arrivals {
    /// When the newest event happened.
    last_event: Option<String>,
    /// Events of the last 24 hours that count.
    events: u64,
    /// Events of the last 24 hours that are left out of results: of robots, own people and tests.
    left_out: u64,
    /// Events stored since the beginning.
    stored: u64,
    /// Events that had been received before, since the beginning.
    duplicates: u64,
    /// Events refused since the beginning, by reason. Of a request that was refused before its events were known, one counts.
    refused: Vec<Refused>,
    /// Events stored since the beginning with a part left out or repaired, by reason. An event counts for each of its reasons.
    noted: Vec<Noted>,
}

/// Events that were refused.
#[derive(Debug, Serialize, ToSchema)]
struct Refused {
    /// Why: a code of `docs/collecting.md`.
    code: String,
    /// How many.
    events: u64,
}

/// Events of which a part was left out or repaired.
#[derive(Debug, Serialize, ToSchema)]
struct Noted {
    /// Why: a code of `docs/collecting.md`; of a placeholder also where it stood and which it was, such as
    /// `placeholder_key.undefined`.
    code: String,
    /// How many.
    events: u64,
}

/// See whether events arrive
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/arrivals",
    tag = "sites",
    operation_id = "arrivals",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "What became of the site's events", body = Arrivals), ApiError)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Arrivals>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let decisions = decisions(app.catalog.name_decisions(&access.site).await?);
    let known = Known { counters: app.store.counters(&access.site.id), decisions };
    let found =
        work::run(&app, &access, move |source| Ok(arrivals::arrivals(source, known.clone())?)).await?;
    let refused = found.rejected.into_iter().map(|(code, events)| Refused { code, events });
    let noted = found.noted.into_iter().map(|(code, events)| Noted { code, events });
    Ok(Json(Arrivals {
        last_event: found.last.map(moment),
        events: found.events,
        left_out: found.left_out,
        stored: found.stored,
        duplicates: found.duplicates,
        refused: refused.collect(),
        noted: noted.collect(),
    }))
}
