//! What units did next after they dropped out of a funnel at one of its steps.

use std::{collections::BTreeMap, ops::Range};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Funnel, Order, TextColumn};

use super::{
    Scratch,
    funnel::{FunnelFold, FunnelState, Stopped},
};
use crate::{error::PlanError, journey::Journey, pass::Pass, planner::Planner, scope::Scope};

/// Which units to look after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DropOffSpec {
    /// The funnel, whose steps come in order.
    pub funnel: Funnel,
    /// The required step, from 0, that they took last.
    pub after: usize,
}

/// Units that did the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextTally {
    /// Units.
    pub units: u64,
    /// Visitors they are of.
    pub visitors: u64,
    /// The visitor that came last, while folding.
    #[serde(skip)]
    last: u64,
}

impl NextTally {
    fn add(&mut self, visitor: u64) {
        self.units += 1;
        self.visitors += u64::from(self.last != visitor);
        self.last = visitor;
    }

    const fn merge(&mut self, other: Self) {
        self.units += other.units;
        self.visitors += other.visitors;
        self.last = 0;
    }
}

/// What the lost did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropOffState {
    /// The whole funnel.
    pub funnel: FunnelState,
    /// Units that took the step and no further one, and are not in progress.
    pub lost: NextTally,
    /// Those among them that did nothing more.
    pub left: NextTally,
    /// The others by what they did next: an event's name, and its path.
    pub next: BTreeMap<(String, String), NextTally>,
    /// The same by the pass's own numbers, while folding.
    #[serde(skip)]
    numbered: HashMap<(u32, u32), NextTally>,
}

impl DropOffState {
    pub(crate) fn merge(&mut self, other: Self) {
        self.funnel.merge(&other.funnel);
        self.lost.merge(other.lost);
        self.left.merge(other.left);
        other.next.into_iter().for_each(|(next, tally)| self.next.entry(next).or_default().merge(tally));
    }
}

/// What the lost did, made ready for a pass.
#[derive(Debug)]
pub(crate) struct DropOffFold {
    funnel: FunnelFold,
    name: usize,
    path: usize,
    /// The bit of the step they took last.
    step: u64,
    /// The slot of the dimension that chains hold.
    same: Option<usize>,
}

/// What comes next that is not the step again, for each row of a journey.
struct Following {
    start: usize,
    /// The next row, from this one on, that is not reserved.
    next: Vec<Option<usize>>,
    /// For a row that is not reserved: the next such row with another mark.
    other: Vec<Option<usize>>,
    /// A row's mark: what a chain must hold for the row to be its step again; `None` if the row never is.
    marks: Vec<Option<u32>>,
}

impl Following {
    fn new(fold: &DropOffFold, pass: &Pass, journey: &Journey) -> Self {
        let Range { start, end } = journey.range;
        let mut found =
            Self { start, next: vec![None; end - start], other: vec![None; end - start], marks: Vec::new() };
        found.marks.extend(journey.range.clone().map(|row| fold.mark(pass, journey, row)));
        let mut ahead: Option<usize> = None;
        for row in journey.range.clone().rev().take_while(|&row| !pass.stops_at(row)) {
            let at = row - start;
            if !journey.is_reserved(pass, row) {
                let mark = |row: usize| found.marks[row - start];
                found.other[at] = ahead
                    .and_then(|next| if mark(next) == mark(row) { found.other[next - start] } else { ahead });
                ahead = Some(row);
            }
            found.next[at] = ahead;
        }
        found
    }

    /// The first row behind a chain's last that is not reserved and not the step again, if it comes before the end.
    fn behind(&self, stopped: &Stopped) -> Option<usize> {
        let next = (*self.next.get(stopped.last + 1 - self.start)?)?;
        let is_step = self.marks[next - self.start] == Some(stopped.value.unwrap_or(0));
        let found = if is_step { self.other[next - self.start] } else { Some(next) };
        found.filter(|&row| row < stopped.end)
    }
}

impl DropOffFold {
    pub(crate) fn new(spec: &DropOffSpec, scope: &Scope, planner: &mut Planner) -> Result<Self, PlanError> {
        if spec.funnel.order == Order::Any {
            return Err(PlanError::AnyOrder);
        }
        let funnel = FunnelFold::new(&spec.funnel, scope, planner)?.watching(spec.after);
        let steps: Vec<_> = spec.funnel.required().collect();
        if spec.after + 1 >= steps.len() {
            return Err(PlanError::NoStepAfter { step: spec.after + 1, steps: steps.len() });
        }
        let step = planner.trigger(&steps[spec.after].trigger);
        planner.needs.reserved = true;
        let mut column = |column| planner.dimension(&Dimension::Column(column));
        let (name, path) = (column(TextColumn::Name), column(TextColumn::Path));
        let same = spec.funnel.same.as_ref().map(|dimension| planner.dimension(dimension));
        Ok(Self { funnel, name, path, step, same })
    }

    /// What a chain must hold for the row to be its step again (0 if nothing is held); `None` if the row never is.
    fn mark(&self, pass: &Pass, journey: &Journey, row: usize) -> Option<u32> {
        let value = |slot| journey.dimension(pass, slot, row);
        (journey.hits[row] & self.step != 0).then(|| self.same.map_or(0, value))
    }

    pub(crate) fn start(&self) -> DropOffState {
        DropOffState { funnel: self.funnel.start(), ..DropOffState::default() }
    }

    pub(crate) fn visit(
        &self,
        state: &mut DropOffState,
        pass: &Pass,
        journey: &Journey,
        scratch: &mut Scratch,
    ) {
        self.funnel.visit(&mut state.funnel, pass, journey, scratch);
        if state.funnel.stopped.is_empty() {
            return;
        }
        let following = Following::new(self, pass, journey);
        for stopped in std::mem::take(&mut state.funnel.stopped) {
            state.lost.add(journey.visitor);
            match following.behind(&stopped) {
                None => state.left.add(journey.visitor),
                Some(row) => {
                    let of = |slot| journey.dimension(pass, slot, row);
                    state.numbered.entry((of(self.name), of(self.path))).or_default().add(journey.visitor);
                }
            }
        }
    }

    /// Names what came next.
    pub(crate) fn finish(&self, state: &mut DropOffState, pass: &Pass) {
        let text = |slot, number| pass.values.text(slot, number).unwrap_or("").to_owned();
        for ((name, path), tally) in state.numbered.drain() {
            let next = (text(self.name, name), text(self.path, path));
            state.next.entry(next).or_default().merge(tally);
        }
        (state.lost.last, state.left.last) = (0, 0);
    }
}
