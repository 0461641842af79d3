//! Which matching events of a goal count: `docs/counting.md` 2.
//!
//! It must not know measures: what is done with the conversions is for others.

use waymark_model::{Counting, Event, Goal, GoalValue, TextColumn, TimeRange, Trigger, event::NO_VISITOR};

use super::{
    Amounts, World,
    journeys::{Item, What, journeys},
};

/// One match of a goal's trigger, anywhere and at any time on the site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match<'a> {
    /// Visitor and number of the session; none for an event without a visitor.
    pub(crate) owner: Option<(u64, usize)>,
    pub(crate) time: i64,
    /// The event and its place in the order of arrival; none for a virtual event.
    pub(crate) event: Option<(usize, &'a Event)>,
    /// The trigger that made it, if it is a virtual event.
    pub(crate) made_by: Option<&'a Trigger>,
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
            let (event, made_by) = match item.what {
                What::Event { event, seq } => (Some((seq, event)), None),
                What::Virtual(trigger) => (None, Some(trigger)),
            };
            let owner = Some((journey.visitor, item.session));
            let valued_by = item.event();
            let (time, inside) = (item.time, item.inside);
            found.push(Match { owner, time, event, made_by, inside, counted: false, valued_by });
        }
    }
    if let Trigger::Event(predicate) = &goal.trigger {
        for (seq, event) in world.kept().filter(|(_, event)| predicate.matches(event)) {
            if event.visitor == NO_VISITOR {
                let inside = ownerless_is_inside(world, event);
                let (time, valued_by, event) = (event.time, Some(event), Some((seq, event)));
                let made_by = None;
                found.push(Match { owner: None, time, event, made_by, inside, counted: false, valued_by });
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

/// Whether an item of a visitor's journey is a conversion of the result, given all matches of the goal.
pub(crate) fn is_conversion(all: &[Match<'_>], visitor: u64, item: &Item<'_>) -> bool {
    let seq = match item.what {
        What::Event { seq, .. } => Some(seq),
        What::Virtual(_) => None,
    };
    let is_it = |m: &Match<'_>| {
        let is_place = (m.time, m.event.map(|(seq, _)| seq)) == (item.time, seq);
        is_place && m.owner == Some((visitor, item.session))
    };
    // A virtual event of another goal may stand at the same time.
    let is_virtual_of_goal = |m: &Match<'_>| m.made_by.is_none_or(|trigger| item.fills(trigger));
    all.iter().any(|m| m.inside && m.counted && is_it(m) && is_virtual_of_goal(m))
}

/// With a filter on the population an event without a visitor is left out.
pub(super) fn ownerless_is_inside(world: &World<'_>, event: &Event) -> bool {
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
    let order: Vec<&Event> = order(all, key).into_iter().map(|(_, event)| event).collect();
    Some(told_by(&order, own))
}

/// The event that tells the value of an order, out of all of the order's events.
pub(super) fn told_by<'a>(order: &[&'a Event], own: &'a Event) -> &'a Event {
    let with_value: Vec<&Event> = order.iter().copied().filter(|event| event.value.is_some()).collect();
    let without_visitor = with_value.iter().find(|event| event.visitor == NO_VISITOR);
    let verified = with_value.iter().find(|event| event.verified);
    let own_is_verified = own.verified && own.value.is_some();
    match (without_visitor, verified) {
        (Some(other), _) => other,
        (None, Some(other)) if !own_is_verified => other,
        _ => own,
    }
}

/// Adds what a conversion is worth.
///
/// Reading: a value without a currency is a currency of its own (the empty text), never added to another.
pub(crate) fn add_value(amounts: &mut Amounts, goal: &Goal, conversion: &Match<'_>) {
    match (&goal.value, conversion.valued_by) {
        (Some(GoalValue::Fixed { amount, currency }), _) => {
            *amounts.entry(currency.clone()).or_default() += i128::from(*amount);
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
        *amounts.entry(event.text(TextColumn::Currency).to_owned()).or_default() += i128::from(value);
    }
}
