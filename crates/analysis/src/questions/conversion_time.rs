//! How long visitors or sessions take to reach a goal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::Unit;
use waymark_query::{ConversionTimeSpec, FoldSpec, State};

use crate::{
    answer::QuestionResult,
    context::{Answered, QuestionContext, times},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    query::visitor,
    results::TimesResult,
    source::Source,
    words,
};

/// Asks how long units take to reach a goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversionTimeQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub goal: String,
    /// `visitor` or `session`.
    #[serde(default = "visitor")]
    #[schemars(with = "words::Unit")]
    pub unit: Unit,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// How long units took to convert.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConversionTimeResult {
    /// Visitors or sessions.
    pub unit: &'static str,
    /// Units there are.
    pub units: u64,
    /// Units that converted.
    pub converted: u64,
    /// From the unit's first event to its first conversion; `null` when none converted.
    pub time: Option<TimesResult>,
}

pub(crate) fn answer(asked: &ConversionTimeQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let (goal, notice) = find_goal(&asked.goal, source)?;
    let mut work =
        QuestionContext::new(source, &asked.over, (vec![goal.clone()], notice.into_iter().collect()))?;
    let (state, grounds) =
        work.run(FoldSpec::ConversionTime(ConversionTimeSpec { goal, unit: asked.unit }))?;
    let State::ConversionTime(state) = state else { return Err(QueryError::WrongKind) };
    let result = ConversionTimeResult {
        unit: asked.unit.as_str(),
        units: state.units,
        converted: state.times.total(),
        time: times(&state.times, asked.unit == Unit::Visitor, source),
    };
    Ok(work.found(grounds, QuestionResult::ConversionTime(result)))
}
