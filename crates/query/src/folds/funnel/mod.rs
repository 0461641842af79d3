//! Units through a funnel (`docs/counting.md`, Funnels).

mod any_order;
mod chain;
mod held;
mod plain;
mod state;
mod steps;

use std::ops::Range;

use smallvec::SmallVec;
use waymark_model::{Anchor, Entry, Funnel, Order, Population, Selects, Tally, event::NO_VISITOR};

pub(crate) use chain::Search;
pub(crate) use held::Held;
pub(crate) use plain::PlainSearch;
pub(crate) use state::Stopped;
pub use state::{FunnelState, OptionalTally, StepMoments, StepTally};

use self::{
    chain::{Anchors, Ended, Found, Unit},
    state::Progress,
    steps::{OptionalStep, Steps},
};
use crate::{
    error::PlanError,
    folds::{Scratch, counting},
    journey::Journey,
    marks::Terms,
    pass::Pass,
    planner::Planner,
    scope::Scope,
};

/// A funnel made ready for a pass.
#[derive(Debug)]
pub(crate) struct FunnelFold {
    steps: Steps,
    order: Order,
    anchor: Anchor,
    entry: Entry,
    tally: Tally,
    currency: usize,
    /// Of a visitor without the second step only the time of the last event may matter.
    has_fast_path: bool,
    /// Nothing but order and the whole window bounds a visitor's chain.
    plain: bool,
    /// The step (from 0) whose units are noted when they stop there.
    watched: Option<usize>,
}

impl FunnelFold {
    pub(crate) fn new(funnel: &Funnel, scope: &Scope, planner: &mut Planner) -> Result<Self, PlanError> {
        funnel.validate()?;
        check_population(funnel, &scope.population)?;
        let of_visitors = funnel.entry == Entry::Closed
            && funnel.tally == Tally::Visitors
            && funnel.same.is_none()
            && !funnel.within_session()
            && funnel.order != Order::Any;
        let currency = planner.values();
        let steps = Steps::new(funnel, scope.session_gap_ms, scope.range.end, planner);
        Ok(Self {
            has_fast_path: of_visitors
                && steps.optional.is_empty()
                && steps.within.iter().all(Option::is_none),
            plain: of_visitors && steps.is_plain(),
            steps,
            order: funnel.order,
            anchor: funnel.anchor,
            entry: funnel.entry,
            tally: funnel.tally,
            currency,
            watched: None,
        })
    }

    /// The same, noting the units that took this step (from 0) last and are not in progress.
    pub(crate) fn watching(self, step: usize) -> Self {
        Self { watched: Some(step), ..self }
    }

    pub(crate) fn start(&self) -> FunnelState {
        let nested = self.tally != Tally::Visitors;
        FunnelState::new(self.steps.len(), self.steps.optional.len(), nested)
    }

    /// Chains that neither strictness nor sessions bound see only rows that fill a step or break a chain.
    pub(crate) fn relevant(&self) -> Option<u64> {
        let optional = self.steps.optional.iter().fold(0, |all, step| all | step.bit);
        (!self.steps.strict && !self.steps.in_session).then_some(self.steps.relevant | optional)
    }

    /// How long before the end of the range a chain may still be open.
    pub(crate) fn recent(&self) -> i64 {
        self.steps.window.unwrap_or(0)
    }

    /// Of visitors that never take the second or a later step, have no value to add, and whose window is over, only
    /// whether they took the first step is asked.
    pub(crate) fn terms(&self) -> Terms {
        let window = self.steps.window;
        Terms {
            always: !self.has_fast_path,
            later: self.steps.bits[1..].iter().fold(0, |all, bit| all | bit),
            first: self.steps.bits[0],
            over: window.map_or(i64::MAX, |window| self.steps.end.saturating_sub(window).saturating_sub(1)),
        }
    }

    /// Takes in visitors whom the terms spare a visit, of whom so many took the first step.
    pub(crate) fn count_unvisited(&self, state: &mut FunnelState, visitors: u64, entered: u64) {
        state.units += visitors;
        state.add_units(entered, 0, 1, false, self.steps.window.is_some());
    }

    pub(crate) fn visit(
        &self,
        state: &mut FunnelState,
        pass: &Pass,
        journey: &Journey,
        scratch: &mut Scratch,
    ) {
        if journey.visitor == NO_VISITOR {
            return;
        }
        let before = Progress::from_state(state);
        match self.tally {
            Tally::Sessions => {
                for session in journey.sessions_in(journey.range.clone()) {
                    if pass.stops() {
                        return;
                    }
                    if journey.is_in(session.start) {
                        state.units += 1;
                        self.unit(state, scratch, pass, journey, session);
                    }
                }
            }
            Tally::Visitors if self.plain => {
                state.units += 1;
                self.plain_visitor(state, scratch, pass, journey);
            }
            Tally::Visitors => {
                state.units += 1;
                self.unit(state, scratch, pass, journey, journey.range.clone());
            }
            Tally::Pairs => self.pairs(state, scratch, pass, journey),
            Tally::Entries => self.entries(state, scratch, pass, journey),
        }
        state.add_moments(&before, self.entry == Entry::Closed);
    }

