//! What a goal would have counted: the same engine, on the history that there is.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_analysis::{
    Over, Query, QueryError, QuestionResult, Range, RangeResult, RateResult, Source, answer,
    questions::{
        events::{EventRow, EventsQuery},
        overview::{OverviewQuery, ValueResult},
    },
    usage::usage,
};
use waymark_model::{SiteDefinition, lints};

use super::{about, checked, goals::GoalJson};
use crate::{
    api::{
        body,
        error::ApiError,
        guard::{self, Need},
        lints::LintItem,
        schema, work,
    },
    serve::App,
};

/// Days that are looked at unless a range is given.
const DAYS: u32 = 30;
/// Events that are shown.
const EXAMPLES: usize = 10;

/// A goal to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Tried {
    /// The goal.
    goal: GoalJson,
    /// The time. Unless given, the last 30 days; without an event in them, the 30 days up to the last event.
    #[serde(default)]
    #[schema(value_type = Option<schema::Range>)]
    range: Option<Range>,
}

/// What a goal would have counted.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Preview {
    /// The time looked at.
    #[schema(value_type = Option<schema::RangeResult>)]
    range: Option<RangeResult>,
    /// Conversions.
    conversions: u64,
    /// Matching events that would not have counted.
    repeats_removed: u64,
    /// Visitors who converted.
    converters: u64,
    /// The share of visitors who did.
    #[schema(value_type = Option<schema::RateResult>)]
    rate: Option<RateResult>,
    /// Sessions there were in all.
    sessions: u64,
    /// What the conversions were worth.
    #[schema(value_type = Vec<schema::ValueResult>)]
    value: Vec<ValueResult>,
    /// The newest events that would have matched, at most 10.
    #[schema(value_type = Vec<schema::EventRow>)]
    examples: Vec<EventRow>,
    /// What looks wrong about the goal, in itself and in how it would be used.
    lints: Vec<LintItem>,
}

/// Try a goal on the history
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/goals/preview",
    tag = "definitions",
    operation_id = "preview_goal",
    params(("site" = String, Path, description = "The site's name")),
    request_body = Tried,
    responses((status = 200, description = "What it would have counted", body = Preview), ApiError)
)]
pub(in crate::api) async fn preview(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Preview>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    access.needs_small_groups()?;
    let Tried { goal, range } = body::json(&app, body).await?;
    let alone =
        SiteDefinition { goals: vec![goal.goal()?], funnels: Vec::new(), ..access.site.definition.clone() };
    let alone = checked(&alone)?;
    work::run(&app, &access, move |source| {
        let source = Source { site: &alone, ..*source };
        match range.clone() {
            Some(range) => try_on(&source, range),
            None => try_on(&source.while_visited(DAYS), Range { last_days: Some(DAYS), ..Range::default() }),
        }
    })
    .await
    .map(Json)
}

/// Tries the only goal of the source's site.
fn try_on(source: &Source<'_>, range: Range) -> Result<Preview, ApiError> {
    let over = Over { range: Some(range), ..Over::default() };
    let resolved = over.resolve(&source.site.zone, source.all(), source.now)?;
    let name = source.site.goals.first().map(|goal| goal.name.clone()).unwrap_or_default();
    let lints = about(lints::lint(source.site, Some(&usage(source, &resolved)?)), &name);
    let examples = examples(source, &name, &over)?;
    let found = answer(&Query::Overview(OverviewQuery { over, ..OverviewQuery::default() }), source)?;
    let QuestionResult::Overview(result) = found.outcome else { return Err(QueryError::WrongKind.into()) };
    let sessions = result.total.sessions;
    let mut goals = result.total.goals;
    let mut goal = goals.pop().ok_or(QueryError::WrongKind)?;
    let rate = goal.rates.remove("visitor");
    Ok(Preview {
        range: found.grounds.map(|grounds| grounds.range),
        conversions: goal.conversions,
        repeats_removed: goal.repeats_removed,
        converters: rate.as_ref().map_or(0, |rate| rate.numerator),
        rate,
        sessions,
        value: goal.value,
        examples,
        lints,
    })
}

/// The newest events of the goal.
fn examples(source: &Source<'_>, goal: &str, over: &Over) -> Result<Vec<EventRow>, ApiError> {
    let asked = EventsQuery {
        goal: Some(goal.to_owned()),
        conditions: None,
        counted: None,
        limit: EXAMPLES,
        before: None,
        over: over.clone(),
    };
    match answer(&Query::Events(asked), source)?.outcome {
        QuestionResult::Events(found) => Ok(found.rows),
        _ => Err(QueryError::WrongKind.into()),
    }
}
