//! Which of a goal's matching events count: the one place where counting rules are applied (`docs/counting.md`, Goals).

use std::collections::BTreeMap;

use smallvec::SmallVec;
use waymark_model::{Counting, Goal, GoalValue, event::NO_VISITOR};

use crate::{journey::Journey, pass::Pass, planner::Planner, view::Refund};

/// Most goals of one fold: each is a bit of what a unit converted.
const MOST_GOALS: usize = 64;

/// As many goals as a journey is counted for without asking for memory.
const FEW_GOALS: usize = 16;

/// Sums of value in minor units, by currency (empty for none given).
///
/// They are wider than any one amount, so that no number of amounts exceeds them.
pub(crate) type Sums = BTreeMap<String, i128>;

/// The goals of a fold, made ready for a pass.
#[derive(Debug, Default)]
pub(crate) struct Goals {
    all: Vec<Compiled>,
    any: u64,
    refund: u64,
    currency: usize,
}

#[derive(Debug)]
struct Compiled {
    bit: u64,
    counting: Counting,
    value: Option<GoalValue>,
    /// What refunds take back from, if it has a value.
    account: Option<u32>,
}

/// A match of a goal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    /// Position of the goal among those of the fold.
    pub(crate) goal: usize,
    /// The counting rule counts it.
    pub(crate) counts: bool,
    /// It counts for want of an order key to compare.
    pub(crate) without_key: bool,
}

/// What a conversion is worth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount<'a> {
    pub(crate) minor: i64,
    /// Empty for none given.
    pub(crate) currency: &'a str,
    /// It is the value of an event that told it verified; a fixed one is not.
    pub(crate) is_verified: bool,
}

/// What the counting rules need to remember of a journey: for each goal the last session (from 1) in which something
/// matched; 0 if nothing did yet.
#[derive(Debug, Default)]
pub(crate) struct Memory(SmallVec<[u32; FEW_GOALS]>);

impl Goals {
    pub(crate) fn new(goals: &[Goal], planner: &mut Planner) -> Self {
        if goals.len() > MOST_GOALS {
            planner.overflow();
        }
        let mut compiled = Self::default();
        for goal in goals {
            let bit = planner.goal(goal);
            if goal.value.is_some() {
                compiled.watch_refunds(planner);
            }
            compiled.any |= bit;
            let (value, account) = (goal.value.clone(), planner.account(goal, bit));
            compiled.all.push(Compiled { bit, counting: goal.counting, value, account });
        }
        compiled
    }

    /// Has rows that refund matter, and their values read.
    pub(crate) fn watch_refunds(&mut self, planner: &mut Planner) {
        self.currency = planner.values();
        self.refund = planner.refunds();
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The bits of rows that match a goal, or may refund one.
    pub(crate) const fn matter(&self) -> u64 {
        self.any | self.refund
    }

    /// A memory for a new journey.
    pub(crate) fn memory(&self) -> Memory {
        Memory(SmallVec::from_elem(0, self.all.len()))
    }

    /// The goals that a row matches. All rows in the range must come, in order, and each answer must be used up.
    pub(crate) fn matches<'a>(
        &'a self,
        memory: &'a mut Memory,
        pass: &'a Pass,
        journey: &'a Journey,
        row: usize,
    ) -> impl Iterator<Item = Match> + 'a {
        let hits = journey.hits[row] & self.any;
        let goals = if hits == 0 { &[][..] } else { &self.all[..] };
        let duplicates = if hits == 0 { 0 } else { journey.duplicates(pass, row) };
        let matching = goals.iter().enumerate().filter(move |(_, goal)| hits & goal.bit != 0);
        matching.map(move |(at, goal)| {
            let anonymous = journey.visitor == NO_VISITOR;
            let session = journey.sessions[row] + 1;
            let seen = &mut memory.0[at];
            let counts = match goal.counting {
                Counting::Every => true,
                Counting::OncePerKey => duplicates & goal.bit == 0,
                Counting::OncePerSession => anonymous || *seen != session,
                Counting::OncePerVisitor => anonymous || *seen == 0,
            };
            *seen = session;
            let by_key = goal.counting == Counting::OncePerKey;
            let without_key = by_key && counts && journey.key(pass, row).is_none();
            Match { goal: at, counts, without_key }
        })
    }

    /// The rows in the range with a counted conversion of any of the goals, whether or not the population has them.
    pub(crate) fn counted<'a>(
        &'a self,
        pass: &'a Pass,
        journey: &'a Journey,
    ) -> impl Iterator<Item = usize> + 'a {
        let mut memory = self.memory();
        let rows = journey.range.clone().take_while(|&row| !pass.stops_at(row));
        // All matches are looked at, as the rule remembers each.
        rows.filter(move |&row| {
            let matches = self.matches(&mut memory, pass, journey, row);
            matches.fold(false, |counts, found| counts | found.counts)
        })
    }

    /// What a counted conversion is worth, by its own event or another of its order key.
    pub(crate) fn amount<'a>(
        &'a self,
        pass: &'a Pass,
        journey: &Journey,
        row: usize,
        goal: usize,
    ) -> Option<Amount<'a>> {
        let Compiled { bit, counting, value, .. } = &self.all[goal];
        match value.as_ref()? {
            GoalValue::Fixed { amount, currency } => {
                Some(Amount { minor: *amount, currency, is_verified: false })
            }
            GoalValue::FromEvent => {
                let by_key = *counting == Counting::OncePerKey;
                let joined = by_key.then(|| journey.joined(pass, row, *bit)).flatten();
                let worth = joined.or_else(|| journey.worth(pass, row, self.currency))?;
                let currency = pass.values.text(self.currency, worth.currency).unwrap_or("");
                Some(Amount { minor: worth.minor, currency, is_verified: worth.is_verified })
            }
        }
    }

    /// Whether a row is a refund.
    pub(crate) fn is_refund(&self, journey: &Journey, row: usize) -> bool {
        journey.hits[row] & self.refund != 0
    }

    /// What a row, a refund, takes back from which goals: currency and amount, below zero.
    pub(crate) fn refunds<'a>(
        &'a self,
        pass: &'a Pass,
        journey: &'a Journey,
        row: usize,
    ) -> impl Iterator<Item = (usize, &'a str, i128)> + 'a {
        let accounts = self.all.iter().enumerate().filter_map(|(at, goal)| Some((at, goal.account?)));
        accounts.flat_map(move |(at, account)| {
            journey.refunded(pass, row, account).map(move |Refund { currency, amount }| {
                (at, pass.values.text(self.currency, currency).unwrap_or(""), -amount)
            })
        })
    }

    /// If a row, a refund, has no order: the currency and the amount, below zero, that it states.
    pub(crate) fn without_order<'a>(
        &self,
        pass: &'a Pass,
        journey: &Journey,
        row: usize,
    ) -> Option<Option<(&'a str, i128)>> {
        let stated = || {
            let worth = journey.worth(pass, row, self.currency)?;
            let currency = pass.values.text(self.currency, worth.currency).unwrap_or("");
            Some((currency, -i128::from(worth.minor).abs()))
        };
        journey.is_orphan(pass, row).then(stated)
    }
}

/// Adds an amount to the sum of its currency.
pub(crate) fn add(sums: &mut Sums, currency: &str, amount: i128) {
    match sums.get_mut(currency) {
        Some(sum) => *sum += amount,
        None => {
            sums.insert(currency.to_owned(), amount);
        }
    }
}

/// Adds sums to sums.
pub(crate) fn add_all(sums: &mut Sums, others: &Sums) {
    others.iter().for_each(|(currency, amount)| add(sums, currency, *amount));
}
