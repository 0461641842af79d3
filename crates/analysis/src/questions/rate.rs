//! A rate: the overview's counts of one goal on one base.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Base, Goal, Rate, Unit};
use waymark_query::{FoldSpec, OverviewSpec, OverviewState, State};

use crate::{
    answer::{Notice, Provenance, QuestionResult},
    context::{Answered, QuestionContext},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    query::visitor,
    rates::Share,
    results::RateResult,
    source::Source,
    words,
};

/// Asks for a rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub goal: String,
    /// What it is a share of.
    #[serde(default = "visitor")]
    #[schemars(with = "words::Unit")]
    pub base: Unit,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// A rate with what it was made of.
pub(crate) struct FoundRate {
    pub rate: Rate,
    pub share: Share,
    pub grounds: Provenance,
    pub warnings: Vec<Notice>,
}

pub(crate) fn answer(asked: &RateQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let FoundRate { rate, grounds, warnings, .. } = find(asked, source)?;
    Ok(Answered { grounds: Some(grounds), warnings, outcome: QuestionResult::Rate((&rate).into()) })
}

/// The rate that is asked for.
pub(crate) fn find(asked: &RateQuery, source: &Source<'_>) -> Result<FoundRate, QueryError> {
    let (goal, notice) = find_goal(&asked.goal, source)?;
    let mut work =
        QuestionContext::new(source, &asked.over, (vec![goal.clone()], notice.into_iter().collect()))?;
    let spec =
        OverviewSpec { goals: vec![goal.clone()], buckets: Vec::new(), then: None, orders: Vec::new() };
    let (state, grounds) = work.run(FoldSpec::Overview(spec))?;
    let State::Overview(state) = state else { return Err(QueryError::WrongKind) };
    let share = share(&state, 0, asked.base)?;
    let rate = share.about(work.basis(&goal, Base::Unit(asked.base)))?;
    Ok(FoundRate { rate, share, grounds, warnings: work.warnings })
}

/// A share of visitors as a rate of the goal.
pub(crate) fn on_visitors(
    work: &QuestionContext<'_>,
    goal: &Goal,
    share: Share,
) -> Result<RateResult, QueryError> {
    Ok(RateResult::from(&share.about(work.basis(goal, Base::Unit(Unit::Visitor)))?))
}

/// The share of units that reached a goal of an overview, given its place among the goals.
pub(crate) fn share(state: &OverviewState, goal: usize, base: Unit) -> Result<Share, QueryError> {
    let total = &state.total;
    let converters = total.goals.get(goal).map(|goal| goal.converters).unwrap_or_default();
    let moments = match base {
        Unit::Visitor => return Ok(Share::independent(converters.visitors, total.visitors)?),
        Unit::User => return Ok(Share::independent(converters.users, total.users)?),
        Unit::Session => state.session_moments.get(goal),
        Unit::Event => state.event_moments.get(goal),
    };
    Ok(Share::by_visitor(moments.ok_or(QueryError::WrongKind)?)?)
}
