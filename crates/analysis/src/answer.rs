//! The answer to a question, with what every answer states: its range, goals and identities, its warnings, and damage.

use schemars::JsonSchema;
use serde::Serialize;
use waymark_model::Identity;
use waymark_store::Damaged;

use crate::{
    error::QueryError,
    query::Query,
    questions::{
        self, breakdown::BreakdownResult, compare::CompareResult, conversion_time::ConversionTimeResult,
        drop_off::DropOffResult, events::EventsResult, exits::ExitsResult, funnel::FunnelResult,
        overview::OverviewResult, paths::PathsResult, sequences::SequencesResult,
    },
    results::{GoalVersion, RangeResult, RateResult},
    source::Source,
    words,
};

/// An answer: the question with its defaults filled in, what it was computed from, and the result.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// The question, with what was not given filled in.
    pub query: Query,
    /// The site.
    pub site: String,
    /// What it was computed from. A comparison has this for each side instead.
    #[serde(flatten)]
    pub grounds: Option<Provenance>,
    /// What to keep in mind.
    pub warnings: Vec<Notice>,
    /// Parts of the data folder that are damaged or missing: the answer may lack events, or use other definitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damage: Vec<DamageResult>,
    /// The result.
    #[serde(flatten)]
    pub outcome: QuestionResult,
}

/// The range, the goals and the identities behind a result.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Provenance {
    /// The time looked at.
    pub range: RangeResult,
    /// What the visitors' numbers rest on.
    #[schemars(with = "Vec<words::Identity>")]
    pub identities: Vec<Identity>,
    /// What was left out.
    pub left_out: LeftOut,
    /// The goals, under the versions that were used.
    pub goals: Vec<GoalVersion>,
}

/// What was left out of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Events of the range tagged as bot, internal or test.
    pub tagged_events: u64,
}

/// Something to keep in mind about a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Notice {
    /// What is so.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A part of the data folder that is damaged or missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DamageResult {
    /// What is damaged, and what that means.
    pub message: String,
}

/// A result.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum QuestionResult {
    /// Of an overview.
    Overview(Box<OverviewResult>),
    /// Of a rate.
    Rate(RateResult),
    /// Of a funnel.
    Funnel(FunnelResult),
    /// Of a breakdown.
    Breakdown(BreakdownResult),
    /// Of a time to convert.
    ConversionTime(ConversionTimeResult),
    /// Of a comparison.
    Compare(Box<CompareResult>),
    /// Of a list of events.
    Events(EventsResult),
    /// Of paths.
    Paths(PathsResult),
    /// Of what visitors did after they dropped out.
    DropOff(DropOffResult),
    /// Of exits.
    Exits(ExitsResult),
    /// Of sequences.
    Sequences(SequencesResult),
}

/// The answer to a query.
///
/// # Errors
/// [`QueryError`] when the query makes no sense for the site, or its data cannot be read.
pub fn answer(query: &Query, source: &Source<'_>) -> Result<Answer, QueryError> {
    match query {
        Query::Overview(asked) => questions::overview::answer(asked, source),
        Query::Rate(asked) => questions::rate::answer(asked, source),
        Query::Funnel(asked) => questions::funnel::answer(asked, source),
        Query::Breakdown(asked) => questions::breakdown::answer(asked, source),
        Query::ConversionTime(asked) => questions::conversion_time::answer(asked, source),
        Query::Compare(asked) => questions::compare::answer(asked, source),
        Query::Events(asked) => questions::events::answer(asked, source),
        Query::Paths(asked) => questions::paths::answer(asked, source),
        Query::DropOff(asked) => questions::drop_off::answer(asked, source),
        Query::Exits(asked) => questions::exits::answer(asked, source),
        Query::Sequences(asked) => questions::sequences::answer(asked, source),
    }
    .map(|found| Answer {
        query: query.clone(),
        site: source.site.name.clone(),
        grounds: found.grounds,
        warnings: found.warnings.into_iter().chain(of_damage(source.damage)).collect(),
        damage: source.damage.iter().map(|part| DamageResult { message: part.message.clone() }).collect(),
        outcome: found.outcome,
    })
}

/// Says that the data folder is damaged, for readers of the notices alone.
fn of_damage(damage: &[Damaged]) -> Option<Notice> {
    let first = damage.first()?;
    let more = damage.len() - 1;
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    Some(Notice {
        message: format!(
            "the data folder is damaged, so this answer may be incomplete: {}{more}",
            first.message
        ),
        hint: Some("`waymark doctor` says all that is damaged".to_owned()),
    })
}
