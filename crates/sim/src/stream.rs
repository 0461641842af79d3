//! The stream: hour by hour, new people arrive and known ones come back; events leave in order of arrival.

use std::collections::VecDeque;

use waymark_model::{
    Event, TimeRange,
    time::{HOUR, MINUTE},
};

use crate::{
    config::{ConfigError, ShopConfig},
    counted::{Counted, Counter},
    dice::Dice,
    journey::World,
    record::{Record, Writer},
    truths::Truths,
    visitor::Person,
};

/// Share of visits whose device goes offline on the way, so that the rest of its events arrive late.
const OFFLINE: f64 = 0.006;
/// The shortest and longest time offline (ms). With the longest visit, no event is 72 hours late.
const SHORTEST_OFFLINE: f64 = MINUTE as f64;
const LONGEST_OFFLINE: f64 = 66.0 * HOUR as f64;
/// An event that would be later than this (ms) is taken to have been sent in time.
const LATEST: i64 = 72 * HOUR - MINUTE;
/// Standard deviation of the logarithm of a day's traffic.
const DAILY_NOISE: f64 = 0.05;

/// What the stream holds in memory at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// People who will come back.
    pub people: usize,
    /// Events on their way.
    pub events: usize,
}

/// A storefront whose visitors' events are streamed in order of arrival.
pub struct Shop {
    config: ShopConfig,
    world: World,
    counter: Counter,
    writer: Writer,
    /// The events of the hour being emitted.
    current: Vec<Record>,
    /// Their order of arrival, see [`order()`], and how far it has been followed.
    order: Vec<u64>,
    cursor: usize,
    /// Events that arrive in the hour to come and the hours after it.
    due: VecDeque<Vec<Record>>,
    /// Visits that begin in the hour to come and the hours after it.
    visits: VecDeque<Vec<(i64, Person)>>,
    /// The hour to come begins here.
    hour: i64,
    people: u64,
    held: Held,
    scratch: Vec<Record>,
}

impl Shop {
    /// The shop of that configuration.
    ///
    /// # Errors
    /// When the configuration contradicts itself or leaves the calendar.
    pub fn new(config: ShopConfig) -> Result<Self, ConfigError> {
        let (calendar, effects) = config.checked()?;
        let hour = calendar.origin();
        let world = World::new(&config, calendar, effects);
        Ok(Self {
            writer: Writer::new(world.key),
            config,
            world,
            counter: Counter::default(),
            current: Vec::new(),
            order: Vec::new(),
            cursor: 0,
            due: VecDeque::new(),
            visits: VecDeque::new(),
            hour,
            people: 0,
            held: Held { people: 0, events: 0 },
            scratch: Vec::new(),
        })
    }

    /// The next event to arrive; valid until the next call. `None` when the stream has ended.
    pub fn next_event(&mut self) -> Option<&Event> {
        while self.cursor == self.order.len() {
            if !self.advance() {
                return None;
            }
        }
        let record = &self.current[position(self.order[self.cursor])];
        self.cursor += 1;
        self.counter.event(record);
        Some(self.writer.write(record, &self.world.catalogue))
    }

    /// Hands every event that is still to come to `each`. The event's buffers are reused.
    pub fn for_each(&mut self, mut each: impl FnMut(&Event)) {
        while let Some(event) = self.next_event() {
            each(event);
        }
    }

    /// Every event that is still to come, each with buffers of its own.
    pub fn into_events(mut self) -> impl Iterator<Item = Event> {
        std::iter::from_fn(move || self.next_event().cloned())
    }

    /// When the event that was handed out last arrived (ms): its time, or later.
    #[must_use]
    pub fn arrived(&self) -> Option<i64> {
        let last = self.order.get(self.cursor.checked_sub(1)?)?;
        Some(self.current[position(*last)].arrival)
    }

    /// What was planted, and which probabilities follow.
    #[must_use]
    pub fn truths(&self) -> Truths {
        Truths::of(&self.config, &self.world)
    }

    /// What has been emitted so far; complete once the stream has ended.
    #[must_use]
    pub fn counted(&self) -> Counted {
        self.counter.counted()
    }

    /// What is held in memory now.
    #[must_use]
    pub const fn held(&self) -> Held {
        self.held
    }

