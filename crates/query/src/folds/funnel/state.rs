//! What a funnel found.

use serde::{Deserialize, Serialize};

use smallvec::SmallVec;
use waymark_model::Funnel;

use crate::{
    folds::counting::{Sums, add_all},
    histogram::Histogram,
    moments::Moments,
};

/// Units at a required step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTally {
    /// Units whose chain includes the step.
    pub reached: u64,
    /// Units whose chain begins at the step.
    pub entered: u64,
    /// Units that reached it and cannot reach the next any more.
    pub lost: u64,
    /// Units that reached it and may still reach the next.
    pub in_progress: u64,
    /// Units that reached it and not the next, while nothing bounds the time for it.
    pub not_reached: u64,
    /// Units that have an event filling this step and none before it filling the one before.
    pub skipped: u64,
    /// Times from the step before on chosen chains.
    pub gaps: Histogram,
    /// Value of the step's events on chosen chains, in minor units by currency.
    pub value: Sums,
}

/// Units at an optional step, of those that reached the required step before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionalTally {
    /// Used it.
    pub used: u64,
    /// Used it and completed the funnel.
    pub used_completed: u64,
    /// Did not use it.
    pub unused: u64,
    /// Did not use it and completed the funnel.
    pub unused_completed: u64,
}

/// The units of each visitor at a step, for intervals of shares of units that come in visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMoments {
    /// Units that reached the first step (N), and this one (Y).
    pub of_first: Moments,
    /// Units that reached the step before (N), and went on to this one (Y); of the first step, none.
    pub of_previous: Moments,
}

/// Units through a funnel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelState {
    /// Units in the range and population (visitors, sessions), whether or not they entered; pairs and entries: those there are.
    pub units: u64,
    /// Required steps, in order.
    pub steps: Vec<StepTally>,
    /// Optional steps, in the order of the funnel.
    pub optional: Vec<OptionalTally>,
    /// For each step, the units by visitor; empty where visitors are the units.
    pub moments: Vec<StepMoments>,
    /// Units of the visitor at hand that stopped at the step watched, while folding.
    #[serde(skip)]
    pub(crate) stopped: Vec<Stopped>,
}

/// A unit that stopped at a step: the row that took it, the end of the unit's rows, and the value that its chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped {
    pub(crate) last: usize,
    pub(crate) end: usize,
    pub(crate) value: Option<u32>,
}

/// How many units had reached, and entered at, each step before the visitor at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(SmallVec<[(u64, u64); Funnel::MAX_STEPS]>);

impl Progress {
    /// The progress before the visitor at hand, where the state keeps moments.
    pub(crate) fn from_state(state: &FunnelState) -> Self {
        let steps = if state.moments.is_empty() { &[] } else { state.steps.as_slice() };
        Self(steps.iter().map(|step| (step.reached, step.entered)).collect())
    }
}

impl FunnelState {
    pub(crate) fn new(steps: usize, optional: usize, nested: bool) -> Self {
        Self {
            units: 0,
            steps: vec![StepTally::default(); steps],
            optional: vec![OptionalTally::default(); optional],
            moments: vec![StepMoments::default(); if nested { steps } else { 0 }],
            stopped: Vec::new(),
        }
    }

    /// Adds the units of a visitor: those that came since. Only where all entered at the first step are they a share of it.
    pub(crate) fn add_moments(&mut self, before: &Progress, closed: bool) {
        let (mut first, mut previous) = (0, 0);
        for ((at, moments), (step, before)) in
            self.moments.iter_mut().enumerate().zip(self.steps.iter().zip(&before.0))
        {
            let (reached, entered) = (step.reached - before.0, step.entered - before.1);
            if at == 0 {
                first = reached;
            } else if previous > 0 {
                moments.of_previous.add(reached - entered, previous);
            }
            if closed && first > 0 {
                moments.of_first.add(reached, first);
            }
            previous = reached;
        }
    }

    /// Counts the steps (as bits, from 0) that a unit took without ever having taken the one before.
    pub(crate) fn add_skips(&mut self, skipped: u16) {
        for (step, tally) in self.steps.iter_mut().enumerate() {
            tally.skipped += u64::from(skipped >> step & 1);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.units += other.units;
        for (step, other) in self.steps.iter_mut().zip(&other.steps) {
            step.reached += other.reached;
            step.entered += other.entered;
            step.lost += other.lost;
            step.in_progress += other.in_progress;
            step.not_reached += other.not_reached;
            step.skipped += other.skipped;
            step.gaps.merge(&other.gaps);
            add_all(&mut step.value, &other.value);
        }
        for (moments, other) in self.moments.iter_mut().zip(&other.moments) {
            moments.of_first.merge(&other.of_first);
            moments.of_previous.merge(&other.of_previous);
        }
        for (step, other) in self.optional.iter_mut().zip(&other.optional) {
            step.used += other.used;
            step.used_completed += other.used_completed;
            step.unused += other.unused;
            step.unused_completed += other.unused_completed;
        }
    }

    /// Takes in a unit that entered at step `entry` (from 0) and took `depth` steps.
    pub(crate) fn add_unit(&mut self, entry: usize, depth: usize, open: bool, bounded: bool) {
        self.add_units(1, entry, depth, open, bounded);
    }

    /// Takes in so many such units.
    pub(crate) fn add_units(&mut self, units: u64, entry: usize, depth: usize, open: bool, bounded: bool) {
        if depth == 0 {
            return;
        }
        let last = entry + depth - 1;
        self.steps[entry].entered += units;
        self.steps[entry..=last].iter_mut().for_each(|step| step.reached += units);
        if last + 1 == self.steps.len() {
            return;
        }
        let step = &mut self.steps[last];
        if open {
            step.in_progress += units;
        } else if bounded {
            step.lost += units;
        } else {
            step.not_reached += units;
        }
    }
}
