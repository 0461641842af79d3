//! A funnel's steps as bits, and the questions that searching for chains asks of a row.

use waymark_model::{Funnel, Order, Scope as ChainScope, Tally};

use crate::{journey::Journey, pass::Pass, planner::Planner};

/// The required steps of a funnel and the rules of its chains, made ready for a pass.
#[derive(Debug)]
pub(crate) struct Steps {
    /// The bit of each required step.
    pub(crate) bits: Vec<u64>,
    /// Longest time from the step before, for each required step.
    pub(crate) within: Vec<Option<i64>>,
    pub(crate) window: Option<i64>,
    pub(crate) strict: bool,
    /// Chains stay within a session.
    pub(crate) in_session: bool,
    pub(crate) session_gap: i64,
    pub(crate) optional: Vec<OptionalStep>,
    /// Bits of optional steps, by the required step (from 0) they stand behind.
    between: Vec<u64>,
    pub(crate) exclusions: Vec<Exclusion>,
    /// The slot of the dimension that chains hold.
    pub(crate) same: Option<usize>,
    /// The end of the range.
    pub(crate) end: i64,
    /// Every bit that fills a step.
    pub(crate) any: u64,
    /// Every bit that matters to a search: steps and exclusions.
    pub(crate) relevant: u64,
}

/// A step that a chain may do without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionalStep {
    pub(crate) bit: u64,
    /// The required step (from 0) before it.
    pub(crate) after: usize,
    /// Longest time from that step.
    pub(crate) within: Option<i64>,
}

/// What breaks a chain that has taken one required step (from 0) and not yet a later one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exclusion {
    pub(crate) bit: u64,
    after: usize,
    before: usize,
}

impl Exclusion {
    /// Whether it applies to a chain that entered at a step and has taken the steps up to `taken`.
    pub(crate) const fn applies(&self, entry: usize, taken: usize) -> bool {
        entry <= self.after && self.after <= taken && taken < self.before
    }
}

impl Steps {
    pub(crate) fn new(funnel: &Funnel, session_gap: i64, end: i64, planner: &mut Planner) -> Self {
        let required: Vec<_> = funnel.required().collect();
        let bits: Vec<u64> = required.iter().map(|step| planner.trigger(&step.trigger)).collect();
        let mut optional = Vec::new();
        let mut between = vec![0; bits.len()];
        let mut taken = 0;
        for step in &funnel.steps {
            if step.optional {
                let (bit, after) = (planner.trigger(&step.trigger), taken - 1);
                optional.push(OptionalStep { bit, after, within: step.within_ms });
                between[after] |= bit;
            } else {
                taken += 1;
            }
        }
        let exclusion = |exclusion: &waymark_model::Exclusion| Exclusion {
            bit: planner.predicate(&exclusion.event),
            after: exclusion.after,
            before: exclusion.before,
        };
        let exclusions: Vec<_> = funnel.exclusions.iter().map(exclusion).collect();
        let any = bits.iter().fold(0, |all, bit| all | bit);
        let excluded = exclusions.iter().fold(0, |all, exclusion| all | exclusion.bit);
        planner.needs.reserved |= funnel.order == Order::Strict;
        Self {
            within: required.iter().enumerate().map(|(k, s)| s.within_ms.filter(|_| k > 0)).collect(),
            bits,
            window: funnel.window_ms,
            strict: funnel.order == Order::Strict,
            in_session: funnel.scope == ChainScope::Session || funnel.tally == Tally::Sessions,
            session_gap,
            optional,
            between,
            exclusions,
            same: funnel.same.as_ref().map(|dimension| planner.dimension(dimension)),
            end,
            any,
            relevant: any | excluded,
        }
    }

    /// Whether a chain asks for nothing but order, session, value and the whole window.
    pub(crate) fn is_plain(&self) -> bool {
        !self.strict && self.exclusions.is_empty() && self.within.iter().all(Option::is_none)
    }

    /// Number of required steps.
    pub(crate) fn len(&self) -> usize {
        self.bits.len()
    }

    /// The steps (as bits, from 0) that a row with these hits fills.
    #[inline]
    pub(crate) fn filled(&self, hits: u64) -> u16 {
        let bits = self.bits.iter().enumerate();
        bits.fold(0, |filled, (step, bit)| filled | u16::from(hits & bit != 0) << step)
    }

    /// Whether a search needs to see the row: strict chains are broken by any row.
    pub(crate) fn is_relevant(&self, journey: &Journey, row: usize) -> bool {
        self.strict || journey.hits[row] & self.relevant != 0
    }

    /// Whether a chain that has taken the steps up to `taken` (from 0), having entered at step `entry`, is broken by
    /// the row. `holds` says whether the row has the value that the chain holds.
    pub(crate) fn breaks(
        &self,
        pass: &Pass,
        journey: &Journey,
        row: usize,
        entry: usize,
        taken: usize,
        holds: bool,
    ) -> bool {
        let hits = journey.hits[row];
        let excluded = |e: &Exclusion| hits & e.bit != 0 && e.applies(entry, taken);
        self.exclusions.iter().any(excluded)
            || (self.strict
                && !journey.is_reserved(pass, row)
                && !(holds && hits & (self.bits[taken] | self.between[taken]) != 0))
    }

    /// Whether anything bounds the time in which a chain that has taken `taken` can take the next step.
    pub(crate) fn is_bounded(&self, taken: usize) -> bool {
        self.window.is_some() || self.in_session || self.within_of(taken + 1).is_some()
    }

    /// Whether a time is within the whole window of a chain that starts at another.
    #[inline]
    pub(crate) fn in_window(&self, start: i64, time: i64) -> bool {
        self.window.is_none_or(|window| time - start <= window)
    }

    /// Whether a chain may still be within its windows at a time.
    #[inline]
    pub(crate) fn in_windows(&self, start: i64, last: i64, taken: usize, time: i64) -> bool {
        self.in_window(start, time) && self.within_of(taken + 1).is_none_or(|within| time - last <= within)
    }

    pub(crate) fn within_of(&self, step: usize) -> Option<i64> {
        self.within.get(step).copied().flatten()
    }
}

/// Finds the steps that were taken with none before taking the one before; steps are bits, from 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Skips {
    seen: u16,
    /// The steps that, when they were last taken, lacked the one before.
    pub(crate) skipped: u16,
}

impl Skips {
    /// Takes in the steps that the next row fills.
    #[inline]
    pub(crate) fn add(&mut self, filled: u16) {
        self.skipped = (self.skipped & !filled) | (filled & !(self.seen << 1) & !1);
        self.seen |= filled;
    }
}
