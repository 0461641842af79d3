//! A pass over journeys: what it reads of the parts, and what it knows when it walks them.

use waymark_store::columns::{ColumnsError, Part, RUN_HAS_TAGS};

use crate::{
    cancel::Cancel,
    engagement::Engagement,
    fold::{Compiled, FoldSpec},
    marks::Marks,
    order_keys,
    planner::Planner,
    predicates,
    scope::Scope,
    view::{self, Values, View},
};

/// Why a query cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlanError {
    /// One funnel looks for too many different things; of goals there may be any number.
    #[error("this funnel looks for {0} different kinds of events: at most {most} are possible, so use fewer exclusions", most = predicates::MOST)]
    TooManyPredicates(usize),
    /// The funnel's choices do not go together.
    #[error(transparent)]
    Funnel(#[from] waymark_model::FunnelError),
    /// The population selects sessions, but the funnel's chains may cross them.
    #[error("a filter on sessions needs a funnel that counts sessions: filter visitors, or count sessions")]
    SessionFilter,
    /// The funnel's steps come in any order, so that there is no chain to look behind.
    #[error("what units did instead needs a funnel whose steps come in order: `order` cannot be `any`")]
    AnyOrder,
    /// The step has none behind it.
    #[error("no step comes after step {step}: the funnel has {steps} steps that units must take")]
    NoStepAfter {
        /// The step asked for, from 1.
        step: usize,
        /// How many there are.
        steps: usize,
    },
    /// A unit that this query cannot count in.
    #[error("this query counts visitors or sessions, not {0}s")]
    Unit(&'static str),
    /// A column could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// Two workers disagreed: a fault of the program.
    #[error("the query failed inside ({0}): nothing was changed; please report it")]
    Internal(String),
    /// The query was cancelled.
    #[error("the query was cancelled before it was done: nothing was changed")]
    Cancelled,
}

/// Everything that walking and folding need, made once for a query.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) scope: Scope,
    pub(crate) views: Vec<View>,
    pub(crate) values: Values,
    pub(crate) engagement: Engagement,
    /// The bit of the population's filter, if there is one.
    pub(crate) filter: Option<u64>,
    /// The bits of the rows that matter to all folds, if there are such that do not.
    pub(crate) relevant: Option<u64>,
    /// What rows mean to the fast path; `None` if visitors are all visited: some fold asks for it, or something is asked
    /// that takes more than predicates on text.
    pub(crate) marks: Option<Marks>,
    cancel: Cancel,
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

    /// Plans the folds over the parts, whose columns are made ready on that many threads.
    pub(crate) fn new(
        parts: &[Part],
        scope: &Scope,
        specs: &[FoldSpec],
        mut planner: Planner,
        threads: usize,
        cancel: &Cancel,
    ) -> Result<(Self, Vec<Compiled>), PlanError> {
        let filter = (!scope.population.is_everyone()).then(|| planner.predicate(&scope.population.filter));
        let folds = specs
            .iter()
            .map(|spec| Compiled::new(spec, scope, &mut planner))
            .collect::<Result<Vec<_>, _>>()?;
        if planner.full {
            return Err(PlanError::TooManyPredicates(planner.asked()));
        }
        let relevant = folds.iter().try_fold(0, |all, fold| Some(all | fold.relevant()?));
        let by_text =
            filter.is_none() && planner.engagement.is_empty() && planner.predicates.on_numbers() == 0;
        let terms = folds.iter().map(Compiled::terms).collect::<Option<_>>().filter(|_| by_text);
        let marks = terms.and_then(|terms| Marks::new(terms, relevant.unwrap_or(0)));
        Part::prefetch(parts, &view::wanted(planner.asked_of_parts()), threads)?;
        let mut values = Values::new(planner.needs.dimensions.len(), cancel.clone());
        let mut views = Vec::new();
        let stopped = || if cancel.is_cancelled() { Err(PlanError::Cancelled) } else { Ok(()) };
        for part in parts {
            stopped()?;
            views.push(View::new(part, planner.asked_of_parts(), marks.as_ref(), &mut values)?);
        }
        load_seqs(&mut views, parts, planner.needs.seqs)?;
        stopped()?;
        order_keys::index(&mut views, parts, scope, &mut planner, &mut values, cancel)?;
        stopped()?;
        drop_outside(&mut views, scope, &planner.engagement);
        let engagement = planner.engagement;
        let recent = folds.iter().map(Compiled::recent).max().unwrap_or(0);
        for view in &mut views {
            view.is_recent = scope.range.end.saturating_sub(view.bounds.time.1) <= recent;
        }
        let (scope, cancel) = (scope.clone(), cancel.clone());
        Ok((Self { scope, views, values, engagement, filter, relevant, marks, cancel }, folds))
    }
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
fn drop_outside(views: &mut Vec<View>, scope: &Scope, engagement: &Engagement) {
    let range = scope.range;
    views.retain_mut(|view| {
        let (first, last) = view.bounds.time;
        view.is_inside = range.contains(first) && range.contains(last);
        !view.bounds.bare && (!engagement.is_empty() || (first < range.end && last >= range.start))
    });
}
