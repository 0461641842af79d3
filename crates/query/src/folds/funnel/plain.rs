//! The common funnel, fast: nothing but order and the whole window bounds a chain. One pass over a visitor's rows finds
//! what [`super::chain`] finds for every funnel, which stays the rule; the tests hold both against the same oracle.

use waymark_model::Funnel;

use super::{
    chain::{Anchors, Found},
    steps::{Skips, Steps},
};
use crate::{journey::Journey, pass::Pass};

const NONE: usize = usize::MAX;

/// The rows of a chain's events.
type Rows = [usize; Funnel::MAX_STEPS];

/// A search that is used again for one visitor after another.
#[derive(Debug, Default)]
pub(crate) struct PlainSearch {
    /// The chain with the latest start for each depth; its first row is `NONE` if there is none.
    chains: [Rows; Funnel::MAX_STEPS],
    /// The chosen chain.
    chosen: Rows,
}

impl PlainSearch {
    /// Searches the rows in the journey's range: the chosen chain, if a step was taken, and the steps (as bits, from 0)
    /// that were taken with none before taking the one before.
    pub(crate) fn run(
        &mut self,
        steps: &Steps,
        pass: &Pass,
        journey: &Journey,
        anchors: Anchors,
    ) -> (Option<Found>, u16) {
        let count = steps.len();
        self.chains[..count].iter_mut().for_each(|chain| chain[0] = NONE);
        let mut skips = Skips::default();
        let mut depth = 0;
        for row in journey.range.clone() {
            if pass.stops_at(row) {
                return (None, 0);
            }
            let filled = steps.filled(journey.hits[row]);
            skips.add(filled);
            if depth == count || filled == 0 {
                continue;
            }
            let mut later = filled & !1;
            while let Some(step) = later.checked_ilog2().map(|step| step as usize) {
                later ^= 1 << step;
                if self.grow(steps, journey, step, row) && depth <= step {
                    depth = self.choose(step);
                }
            }
            if filled & 1 == 1 && (anchors == Anchors::Any || anchors == Anchors::Only(row)) {
                self.chains[0][0] = row;
                if depth == 0 {
                    depth = self.choose(0);
                }
            }
        }
        let Some(last) = depth.checked_sub(1) else { return (None, skips.skipped) };
        let open = depth < count && self.is_open(steps, journey, depth);
        let (first, last) = (self.chosen[0], self.chosen[last]);
        (Some(Found { entry: 0, depth, first, last, open }), skips.skipped)
    }

    /// The rows of the chain that the last search chose.
    pub(crate) fn chain(&self, found: &Found) -> &[usize] {
        &self.chosen[..found.depth]
    }

    /// Whether the row lets the chain that took the step before grow into one that starts later than the one there is.
    fn grow(&mut self, steps: &Steps, journey: &Journey, step: usize, row: usize) -> bool {
        let (before, from) = self.chains.split_at_mut(step);
        let (before, chain) = (&before[step - 1], &mut from[0]);
        let first = before[0];
        let grows = first != NONE
            && (chain[0] == NONE || first > chain[0])
            && steps.in_window(journey.times[first], journey.times[row]);
        if grows {
            chain[..step].copy_from_slice(&before[..step]);
            chain[step] = row;
        }
        grows
    }

    /// Chooses the chain that has just taken the step: the first to be so deep, it is the first to be complete.
    fn choose(&mut self, step: usize) -> usize {
        self.chosen[..=step].copy_from_slice(&self.chains[step][..=step]);
        step + 1
    }

    fn is_open(&self, steps: &Steps, journey: &Journey, depth: usize) -> bool {
        let mut starts = self.chains[..depth].iter().map(|chain| chain[0]).filter(|&first| first != NONE);
        steps.window.is_some_and(|window| starts.any(|first| steps.end - journey.times[first] <= window))
    }
}
