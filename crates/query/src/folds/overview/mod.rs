//! Visitors, sessions, events and each goal's conversions, in total and by day (`docs/counting.md`, Goals and Measures).

mod state;
mod visit;

use serde::{Deserialize, Serialize};
use waymark_model::{Goal, TimeRange};

pub use state::{BucketTally, Converters, GoalTally, OverviewState};
pub(crate) use visit::Converted;

use self::{state::TIDY_USERS, visit::Visit};
use crate::{
    folds::counting::Goals,
    journey::Journey,
    moments::Moments,
    plan::{Pass, PlanError, Planner},
};

/// What to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewSpec {
    /// The goals, in the order of the results.
    pub goals: Vec<Goal>,
    /// Disjoint, ascending stretches of the range to count by beside the total (the days of the site's zone); may be empty.
    pub buckets: Vec<TimeRange>,
    /// The place of the goal that visitors may have reached after each of the others, if that is asked.
    pub then: Option<usize>,
}

/// The overview made ready for a pass.
#[derive(Debug)]
pub(crate) struct OverviewFold {
    goals: Goals,
    buckets: Vec<TimeRange>,
    /// The bit of the goal that is asked for after the others, by its place.
    then: u64,
}

impl OverviewFold {
    pub(crate) fn new(spec: &OverviewSpec, planner: &mut Planner) -> Result<Self, PlanError> {
        planner.needs.users = true;
        let then = spec.then.filter(|&goal| goal < spec.goals.len()).map_or(0, |goal| 1 << goal);
        Ok(Self { goals: Goals::new(&spec.goals, planner)?, buckets: spec.buckets.clone(), then })
    }

    pub(crate) fn start(&self) -> OverviewState {
        let goals = self.goals.len();
        let empty = BucketTally { goals: vec![GoalTally::default(); goals], ..BucketTally::default() };
        OverviewState {
            total: empty.clone(),
            buckets: vec![empty; self.buckets.len()],
            session_moments: vec![Moments::default(); goals],
            event_moments: vec![Moments::default(); goals],
            then: vec![0; if self.then == 0 { 0 } else { goals }],
            users: Vec::new(),
            tidy_at: TIDY_USERS,
            units: <[Moments; 2]>::default(),
        }
    }

    pub(crate) fn visit(
        &self,
        state: &mut OverviewState,
        pass: &Pass,
        journey: &Journey,
        converted: &mut Vec<Converted>,
    ) {
        let mut visit = Visit::new(self, state, pass, journey, converted);
        visit.rows();
        visit.end();
    }
}
