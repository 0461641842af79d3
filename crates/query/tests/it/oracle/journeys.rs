//! Journeys, sessions, virtual events and the units selected: `docs/counting.md` 1 and 2.1.
//!
//! It must not know goals' counting rules or funnels.

use std::collections::BTreeMap;

use waymark_model::{
    Dimension, Event, Touch, Trigger,
    event::{NO_VISITOR, PAGE_VIEW, RESERVED_PREFIX},
    population::Selects,
};

use super::World;

/// What stands at a place of a journey.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What<'a> {
    /// An event and its place in the order of arrival.
    Event { event: &'a Event, seq: usize },
    /// The virtual event that an engagement trigger makes.
    Virtual(&'a Trigger),
}

/// A place of a journey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) what: What<'a>,
    pub(crate) time: i64,
    /// Number of the session within the journey, from 0.
    pub(crate) session: usize,
    /// In the range, and of a unit that the population selects.
    pub(crate) inside: bool,
}

/// One visitor's places in order.
#[derive(Clone, Debug)]
pub(crate) struct Journey<'a> {
    pub(crate) visitor: u64,
    pub(crate) items: Vec<Item<'a>>,
}

impl<'a> Item<'a> {
    /// The event, unless it is a virtual one.
    pub(crate) const fn event(&self) -> Option<&'a Event> {
        match self.what {
            What::Event { event, .. } => Some(event),
            What::Virtual(_) => None,
        }
    }

    /// Whether this is what the trigger waits for.
    pub(crate) fn fills(&self, trigger: &Trigger) -> bool {
        match (self.what, trigger) {
            (What::Event { event, .. }, Trigger::Event(predicate)) => predicate.matches(event),
            (What::Virtual(made_by), trigger) => made_by == trigger,
            (What::Event { .. }, Trigger::Duration { .. } | Trigger::Pages { .. }) => false,
        }
    }

    /// The value in a dimension; a virtual event has none.
    pub(crate) fn value(&self, dimension: &Dimension) -> Option<&'a str> {
        self.event().and_then(|event| dimension.of(event))
    }

    /// Whether it is an event whose name is reserved.
    pub(crate) fn is_reserved(&self) -> bool {
        self.event().is_some_and(|event| event.own_name().starts_with(RESERVED_PREFIX))
    }
}

impl<'a> Journey<'a> {
    /// The events (no virtual ones) in the range and the population.
    pub(crate) fn events_inside(&self) -> impl Iterator<Item = (&Item<'a>, &'a Event)> {
        self.items.iter().filter(|item| item.inside).filter_map(|item| Some((item, item.event()?)))
    }

    /// The sessions in the range and the population: by an event, or by a virtual one.
    pub(crate) fn sessions_inside(&self) -> Vec<usize> {
        let mut sessions: Vec<usize> =
            self.items.iter().filter(|item| item.inside).map(|item| item.session).collect();
        sessions.dedup();
        sessions
    }
}

/// All journeys of the site, with the virtual events that these triggers make.
pub(crate) fn journeys<'a>(world: &World<'a>, triggers: &[&'a Trigger]) -> Vec<Journey<'a>> {
    let mut visitors: BTreeMap<u64, Vec<(usize, &'a Event)>> = BTreeMap::new();
    for (seq, event) in world.kept() {
        if event.visitor != NO_VISITOR {
            visitors.entry(event.visitor).or_default().push((seq, event));
        }
    }
    let journey = |(visitor, mut events): (u64, Vec<(usize, &'a Event)>)| {
        events.sort_by_key(|(seq, event)| (event.time, *seq));
        let mut items = with_virtual(&with_sessions(&events, world.session_gap_ms), triggers);
        select(world, &mut items);
        Journey { visitor, items }
    };
    visitors.into_iter().map(journey).collect()
}

/// A new session starts when the gap to the event before is greater than the session gap.
fn with_sessions<'a>(events: &[(usize, &'a Event)], gap: i64) -> Vec<Item<'a>> {
    let mut session = 0;
    let mut items: Vec<Item<'a>> = Vec::new();
    for &(seq, event) in events {
        if items.last().is_some_and(|before| event.time.saturating_sub(before.time) > gap) {
            session += 1;
        }
        items.push(Item { what: What::Event { event, seq }, time: event.time, session, inside: false });
    }
    items
}

