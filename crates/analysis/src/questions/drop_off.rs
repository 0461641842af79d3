//! What units did next after they dropped out of a funnel at one of its steps.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::Tally;
use waymark_query::{DropOffSpec, FoldSpec, NextTally, State};

use crate::{
    answer::QuestionResult,
    context::{Answered, OTHER, QuestionContext},
    error::QueryError,
    query::ten,
    questions::funnel::{self, FunnelQuery, singular},
    small_groups::{FEWEST, Split},
    source::Source,
};

/// Asks what units did next after they dropped out of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropOffQuery {
    /// The funnel, with what it is about.
    pub funnel: FunnelQuery,
    /// The number (from 1) of the step that they took last.
    pub after: usize,
    /// How many things are shown.
    #[serde(default = "ten")]
    pub top: usize,
}

/// What units did next after they dropped out at a step of a funnel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DropOffResult {
    /// What the step is called.
    pub step: String,
    /// What is counted.
    pub count: &'static str,
    /// Units that took the step, no further one, and are not in progress.
    pub lost: u64,
    /// Those among them that did nothing more.
    pub left: u64,
    /// What the others did next, the most frequent first, then `(other)`.
    pub next: Vec<NextResult>,
    /// How many things `(other)` stands for.
    pub others: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// Something done next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextResult {
    /// Event and path in one text.
    pub label: String,
    /// The event's name; `null` for `(other)`.
    pub event: Option<String>,
    /// Its path.
    pub path: Option<String>,
    /// Units.
    pub units: u64,
}

pub(crate) fn answer(asked: &DropOffQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let (_, funnel) = funnel::resolve(&asked.funnel, source)?;
    let required: Vec<_> = funnel.required().collect();
    QueryError::check_bound("after", asked.after, required.len().saturating_sub(1))?;
    let after = asked.after - 1;
    let step = required[after].label.clone();
    let (goals, warnings) = funnel::grounds(&funnel, source)?;
    let mut work = QuestionContext::new(source, &asked.funnel.over, (goals, warnings))?;
    work.without_filter("what visitors did instead")?;
    let tally = funnel.tally;
    let (state, grounds) = work.run(FoldSpec::DropOff(DropOffSpec { funnel, after }))?;
    let State::DropOff(state) = state else { return Err(QueryError::WrongKind) };
    let mut next: Vec<Next> = state.next.into_iter().collect();
    // Events that are themselves stored as `(other)` come last, and are with all the others.
    next.sort_by_key(|(what, next)| (is_other(what), Reverse(next.units)));
    let visitors = |(_, next): &Next| next.visitors;
    // A visitor is one unit, or may be several.
    let together = |some: &[&Next]| {
        let visitors = some.iter().copied().map(visitors);
        if tally == Tally::Visitors { visitors.sum::<u64>() } else { visitors.max().unwrap_or(0) }
    };
    let Split { shown: next, merged, suppressed } =
        source.small_groups.split(next, asked.top, visitors, |some| together(some) >= FEWEST);
    let (stored, next): (Vec<Next>, Vec<Next>) = next.into_iter().partition(|(what, _)| is_other(what));
    let others: Vec<Next> = merged.into_iter().chain(stored).collect();
    let hidden: u64 = others.iter().map(|(_, next)| next.units).sum();
    let mut next: Vec<NextResult> = next.into_iter().map(shown).collect();
    if hidden > 0 {
        next.push(NextResult { label: OTHER.to_owned(), event: None, path: None, units: hidden });
    }
    let result = DropOffResult {
        step,
        count: singular(tally),
        lost: state.lost.units,
        left: state.left.units,
        next,
        others: others.len(),
        suppressed,
    };
    Ok(work.found(grounds, QuestionResult::DropOff(result)))
}

/// An event and its path, and who did it next.
type Next = ((String, String), NextTally);

/// Whether its label is that of all others.
fn is_other((event, path): &(String, String)) -> bool {
    event == OTHER && path.is_empty()
}

fn shown(((event, path), NextTally { units, .. }): Next) -> NextResult {
    let label = if path.is_empty() { event.clone() } else { format!("{event} {path}") };
    NextResult { label, event: Some(event), path: (!path.is_empty()).then_some(path), units }
}