    /// A visitor of a plain funnel.
    fn plain_visitor(&self, state: &mut FunnelState, scratch: &mut Scratch, pass: &Pass, journey: &Journey) {
        let Scratch { plain: search, held, .. } = scratch;
        let first = || journey.range.clone().find(|&row| journey.hits[row] & self.steps.bits[0] != 0);
        let anchors = match self.anchor {
            Anchor::Any => Anchors::Any,
            Anchor::First => Anchors::Only(first().unwrap_or(usize::MAX)),
        };
        let (found, skipped) = search.run(&self.steps, pass, journey, anchors);
        state.add_skips(skipped);
        if let Some(found) = found {
            held.find_optional(&self.steps, pass, journey, &journey.range);
            let unit = self.view(pass, journey, held, (None, &[]));
            self.add_chain(state, held, &unit, &found, search.chain(&found), &journey.range);
        }
    }

    /// A visitor or session: its best chain over all held values and entries.
    fn unit(
        &self,
        state: &mut FunnelState,
        scratch: &mut Scratch,
        pass: &Pass,
        journey: &Journey,
        range: Range<usize>,
    ) {
        let Scratch { search, held, .. } = scratch;
        held.find(&self.steps, pass, journey, &range);
        self.count_skips(state, journey, range.clone());
        let units = held.groups().map(|group| self.view(pass, journey, held, group));
        if self.order == Order::Any {
            let best = units
                .map(|unit| any_order::depth(&unit))
                .reduce(|a, b| any_order::Depth { depth: a.depth.max(b.depth), open: a.open || b.open });
            if let Some(best) = best {
                self.add_any_order(state, best);
            }
            return;
        }
        let has_value =
            |row: usize| self.steps.same.is_none_or(|slot| journey.dimension(pass, slot, row) != 0);
        let anchors = self.anchors(journey, range.clone().filter(|&row| has_value(row)));
        let found: SmallVec<[_; 1]> = units
            .flat_map(|unit| self.by_entry(unit))
            .filter_map(|unit| Some((search.deepest(&unit, anchors)?, unit)))
            .collect();
        self.add_chosen(state, held, &found, range);
    }

    /// Adds the unit by the chosen one among the chains found for its values and entries; says whether there is one.
    fn add_chosen(
        &self,
        state: &mut FunnelState,
        held: &Held,
        found: &[(Found, Unit<'_>)],
        range: Range<usize>,
    ) -> bool {
        let Some((chosen, unit)) = found.iter().max_by_key(|(found, _)| rank(found)) else { return false };
        let open = found.iter().any(|(other, _)| other.entry == chosen.entry && other.open);
        self.add(state, held, unit, &Found { open, ..*chosen }, range);
        true
    }

    fn add_any_order(&self, state: &mut FunnelState, best: any_order::Depth) {
        let open = best.open && best.depth < self.steps.len();
        let bounded = self.steps.window.is_some() || self.steps.in_session;
        state.add_unit(0, best.depth, open, bounded);
    }

    fn pairs(&self, state: &mut FunnelState, scratch: &mut Scratch, pass: &Pass, journey: &Journey) {
        let Scratch { search, held, .. } = scratch;
        held.find(&self.steps, pass, journey, &journey.range);
        for (value, rows) in held.groups() {
            if pass.stops() {
                return;
            }
            let unit = self.view(pass, journey, held, (value, rows));
            let before = state.steps[0].reached;
            if self.order == Order::Any {
                self.add_any_order(state, any_order::depth(&unit));
                state.units += u64::from(state.steps[0].reached > before);
            } else {
                let anchors = self.anchors(journey, rows.iter().copied());
                let by_entry = self.by_entry(unit);
                let found: SmallVec<[_; 1]> =
                    by_entry.filter_map(|unit| Some((search.deepest(&unit, anchors)?, unit))).collect();
                state.units += u64::from(self.add_chosen(state, held, &found, journey.range.clone()));
            }
            self.count_skips(state, journey, rows.iter().copied());
        }
    }

    fn entries(&self, state: &mut FunnelState, scratch: &mut Scratch, pass: &Pass, journey: &Journey) {
        let Scratch { search, held, .. } = scratch;
        held.find(&self.steps, pass, journey, &journey.range);
        self.count_skips(state, journey, journey.range.clone());
        for (value, rows) in held.groups() {
            let unit = self.view(pass, journey, held, (value, rows));
            let mut from = 0;
            while let Some(anchor) = (from..rows.len()).find(|&at| unit.fills(rows[at], 0)) {
                if pass.stops() {
                    return;
                }
                let (found, ended) = search.entry(&unit, anchor);
                if let Some(found) = found {
                    state.units += 1;
                    self.add(state, held, &unit, &found, journey.range.clone());
                }
                from = match ended {
                    Ended::Complete(at) => at + 1,
                    Ended::Dead(at) => at.max(anchor + 1),
                    Ended::No => rows.len(),
                };
            }
        }
    }

    /// The unit of a value (if one is held) and its rows.
    fn view<'a>(
        &'a self,
        pass: &'a Pass,
        journey: &'a Journey,
        held: &'a Held,
        (value, rows): (Option<u32>, &'a [usize]),
    ) -> Unit<'a> {
        let between = value.map(|_| held.between());
        Unit { pass, journey, steps: &self.steps, rows, between, value, entry: 0 }
    }

    /// The rows that may start a chain, out of those that have a value to hold.
    fn anchors(&self, journey: &Journey, mut rows: impl Iterator<Item = usize>) -> Anchors {
        match self.anchor {
            Anchor::Any => Anchors::Any,
            Anchor::First => {
                let first = rows.find(|&row| journey.hits[row] & self.steps.bits[0] != 0);
                Anchors::Only(first.unwrap_or(usize::MAX))
            }
        }
    }

    /// The unit as seen from each step that chains may enter at.
    fn by_entry<'a>(&self, unit: Unit<'a>) -> impl Iterator<Item = Unit<'a>> + use<'a> {
        let entries = if self.entry == Entry::Open { self.steps.len() } else { 1 };
        (0..entries).map(move |entry| Unit { entry, ..unit })
    }

