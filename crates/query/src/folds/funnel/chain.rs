//! Finds a unit's chosen chain: the deepest, then the earliest to complete, then the shortest.
//!
//! For each depth the search keeps the chains that may still grow. Of chains of one depth only those matter that
//! no other beats in both its start (later leaves more of the window) and its last event (later leaves
//! more of the step's window): with last events rising, their starts fall. Every event looks at
//! each depth once, so a unit of n events and K steps costs O(n·K).

use smallvec::SmallVec;
use waymark_model::Funnel;

use super::{held::Between, steps::Steps};
use crate::{journey::Journey, pass::Pass};

/// A chosen chain: positions in the journey of its first and last event, and how many steps it has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Step it entered at, from 0.
    pub(crate) entry: usize,
    /// Steps taken, at least 1.
    pub(crate) depth: usize,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Some chain of the unit may still grow when the range ends.
    pub(crate) open: bool,
}

/// Which events may start a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchors {
    Any,
    /// Only this row.
    Only(usize),
}

/// A chain that may grow: rows of its first and last event.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    first: usize,
    last: usize,
}

/// The rows of a unit, and what its chains must hold to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) pass: &'a Pass,
    pub(crate) journey: &'a Journey,
    pub(crate) steps: &'a Steps,
    /// Rows in order; those that cannot matter may be left out. When a value is held, only rows that have it.
    pub(crate) rows: &'a [usize],
    /// What breaks chains between these rows, when a value is held.
    pub(crate) between: Option<&'a Between>,
    /// The value that all events of a chain have, when one is held.
    pub(crate) value: Option<u32>,
    /// The step (from 0) that chains enter at.
    pub(crate) entry: usize,
}

impl Unit<'_> {
    /// Whether the row fills the step.
    #[inline]
    pub(crate) fn fills(&self, row: usize, step: usize) -> bool {
        self.journey.hits[row] & self.steps.bits[step] != 0 && self.has_value(row)
    }

    /// Whether the row has the value that the chains hold.
    pub(crate) fn has_value(&self, row: usize) -> bool {
        match (self.steps.same, self.value) {
            (Some(slot), Some(value)) => self.journey.dimension(self.pass, slot, row) == value,
            _ => true,
        }
    }

    fn breaks(&self, row: usize, taken: usize) -> bool {
        let holds = self.has_value(row);
        self.steps.breaks(self.pass, self.journey, row, self.entry, taken, holds)
    }

    /// Whether a row between two rows of the unit breaks a chain that has taken the steps up to `taken`.
    fn breaks_between(&self, after: usize, before: usize, taken: usize) -> bool {
        self.between.is_some_and(|between| between.breaks(self.steps, (after, before), self.entry, taken))
    }

    /// Whether the session of a row, the last of the journey before the range ends, is still open then.
    pub(crate) fn session_is_open(&self, row: usize) -> bool {
        let journey = self.journey;
        let Some(last) = journey.range.end.checked_sub(1) else { return false };
        let real = (journey.range.start..=last).rev().find(|&row| !journey.is_virtual(row)).unwrap_or(last);
        journey.sessions[row] == journey.sessions[real]
            && self.steps.end - journey.times[real] <= self.steps.session_gap
    }
}

/// Chains of one depth that may grow, by rising last event; without a window on the next step, one is enough.
type Growing = SmallVec<[Candidate; 2]>;

/// The chains that may grow, by the step they took last.
#[derive(Debug, Default)]
pub(crate) struct Search {
    growing: SmallVec<[Growing; Funnel::MAX_STEPS]>,
    grown: [Option<Candidate>; Funnel::MAX_STEPS],
    session: Option<u32>,
}

/// Where an anchored search ended before its rows did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The chain is complete with the row at this position.
    Complete(usize),
    /// No chain could go on at the row at this position, which is not part of it.
    Dead(usize),
    /// The rows came to an end.
    No,
}

impl Search {
    fn reset(&mut self, steps: usize) {
        self.growing.resize_with(steps, Growing::new);
        self.growing.iter_mut().for_each(Growing::clear);
        self.grown = [None; Funnel::MAX_STEPS];
        self.session = None;
    }

    /// The chosen chain of a unit, if it takes a step at all.
    pub(crate) fn deepest(&mut self, unit: &Unit<'_>, anchors: Anchors) -> Option<Found> {
        self.reset(unit.steps.len());
        let mut best = None;
        for (position, &row) in unit.rows.iter().enumerate() {
            if unit.pass.stops_at(position) {
                return None;
            }
            self.enter_session(unit, row);
            self.pass_over(unit, position);
            self.step(unit, row, anchors, &mut best);
            if best.is_some_and(|found: Found| unit.entry + found.depth == unit.steps.len()) {
                return best;
            }
        }
        self.pass_over(unit, unit.rows.len());
        best.map(|found| Found { open: self.is_open(unit, found.depth), ..found })
    }

