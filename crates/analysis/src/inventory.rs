//! Which events a site has, and which of them look like success: for a site without goals. It counts nothing by itself:
//! each kind of event is counted as a goal would be.

use std::collections::BTreeSet;

use serde::Serialize;
use waymark_model::{
    Dimension, Goal, Predicate, Role, SiteDefinition, Test, TextColumn, Trigger, event::RESERVED_PREFIX,
};
use waymark_query::{BreakdownBucket, BreakdownSpec, By, FoldSpec, OverviewSpec, State};

use crate::{error::QueryError, over::ResolvedOver, source::Source, usage::usage};

/// Most kinds that are looked at, the most frequent ones.
const MOST_KINDS: usize = 40;

/// Events of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EventKind {
    /// The name.
    pub name: String,
    /// How many there are.
    pub events: u64,
    /// How many carry an order key.
    pub with_key: u64,
    /// How many carry a value.
    pub with_value: u64,
}

impl EventKind {
    /// Whether it looks like what the site exists for: most of its events carry an order key or a value.
    fn looks_like_success(&self) -> bool {
        let has_values = 2 * self.with_value > self.events;
        !self.name.starts_with(RESERVED_PREFIX) && (self.has_keys() || has_values)
    }

    /// Whether most of its events carry an order key.
    const fn has_keys(&self) -> bool {
        2 * self.with_key > self.events
    }
}

/// The kinds of events in the range, the most frequent first.
pub fn event_kinds(source: &Source<'_>, over: &ResolvedOver) -> Result<Vec<EventKind>, QueryError> {
    let mut names = values(source, over, &Dimension::Column(TextColumn::Name))?;
    names.truncate(MOST_KINDS);
    looked_at(&names, source, over)
}

/// The values of a dimension in the range with how many events have each, the most frequent first.
pub fn values(
    source: &Source<'_>,
    over: &ResolvedOver,
    of: &Dimension,
) -> Result<Vec<(String, u64)>, QueryError> {
    let spec = BreakdownSpec { goals: vec![every()], dimension: of.clone(), by: By::Conversion };
    let output = source.run(over, &[FoldSpec::Breakdown(spec)])?;
    let Some(State::Breakdown(state)) = output.states.into_iter().next() else {
        return Err(QueryError::WrongKind);
    };
    let events = |found: &BreakdownBucket| found.goals.iter().map(|goal| goal.conversions).sum();
    let buckets = state.buckets.into_iter().filter(|(value, _)| !value.is_empty());
    Ok(most_first(buckets.map(|(value, found)| (value, events(&found))).collect()))
}

/// The keys of properties with how many events of the range have each, the most frequent first.
pub fn property_keys(source: &Source<'_>, over: &ResolvedOver) -> Result<Vec<(String, u64)>, QueryError> {
    let mut keys = BTreeSet::new();
    for part in source.parts {
        keys.extend(part.columns.properties()?);
    }
    let keys: Vec<String> = keys.into_iter().collect();
    let mut found = Vec::new();
    for some in keys.chunks(MOST_KINDS) {
        let has = |key: &String| {
            let present = Predicate::default().and(Dimension::Property(key.clone()), Test::Present);
            Goal { trigger: Trigger::Event(present), ..every() }
        };
        let spec = OverviewSpec {
            goals: some.iter().map(has).collect(),
            buckets: Vec::new(),
            then: None,
            orders: Vec::new(),
        };
        let output = source.run(over, &[FoldSpec::Overview(spec)])?;
        let Some(State::Overview(state)) = output.states.into_iter().next() else {
            return Err(QueryError::WrongKind);
        };
        found.extend(some.iter().cloned().zip(state.total.goals.iter().map(|goal| goal.conversions)));
    }
    found.retain(|(_, events)| *events > 0);
    Ok(most_first(found))
}

/// A goal that every event is.
fn every() -> Goal {
    Goal { trigger: Trigger::Event(Predicate::default()), ..Goal::on_event("event", Role::Macro) }
}

fn most_first(mut names: Vec<(String, u64)>) -> Vec<(String, u64)> {
    names.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    names
}

