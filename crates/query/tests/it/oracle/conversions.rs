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
    /// The event whose value it has, where the goal takes that of events.
    pub(crate) valued_by: Option<&'a Event>,
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
            let valued_by = item.event();
            let (time, inside) = (item.time, item.inside);
            found.push(Match { owner, time, event, inside, counted: false, valued_by });
        }
    }
    if let Trigger::Event(predicate) = &goal.trigger {
        for (seq, event) in world.kept().filter(|(_, event)| predicate.matches(event)) {
            if event.visitor == NO_VISITOR {
                let inside = ownerless_is_inside(world, event);
                let (time, valued_by, event) = (event.time, Some(event), Some((seq, event)));
                found.push(Match { owner: None, time, event, inside, counted: false, valued_by });
            }
        }
    }
    let decided: Vec<_> = (0..found.len())
        .map(|i| (counts(goal.counting, world.range, &found, i), valued_by(goal.counting, &found, i)))
        .collect();
    for (found, (counted, valued_by)) in found.iter_mut().zip(decided) {
        (found.counted, found.valued_by) = (counted, valued_by);
    }
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
            (Some(key), Some((seq, _))) => {
                let order = order(all, key);
                let owner = order.iter().find(|event| event.1.visitor != NO_VISITOR);
                owner.unwrap_or(&order[0]).0 == seq
            }
            _ => true,
        },
    }
}

/// The events of a key among the matches, the first one first.
fn order<'a>(all: &[Match<'a>], key: u64) -> Vec<(usize, &'a Event)> {
    let mut order: Vec<_> = all.iter().filter(|m| m.key() == Some(key)).filter_map(|m| m.event).collect();
    order.sort_by_key(|(seq, event)| (event.time, *seq));
    order
}

/// The event whose value the `i`-th match has.
///
/// Reading: an event without a visitor need not be verified to tell the value. It tells it also when it lies outside
/// the range, when the population leaves it out, and when no visitor owns the order.
fn valued_by<'a>(rule: Counting, all: &[Match<'a>], i: usize) -> Option<&'a Event> {
    let own = all[i].event?.1;
    let Some(key) = all[i].key().filter(|_| rule == Counting::OncePerKey) else { return Some(own) };
    let with_value: Vec<&Event> =
        order(all, key).into_iter().map(|(_, event)| event).filter(|event| event.value.is_some()).collect();
    let without_visitor = with_value.iter().find(|event| event.visitor == NO_VISITOR);
    let verified = with_value.iter().find(|event| event.verified);
    let own_is_verified = own.verified && own.value.is_some();
    Some(match (without_visitor, verified) {
        (Some(other), _) => other,
        (None, Some(other)) if !own_is_verified => other,
        _ => own,
    })
}

/// Adds what a conversion is worth.
///
/// Reading: a value without a currency is a currency of its own (the empty text), never added to another.
pub(crate) fn add_value(amounts: &mut Amounts, goal: &Goal, conversion: &Match<'_>) {
    match (&goal.value, conversion.valued_by) {
        (Some(GoalValue::Fixed { amount, currency }), _) => {
            *amounts.entry(currency.clone()).or_default() += amount;
        }
        (Some(GoalValue::FromEvent), Some(event)) => add_event_value(amounts, event),
        (Some(GoalValue::FromEvent), None) | (None, _) => (),
    }
}

/// Adds what a conversion is worth if that is verified. Reading: a fixed value is not.
pub(crate) fn add_verified(amounts: &mut Amounts, goal: &Goal, conversion: &Match<'_>) {
    if goal.value == Some(GoalValue::FromEvent) {
        conversion.valued_by.iter().filter(|e| e.verified).for_each(|event| add_event_value(amounts, event));
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
        .filter(|event| event.own_name() == REFUND)
        .filter(|event| event.key.is_some_and(|key| keys.contains(&key)))
        .collect()
}
