//! The JSON form of a query, for the command line and for programs (`docs/query-json.md`): what can be asked, how
//! it is read and what comes back. It must not know where the JSON comes from, nor how answers are drawn.

mod answer;
mod ask;
mod conditions;
mod error;
mod funnel;
mod journey_results;
mod journeys;
mod over;
mod read;
mod results;
pub(crate) mod words;
mod written;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::{Touch, Unit};

pub(crate) use answer::answer;
pub(crate) use conditions::{Conditions, dimension};
pub(crate) use error::QueryError;
pub(crate) use funnel::{FunnelQuery, StepQuery, StepTable, dimension_or_property, tally};
pub(crate) use journey_results::*;
pub(crate) use journeys::{DropOffQuery, EventsQuery, ExitsQuery, PathBy, PathsQuery, SequencesQuery};
pub(crate) use over::{Filter, Over, Range, ResolvedOver};
pub(crate) use read::{read, read_as};
pub(crate) use results::*;

/// A question about one site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Query {
    /// Visitors, sessions, events and goals, in total and by day.
    Overview(OverviewQuery),
    /// The share of units that reached a goal.
    Rate(RateQuery),
    /// Units through the steps of a funnel.
    Funnel(FunnelQuery),
    /// Units and conversions by the values of a dimension.
    Breakdown(BreakdownQuery),
    /// How long units take to reach a goal.
    ConversionTime(ConversionTimeQuery),
    /// How far two rates are apart that differ in one respect.
    Compare(CompareQuery),
    /// The events behind a number.
    Events(EventsQuery),
    /// Paths of sessions to or from a goal.
    Paths(PathsQuery),
    /// What units did next after they dropped out of a funnel.
    DropOff(DropOffQuery),
    /// Pages on which sessions ended.
    Exits(ExitsQuery),
    /// What visitors who reached a goal did more often than others.
    Sequences(SequencesQuery),
}

/// Asks for [`Query::Overview`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OverviewQuery {
    /// The goals, by name; all of the site's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) goals: Option<Vec<String>>,
    /// Count by day of the site's zone too.
    #[serde(default)]
    pub(crate) days: bool,
    /// Count another time beside it, and say how the rates changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) compare: Option<CompareTo>,
    /// For each micro conversion, the share of its visitors who then reach the headline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) then: bool,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// The time that an overview or a funnel is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CompareTo {
    /// The time of equal length before it, whole weeks earlier.
    Previous,
    /// This time.
    Range(Range),
}

/// Asks for [`Query::Rate`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub(crate) goal: String,
    /// What it is a share of.
    #[serde(default = "visitor")]
    #[schema(value_type = words::Unit)]
    pub(crate) base: Unit,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// Asks for [`Query::Breakdown`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakdownQuery {
    /// The dimension whose values make the buckets: `device`, `prop.plan`, …
    pub(crate) by: String,
    /// The goals, by name; all of the site's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) goals: Option<Vec<String>>,
    /// The unit whose deciding event's value is taken: `visitor` or `session`. With `event`, the
    /// conversion's own value is, and there are no units and no rates.
    #[serde(default = "visitor")]
    #[schema(value_type = words::Unit)]
    pub(crate) unit: Unit,
    /// Which of the unit's events decides.
    #[serde(default)]
    #[schema(value_type = words::Touch)]
    pub(crate) touch: Touch,
    /// How many values are shown; the rest is `(other)`.
    #[serde(default = "ten")]
    pub(crate) top: usize,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// Asks for [`Query::ConversionTime`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversionTimeQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub(crate) goal: String,
    /// `visitor` or `session`.
    #[serde(default = "visitor")]
    #[schema(value_type = words::Unit)]
    pub(crate) unit: Unit,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// Asks for [`Query::Compare`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompareQuery {
    /// The rate to compare with.
    pub(crate) from: RateQuery,
    /// The rate that is compared with it.
    pub(crate) to: RateQuery,
}

const fn visitor() -> Unit {
    Unit::Visitor
}

const fn ten() -> usize {
    10
}
