//! A journey on its way into an overview.

use std::ops::Range;

use waymark_model::event::NO_VISITOR;

use super::{
    OverviewFold,
    state::{GoalTally, OverviewState, RefundTally, TIDY_USERS, UserEntry},
};
use crate::{
    folds::counting::{self, Amount, Match},
    journey::Journey,
    pass::Pass,
};

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
pub(super) struct Visit<'a> {
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
    /// Goals matched so far, as bits, those converted on, and those that the goal asked for came after.
    seen: u64,
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

impl<'a> Visit<'a> {
    pub(super) fn new(
        fold: &'a OverviewFold,
        state: &'a mut OverviewState,
        pass: &'a Pass,
        journey: &'a Journey,
        converted: &'a mut Vec<Converted>,
    ) -> Self {
        converted.resize(fold.goals.len(), Converted::default());
        Self {
            fold,
            state,
            pass,
            journey,
            converted,
            units: Units::default(),
            users: [None, None],
            next_bucket: 0,
            seen: 0,
            reached: 0,
            then: 0,
        }
    }
    /// All rows, in stretches of one session and bucket: what is so of a whole stretch is counted once, and of its rows
    /// only those are looked at that matter to a goal or have a user.
    pub(super) fn rows(&mut self) {
        let Self { fold, pass, journey, .. } = *self;
        let mut memory = fold.goals.memory();
        let has_users = journey.has_users();
        let mut start = journey.range.start;
        while start < journey.range.end {
            let bucket = self.find_bucket(journey.times[start]);
            let end = self.end_of_stretch(start, bucket);
            let is_in = journey.is_in(start);
            if is_in {
                self.count_units(start..end, bucket);
            }
            for row in start..end {
                if pass.stops_at(row) {
                    return;
                }
                if journey.hits[row] & fold.goals.matter() == 0 && !has_users {
                    continue;
                }
                let matches = fold.goals.matches(&mut memory, pass, journey, row);
                if is_in {
                    self.row(matches, row, bucket);
                } else {
                    matches.for_each(drop);
                }
            }
            start = end;
        }
    }

    /// Where the rows of one session and bucket (or the time between two) end that begin with this one.
    fn end_of_stretch(&self, start: usize, bucket: Option<usize>) -> usize {
        let Journey { times, sessions, range, .. } = self.journey;
        let until = match (bucket, self.fold.buckets.get(self.next_bucket)) {
            (Some(_), Some(bucket)) => bucket.end,
            (None, Some(next)) => next.start,
            (_, None) => i64::MAX,
        };
        let session = sessions[start];
        let ends = |row: &usize| sessions[*row] != session || times[*row] >= until;
        (start + 1..range.end).find(ends).unwrap_or(range.end)
    }