    /// The chosen chain among those anchored at the row at position `from`, and where the anchor's entry ended.
    pub(crate) fn entry(&mut self, unit: &Unit<'_>, from: usize) -> (Option<Found>, Ended) {
        self.reset(unit.steps.len());
        let anchors = Anchors::Only(unit.rows[from]);
        let mut best: Option<Found> = None;
        for (position, &row) in unit.rows.iter().enumerate().skip(from) {
            if unit.pass.stops_at(position) {
                return (None, Ended::No);
            }
            self.enter_session(unit, row);
            if position > from {
                self.pass_over(unit, position);
                self.expire(unit, unit.journey.times[row]);
                if self.is_dead() {
                    return (best, Ended::Dead(position));
                }
            }
            self.step(unit, row, anchors, &mut best);
            if best.is_some_and(|found| found.depth == unit.steps.len()) {
                return (best, Ended::Complete(position));
            }
            if self.is_dead() {
                return (best, Ended::Dead(position));
            }
        }
        self.pass_over(unit, unit.rows.len());
        (best.map(|found| Found { open: self.is_open(unit, found.depth), ..found }), Ended::No)
    }

    fn enter_session(&mut self, unit: &Unit<'_>, row: usize) {
        let session = unit.journey.sessions[row];
        if unit.steps.in_session && self.session != Some(session) {
            self.session = Some(session);
            self.growing.iter_mut().for_each(Growing::clear);
        }
    }

    /// Drops the chains that something breaks between the row before this position and the one at it.
    fn pass_over(&mut self, unit: &Unit<'_>, position: usize) {
        let Some(after) = position.checked_sub(1).map(|position| unit.rows[position]) else { return };
        if unit.between.is_none() {
            return;
        }
        let before = unit.rows.get(position).copied().unwrap_or(usize::MAX);
        for (taken, growing) in self.growing.iter_mut().enumerate().skip(unit.entry) {
            if !growing.is_empty() && unit.breaks_between(after, before, taken) {
                growing.clear();
            }
        }
    }

    fn is_dead(&self) -> bool {
        self.growing.iter().all(Growing::is_empty)
    }

    fn expire(&mut self, unit: &Unit<'_>, time: i64) {
        let times = &unit.journey.times;
        for (taken, growing) in self.growing.iter_mut().enumerate() {
            growing.retain(|chain| unit.steps.in_windows(times[chain.first], times[chain.last], taken, time));
        }
    }

    /// Takes in a row: chains grow by it, are broken by it, or begin with it.
    fn step(&mut self, unit: &Unit<'_>, row: usize, anchors: Anchors, best: &mut Option<Found>) {
        let (journey, steps) = (unit.journey, unit.steps);
        let (time, last_step) = (journey.times[row], steps.len() - 1);
        let filling = journey.hits[row] & steps.any != 0;
        for taken in unit.entry..=last_step {
            self.grown[taken] = None;
            if !filling || !unit.fills(row, taken) {
                continue;
            }
            self.grown[taken] = if taken == unit.entry {
                let allowed = anchors == Anchors::Any || anchors == Anchors::Only(row);
                allowed.then_some(Candidate { first: row, last: row })
            } else {
                latest(&mut self.growing[taken - 1], journey, steps, taken - 1, time)
                    .map(|first| Candidate { first, last: row })
            };
        }
        for taken in unit.entry..last_step {
            if !self.growing[taken].is_empty() && unit.breaks(row, taken) {
                self.growing[taken].clear();
            }
        }
        for taken in unit.entry..=last_step {
            let Some(grown) = self.grown[taken] else { continue };
            let depth = taken - unit.entry + 1;
            if best.is_none_or(|found| found.depth < depth) {
                let Candidate { first, last } = grown;
                *best = Some(Found { entry: unit.entry, depth, first, last, open: false });
            }
            if taken < last_step {
                push(&mut self.growing[taken], grown, steps.within_of(taken + 1).is_some());
            }
        }
    }