    /// When the shop's events happen: from the first day's begin to the last day's end.
    #[must_use]
    pub const fn range(&self) -> TimeRange {
        self.world.calendar.range
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &ShopConfig {
        &self.config
    }

    /// Simulates hours until one has events; whether there is one.
    fn advance(&mut self) -> bool {
        let end = self.world.calendar.range.end;
        loop {
            if self.hour < end {
                self.simulate();
            } else if self.due.iter().all(Vec::is_empty) {
                return false;
            }
            let hour = self.hour;
            self.hour += HOUR;
            self.held.events -= self.current.len();
            self.current.clear();
            self.order.clear();
            self.cursor = 0;
            let Some(arrived) = self.due.pop_front() else { continue };
            let mut emptied = std::mem::replace(&mut self.current, arrived);
            if let Some(next) = self.due.front_mut() {
                emptied.append(next);
                *next = emptied;
            }
            if !self.current.is_empty() {
                order(&self.current, hour, &mut self.order);
                return true;
            }
        }
    }

    /// Plays the visits that begin in the hour to come.
    fn simulate(&mut self) {
        let known = self.visits.pop_front().unwrap_or_default();
        self.held.people -= known.len();
        for (at, person) in known {
            self.play_on(at, person);
        }
        let mut dice = Dice::new(self.world.key ^ 0xa881, self.hour as u64);
        let day = self.world.calendar.day(self.hour);
        let noise = Dice::new(self.world.key ^ 0xda15, day.start as u64).normal() * DAILY_NOISE;
        let mean = self.config.visitors_per_day * day.traffic(self.hour) * noise.exp();
        for _ in 0..dice.poisson(mean) {
            let at = self.hour + i64::from(dice.below(HOUR as u32));
            let person = Person::new(self.people);
            self.people += 1;
            self.play_on(at, person);
        }
    }

    /// Plays the person's visits that begin in the hour to come, and notes the next one.
    fn play_on(&mut self, mut at: i64, mut person: Person) {
        let end = self.hour + HOUR;
        while let Some(next) = self.play(at, &mut person) {
            at = next;
            if next >= end {
                slot(&mut self.visits, next - end).push((next, person));
                self.held.people += 1;
                return;
            }
        }
    }

    /// Plays one visit: its events become due. When the person comes back, if in time.
    fn play(&mut self, at: i64, person: &mut Person) -> Option<i64> {
        let mut records = std::mem::take(&mut self.scratch);
        records.clear();
        let visit = person.visits;
        let visited = self.world.visit(person, at, &mut records);
        let range = self.world.calendar.range;
        records.retain(|record| range.contains(record.time));
        if !records.is_empty() {
            self.delay(person.number, visit, &mut records);
            self.counter.visit(person, &visited, &records);
            self.dispatch(&records);
        }
        self.scratch = records;
        visited.next.filter(|&next| next < range.end)
    }

    /// Lets the rest of some visits arrive late, all at once.
    fn delay(&self, person: u64, visit: u16, records: &mut [Record]) {
        let mut dice = Dice::new(self.world.key ^ 0x1a7e ^ person, u64::from(visit));
        if !dice.chance(OFFLINE) {
            return;
        }
        let from = dice.below(records.len() as u32) as usize;
        let offline = SHORTEST_OFFLINE * (LONGEST_OFFLINE / SHORTEST_OFFLINE).powf(dice.share());
        let back = records[records.len() - 1].time + offline as i64;
        for record in &mut records[from..] {
            if back - record.time <= LATEST {
                record.arrival = back;
            }
        }
    }

    fn dispatch(&mut self, records: &[Record]) {
        self.held.events += records.len();
        for record in records {
            slot(&mut self.due, record.arrival - self.hour).push(*record);
        }
    }
}

/// Bits of an order's entry that hold the position; those above hold the milliseconds of the hour.
const POSITION_BITS: u32 = 40;

/// The positions of the hour's records by arrival, equal arrivals as they stand. Entries are for [`position`].
fn order(records: &[Record], hour: i64, order: &mut Vec<u64>) {
    let entry =
        |(at, record): (usize, &Record)| ((record.arrival - hour) as u64) << POSITION_BITS | at as u64;
    order.extend(records.iter().enumerate().map(entry));
    order.sort_unstable();
}

/// The position in an entry of [`order()`].
const fn position(entry: u64) -> usize {
    (entry & ((1 << POSITION_BITS) - 1)) as usize
}

/// The hour that lies so many milliseconds (at least 0) after the front's begin.
fn slot<T>(hours: &mut VecDeque<Vec<T>>, after: i64) -> &mut Vec<T> {
    let at = (after / HOUR).max(0) as usize;
    if hours.len() <= at {
        hours.resize_with(at + 1, Vec::new);
    }
    &mut hours[at]
}
