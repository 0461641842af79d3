//! What the generator itself counted while it emitted: exact, for comparison with counts made from the stream.

use std::collections::BTreeMap;

use serde::Serialize;
use waymark_model::Tag;

use crate::{
    journey::Visited,
    record::{Kind, Record},
    visitor::Person,
};

/// Counts over all events emitted. Complete once the stream has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// All events.
    pub events: u64,
    /// Events that arrived after their time.
    pub late: u64,
    /// Distinct visitor numbers.
    pub visitors: u64,
    /// Distinct visitor numbers without a tag.
    pub visitors_untagged: u64,
    /// Sessions: more than 30 minutes after the visitor's event before.
    pub sessions: u64,
    /// Sessions of visitors without a tag.
    pub sessions_untagged: u64,
    /// Distinct users, tagged ones included.
    pub users: u64,
    /// Events named `purchase`, repeats and tagged ones included.
    pub purchases: u64,
    /// Distinct order keys of `purchase` events, tagged ones included.
    pub orders: u64,
    /// Distinct order keys of `purchase` events without a tag.
    pub orders_untagged: u64,
    /// Sum over distinct untagged orders, in cents.
    pub value_untagged: i64,
    /// Events that repeat an action: double clicks and reloaded thank-you pages, also those of orders that
    /// were placed before the first day.
    pub repeats: u64,
    /// Events tagged as sent by robots.
    pub bots: u64,
    /// Events tagged as internal.
    pub internal: u64,
    /// Events tagged as tests.
    pub test: u64,
    /// Events by name, tagged ones included.
    pub by_name: BTreeMap<&'static str, u64>,
}

/// The counts while the stream runs.
#[derive(Default)]
pub(crate) struct Counter {
    counted: Counted,
    by_kind: [u64; Kind::ALL.len()],
}

impl Counter {
    /// The counts so far.
    pub(crate) fn counted(&self) -> Counted {
        let seen = Kind::ALL.into_iter().filter(|&kind| self.by_kind[kind as usize] > 0);
        let by_name = seen.map(|kind| (kind.name(), self.by_kind[kind as usize])).collect();
        let purchases = self.by_kind[Kind::Purchase as usize];
        Counted { purchases, by_name, ..self.counted.clone() }
    }

    /// An event is emitted.
    pub(crate) fn event(&mut self, record: &Record) {
        let counted = &mut self.counted;
        counted.events += 1;
        counted.late += u64::from(record.arrival > record.time);
        counted.repeats += u64::from(record.again);
        self.by_kind[record.kind as usize] += 1;
        match record.tag {
            Tag::None => {}
            Tag::Bot => counted.bots += 1,
            Tag::Internal => counted.internal += 1,
            Tag::Test => counted.test += 1,
        }
    }

    /// A visit of which these records, at least one, will be emitted.
    pub(crate) fn visit(&mut self, person: &mut Person, visited: &Visited, records: &[Record]) {
        let untagged = u64::from(visited.traits.tag == Tag::None);
        let counted = &mut self.counted;
        counted.sessions += 1;
        counted.sessions_untagged += untagged;
        let seen = &mut person.seen[visited.device];
        if *seen != visited.pseudonym_day + 1 {
            *seen = visited.pseudonym_day + 1;
            counted.visitors += 1;
            counted.visitors_untagged += untagged;
        }
        if visited.user && !person.user_seen {
            person.user_seen = true;
            counted.users += 1;
        }
        let Some(order) = person.last_order.as_mut().filter(|order| !order.emitted) else { return };
        if records.iter().any(|record| record.kind == Kind::Purchase && record.key == order.key) {
            order.emitted = true;
            counted.orders += 1;
            counted.orders_untagged += untagged;
            counted.value_untagged += untagged as i64 * i64::from(order.value);
        }
    }
}
