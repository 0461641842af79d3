//! Which of a goal's matching events count: the one place where counting rules are applied (`docs/counting.md`, Goals).

use std::collections::BTreeMap;

use smallvec::SmallVec;
use waymark_model::{Counting, Goal, GoalValue, event::NO_VISITOR};

use crate::{
    journey::Journey,
    plan::{Pass, PlanError, Planner},
};

/// Most goals of one fold: each is a bit of what a unit converted.
const MOST_GOALS: usize = 64;

/// As many goals as a journey is counted for without asking for memory.
const FEW_GOALS: usize = 16;

/// Sums of value in minor units, by currency (empty for none given).
pub(crate) type Sums = BTreeMap<String, i64>;

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
    pub(crate) fn new(goals: &[Goal], planner: &mut Planner) -> Result<Self, PlanError> {
        if goals.len() > MOST_GOALS {
            return Err(PlanError::TooManyPredicates(goals.len()));
        }
        let mut compiled = Self::default();
        for goal in goals {
            let bit = planner.goal(goal);
            if goal.value.is_some() {
                compiled.currency = planner.values();
                compiled.refund = planner.refunds_of(bit);
            }
            compiled.any |= bit;
            let value = goal.value.clone();
            compiled.all.push(Compiled { bit, counting: goal.counting, value });
        }
        Ok(compiled)
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
        let lost = if hits == 0 { 0 } else { journey.lost(pass, row) };
        let matching = goals.iter().enumerate().filter(move |(_, goal)| hits & goal.bit != 0);
        matching.map(move |(at, goal)| {
            let anonymous = journey.visitor == NO_VISITOR;
            let session = journey.sessions[row] + 1;
            let seen = &mut memory.0[at];
            let counts = match goal.counting {
                Counting::Every => true,
                Counting::OncePerKey => lost & goal.bit == 0,
                Counting::OncePerSession => anonymous || *seen != session,
                Counting::OncePerVisitor => anonymous || *seen == 0,
            };
            *seen = session;
            let by_key = goal.counting == Counting::OncePerKey;
            let without_key = by_key && counts && journey.key(pass, row).is_none();
            Match { goal: at, counts, without_key }
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
        let Compiled { bit, counting, value } = &self.all[goal];
        match value.as_ref()? {
            GoalValue::Fixed { amount, currency } => {
                Some(Amount { minor: *amount, currency, is_verified: false })
            }
            GoalValue::FromEvent => {
                let by_key = *counting == Counting::OncePerKey;
                let joined = by_key.then(|| journey.joined(pass, row, *bit)).flatten();
                let worth = joined.or_else(|| journey.worth(pass, row, self.currency))?;
                let currency = pass.values.text(self.currency, worth.currency).map_or("", |text| text);
                Some(Amount { minor: worth.minor, currency, is_verified: worth.is_verified })
            }
        }
    }

    /// The goals whose orders a row refunds, with the currency and the (usually negative) value.
    pub(crate) fn refunds<'a>(
        &'a self,
        pass: &'a Pass,
        journey: &'a Journey,
        row: usize,
    ) -> Option<(impl Iterator<Item = usize> + 'a, &'a str, i64)> {
        if journey.hits[row] & self.refund == 0 {
            return None;
        }
        let (key, value) = (journey.key(pass, row)?, journey.value(pass, row)?);
        let refunded = move |goal: &Compiled| {
            goal.value.is_some() && pass.keys.get(&goal.bit).is_some_and(|keys| keys.contains(&key))
        };
        let goals = self.all.iter().enumerate().filter(move |(_, goal)| refunded(goal)).map(|(at, _)| at);
        Some((goals, journey.text(pass, self.currency, row).unwrap_or_default(), value))
    }
}

/// Adds an amount to the sum of its currency.
pub(crate) fn add(sums: &mut Sums, currency: &str, amount: i64) {
    match sums.get_mut(currency) {
        Some(sum) => *sum = sum.saturating_add(amount),
        None => {
            sums.insert(currency.to_owned(), amount);
        }
    }
}

/// Adds sums to sums.
pub(crate) fn add_all(sums: &mut Sums, others: &Sums) {
    others.iter().for_each(|(currency, amount)| add(sums, currency, *amount));
}
