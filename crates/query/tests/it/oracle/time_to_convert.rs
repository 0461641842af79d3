//! Times from a unit's first event in the range to its first counted conversion: `docs/counting.md` 3.

use std::collections::BTreeMap;

use waymark_model::{Goal, Unit};

use super::{World, conversions::matches, journeys::journeys};

/// What tells units apart: a visitor, a session of it, or a user.
type UnitKey = (u64, usize);

/// The sorted times of the units that converted.
///
/// Reading: a virtual event can stand in the range before the unit's first event in it, or without one (the session
/// began before the range); the time is then 0.
pub(crate) fn time_to_convert(world: &World<'_>, goal: &Goal, unit: Unit) -> Vec<i64> {
    let key = |owner: UnitKey, user: Option<u64>| match unit {
        Unit::Visitor => Some((owner.0, 0)),
        Unit::Session => Some(owner),
        Unit::User => user.map(|user| (user, 0)),
        Unit::Event => None,
    };
    let mut first_event: BTreeMap<UnitKey, i64> = BTreeMap::new();
    for journey in journeys(world, &[]) {
        for (item, event) in journey.events_inside() {
            if let Some(key) = key((journey.visitor, item.session), event.user) {
                first_event.entry(key).and_modify(|time| *time = item.time.min(*time)).or_insert(item.time);
            }
        }
    }
    let mut first_conversion: BTreeMap<UnitKey, i64> = BTreeMap::new();
    for found in matches(world, goal).iter().filter(|m| m.inside && m.counted) {
        let user = found.event.and_then(|(_, event)| event.user);
        if let Some(key) = found.owner.and_then(|owner| key(owner, user)) {
            first_conversion
                .entry(key)
                .and_modify(|time| *time = found.time.min(*time))
                .or_insert(found.time);
        }
    }
    let mut times: Vec<i64> = first_conversion
        .iter()
        .map(|(key, time)| first_event.get(key).map_or(0, |first| (time - first).max(0)))
        .collect();
    times.sort_unstable();
    times
}
