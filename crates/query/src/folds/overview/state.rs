//! What an overview found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{folds::counting::add_all, moments::Moments};

/// Units with at least one counted conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converters {
    /// Visitors.
    pub visitors: u64,
    /// Sessions.
    pub sessions: u64,
    /// Users; exact once the state is finished.
    pub users: u64,
    /// Events: counted conversions that are real events of visitors.
    pub events: u64,
}

/// A goal's conversions in the range or a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalTally {
    /// Events that match.
    pub matched: u64,
    /// Events that count.
    pub conversions: u64,
    /// Counted conversions without an order key, under `once_per_key`.
    pub without_key: u64,
    /// Counted conversions without a visitor.
    pub unattributed: u64,
    /// Units that converted.
    pub converters: Converters,
    /// Value of the counted conversions in minor units, by currency (empty for none given).
    pub gross: BTreeMap<String, i128>,
    /// The part of it that is verified.
    pub verified: BTreeMap<String, i128>,
    /// Value of refunds of the goal's orders in minor units, below zero, by currency.
    pub refunds: BTreeMap<String, i128>,
}

impl GoalTally {
    /// Matching events that the counting rule did not count.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.matched - self.conversions
    }

    fn merge(&mut self, other: &Self) {
        self.matched += other.matched;
        self.conversions += other.conversions;
        self.without_key += other.without_key;
        self.unattributed += other.unattributed;
        self.converters.visitors += other.converters.visitors;
        self.converters.sessions += other.converters.sessions;
        self.converters.events += other.converters.events;
        add_all(&mut self.gross, &other.gross);
        add_all(&mut self.verified, &other.verified);
        add_all(&mut self.refunds, &other.refunds);
    }
}

/// Refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundTally {
    /// How many.
    pub count: u64,
    /// The amounts that they state, below zero, in minor units by currency.
    pub value: BTreeMap<String, i128>,
}

/// What happened in the range or a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketTally {
    /// Events.
    pub events: u64,
    /// Visitors with an event.
    pub visitors: u64,
    /// Sessions with an event.
    pub sessions: u64,
    /// Users with an event; exact once the state is finished.
    pub users: u64,
    /// Refunds that have no order, if the question says what orders are.
    pub refunds_without_order: RefundTally,
    /// Goals, in the order asked.
    pub goals: Vec<GoalTally>,
}

impl BucketTally {
    fn forget_users(&mut self) {
        self.users = 0;
        self.goals.iter_mut().for_each(|goal| goal.converters.users = 0);
    }

    fn add_user(&mut self, group: u32, converted: u64) {
        self.users += u64::from(group == 0);
        for (at, goal) in self.goals.iter_mut().skip(group as usize * GROUP).take(GROUP).enumerate() {
            goal.converters.users += converted >> at & 1;
        }
    }
}

/// What the overview found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverviewState {
    /// Over the whole range.
    pub total: BucketTally,
    /// In each bucket.
    pub buckets: Vec<BucketTally>,
    /// For each goal: sessions and converting sessions by visitor.
    pub session_moments: Vec<Moments>,
    /// For each goal: events and counted conversions by visitor.
    pub event_moments: Vec<Moments>,
    /// For each goal, if asked: visitors that convert on the goal that the question names (`then`) after they converted on it.
    pub then: Vec<u64>,
    /// Users seen; sorted and distinct once finished.
    pub(super) users: Vec<UserEntry>,
    /// Length of `users` at which it is tidied next, so that repeats do not pile up.
    #[serde(skip)]
    pub(super) tidy_at: usize,
    /// Sessions, and events, of visitors of whom so far only conversions stand in the goals' moments, while folding.
    #[serde(skip)]
    pub(super) units: [Moments; 2],
}

/// A user in a bucket (0 is the total), and what it converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct UserEntry {
    pub(super) bucket: u32,
    pub(super) user: u64,
    /// Which [`GROUP`] of goals; each user of a bucket has an entry for the first one.
    pub(super) group: u32,
    /// The goals of the group that it converted, as bits.
    pub(super) converted: u64,
}

/// As many goals as there are bits.
pub(super) const GROUP: usize = 64;

/// Fewest entries of users that are tidied on the way.
pub(super) const TIDY_USERS: usize = 1 << 20;

impl OverviewState {
    fn tally(&mut self, bucket: Option<usize>) -> &mut BucketTally {
        bucket.map_or(&mut self.total, |at| &mut self.buckets[at])
    }

