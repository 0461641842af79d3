//! Visitors, sessions, events and each goal's conversions, in total and by day (`docs/counting.md`, Goals and Measures).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use waymark_model::{Goal, TimeRange, event::NO_VISITOR};

use crate::{
    folds::counting::{self, Goals, Match, add_all},
    journey::Journey,
    moments::Moments,
    plan::{Pass, PlanError, Planner},
};

/// What to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewSpec {
    /// The goals, in the order of the results.
    pub goals: Vec<Goal>,
    /// Disjoint, ascending stretches of the range to count by beside the total (the days of the site's zone); may be empty.
    pub buckets: Vec<TimeRange>,
    /// The place of the goal that visitors may have reached after each of the others, if that is asked.
    pub then: Option<usize>,
}

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
    pub gross: BTreeMap<String, i64>,
    /// The part of it that is verified.
    pub verified: BTreeMap<String, i64>,
    /// Value of refunds of the goal's orders (usually negative) in minor units, by currency.
    pub refunds: BTreeMap<String, i64>,
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
    /// Goals, in the order asked.
    pub goals: Vec<GoalTally>,
}

impl BucketTally {
    fn forget_users(&mut self) {
        self.users = 0;
        self.goals.iter_mut().for_each(|goal| goal.converters.users = 0);
    }

    fn add_user(&mut self, converted: u64) {
        self.users += 1;
        for (at, goal) in self.goals.iter_mut().enumerate() {
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
    /// For each goal, if asked: visitors that convert on [`OverviewSpec::then`] after they converted on it.
    pub then: Vec<u64>,
    /// Users seen; sorted and distinct once finished.
    users: Vec<UserEntry>,
    /// Length of `users` at which it is tidied next, so that repeats do not pile up.
    #[serde(skip)]
    tidy_at: usize,
}

/// Bucket (0 is the total), user, and the goals converted, as bits.
type UserEntry = (u32, u64, u64);

/// Fewest entries of users that are tidied on the way.
const TIDY_USERS: usize = 1 << 20;

impl OverviewState {
    fn tally(&mut self, bucket: Option<usize>) -> &mut BucketTally {
        bucket.map_or(&mut self.total, |at| &mut self.buckets[at])
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

    /// Makes users distinct and counts them.
    pub(crate) fn finish(&mut self) {
        self.tidy_users();
        let users = std::mem::take(&mut self.users);
        for at in 0..=self.buckets.len() {
            self.tally(at.checked_sub(1)).forget_users();
        }
        for (bucket, _, converted) in &users {
            self.tally((*bucket as usize).checked_sub(1)).add_user(*converted);
        }
        self.users = users;
    }

    fn tidy_users(&mut self) {
        self.users.sort_unstable();
        self.users.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            kept.2 |= if same { later.2 } else { 0 };
            same
        });
    }
}

fn merge_bucket(bucket: &mut BucketTally, other: &BucketTally) {
    bucket.events += other.events;
    bucket.visitors += other.visitors;
    bucket.sessions += other.sessions;
    bucket.goals.iter_mut().zip(&other.goals).for_each(|(a, b)| a.merge(b));
}

/// The overview made ready for a pass.
#[derive(Debug)]
pub(crate) struct OverviewFold {
    goals: Goals,
    buckets: Vec<TimeRange>,
    /// The bit of the goal that is asked for after the others, by its place.
    then: u64,
}

impl OverviewFold {
    pub(crate) fn new(spec: &OverviewSpec, planner: &mut Planner) -> Result<Self, PlanError> {
        planner.needs.users = true;
        let then = spec.then.filter(|&goal| goal < spec.goals.len()).map_or(0, |goal| 1 << goal);
        Ok(Self { goals: Goals::new(&spec.goals, planner)?, buckets: spec.buckets.clone(), then })
    }

    pub(crate) fn start(&self) -> OverviewState {
        let goals = self.goals.len();
        let empty = BucketTally { goals: vec![GoalTally::default(); goals], ..BucketTally::default() };
        OverviewState {
            total: empty.clone(),
            buckets: vec![empty; self.buckets.len()],
            session_moments: vec![Moments::default(); goals],
            event_moments: vec![Moments::default(); goals],
            then: vec![0; if self.then == 0 { 0 } else { goals }],
            users: Vec::new(),
            tidy_at: TIDY_USERS,
        }
    }

