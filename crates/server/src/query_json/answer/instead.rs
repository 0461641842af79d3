//! What units did next that a funnel lost after one of its steps.

use waymark_query::{FoldSpec, InsteadSpec, State};

use super::{
    Asked, Found, OTHER,
    funnel::{self, singular},
};
use crate::{
    analysis::source::Source,
    query_json::{InsteadQuery, InsteadResult, NextResult, Outcome, QueryError},
};

pub(super) fn answer(asked: &InsteadQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let (_, funnel) = funnel::resolve(&asked.funnel, source)?;
    let required: Vec<_> = funnel.required().collect();
    QueryError::check_bound("after", asked.after, required.len().saturating_sub(1))?;
    let after = asked.after - 1;
    let step = required[after].label.clone();
    let (goals, warnings) = funnel::grounds(&funnel, source)?;
    let mut work = Asked::new(source, &asked.funnel.over, (goals, warnings))?;
    let count = singular(funnel.tally);
    let (state, grounds) = work.run(FoldSpec::Instead(InsteadSpec { funnel, after }))?;
    let State::Instead(state) = state else { return Err(QueryError::WrongKind) };
    let mut next: Vec<_> = state.next.into_iter().map(|(next, tally)| (next, tally.units)).collect();
    next.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    let others = next.split_off(asked.top.min(next.len()));
    let hidden: u64 = others.iter().map(|(_, units)| units).sum();
    let mut next: Vec<NextResult> = next.into_iter().map(shown).collect();
    if hidden > 0 {
        next.push(NextResult { label: OTHER.to_owned(), event: None, path: None, units: hidden });
    }
    let (lost, left, others) = (state.lost.units, state.left.units, others.len());
    Ok(work.found(grounds, Outcome::Instead(InsteadResult { step, count, lost, left, next, others })))
}

fn shown(((event, path), units): ((String, String), u64)) -> NextResult {
    let label = if path.is_empty() { event.clone() } else { format!("{event} {path}") };
    NextResult { label, event: Some(event), path: (!path.is_empty()).then_some(path), units }
}
