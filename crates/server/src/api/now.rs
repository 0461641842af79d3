//! What happens on a site now: who is there, and how far they got in the last half hour.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use waymark_analysis::{
    QueryError, ResolvedOver, Source,
    small_groups::{FEWEST, SmallGroups},
};
use waymark_model::{Population, Role, TimeRange, time::MINUTE};
use waymark_query::{FoldSpec, OverviewSpec, OverviewState, State as FoldState};

use super::{
    error::ApiError,
    guard::{self, Need},
    moment, schema, work,
};
use crate::serve::App;

/// Minutes that are shown.
const MINUTES: i64 = 30;
/// Who did something in so many minutes is there now.
const NOW: i64 = 5;

/// What happens now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Now {
    /// Visitors of the last 5 minutes; `null` where they are a group that is too small for whoever asks.
    visitors_now: Option<u64>,
    /// The last 30 minutes, the newest last and not over yet.
    minutes: Vec<Minute>,
    /// The goals, with the visitors who reached them in those minutes.
    steps: Vec<ReachedGoal>,
    /// Groups of fewer than 10 visitors are not shown to whoever asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suppressed: bool,
}

/// A minute.
#[derive(Debug, Serialize, ToSchema)]
struct Minute {
    /// Its begin.
    minute: String,
    /// Visitors with an event in it; `null` where they are too few to be shown.
    visitors: Option<u64>,
    /// Events; `null` where the visitors are.
    events: Option<u64>,
}

/// A goal, and who reached it.
#[derive(Debug, Serialize, ToSchema)]
struct ReachedGoal {
    /// Its name.
    goal: String,
    /// What it means for the site.
    #[schema(value_type = schema::GoalRole)]
    role: Role,
    /// It is the site's measure of success.
    headline: bool,
    /// Visitors who reached it; `null` where they are too few to be shown.
    visitors: Option<u64>,
}

/// See what happens now
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/live/now",
    tag = "numbers",
    operation_id = "now",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "The last half hour", body = Now), ApiError)
)]
pub(super) async fn now(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Now>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    work::run(&app, &access, |source| Ok(look(source)?)).await.map(Json)
}

fn look(source: &Source<'_>) -> Result<Now, QueryError> {
    let end = source.now.saturating_add(1);
    let first = source.now.div_euclid(MINUTE).saturating_sub(MINUTES - 1) * MINUTE;
    let minutes = (0..MINUTES).map(|minute| first + minute * MINUTE);
    let minutes: Vec<TimeRange> =
        minutes.map(|start| TimeRange { start, end: (start + MINUTE).min(end) }).collect();
    let goals = source.site.goals.clone();
    let range = TimeRange { start: first, end };
    let found = overview(
        source,
        range,
        OverviewSpec { goals, buckets: minutes.clone(), then: None, orders: Vec::new() },
    )?;
    let recent = TimeRange { start: source.now.saturating_sub(NOW * MINUTE), end };
    let here = overview(
        source,
        recent,
        OverviewSpec { goals: Vec::new(), buckets: Vec::new(), then: None, orders: Vec::new() },
    )?;
    let mut few = Few { groups: source.small_groups, some: false };
    let visitors_now = few.or(here.total.visitors, here.total.visitors);
    let minutes = minutes.iter().zip(&found.buckets).map(|(range, tally)| Minute {
        minute: moment(range.start),
        visitors: few.or(tally.visitors, tally.visitors),
        events: few.or(tally.visitors, tally.events),
    });
    let minutes = minutes.collect();
    let steps = source.site.goals.iter().zip(&found.total.goals).map(|(goal, tally)| ReachedGoal {
        goal: goal.name.clone(),
        role: goal.role,
        headline: goal.headline,
        visitors: few.or(tally.converters.visitors, tally.converters.visitors),
    });
    let steps = steps.collect();
    Ok(Now { visitors_now, minutes, steps, suppressed: few.some })
}

/// Hides numbers about fewer than 10 visitors from viewers, and remembers that it did. Even totals are hidden here: the exemption for
/// totals holds for whole days only.
struct Few {
    groups: SmallGroups,
    some: bool,
}

impl Few {
    /// The number about these visitors; `None` if the reader may not see it. Zero visitors are always shown.
    fn or(&mut self, visitors: u64, number: u64) -> Option<u64> {
        let is_few = self.groups == SmallGroups::Merged && (1..FEWEST).contains(&visitors);
        self.some |= is_few;
        (!is_few).then_some(number)
    }
}

fn overview(source: &Source<'_>, range: TimeRange, spec: OverviewSpec) -> Result<OverviewState, QueryError> {
    let over = ResolvedOver { range, population: Population::default() };
    match source.run(&over, &[FoldSpec::Overview(spec)])?.states.into_iter().next() {
        Some(FoldState::Overview(state)) => Ok(state),
        _ => Err(QueryError::WrongKind),
    }
}
