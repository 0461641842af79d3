//! Goals that what was seen suggests, for a site that has none yet.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use waymark_analysis::{
    Over,
    inventory::event_kinds,
    suggestions::{Suggestion, suggest},
};

use super::{
    definitions::goals::GoalJson,
    error::ApiError,
    guard::{self, Need},
    page::Page,
    work,
};
use crate::serve::App;

/// A goal that could be defined.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SuggestionJson {
    /// The goal.
    goal: GoalJson,
    /// The goal as it would be if it were the headline.
    as_headline: GoalJson,
    /// Why it looks like one.
    reason: &'static str,
    /// Events that it would match.
    events: u64,
    /// It looks most like what the site exists for.
    likely_headline: bool,
}

/// Suggest goals
///
/// Made of the events that were seen and that no goal is about yet.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/suggestions",
    tag = "definitions",
    operation_id = "suggestions",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Suggestions, the likeliest headline first", body = Page<SuggestionJson>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Page<SuggestionJson>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    access.needs_small_groups()?;
    let found = work::run(&app, &access, |source| {
        let over = Over::default().resolve(&source.site.zone, source.all(), source.now)?;
        Ok(suggest(&event_kinds(source, &over)?, source.site))
    });
    let items =
        found.await?.into_iter().map(|Suggestion { goal, as_headline, reason, events }| SuggestionJson {
            likely_headline: goal.headline,
            goal: GoalJson::of(&goal),
            as_headline: GoalJson::of(&as_headline),
            reason,
            events,
        });
    Ok(Json(Page::whole(items.collect())))
}
