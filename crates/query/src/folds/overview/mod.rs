//! Visitors, sessions, events and each goal's conversions, in total and by day (`docs/counting.md`, Goals and Measures).

mod state;
mod visit;

use serde::{Deserialize, Serialize};
use waymark_model::{Goal, Predicate, TimeRange};

pub use state::{BucketTally, Converters, GoalTally, OverviewState, RefundTally};
pub(crate) use visit::Converted;

use self::visit::Visit;
use crate::{folds::counting::Goals, journey::Journey, moments::Moments, pass::Pass, planner::Planner};

/// What to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewSpec {
    /// The goals, in the order of the results.
    pub goals: Vec<Goal>,
    /// Disjoint, ascending stretches of the range to count by beside the total (the days of the site's zone); may be empty.
    pub buckets: Vec<TimeRange>,
    /// The place of the goal that visitors may have reached after each of the others, if that is asked.
    pub then: Option<usize>,
    /// What orders are: a refund with the key of none of these events is reported. If it is empty, no refund is.
    pub orders: Vec<Predicate>,
}

/// The overview made ready for a pass.
#[derive(Debug)]
pub(crate) struct OverviewFold {
    goals: Goals,
    buckets: Vec<TimeRange>,
    /// How long buckets are on average, at least 1.
    length: i64,
    /// The bit of the goal that is asked for after the others, by its place.
    then: u64,
    /// The question says what orders are.
    knows_orders: bool,
}

impl OverviewFold {
    pub(crate) fn new(spec: &OverviewSpec, planner: &mut Planner) -> Self {
        planner.needs.users = true;
        let then = spec
            .then
            .filter(|&goal| goal < spec.goals.len())
            .map_or(0, |goal| 1_u64.checked_shl(goal as u32).unwrap_or(0));
        let buckets = spec.buckets.clone();
        let length = buckets.first().zip(buckets.last()).map_or(1, |(first, last)| {
            last.end.saturating_sub(first.start) / i64::try_from(buckets.len()).unwrap_or(i64::MAX)
        });
        let mut goals = Goals::new(&spec.goals, planner);
        let knows_orders = !spec.orders.is_empty();
        if knows_orders {
            goals.watch_refunds(planner);
            let orders = planner.sets_of(spec.orders.iter());
            planner.orders.extend(orders);
        }
        Self { goals, buckets, length: length.max(1), then, knows_orders }
    }

    /// A bucket, never one past the last, that a time probably lies in or a little behind.
    fn guess(&self, time: i64) -> usize {
        let since = self.buckets.first().map_or(0, |first| time.saturating_sub(first.start));
        let last = self.buckets.len().saturating_sub(1);
        usize::try_from(since / self.length).unwrap_or(0).saturating_sub(1).min(last)
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
            tidy_at: 0,
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