    /// Whether a chain no deeper than the unit's depth may still grow when the range ends.
    fn is_open(&self, unit: &Unit<'_>, depth: usize) -> bool {
        let (times, steps) = (&unit.journey.times, unit.steps);
        let deepest = unit.entry + depth - 1;
        self.growing.iter().enumerate().take(deepest + 1).any(|(taken, growing)| {
            steps.is_bounded(taken)
                && growing.iter().any(|chain| {
                    steps.in_windows(times[chain.first], times[chain.last], taken, steps.end)
                        && (!steps.in_session || unit.session_is_open(chain.last))
                })
        })
    }
}

/// The latest start among the chains that a row at that time may grow.
fn latest(growing: &mut Growing, journey: &Journey, steps: &Steps, taken: usize, time: i64) -> Option<usize> {
    if let Some(within) = steps.within_of(taken + 1) {
        let expired = growing.iter().take_while(|chain| time - journey.times[chain.last] > within).count();
        growing.drain(..expired);
    }
    let chain = growing.first()?;
    steps
        .in_windows(journey.times[chain.first], journey.times[chain.last], taken, time)
        .then_some(chain.first)
}

/// Adds a chain, dropping those that it beats. Without a step window only the latest start matters.
fn push(growing: &mut Growing, chain: Candidate, step_window: bool) {
    while growing.last().is_some_and(|other| other.first <= chain.first) {
        growing.pop();
    }
    if step_window || growing.is_empty() {
        growing.push(chain);
    }
}

/// The rows of a chosen chain's events: given its first and last, each one between as early as can be.
pub(crate) fn trace(unit: &Unit<'_>, found: &Found) -> Chain {
    if unit.steps.is_plain() { earliest(unit, found) } else { earliest_that_fit(unit, found) }
}

/// The events of a chain, as rows of the journey.
pub(crate) type Chain = SmallVec<[usize; Funnel::MAX_STEPS]>;

/// Where nothing but order and the whole window matters, the earliest event for each step fits.
fn earliest(unit: &Unit<'_>, found: &Found) -> Chain {
    let mut chain = Chain::from_slice(&[found.first]);
    let begin = unit.rows.partition_point(|&row| row <= found.first);
    let mut rows = unit.rows[begin..].iter().copied();
    for depth in 1..found.depth {
        chain.push(rows.find(|&row| unit.fills(row, found.entry + depth)).unwrap_or(found.last));
    }
    chain
}

fn earliest_that_fit(unit: &Unit<'_>, found: &Found) -> Chain {
    let begin = unit.rows.partition_point(|&row| row < found.first);
    let end = unit.rows.partition_point(|&row| row <= found.last);
    let rows = &unit.rows[begin..end];
    let can_finish = can_finish(unit, found, rows);
    let times = &unit.journey.times;
    let mut chain = Chain::from_slice(&[found.first]);
    let mut at = 0;
    for depth in 1..found.depth {
        let step = found.entry + depth;
        let near = |row: usize| {
            unit.steps.within_of(step).is_none_or(|within| times[row] - times[rows[at]] <= within)
        };
        let next =
            (at + 1..rows.len()).find(|&next| can_finish[next] & (1 << depth) != 0 && near(rows[next]));
        at = next.unwrap_or(rows.len() - 1);
        chain.push(rows[at]);
    }
    chain
}

/// For each row, the depths (as bits, from 0) at which a chain can stand on it and still end at the last row.
fn can_finish(unit: &Unit<'_>, found: &Found, rows: &[usize]) -> Vec<u16> {
    let times = &unit.journey.times;
    let mut possible = vec![0_u16; rows.len()];
    let mut nearest: Vec<Option<usize>> = vec![None; found.depth];
    let last = rows.len() - 1;
    possible[last] = 1 << (found.depth - 1);
    nearest[found.depth - 1] = Some(last);
    for at in (0..last).rev() {
        if unit.pass.stops_at(at) {
            return possible;
        }
        let row = rows[at];
        for (depth, nearest) in nearest.iter_mut().skip(1).enumerate() {
            if nearest.is_some() && unit.breaks_between(row, rows[at + 1], found.entry + depth) {
                *nearest = None;
            }
        }
        for depth in 0..found.depth - 1 {
            let step = found.entry + depth;
            let reaches = nearest[depth + 1].is_some_and(|next| {
                unit.steps.within_of(step + 1).is_none_or(|within| times[rows[next]] - times[row] <= within)
            });
            if reaches && unit.fills(row, step) {
                possible[at] |= 1 << depth;
            }
        }
        for depth in 0..found.depth - 1 {
            if unit.breaks(row, found.entry + depth) {
                nearest[depth + 1] = None;
            }
        }
        for (depth, nearest) in nearest.iter_mut().enumerate() {
            if possible[at] & (1 << depth) != 0 {
                *nearest = Some(at);
            }
        }
    }
    possible
}
