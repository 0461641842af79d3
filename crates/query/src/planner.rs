//! What folds ask of a pass while they are compiled: bits for what they look for, slots for what they read.

use waymark_model::{
    Counting, Dimension, Goal, GoalValue, Population, Predicate, TextColumn, Trigger,
    event::{PAGE_VIEW, REFUND},
};

use crate::{
    predicates::{self, Predicates},
    thresholds::{Threshold, Thresholds},
    view::{Asked, Needs},
};

/// What folds ask of a pass.
#[derive(Debug)]
pub(crate) struct Planner {
    pub(crate) predicates: Predicates,
    /// Further predicates, in sets of as many as there are bits: evaluated only for the rows that a fold asks about.
    pub(crate) sets: Vec<Predicates>,
    pub(crate) thresholds: Thresholds,
    pub(crate) needs: Needs,
    /// The goals' bits whose repeats of an order key do not count.
    pub(crate) once_per_key: u64,
    /// The bits among those whose goals take the event's value, so that other events of the key may tell it.
    pub(crate) joined: u64,
    /// The slot of currencies, where values are read.
    pub(crate) currency: usize,
    /// What refunds take back from.
    pub(crate) accounts: Vec<Account>,
    /// The sets whose events are orders, if anything asks for refunds that have none.
    pub(crate) orders: Vec<usize>,
    /// The bit of refunds, if anything asks for them.
    pub(crate) refund: u64,
    /// The bit of the population's filter, if there is one.
    pub(crate) filter: Option<u64>,
    /// How many bits there are.
    room: usize,
    pub(crate) full: bool,
}

/// The orders of a goal, and what each is worth to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    /// The bit of its events.
    pub(crate) bit: u64,
    pub(crate) counting: Counting,
    pub(crate) value: GoalValue,
    /// The number of a fixed value's currency, once texts have numbers.
    pub(crate) fixed_currency: u32,
}

impl Default for Planner {
    fn default() -> Self {
        Self::new(predicates::MOST)
    }
}

impl Planner {
    /// A planner with so many bits.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            predicates: Predicates::default(),
            sets: Vec::new(),
            thresholds: Thresholds::default(),
            needs: Needs::default(),
            once_per_key: 0,
            joined: 0,
            currency: 0,
            accounts: Vec::new(),
            orders: Vec::new(),
            refund: 0,
            filter: None,
            room: room.min(predicates::MOST),
            full: false,
        }
    }

    /// Has all of these thresholds make virtual events, whether or not this pass's folds ask for them, so that the passes
    /// of one question see the same units.
    pub(crate) fn expect(&mut self, thresholds: &[Threshold]) {
        for &threshold in thresholds {
            self.threshold(threshold);
        }
    }

    /// Asks for the filter of a population, unless it is everyone.
    pub(crate) fn population(&mut self, population: &Population) {
        self.filter = (!population.is_everyone()).then(|| self.predicate(&population.filter));
    }

    /// Whether which visitors are looked at, and what they did, can be told from predicates on text alone.
    pub(crate) fn is_on_text(&self) -> bool {
        self.filter.is_none() && self.thresholds.is_empty() && self.predicates.on_numbers() == 0
    }

    /// How many kinds of events are told apart.
    pub(crate) fn asked(&self) -> usize {
        self.predicates.len() + self.thresholds.with_bits()
    }

    /// What the pass asks of a part.
    pub(crate) fn asked_of_parts(&self) -> Asked<'_> {
        Asked { predicates: &self.predicates, sets: &self.sets, needs: &self.needs }
    }

    /// The bit of events that match.
    pub(crate) fn predicate(&mut self, predicate: &Predicate) -> u64 {
        let bit = self.predicates.bit(predicate);
        self.bit(bit)
    }

    /// The bit of what triggers a goal or a step.
    pub(crate) fn trigger(&mut self, trigger: &Trigger) -> u64 {
        let Some(threshold) = Threshold::from_trigger(trigger) else {
            let Trigger::Event(predicate) = trigger else { return 0 };
            return self.predicate(predicate);
        };
        let at = self.threshold(threshold);
        if let Some(bit) = self.thresholds.bit(at) {
            return bit;
        }
        let bit = (predicates::MOST - 1).saturating_sub(self.thresholds.with_bits());
        let bit = self.bit(bit);
        self.thresholds.set_bit(at, bit);
        self.full |= self.asked() > self.room;
        bit
    }

    /// The number of a threshold, which makes virtual events from now on.
    pub(crate) fn threshold(&mut self, threshold: Threshold) -> usize {
        if matches!(threshold, Threshold::Pages(_)) {
            self.thresholds.page_view = self.predicate(&Predicate::event(PAGE_VIEW));
        }
        self.thresholds.number(threshold)
    }

    /// The sets of these predicates, as many in each as there are bits, in their order: one bit each.
    pub(crate) fn sets_of<'a>(
        &mut self,
        predicates: impl Iterator<Item = &'a Predicate>,
    ) -> std::ops::Range<usize> {
        let start = self.sets.len();
        for (at, predicate) in predicates.enumerate() {
            if at % predicates::MOST == 0 {
                self.sets.push(Predicates::default());
            }
            if let Some(set) = self.sets.last_mut() {
                set.push(predicate);
            }
        }
        start..self.sets.len()
    }

    /// The bit of a goal's events; repeats of an order key, and the value it has, are found out if the goal asks for it.
    pub(crate) fn goal(&mut self, goal: &Goal) -> u64 {
        let bit = self.trigger(&goal.trigger);
        let of_event = goal.value == Some(GoalValue::FromEvent);
        self.needs.verified |= of_event;
        if goal.counting == Counting::OncePerKey {
            self.once_per_key |= bit;
            self.joined |= if of_event { bit } else { 0 };
            self.needs.keys = true;
        }
        bit
    }

    /// Asks for values; gives the slot of their currencies.
    pub(crate) fn values(&mut self) -> usize {
        self.needs.values = true;
        self.currency = self.dimension(&Dimension::Column(TextColumn::Currency));
        self.currency
    }

    /// The bit of refunds.
    pub(crate) fn refunds(&mut self) -> u64 {
        self.refund = self.predicate(&Predicate::event(REFUND));
        self.needs.keys = true;
        self.refund
    }

    /// The number of the account that refunds take back a goal's value from, given the bit of the goal's events.
    pub(crate) fn account(&mut self, goal: &Goal, bit: u64) -> Option<u32> {
        let value = goal.value.clone()?;
        let account = Account { bit, counting: goal.counting, value, fixed_currency: 0 };
        let known = self.accounts.iter().position(|known| *known == account);
        let number = known.unwrap_or_else(|| {
            self.accounts.push(account);
            self.accounts.len() - 1
        });
        u32::try_from(number).ok()
    }

    /// The slot that a dimension's values are read from.
    pub(crate) fn dimension(&mut self, dimension: &Dimension) -> usize {
        let slots = &mut self.needs.dimensions;
        slots.iter().position(|known| known == dimension).unwrap_or_else(|| {
            slots.push(dimension.clone());
            slots.len() - 1
        })
    }

    /// Notes that a fold has too many goals for the bits that it keeps of a visitor.
    pub(crate) const fn overflow(&mut self) {
        self.full = true;
    }

    fn bit(&mut self, bit: usize) -> u64 {
        self.full |= self.asked() > self.room;
        1_u64.checked_shl(u32::try_from(bit).unwrap_or(u32::MAX)).unwrap_or(0)
    }
}
