//! The common funnel, fast: nothing but order and the whole window bounds a chain. One pass over a visitor's rows finds
//! what [`super::chain`] finds for every funnel, which stays the rule; the tests hold both against the same oracle.

use waymark_model::Funnel;

use super::{
    chain::{Anchors, Chain, Found},
    steps::Steps,
};
use crate::journey::Journey;

const NONE: usize = usize::MAX;

/// What one pass over a visitor's rows finds.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The chosen chain and its events, if a step was taken.
    pub(crate) chosen: Option<(Found, Chain)>,
    /// Steps (as bits, from 0) that were taken with none before taking the one before.
    pub(crate) skipped: u16,
}

/// The chain with the latest start for each depth: the row of each of its events.
type Chains = [[usize; Funnel::MAX_STEPS]; Funnel::MAX_STEPS];

/// Searches the rows in the journey's range.
pub(crate) fn search(steps: &Steps, journey: &Journey, anchors: Anchors) -> Outcome {
    let count = steps.len();
    let mut chains: Chains = [[NONE; Funnel::MAX_STEPS]; Funnel::MAX_STEPS];
    let (mut seen, mut skipped) = (0_u16, 0_u16);
    let mut chosen: Option<(Found, Chain)> = None;
    for row in journey.range.clone() {
        let hits = journey.hits[row];
        if hits & steps.any == 0 {
            continue;
        }
        let filled = filled(steps, hits);
        skipped = (skipped & !filled) | (filled & !(seen << 1) & !1);
        seen |= filled;
        let depth = chosen.as_ref().map_or(0, |(found, _)| found.depth);
        if depth == count {
            continue;
        }
        for step in (1..count).rev().filter(|step| filled >> step & 1 == 1) {
            let first = chains[step - 1][0];
            let grows = first != NONE && steps.in_window(journey.times[first], journey.times[row]);
            if grows && (chains[step][0] == NONE || first > chains[step][0]) {
                chains[step] = chains[step - 1];
                chains[step][step] = row;
                choose(&mut chosen, &chains[step], step);
            }
        }
        if filled & 1 == 1 && (anchors == Anchors::Any || anchors == Anchors::Only(row)) {
            chains[0][0] = row;
            choose(&mut chosen, &chains[0], 0);
        }
    }
    if let Some((found, _)) = &mut chosen {
        found.open = found.depth < count && is_open(steps, journey, &chains[..found.depth]);
    }
    Outcome { chosen, skipped }
}

fn filled(steps: &Steps, hits: u64) -> u16 {
    let bits = steps.bits.iter().enumerate();
    bits.fold(0, |filled, (step, bit)| filled | u16::from(hits & bit != 0) << step)
}

/// Takes a chain that is deeper than the one chosen so far: the first to be so deep, it is the first to be complete.
fn choose(chosen: &mut Option<(Found, Chain)>, chain: &[usize; Funnel::MAX_STEPS], step: usize) {
    if chosen.as_ref().is_none_or(|(found, _)| found.depth <= step) {
        let found = Found { entry: 0, depth: step + 1, first: chain[0], last: chain[step], open: false };
        *chosen = Some((found, Chain::from_slice(&chain[..=step])));
    }
}

fn is_open(steps: &Steps, journey: &Journey, chains: &[[usize; Funnel::MAX_STEPS]]) -> bool {
    let starts = chains.iter().map(|chain| chain[0]).filter(|&first| first != NONE);
    steps
        .window
        .is_some_and(|window| starts.into_iter().any(|first| steps.end - journey.times[first] <= window))
}
