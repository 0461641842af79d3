//! Breakdowns of goals by a dimension: every bucket, without a top N. `docs/counting.md` 3.

use std::collections::BTreeMap;

use waymark_model::{Dimension, Event, Goal, Touch, Trigger, Unit};

use super::{
    Amounts, World,
    conversions::{Match, add_value, matches},
    journeys::{Item, journeys},
};

/// The buckets by value; none for units (or events) without a value.
pub(crate) type Buckets<T> = BTreeMap<Option<String>, T>;

/// The units that stand in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BucketTally {
    pub(crate) units: u64,
    /// One for each goal asked for.
    pub(crate) goals: Vec<BucketGoal>,
}

/// A goal's conversions in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BucketGoal {
    /// Units with a counted conversion; 0 where the bucket is of events, not of units.
    pub(crate) converters: u64,
    pub(crate) conversions: u64,
    pub(crate) gross: Amounts,
}

/// A visitor, or one of its sessions, and its events in the range.
struct Member<'a> {
    visitor: u64,
    session: Option<usize>,
    events: Vec<&'a Event>,
}

impl Member<'_> {
    fn owns(&self, found: &Match<'_>) -> bool {
        found.owner.is_some_and(|(visitor, session)| {
            visitor == self.visitor && self.session.is_none_or(|mine| mine == session)
        })
    }
}

/// Puts each unit into the bucket of its first (or last) event in the range, with all its conversions.
///
/// Reading: when sessions are selected, a visitor's first event is the first of its selected sessions. Conversions
/// without a visitor are of no unit and so in no bucket. A unit with virtual events alone has no value.
pub(crate) fn breakdown(
    world: &World<'_>,
    goals: &[Goal],
    dimension: &Dimension,
    unit: Unit,
    touch: Touch,
) -> Buckets<BucketTally> {
    let triggers: Vec<_> = goals.iter().map(|goal| &goal.trigger).collect();
    let matched: Vec<Vec<Match<'_>>> = goals.iter().map(|goal| matches(world, goal)).collect();
    let mut buckets: Buckets<BucketTally> = BTreeMap::new();
    for member in members(world, &triggers, unit) {
        let decides = match touch {
            Touch::First => member.events.first(),
            Touch::Last => member.events.last(),
        };
        let bucket =
            buckets.entry(decides.and_then(|event| dimension.of(event)).map(str::to_owned)).or_default();
        bucket.units += 1;
        bucket.goals.resize(goals.len(), BucketGoal::default());
        for ((goal, all), tally) in goals.iter().zip(&matched).zip(&mut bucket.goals) {
            let own: Vec<_> = all.iter().filter(|m| m.inside && m.counted && member.owns(m)).collect();
            tally.converters += u64::from(!own.is_empty());
            tally.conversions += own.len() as u64;
            own.iter().for_each(|conversion| add_value(&mut tally.gross, goal, conversion));
        }
    }
    buckets
}

fn members<'a>(world: &World<'a>, triggers: &[&'a Trigger], unit: Unit) -> Vec<Member<'a>> {
    assert!(matches!(unit, Unit::Visitor | Unit::Session), "only visitors and sessions stand in buckets");
    let mut members = Vec::new();
    for journey in journeys(world, triggers) {
        let sessions = match unit {
            Unit::Session => journey.sessions_inside().into_iter().map(Some).collect(),
            _ if journey.sessions_inside().is_empty() => Vec::new(),
            _ => vec![None],
        };
        for session in sessions {
            let is_of = |item: &Item<'_>| session.is_none_or(|session| session == item.session);
            let events = journey.events_inside().filter(|(item, _)| is_of(item)).map(|(_, event)| event);
            members.push(Member { visitor: journey.visitor, session, events: events.collect() });
        }
    }
    members
}

/// Puts each conversion into the bucket of its own event's value; a virtual event has none.
pub(crate) fn breakdown_by_event(
    world: &World<'_>,
    goal: &Goal,
    dimension: &Dimension,
) -> Buckets<BucketGoal> {
    let mut buckets: Buckets<BucketGoal> = BTreeMap::new();
    for conversion in matches(world, goal).iter().filter(|m| m.inside && m.counted) {
        let value = conversion.event.and_then(|(_, event)| dimension.of(event));
        let bucket = buckets.entry(value.map(str::to_owned)).or_default();
        bucket.conversions += 1;
        add_value(&mut bucket.gross, goal, conversion);
    }
    buckets
}