/// The kinds of those names, with what their events carry.
fn looked_at(
    names: &[(String, u64)],
    source: &Source<'_>,
    over: &ResolvedOver,
) -> Result<Vec<EventKind>, QueryError> {
    let goals = names.iter().map(|(name, _)| Goal::on_event(name, Role::Macro)).collect();
    let site = SiteDefinition { goals, funnels: Vec::new(), ..source.site.clone() };
    let used = usage(&Source { site: &site, ..*source }, over)?;
    let kind = |(name, events): &(String, u64)| {
        let used = used.goals.get(name).copied().unwrap_or_default();
        EventKind {
            name: name.clone(),
            events: *events,
            with_key: used.with_key,
            with_value: used.with_value,
        }
    };
    Ok(names.iter().map(kind).collect())
}

/// The kind that looks most like the site's purpose: the rarest of those with order keys or, if none has them, of those with
/// values. A cart has a worth, too, but no order.
pub fn likely_headline(kinds: &[EventKind]) -> Option<&EventKind> {
    kinds.iter().filter(|kind| kind.looks_like_success()).min_by_key(|kind| (!kind.has_keys(), kind.events))
}

#[cfg(test)]
mod tests {
    use waymark_model::{Event, Tag, Zone};
    use waymark_query::Cancel;
    use waymark_store::columns::{Part, PartBuilder};

    use super::*;
    use crate::{Over, small_groups::SmallGroups};

    fn part(events: &[Event]) -> Part {
        let mut builder = PartBuilder::default();
        events.iter().for_each(|event| builder.push(event));
        builder.finish(1).unwrap()
    }

    #[test]
    fn kinds_are_counted_and_the_likely_headline_is_the_rarest_with_keys() {
        let keyed = |visitor, name| {
            let mut event = Event::new(visitor, 1, name);
            event.key = Some(visitor);
            event
        };
        let mut robot = keyed(9, "buy");
        robot.tag = Tag::Bot;
        let mut paid = keyed(3, "checkout");
        paid.value = Some(5);
        let parts = [
            part(&[Event::new(1, 1, "view"), keyed(1, "buy"), robot]),
            part(&[Event::new(2, 1, "view"), keyed(2, "checkout"), paid, keyed(3, "$refund")]),
        ];
        let site = SiteDefinition::new("shop", Zone::utc());
        let cancel = Cancel::default();
        let source = Source {
            site: &site,
            parts: &parts,
            damage: &[],
            now: 0,
            watch: &|_, _| (),
            cancel: &cancel,
            small_groups: SmallGroups::Shown,
        };
        let over = Over::default().resolve(&site.zone, source.all(), 0).unwrap();
        let kinds = event_kinds(&source, &over).unwrap();
        let show = |kind: &EventKind| (kind.name.clone(), kind.events, kind.with_key, kind.with_value);
        let shown: Vec<_> = kinds.iter().map(show).collect();
        let expected = [("checkout", 2, 2, 1), ("view", 2, 0, 0), ("$refund", 1, 1, 0), ("buy", 1, 1, 0)];
        assert_eq!(shown, expected.map(|(name, a, b, c)| (name.to_owned(), a, b, c)));
        assert_eq!(likely_headline(&kinds).map(|kind| kind.name.as_str()), Some("buy"));
        assert_eq!(likely_headline(&kinds[1..2]), None);
    }

    #[test]
    fn an_order_is_likelier_than_a_cart() {
        let kind = |name: &str, with_key, with_value| EventKind {
            name: name.to_owned(),
            events: 4,
            with_key,
            with_value,
        };
        let likely = |kinds: &[EventKind]| likely_headline(kinds).map(|kind| kind.name.clone());
        let (checkout, purchase) = (kind("begin_checkout", 0, 4), kind("purchase", 4, 4));
        assert_eq!(likely(&[checkout.clone(), purchase.clone()]).as_deref(), Some("purchase"));
        let rarer = EventKind { events: 1, with_value: 1, ..checkout.clone() };
        assert_eq!(likely(&[rarer, purchase]).as_deref(), Some("purchase"));
        assert_eq!(likely(&[checkout]).as_deref(), Some("begin_checkout"));
    }
}
