//! Which matching events of a goal count: `docs/counting.md` 2.
//!
//! It must not know measures: what is done with the conversions is for others.

use std::collections::BTreeSet;

use waymark_model::{
    Counting, Event, Goal, GoalValue, TextColumn, TimeRange, Trigger,
    event::{NO_VISITOR, REFUND},
};

use super::{
    Amounts, World,
    journeys::{What, journeys},
};

/// One match of a goal's trigger, anywhere and at any time on the site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match<'a> {
    /// Visitor and number of the session; none for an event without a visitor.
    pub(crate) owner: Option<(u64, usize)>,
    pub(crate) time: i64,
    /// The event and its place in the order of arrival; none for a virtual event.
    pub(crate) event: Option<(usize, &'a Event)>,
    /// In the range, and of a unit that the population selects.
    pub(crate) inside: bool,
    /// The counting rule counts it. It is a conversion of the result if it is inside, too.
    pub(crate) counted: bool,
}

impl Match<'_> {
    /// The order key.
    pub(crate) fn key(&self) -> Option<u64> {
        self.event.and_then(|(_, event)| event.key)
    }
}

/// All matches of a goal: visitor by visitor in journey order, then those without a visitor in order of arrival.
pub(crate) fn matches<'a>(world: &World<'a>, goal: &'a Goal) -> Vec<Match<'a>> {
    let mut found = Vec::new();
    for journey in journeys(world, &[&goal.trigger]) {
        for item in journey.items.iter().filter(|item| item.fills(&goal.trigger)) {
            let event = match item.what {
                What::Event { event, seq } => Some((seq, event)),
                What::Virtual(_) => None,
            };
            let owner = Some((journey.visitor, item.session));
            found.push(Match { owner, time: item.time, event, inside: item.inside, counted: false });
        }
    }
    if let Trigger::Event(predicate) = &goal.trigger {
        for (seq, event) in world.kept().filter(|(_, event)| predicate.matches(event)) {
            if event.visitor == NO_VISITOR {
                let inside = ownerless_is_inside(world, event);
                let event = Some((seq, event));
                found.push(Match {
                    owner: None,
                    time: world.events[seq].time,
                    event,
                    inside,
                    counted: false,
                });
            }
        }
    }
    let counted: Vec<bool> =
        (0..found.len()).map(|i| counts(goal.counting, world.range, &found, i)).collect();
    found.iter_mut().zip(counted).for_each(|(found, counted)| found.counted = counted);
    found
}

/// With a filter on the population an event without a visitor is left out.
fn ownerless_is_inside(world: &World<'_>, event: &Event) -> bool {
    world.population.is_everyone() && world.range.contains(event.time)
}

/// Whether the rule counts the `i`-th match.
///
/// Reading: the rule comes first and the population after it. When sessions are selected, a visitor's first match in
/// the range may lie in a session that is not selected; its later matches are then repeats. (So selecting sessions by
/// a dimension gives the numbers of the bucket of a breakdown by it.)
fn counts(rule: Counting, range: TimeRange, all: &[Match<'_>], i: usize) -> bool {
    let this = &all[i];
    let mut earlier_in_range = all[..i].iter().filter(|other| range.contains(other.time));
    match (rule, this.owner) {
        (Counting::Every, _) | (Counting::OncePerSession | Counting::OncePerVisitor, None) => true,
        (Counting::OncePerSession, Some(session)) => {
            !earlier_in_range.any(|other| other.owner == Some(session))
        }
        (Counting::OncePerVisitor, Some((visitor, _))) => {
            !earlier_in_range.any(|other| other.owner.is_some_and(|owner| owner.0 == visitor))
        }
        (Counting::OncePerKey, _) => match (this.key(), this.event) {
            (Some(key), Some((seq, event))) => !all.iter().any(|other| {
                other.key() == Some(key) && other.event.is_some_and(|(s, e)| (e.time, s) < (event.time, seq))
            }),
            _ => true,
        },
    }
}

/// Adds what a conversion is worth.
///
/// Reading: a value without a currency is a currency of its own (the empty text), never added to another.
pub(crate) fn add_value(amounts: &mut Amounts, goal: &Goal, conversion: &Match<'_>) {
    match (&goal.value, conversion.event) {
        (Some(GoalValue::Fixed { amount, currency }), _) => {
            *amounts.entry(currency.clone()).or_default() += amount;
        }
        (Some(GoalValue::FromEvent), Some((_, event))) => add_event_value(amounts, event),
        (Some(GoalValue::FromEvent), None) | (None, _) => (),
    }
}

/// Adds an event's own value, if it has one.
pub(crate) fn add_event_value(amounts: &mut Amounts, event: &Event) {
    if let Some(value) = event.value {
        *amounts.entry(event.text(TextColumn::Currency).to_owned()).or_default() += value;
    }
}

/// The refunds that take value back from a goal.
///
/// Reading: the refund itself must be of a selected unit (one without a visitor is left out when there is a filter);
/// the order may be anyone's, at any time, counted or not. The value is added as the event carries it, so that it must
/// be negative there. A goal without a value has none to take back; one with a fixed value has.
pub(crate) fn refunds<'a>(world: &World<'a>, goal: &Goal, matches: &[Match<'_>]) -> Vec<&'a Event> {
    if goal.value.is_none() {
        return Vec::new();
    }
    let keys: BTreeSet<u64> = matches.iter().filter_map(Match::key).collect();
    let inside = journeys(world, &[]);
    let of_visitors = inside.iter().flat_map(|journey| journey.events_inside().map(|(_, event)| event));
    let ownerless = world.kept().map(|(_, event)| event).filter(|event| event.visitor == NO_VISITOR);
    of_visitors
        .chain(ownerless.filter(|event| ownerless_is_inside(world, event)))
        .filter(|event| event.text(TextColumn::Name) == REFUND)
        .filter(|event| event.key.is_some_and(|key| keys.contains(&key)))
        .collect()
}
