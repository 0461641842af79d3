//! A rate: the overview's counts of one goal on one base.

use waymark_model::{Base, Goal, Rate, Unit};
use waymark_query::{FoldSpec, OverviewSpec, OverviewState, State};

use super::{Asked, Found};
use crate::{
    analysis::{rates::Share, source::Source},
    query_json::{Grounds, Notice, Outcome, QueryError, RateQuery, RateResult, ask::find_goal},
};

/// A rate with what it was made of.
pub(super) struct FoundRate {
    pub(super) rate: Rate,
    pub(super) share: Share,
    pub(super) grounds: Grounds,
    pub(super) warnings: Vec<Notice>,
}

pub(super) fn answer(asked: &RateQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let FoundRate { rate, grounds, warnings, .. } = find(asked, source)?;
    Ok(Found { grounds: Some(grounds), warnings, outcome: Outcome::Rate((&rate).into()) })
}

/// The rate that is asked for.
pub(super) fn find(asked: &RateQuery, source: &Source<'_>) -> Result<FoundRate, QueryError> {
    let (goal, notice) = find_goal(&asked.goal, source)?;
    let mut work = Asked::new(source, &asked.over, (vec![goal.clone()], notice.into_iter().collect()))?;
    let spec =
        OverviewSpec { goals: vec![goal.clone()], buckets: Vec::new(), then: None, orders: Vec::new() };
    let (state, grounds) = work.run(FoldSpec::Overview(spec))?;
    let State::Overview(state) = state else { return Err(QueryError::WrongKind) };
    let share = share(&state, 0, asked.base)?;
    let rate = share.about(work.basis(&goal, Base::Unit(asked.base)))?;
    Ok(FoundRate { rate, share, grounds, warnings: work.warnings })
}

/// A share of visitors as a rate of the goal.
pub(super) fn on_visitors(work: &Asked<'_>, goal: &Goal, share: Share) -> Result<RateResult, QueryError> {
    Ok(RateResult::from(&share.about(work.basis(goal, Base::Unit(Unit::Visitor)))?))
}

/// The share of units that reached a goal of an overview, given its place among the goals.
pub(super) fn share(state: &OverviewState, goal: usize, base: Unit) -> Result<Share, QueryError> {
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