    pub(crate) fn visit(
        &self,
        state: &mut OverviewState,
        pass: &Pass,
        journey: &Journey,
        converted: &mut Vec<Converted>,
    ) {
        let mut memory = self.goals.memory();
        converted.clear();
        converted.resize(self.goals.len(), Converted::default());
        let mut visit = Visit {
            fold: self,
            state,
            pass,
            journey,
            converted,
            units: Units::default(),
            users: [None, None],
            next_bucket: 0,
            reached: 0,
            then: 0,
        };
        for row in journey.range.clone() {
            let matches = self.goals.matches(&mut memory, pass, journey, row);
            if journey.is_in(row) {
                visit.row(matches, row);
            } else {
                matches.for_each(drop);
            }
        }
        visit.end();
    }
}

/// The units that a visitor has made so far; sessions and buckets are counted from 1.
#[derive(Debug, Default)]
struct Units {
    events: u64,
    sessions: u64,
    session: u32,
    bucket: u32,
    bucket_session: (u32, u32),
}

/// What a visitor converted so far, for one goal; sessions and buckets are counted from 1.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Converted {
    conversions: u64,
    sessions: u64,
    events: u64,
    session: u32,
    bucket: u32,
    bucket_session: (u32, u32),
}

/// A journey on its way into a state.
struct Visit<'a> {
    fold: &'a OverviewFold,
    state: &'a mut OverviewState,
    pass: &'a Pass,
    journey: &'a Journey,
    converted: &'a mut [Converted],
    units: Units,
    /// The user seen last, in the total and in the bucket.
    users: [Option<UserEntry>; 2],
    /// The first bucket that does not end before the row.
    next_bucket: usize,
    /// Goals converted on so far, as bits, and those that the goal asked for came after.
    reached: u64,
    then: u64,
}

/// A row on its way into a state.
#[derive(Clone, Copy)]
struct Row {
    row: usize,
    real: bool,
    /// Counted from 1.
    session: u32,
    bucket: Option<usize>,
}