    /// A row that matches goals, or refunds, or has a user.
    fn row(&mut self, matches: impl Iterator<Item = Match>, row: usize, bucket: Option<usize>) {
        let real = !self.journey.is_virtual(row);
        let at = Row { row, real, session: self.journey.sessions[row] + 1, bucket };
        let anonymous = self.journey.visitor == NO_VISITOR;
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
            // Days are about equally long.
            let guess = self.fold.guess(time).max(self.next_bucket);
            let is_past = buckets.get(guess).is_none_or(|bucket| bucket.start <= time);
            let from = if is_past { guess } else { self.next_bucket };
            let later = buckets[from..].iter().take_while(|bucket| bucket.end <= time).count();
            self.next_bucket = from + later;
        }
        buckets.get(self.next_bucket).filter(|bucket| bucket.start <= time).map(|_| self.next_bucket)
    }

    /// Counts the rows of a stretch, and the units that begin with it.
    fn count_units(&mut self, rows: Range<usize>, bucket: Option<usize>) {
        if self.journey.visitor == NO_VISITOR {
            return;
        }
        let session = self.journey.sessions[rows.start] + 1;
        let has_virtual = !self.pass.thresholds.is_empty();
        let events = match has_virtual {
            true => rows.filter(|&row| !self.journey.is_virtual(row)).count(),
            false => rows.len(),
        } as u64;
        self.units.events += events;
        self.state.total.events += events;
        if self.units.session != session {
            self.units.session = session;
            self.units.sessions += 1;
            self.state.total.sessions += 1;
        }
        let Some(bucket) = bucket else { return };
        let tally = &mut self.state.buckets[bucket];
        tally.events += events;
        let number = number(bucket);
        if self.units.bucket != number {
            self.units.bucket = number;
            tally.visitors += 1;
        }
        if self.units.bucket_session != (number, session) {
            self.units.bucket_session = (number, session);
            tally.sessions += 1;
        }
    }

    fn take(&mut self, at: Row, found: Match, anonymous: bool) {
        let converted = &mut self.converted[found.goal];
        if self.seen >> found.goal & 1 == 0 {
            self.seen |= 1 << found.goal;
            *converted = Converted::default();
        }
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
        let amount =
            found.counts.then(|| self.fold.goals.amount(self.pass, self.journey, at.row, found.goal));
        let amount = amount.flatten();
        let is_event = at.real && !anonymous;
        let in_total = Taken { found, is_event, anonymous, fresh };
        in_total.add(&mut self.state.total.goals[found.goal], amount);
        if let Some(bucket) = at.bucket {
            let in_bucket = Taken { fresh: fresh_in_bucket, ..in_total };
            in_bucket.add(&mut self.state.buckets[bucket].goals[found.goal], amount);
        }
    }

    fn refund(&mut self, at: Row) {
        let Self { fold, pass, journey, .. } = *self;
        if !fold.goals.is_refund(journey, at.row) {
            return;
        }
        for (goal, currency, amount) in fold.goals.refunds(pass, journey, at.row) {
            self.state.tallies(at.bucket).for_each(|tally| {
                counting::add(&mut tally.goals[goal].refunds, currency, amount);
            });
        }
        if fold.knows_orders
            && let Some(stated) = fold.goals.without_order(pass, journey, at.row)
        {
            self.state.tallies(at.bucket).for_each(|tally| {
                let RefundTally { count, value } = &mut tally.refunds_without_order;
                *count += 1;
                stated.into_iter().for_each(|(currency, amount)| counting::add(value, currency, amount));
            });
        }
    }

    fn user(&mut self, user: u64, bucket: Option<usize>, converted: u64) {
        let entry = |bucket| UserEntry { bucket, user, group: 0, converted };
        add_user(&mut self.users[0], &mut self.state.users, entry(0));
        if let Some(at) = bucket {
            add_user(&mut self.users[1], &mut self.state.users, entry(number(at)));
        }
    }

    pub(super) fn end(&mut self) {
        self.state.users.extend(self.users.iter_mut().filter_map(Option::take));
        if self.state.users.len() >= self.state.tidy_at.max(TIDY_USERS) {
            self.state.tidy_users();
            self.state.tidy_at = self.state.users.len() * 2;
        }
        if self.units.sessions == 0 {
            return;
        }
        self.state.total.visitors += 1;
        let [sessions, events] = &mut self.state.units;
        sessions.add(0, self.units.sessions);
        events.add(0, self.units.events);
        let mut reached = self.reached;
        while let Some(goal) = reached.checked_ilog2().map(|goal| goal as usize) {
            reached ^= 1 << goal;
            let converted = &self.converted[goal];
            self.state.session_moments[goal].convert(converted.sessions, self.units.sessions);
            self.state.event_moments[goal].convert(converted.events, self.units.events);
            if self.then >> goal & 1 == 1 {
                self.state.then[goal] += 1;
            }
        }
    }
}

/// A match on its way into the tally of the range or of a bucket.
#[derive(Clone, Copy)]
struct Taken {
    found: Match,
    /// It is a real event of a visitor.
    is_event: bool,
    anonymous: bool,
    fresh: Fresh,
}

impl Taken {
    fn add(&self, tally: &mut GoalTally, amount: Option<Amount<'_>>) {
        tally.matched += 1;
        if !self.found.counts {
            return;
        }
        tally.conversions += 1;
        tally.without_key += u64::from(self.found.without_key);
        tally.unattributed += u64::from(self.anonymous);
        tally.converters.visitors += u64::from(self.fresh.visitor);
        tally.converters.sessions += u64::from(self.fresh.session);
        tally.converters.events += u64::from(self.is_event);
        let Some(Amount { minor, currency, is_verified }) = amount else { return };
        counting::add(&mut tally.gross, currency, minor.into());
        if is_verified {
            counting::add(&mut tally.verified, currency, minor.into());
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
        Some(last) if (last.bucket, last.user) == (entry.bucket, entry.user) => {
            last.converted |= entry.converted;
        }
        _ => done.extend(last.replace(entry)),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "there are far fewer than 2^32 buckets")]
const fn number(bucket: usize) -> u32 {
    bucket as u32 + 1
}
