//! Time from a unit's first event in the range to its first counted conversion.

use serde::{Deserialize, Serialize};
use waymark_model::{Goal, Unit, event::NO_VISITOR};

use crate::{
    error::PlanError, folds::counting::Goals, histogram::Histogram, journey::Journey, pass::Pass,
    planner::Planner,
};

/// What to time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversionTimeSpec {
    /// The goal.
    pub goal: Goal,
    /// Visitors or sessions.
    pub unit: Unit,
}

/// Times to the first conversion, one for each unit that converted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversionTimeState {
    /// Units with an event in the range.
    pub units: u64,
    /// Times of those that converted.
    pub times: Histogram,
}

impl ConversionTimeState {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.times.merge(&other.times);
    }
}

/// Time to convert, made ready for a pass.
#[derive(Debug)]
pub(crate) struct ConversionTimeFold {
    goals: Goals,
    by_session: bool,
}

impl ConversionTimeFold {
    pub(crate) fn new(spec: &ConversionTimeSpec, planner: &mut Planner) -> Result<Self, PlanError> {
        let by_session = match spec.unit {
            Unit::Visitor => false,
            Unit::Session => true,
            other @ (Unit::User | Unit::Event) => return Err(PlanError::Unit(other.as_str())),
        };
        Ok(Self { goals: Goals::new(std::slice::from_ref(&spec.goal), planner), by_session })
    }

    pub(crate) fn visit(&self, state: &mut ConversionTimeState, pass: &Pass, journey: &Journey) {
        if journey.visitor == NO_VISITOR {
            return;
        }
        let mut memory = self.goals.memory();
        let mut unit: Option<(u32, i64)> = None;
        let mut converted = false;
        for row in journey.range.clone().take_while(|&row| !pass.stops_at(row)) {
            let counts = self.goals.matches(&mut memory, pass, journey, row).any(|found| found.counts);
            if !journey.is_in(row) {
                continue;
            }
            let number = if self.by_session { journey.sessions[row] } else { 0 };
            let start = match unit {
                Some((known, start)) if known == number => start,
                _ => {
                    state.units += 1;
                    converted = false;
                    let start = self.start(journey, row);
                    unit = Some((number, start));
                    start
                }
            };
            if counts && !converted {
                state.times.add(journey.times[row] - start);
                converted = true;
            }
        }
    }

    /// The time of the unit's first real event, the unit beginning at a row; of that row when there is none.
    fn start(&self, journey: &Journey, row: usize) -> i64 {
        let same_unit = |&other: &usize| !self.by_session || journey.sessions[other] == journey.sessions[row];
        let mut rows = (row..journey.range.end).take_while(same_unit);
        let real = rows.find(|&other| journey.is_in(other) && !journey.is_virtual(other));
        journey.times[real.unwrap_or(row)]
    }
}