impl Visit<'_> {
    fn row(&mut self, matches: impl Iterator<Item = Match>, row: usize) {
        let bucket = self.find_bucket(self.journey.times[row]);
        let real = !self.journey.is_virtual(row);
        let at = Row { row, real, session: self.journey.sessions[row] + 1, bucket };
        let anonymous = self.journey.visitor == NO_VISITOR;
        if !anonymous {
            self.count_units(at);
        }
        if real && !anonymous {
            self.units.events += 1;
            self.state.total.events += 1;
            if let Some(bucket) = bucket {
                self.state.buckets[bucket].events += 1;
            }
        }
        let mut converted = 0;
        for found in matches {
            converted |= u64::from(found.counts) << found.goal;
            self.take(at, found, anonymous);
        }
        if converted & self.fold.then != 0 {
            self.then |= self.reached;
        }
        self.reached |= converted;
        self.refund(at);
        if real
            && !anonymous
            && let Some(user) = self.journey.user(self.pass, row)
        {
            self.user(user, bucket, converted);
        }
    }

    fn find_bucket(&mut self, time: i64) -> Option<usize> {
        let buckets = &self.fold.buckets;
        if buckets.get(self.next_bucket).is_some_and(|bucket| bucket.end <= time) {
            self.next_bucket += buckets[self.next_bucket..].partition_point(|bucket| bucket.end <= time);
        }
        buckets.get(self.next_bucket).filter(|bucket| bucket.start <= time).map(|_| self.next_bucket)
    }

    fn count_units(&mut self, at: Row) {
        if self.units.session != at.session {
            self.units.session = at.session;
            self.units.sessions += 1;
            self.state.total.sessions += 1;
        }
        let Some(bucket) = at.bucket else { return };
        let number = number(bucket);
        if self.units.bucket != number {
            self.units.bucket = number;
            self.state.buckets[bucket].visitors += 1;
        }
        if self.units.bucket_session != (number, at.session) {
            self.units.bucket_session = (number, at.session);
            self.state.buckets[bucket].sessions += 1;
        }
    }

    fn take(&mut self, at: Row, found: Match, anonymous: bool) {
        let converted = &mut self.converted[found.goal];
        let number = at.bucket.map(number);
        let (mut fresh, mut fresh_in_bucket) = (Fresh::default(), Fresh::default());
        if found.counts && !anonymous {
            fresh = Fresh { visitor: converted.conversions == 0, session: converted.session != at.session };
            converted.conversions += 1;
            converted.sessions += u64::from(fresh.session);
            converted.events += u64::from(at.real);
            converted.session = at.session;
            if let Some(number) = number {
                fresh_in_bucket.visitor = converted.bucket != number;
                fresh_in_bucket.session = converted.bucket_session != (number, at.session);
                converted.bucket = number;
                converted.bucket_session = (number, at.session);
            }
        }
        self.add(None, at, found, anonymous, fresh);
        if let Some(bucket) = at.bucket {
            self.add(Some(bucket), at, found, anonymous, fresh_in_bucket);
        }
    }

    /// Adds a match to the total or to a bucket.
    fn add(&mut self, bucket: Option<usize>, at: Row, found: Match, anonymous: bool, fresh: Fresh) {
        let tally = &mut self.state.tally(bucket).goals[found.goal];
        tally.matched += 1;
        if !found.counts {
            return;
        }
        tally.conversions += 1;
        tally.without_key += u64::from(found.without_key);
        tally.unattributed += u64::from(anonymous);
        tally.converters.visitors += u64::from(fresh.visitor);
        tally.converters.sessions += u64::from(fresh.session);
        tally.converters.events += u64::from(at.real && !anonymous);
        if let Some(amount) = self.fold.goals.amount(self.pass, self.journey, at.row, found.goal) {
            counting::add(&mut tally.gross, amount.currency, amount.minor);
            if amount.is_verified {
                counting::add(&mut tally.verified, amount.currency, amount.minor);
            }
        }
    }

    fn refund(&mut self, at: Row) {
        let Some((goals, currency, value)) = self.fold.goals.refunds(self.pass, self.journey, at.row) else {
            return;
        };
        for goal in goals {
            counting::add(&mut self.state.total.goals[goal].refunds, currency, value);
            if let Some(bucket) = at.bucket {
                counting::add(&mut self.state.buckets[bucket].goals[goal].refunds, currency, value);
            }
        }
    }

    fn user(&mut self, user: u64, bucket: Option<usize>, converted: u64) {
        add_user(&mut self.users[0], &mut self.state.users, (0, user, converted));
        if let Some(at) = bucket {
            add_user(&mut self.users[1], &mut self.state.users, (number(at), user, converted));
        }
    }

    fn end(&mut self) {
        self.state.users.extend(self.users.iter_mut().filter_map(Option::take));
        if self.state.users.len() >= self.state.tidy_at {
            self.state.tidy_users();
            self.state.tidy_at = (self.state.users.len() * 2).max(TIDY_USERS);
        }
        if self.units.sessions == 0 {
            return;
        }
        self.state.total.visitors += 1;
        for (goal, then) in self.state.then.iter_mut().enumerate() {
            *then += self.then >> goal & 1;
        }
        for (goal, converted) in self.converted.iter().enumerate() {
            self.state.session_moments[goal].add(converted.sessions, self.units.sessions);
            self.state.event_moments[goal].add(converted.events, self.units.events);
        }
    }
}

/// Which units convert for the first time.
#[derive(Clone, Copy, Debug, Default)]
struct Fresh {
    visitor: bool,
    session: bool,
}

/// Joins an entry to the one before it when both are of one user and bucket.
fn add_user(last: &mut Option<UserEntry>, done: &mut Vec<UserEntry>, entry: UserEntry) {
    match last {
        Some(last) if (last.0, last.1) == (entry.0, entry.1) => last.2 |= entry.2,
        _ => done.extend(last.replace(entry)),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "there are far fewer than 2^32 buckets")]
const fn number(bucket: usize) -> u32 {
    bucket as u32 + 1
}