    /// The tallies of the total, and of a bucket if there is one.
    pub(super) fn tallies(&mut self, bucket: Option<usize>) -> impl Iterator<Item = &mut BucketTally> {
        let bucket = bucket.and_then(|at| self.buckets.get_mut(at));
        std::iter::once(&mut self.total).chain(bucket)
    }

    /// A state for so many goals, with what `some`, which was found about some of them, says of visitors.
    pub(crate) fn with_room(goals: usize, some: &Self) -> Self {
        let of =
            |tally: &BucketTally| BucketTally { goals: vec![GoalTally::default(); goals], ..tally.clone() };
        let moments = vec![Moments::default(); goals];
        Self {
            total: of(&some.total),
            buckets: some.buckets.iter().map(of).collect(),
            session_moments: moments.clone(),
            event_moments: moments,
            then: vec![0; if some.then.is_empty() { 0 } else { goals }],
            ..Self::default()
        }
    }

    /// Takes in what was found about the same visitors and some of the goals: those at these places.
    pub(crate) fn join(&mut self, goals: &[Option<usize>], other: Self) {
        let places = || goals.iter().enumerate().filter_map(|(from, to)| Some((from, (*to)?)));
        let tallies = std::iter::once((&mut self.total, other.total));
        for (tally, other) in tallies.chain(self.buckets.iter_mut().zip(other.buckets)) {
            places().for_each(|(from, to)| tally.goals[to] = other.goals[from].clone());
        }
        for (from, to) in places() {
            self.session_moments[to] = other.session_moments[from];
            self.event_moments[to] = other.event_moments[from];
            if let (Some(then), Some(&other)) = (self.then.get_mut(to), other.then.get(from)) {
                *then = other;
            }
        }
        for entry in other.users {
            let mut by_group: BTreeMap<u32, u64> = BTreeMap::from([(0, 0)]);
            for (_, to) in places().filter(|(from, _)| entry.converted >> from & 1 == 1) {
                #[allow(clippy::cast_possible_truncation, reason = "there are far fewer than 2^32 goals")]
                let group = (to / GROUP) as u32;
                *by_group.entry(group).or_default() |= 1 << (to % GROUP);
            }
            let entries = by_group.into_iter();
            self.users.extend(entries.map(|(group, converted)| UserEntry { group, converted, ..entry }));
        }
        self.finish();
    }

    /// Takes in what was found about other visitors.
    pub(crate) fn merge(&mut self, other: Self) {
        merge_bucket(&mut self.total, &other.total);
        for (bucket, other) in self.buckets.iter_mut().zip(&other.buckets) {
            merge_bucket(bucket, other);
        }
        self.session_moments.iter_mut().zip(&other.session_moments).for_each(|(a, b)| a.merge(b));
        self.event_moments.iter_mut().zip(&other.event_moments).for_each(|(a, b)| a.merge(b));
        self.then.iter_mut().zip(&other.then).for_each(|(a, b)| *a += b);
        self.users.extend(other.users);
        self.finish();
    }

    /// Makes users distinct and counts them; brings moments into their form.
    pub(crate) fn finish(&mut self) {
        let [sessions, events] = std::mem::take(&mut self.units);
        self.session_moments.iter_mut().for_each(|moments| moments.merge(&sessions));
        self.event_moments.iter_mut().for_each(|moments| moments.merge(&events));
        self.tidy_users();
        self.tidy_at = 0;
        let users = std::mem::take(&mut self.users);
        for at in 0..=self.buckets.len() {
            self.tally(at.checked_sub(1)).forget_users();
        }
        for entry in &users {
            self.tally((entry.bucket as usize).checked_sub(1)).add_user(entry.group, entry.converted);
        }
        self.users = users;
    }

    pub(super) fn tidy_users(&mut self) {
        // What was sorted before, here and by others, are runs that a stable sort only merges.
        self.users.sort();
        self.users.dedup_by(|later, kept| {
            let of = |entry: &UserEntry| (entry.bucket, entry.user, entry.group);
            let same = of(later) == of(kept);
            kept.converted |= if same { later.converted } else { 0 };
            same
        });
    }
}

fn merge_bucket(bucket: &mut BucketTally, other: &BucketTally) {
    bucket.events += other.events;
    bucket.visitors += other.visitors;
    bucket.sessions += other.sessions;
    bucket.refunds_without_order.count += other.refunds_without_order.count;
    add_all(&mut bucket.refunds_without_order.value, &other.refunds_without_order.value);
    bucket.goals.iter_mut().zip(&other.goals).for_each(|(a, b)| a.merge(b));
}
