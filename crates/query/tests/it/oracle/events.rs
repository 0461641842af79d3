//! The events behind a number: every match of a goal that is asked about, the newest first.

use std::cmp::Reverse;

use waymark_model::{Event, Goal};

use super::{
    World,
    conversions::{Match, matches},
};

/// The matches inside, newest first, of equal times the last to arrive first; virtual ones of one time in no order.
pub(crate) fn events<'a>(world: &World<'a>, goal: &'a Goal) -> Vec<Match<'a>> {
    let mut found: Vec<Match<'a>> = matches(world, goal).into_iter().filter(|m| m.inside).collect();
    found.sort_by_key(|m| Reverse((m.time, m.event.map(|(seq, _)| seq))));
    found
}

/// What a match counts for, or else its event's own value.
pub(crate) fn value(goal: &Goal, found: &Match<'_>) -> Option<i64> {
    let own = |event: &Event| event.value;
    let counts_for = match &goal.value {
        Some(waymark_model::GoalValue::Fixed { amount, .. }) => Some(*amount),
        Some(waymark_model::GoalValue::FromEvent) => found.valued_by.and_then(own),
        None => None,
    };
    counts_for.filter(|_| found.counted).or_else(|| found.event.and_then(|(_, event)| own(event)))
}
