//! What folds run on: the columns of the parts that they read, with everything found out about rows beforehand. It must
//! not know folds.

use waymark_store::columns::{ColumnsError, Part, RUN_HAS_TAGS};

use crate::{
    cancel::Cancel,
    error::PlanError,
    marks::Marks,
    order_keys,
    planner::Planner,
    refunds,
    scope::Scope,
    thresholds::Thresholds,
    view::{self, Values, View},
};

/// Everything that walking and folding need, made once for a query.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) scope: Scope,
    pub(crate) views: Vec<View>,
    pub(crate) values: Values,
    pub(crate) thresholds: Thresholds,
    /// The bit of the population's filter, if there is one.
    pub(crate) filter: Option<u64>,
    /// The bits of the rows that matter to all folds, if there are such that do not.
    pub(crate) relevant: Option<u64>,
    /// What rows mean to the fast path; `None` if visitors are all visited: some fold asks for it, or something is asked
    /// that takes more than predicates on text.
    pub(crate) marks: Option<Marks>,
    cancel: Cancel,
}

/// Which visitors the folds visit, and with which of their rows.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    /// The bits of the rows that matter to all folds, if there are such that do not.
    pub(crate) relevant: Option<u64>,
    /// The longest time before the end of the range in which the fast path must know when a visitor was seen last.
    pub(crate) recent: i64,
    /// What rows mean to the fast path; `None` if visitors are all visited.
    pub(crate) marks: Option<Marks>,
}

/// Rows of one visitor after which a fold asks whether the query was cancelled, less one: a power of two less one.
const ROWS_AT_ONCE: usize = (1 << 12) - 1;

impl Pass {
    /// Whether the query was cancelled. What folds find afterwards is thrown away, so they may end at any place.
    #[inline]
    pub(crate) fn stops(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// The same, asked only now and then by a loop that is at this row.
    #[inline]
    pub(crate) fn stops_at(&self, row: usize) -> bool {
        row & ROWS_AT_ONCE == 0 && self.stops()
    }

    /// Whether some of the rows with those flags are left out because they are tagged.
    pub(crate) const fn leaves_out(&self, flags: u8) -> bool {
        flags & RUN_HAS_TAGS != 0 && !self.scope.population.include_tagged
    }

    /// Reads what was planned of the parts, whose columns are made ready on that many threads.
    pub(crate) fn new(
        parts: &[Part],
        scope: &Scope,
        mut planner: Planner,
        visits: Visits,
        threads: usize,
        cancel: &Cancel,
    ) -> Result<Self, PlanError> {
        Part::prefetch(parts, &view::wanted(planner.asked_of_parts()), threads)?;
        let mut values = Values::new(planner.needs.dimensions.len(), cancel.clone());
        let mut views = Vec::new();
        let stopped = || if cancel.is_cancelled() { Err(PlanError::Cancelled) } else { Ok(()) };
        let Visits { relevant, recent, marks } = visits;
        for part in parts {
            stopped()?;
            views.push(View::new(part, planner.asked_of_parts(), marks.as_ref(), &mut values)?);
        }
        load_seqs(&mut views, parts, planner.needs.seqs)?;
        stopped()?;
        find_orders(&mut views, parts, scope, &mut planner, &mut values, cancel)?;
        stopped()?;
        drop_outside(&mut views, scope, &planner.thresholds);
        for view in &mut views {
            view.is_recent = scope.range.end.saturating_sub(view.bounds.time.1) <= recent;
        }
        let Planner { thresholds, filter, .. } = planner;
        let (scope, cancel) = (scope.clone(), cancel.clone());
        Ok(Self { scope, views, values, thresholds, filter, relevant, marks, cancel })
    }
}

/// Notes in the views which rows repeat an order, and what refunds take back from orders.
fn find_orders(
    views: &mut [View],
    parts: &[Part],
    scope: &Scope,
    planner: &mut Planner,
    values: &mut Values,
    cancel: &Cancel,
) -> Result<(), ColumnsError> {
    if planner.once_per_key | planner.refund == 0 {
        return Ok(());
    }
    let seqs = order_keys::seqs(views, parts)?;
    let include_tagged = scope.population.include_tagged;
    order_keys::index(views, &seqs, include_tagged, planner, cancel);
    refunds::index(views, &seqs, include_tagged, planner, values);
    views.iter_mut().for_each(View::sort_notes);
    Ok(())
}

/// Unless all are wanted, sequence numbers are read only where a visitor may have rows of equal times in several parts.
fn load_seqs(views: &mut [View], parts: &[Part], all: bool) -> Result<(), ColumnsError> {
    let overlaps = |a: usize, b: usize| {
        let (a, b) = (&parts[a].bounds, &parts[b].bounds);
        let times = a.time.0 <= b.time.1 && b.time.0 <= a.time.1;
        times && a.visitor.0 <= b.visitor.1 && b.visitor.0 <= a.visitor.1
    };
    for at in 0..parts.len() {
        if all || (0..parts.len()).any(|other| other != at && overlaps(at, other)) {
            views[at].seqs = parts[at].columns.seqs()?;
        }
    }
    Ok(())
}

/// Parts that no journey in the range needs are left out: bare ones, which only order keys look at, and others unless
/// engagement looks at what came before the range.
fn drop_outside(views: &mut Vec<View>, scope: &Scope, thresholds: &Thresholds) {
    let range = scope.range;
    views.retain_mut(|view| {
        let (first, last) = view.bounds.time;
        view.is_inside = range.contains(first) && range.contains(last);
        !view.bounds.bare && (!thresholds.is_empty() || (first < range.end && last >= range.start))
    });
}