    /// Adds a unit with its chosen chain; `range` are the rows of the unit.
    fn add(&self, state: &mut FunnelState, held: &Held, unit: &Unit<'_>, found: &Found, range: Range<usize>) {
        self.add_chain(state, held, unit, found, &chain::trace(unit, found), &range);
    }

    fn add_chain(
        &self,
        state: &mut FunnelState,
        held: &Held,
        unit: &Unit<'_>,
        found: &Found,
        chain: &[usize],
        range: &Range<usize>,
    ) {
        let journey = unit.journey;
        let taken = found.entry + found.depth - 1;
        state.add_unit(found.entry, found.depth, found.open, self.steps.is_bounded(taken));
        for (depth, &row) in chain.iter().enumerate() {
            let step = &mut state.steps[found.entry + depth];
            if depth > 0 {
                step.gaps.add(journey.times[row] - journey.times[chain[depth - 1]]);
            }
            if let Some(value) = journey.value(unit.pass, row) {
                let currency = journey.text(unit.pass, self.currency, row).unwrap_or_default();
                counting::add(&mut step.value, currency, value.into());
            }
        }
        let completed = taken + 1 == self.steps.len();
        if self.watched == Some(taken) && !found.open && !completed {
            let last = chain.last().copied().unwrap_or(found.last);
            state.stopped.push(Stopped { last, end: range.end, value: unit.value });
        }
        for (at, optional) in self.steps.optional.iter().enumerate() {
            if optional.after < found.entry || optional.after > taken {
                continue;
            }
            let rest = &chain[optional.after - found.entry..];
            let next = held.optional().first_behind(at, unit.value, rest[0]);
            let used = next.is_some_and(|row| self.uses(unit, rest, (chain[0], row), optional, range));
            let tally = &mut state.optional[at];
            let (count, completions) = match used {
                true => (&mut tally.used, &mut tally.used_completed),
                false => (&mut tally.unused, &mut tally.unused_completed),
            };
            *count += 1;
            *completions += u64::from(completed);
        }
    }

    /// Whether a unit used an optional step behind `chain[0]` and before `chain[1]`, if there is one, given the chain's
    /// first row and the first row behind `chain[0]` that fills the step: if that one is too late, so are all others.
    fn uses(
        &self,
        unit: &Unit<'_>,
        chain: &[usize],
        (first, row): (usize, usize),
        optional: &OptionalStep,
        range: &Range<usize>,
    ) -> bool {
        let (journey, steps) = (unit.journey, &self.steps);
        let since = |other: usize| journey.times[row] - journey.times[other];
        let before = chain[0];
        row < chain.get(1).copied().unwrap_or(range.end)
            && optional.within.is_none_or(|within| since(before) <= within)
            && (chain.len() > 1
                || (steps.window.is_none_or(|window| since(first) <= window)
                    && (!steps.in_session || journey.sessions[row] == journey.sessions[before])))
    }

    /// Counts at each step whether the unit took it without ever having taken the one before.
    fn count_skips(&self, state: &mut FunnelState, journey: &Journey, rows: impl Iterator<Item = usize>) {
        if self.order == Order::Any || self.entry == Entry::Open {
            return;
        }
        let mut skips = steps::Skips::default();
        rows.for_each(|row| skips.add(self.steps.filled(journey.hits[row])));
        state.add_skips(skips.skipped);
    }
}

/// The greatest is the chosen chain: the deepest, then the earliest entry, then the first to be complete.
fn rank(found: &Found) -> (usize, std::cmp::Reverse<(usize, usize)>) {
    (found.entry + found.depth, std::cmp::Reverse((found.entry, found.last)))
}

fn check_population(funnel: &Funnel, population: &Population) -> Result<(), PlanError> {
    let sessions = !population.is_everyone() && population.selects == Selects::Sessions;
    if sessions && funnel.tally != Tally::Sessions { Err(PlanError::SessionFilter) } else { Ok(()) }
}