/// Puts the virtual events between the events.
///
/// Reading: equal triggers make one virtual event, which fills one step of a funnel only. At one place (after the
/// same event) virtual events stand by time; at one time `pages` stands before `duration`, since it is *right* after
/// its page view.
fn with_virtual<'a>(events: &[Item<'a>], triggers: &[&'a Trigger]) -> Vec<Item<'a>> {
    let mut distinct: Vec<&'a Trigger> = Vec::new();
    for &trigger in triggers {
        if !distinct.contains(&trigger) {
            distinct.push(trigger);
        }
    }
    // Each place is (number of events up to it, 0 for the event itself, time, 0 for pages, 1 for duration).
    let mut placed: Vec<((usize, u8, i64, u8), Item<'a>)> = Vec::new();
    for (i, item) in events.iter().enumerate() {
        placed.push(((i + 1, 0, item.time, 0), *item));
    }
    let sessions = events.last().map_or(0, |last| last.session + 1);
    for session in 0..sessions {
        for &trigger in &distinct {
            if let Some((after, time)) = virtual_event(events, session, trigger) {
                let kind = u8::from(matches!(trigger, Trigger::Duration { .. }));
                let item = Item { what: What::Virtual(trigger), time, session, inside: false };
                placed.push(((after, 1, time, kind), item));
            }
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, item)| item).collect()
}

/// How many of the journey's events a session's virtual event stands after, and its time.
///
/// Reading: the event that shows a session to have lasted so long may lie outside the range.
fn virtual_event(events: &[Item<'_>], session: usize, trigger: &Trigger) -> Option<(usize, i64)> {
    let in_session = || events.iter().enumerate().filter(|(_, item)| item.session == session);
    match trigger {
        Trigger::Event(_) => None,
        Trigger::Duration { at_least_ms } => {
            let time = in_session().next()?.1.time.saturating_add(*at_least_ms);
            let lasted = in_session().any(|(_, item)| item.time >= time);
            let before = in_session().rfind(|(_, item)| item.time <= time)?;
            lasted.then_some((before.0 + 1, time))
        }
        Trigger::Pages { at_least } => {
            let nth = (*at_least as usize).checked_sub(1)?;
            let is_page = |item: &Item<'_>| item.event().is_some_and(|e| e.own_name() == PAGE_VIEW);
            let (i, page) = in_session().filter(|(_, item)| is_page(item)).nth(nth)?;
            Some((i + 1, page.time))
        }
    }
}

/// Marks what is in the range and of a selected unit.
///
/// Without a filter every unit is selected, also one that has only virtual events in the range; a filter needs an
/// event in the range to decide by. Reading: so for funnels, whose steps' triggers are asked for as goals are.
fn select(world: &World<'_>, items: &mut [Item<'_>]) {
    let population = world.population;
    let is_in = |items: &[Item<'_>], session: Option<usize>| {
        let mut events = items
            .iter()
            .filter(|item| session.is_none_or(|session| session == item.session))
            .filter(|item| world.range.contains(item.time))
            .filter_map(Item::event);
        let decides = match population.touch {
            Touch::First => events.next(),
            Touch::Last => events.next_back(),
        };
        decides.is_some_and(|event| population.filter.matches(event))
    };
    let inside: Vec<bool> = items
        .iter()
        .map(|item| {
            let unit = match population.selects {
                Selects::Visitors => None,
                Selects::Sessions => Some(item.session),
            };
            world.range.contains(item.time) && (population.is_everyone() || is_in(items, unit))
        })
        .collect();
    for (item, inside) in items.iter_mut().zip(inside) {
        item.inside = inside;
    }
}
