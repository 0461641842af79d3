//! The question that a client sends as JSON (`docs/query-json.md`), one variant for each kind.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::Unit;

use crate::questions::{
    breakdown::BreakdownQuery, compare::CompareQuery, conversion_time::ConversionTimeQuery,
    drop_off::DropOffQuery, events::EventsQuery, exits::ExitsQuery, funnel::FunnelQuery,
    overview::OverviewQuery, paths::PathsQuery, rate::RateQuery, sequences::SequencesQuery,
};

/// A question about one site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Query {
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

pub(crate) const fn visitor() -> Unit {
    Unit::Visitor
}

pub(crate) const fn ten() -> usize {
    10
}
