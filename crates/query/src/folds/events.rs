//! The events behind a number: those that match a goal, newest first, each with whether the counting rule counts it.

use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Goal, event::NO_VISITOR};

use crate::{
    folds::counting::{Goals, Match},
    journey::Journey,
    pass::Pass,
    planner::Planner,
};

/// What to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventsSpec {
    /// The goal whose matching events are listed.
    pub goal: Goal,
    /// Only those that count, or only those that do not.
    pub counted: Option<bool>,
    /// Most events that are listed.
    pub limit: usize,
    /// Only events that stand before this one: where an earlier list ended.
    pub before: Option<EventPlace>,
    /// What is told of each event.
    pub dimensions: Vec<Dimension>,
}

/// Where an event stands among all of the site: by time, then by arrival. Virtual events stand behind the event that they
/// follow in their journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventPlace {
    /// Its time, in ms since 1970-01-01 UTC.
    pub time: i64,
    /// The time of the event itself, or of the one that it follows.
    pub of: i64,
    /// The sequence number of that event.
    pub seq: u64,
    /// It is a virtual event.
    pub is_virtual: bool,
}

/// An event that matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedEvent {
    /// Where it stands.
    pub place: EventPlace,
    /// What was asked of it, in that order; empty where it has none.
    pub texts: Vec<String>,
    /// What it counts for, or else its own value: minor units, currency, whether it is verified.
    pub value: Option<(i64, String, bool)>,
    /// Why it is left out unless asked for, as a [`waymark_model::Tag`] number.
    pub tag: u8,
    /// It is of a visitor.
    pub has_visitor: bool,
    /// The counting rule counts it.
    pub counts: bool,
}

/// The newest of the events that match, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsState {
    /// Events in the range and the population that match, listed or not.
    pub matched: u64,
    /// Those that count.
    pub conversions: u64,
    /// The newest, newest first once the state is finished; never more than the limit.
    pub events: Vec<ListedEvent>,
    limit: usize,
    /// The least place that the list still takes.
    #[serde(skip)]
    floor: Option<EventPlace>,
}

impl EventsState {
    pub(crate) fn merge(&mut self, other: Self) {
        self.matched += other.matched;
        self.conversions += other.conversions;
        self.events.extend(other.events);
        self.finish();
    }

    fn takes(&self, place: EventPlace) -> bool {
        self.limit > 0 && self.floor.is_none_or(|floor| place > floor)
    }

    fn push(&mut self, event: ListedEvent) {
        self.events.push(event);
        if self.events.len() >= 2 * self.limit {
            self.trim();
        }
    }

    fn trim(&mut self) {
        self.events.sort_unstable_by_key(|event| std::cmp::Reverse(event.place));
        self.events.truncate(self.limit);
        if self.events.len() == self.limit {
            self.floor = self.events.last().map(|event| event.place);
        }
    }

    /// Brings the list into its order.
    pub(crate) fn finish(&mut self) {
        self.trim();
        self.floor = None;
    }
}

/// A list made ready for a pass.
#[derive(Debug)]
pub(crate) struct EventsFold {
    goals: Goals,
    counted: Option<bool>,
    limit: usize,
    before: Option<EventPlace>,
    slots: Vec<usize>,
    currency: usize,
}

impl EventsFold {
    pub(crate) fn new(spec: &EventsSpec, planner: &mut Planner) -> Self {
        let goals = Goals::new(std::slice::from_ref(&spec.goal), planner);
        let currency = planner.values();
        planner.needs.verified = true;
        planner.needs.seqs = true;
        let slots = spec.dimensions.iter().map(|dimension| planner.dimension(dimension)).collect();
        Self { goals, counted: spec.counted, limit: spec.limit, before: spec.before, slots, currency }
    }

    pub(crate) fn start(&self) -> EventsState {
        EventsState { limit: self.limit, ..EventsState::default() }
    }

    pub(crate) fn visit(&self, state: &mut EventsState, pass: &Pass, journey: &Journey) {
        let mut memory = self.goals.memory();
        for row in journey.range.clone().take_while(|&row| !pass.stops_at(row)) {
            let found = self.goals.matches(&mut memory, pass, journey, row).last();
            let Some(found) = found.filter(|_| journey.is_in(row)) else { continue };
            state.matched += 1;
            state.conversions += u64::from(found.counts);
            let place = place(pass, journey, row);
            let is_asked = self.counted.is_none_or(|counted| counted == found.counts)
                && self.before.is_none_or(|before| place < before);
            if is_asked && state.takes(place) {
                state.push(self.event(pass, journey, row, place, found));
            }
        }
    }

    fn event(
        &self,
        pass: &Pass,
        journey: &Journey,
        row: usize,
        place: EventPlace,
        found: Match,
    ) -> ListedEvent {
        let text = |slot: &usize| journey.text(pass, *slot, row).unwrap_or_default().to_owned();
        let counted = found.counts.then(|| self.goals.amount(pass, journey, row, found.goal)).flatten();
        let value = match counted {
            Some(amount) => Some((amount.minor, amount.currency.to_owned(), amount.is_verified)),
            None => journey.worth(pass, row, self.currency).map(|worth| {
                let currency = pass.values.text(self.currency, worth.currency).unwrap_or("");
                (worth.minor, currency.to_owned(), worth.is_verified)
            }),
        };
        ListedEvent {
            place,
            texts: self.slots.iter().map(text).collect(),
            value,
            tag: journey.tag(pass, row),
            has_visitor: journey.visitor != NO_VISITOR,
            counts: found.counts,
        }
    }
}

/// Where a row stands among all of the site.
fn place(pass: &Pass, journey: &Journey, row: usize) -> EventPlace {
    let is_virtual = journey.is_virtual(row);
    let of = (0..=row).rev().find(|&row| !journey.is_virtual(row)).unwrap_or(row);
    EventPlace { time: journey.times[row], of: journey.times[of], seq: journey.seq(pass, of), is_virtual }
}
