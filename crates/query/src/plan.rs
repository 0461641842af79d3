//! A pass over journeys: which columns it reads, which predicates it evaluates, and the folds it feeds.

use waymark_model::{
    Counting, Dimension, Goal, GoalValue, Predicate, TextColumn, Trigger,
    event::{PAGE_VIEW, REFUND},
};
use waymark_store::columns::{ColumnsError, Part, RUN_HAS_TAGS};

use crate::{
    fold::{Compiled, FoldSpec},
    glance::Marks,
    journey::Journey,
    keys,
    predicates::{self, Predicates},
    scope::Scope,
    view::{self, Needs, Values, View},
};

/// Why a query cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlanError {
    /// The query looks for too many different things at once.
    #[error("the query tells {0} kinds of events apart, at most {most} can be told apart in one query: ask for fewer goals or funnels at once", most = predicates::MOST)]
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

/// What folds ask of a pass while they are compiled: bits for what they look for, slots for what they read.
#[derive(Debug, Default)]
pub(crate) struct Planner {
    predicates: Predicates,
    engagement: Engagement,
    pub(crate) needs: Needs,
    /// The goals' bits whose repeats of an order key do not count.
    pub(crate) once_per_key: u64,
    /// The bits among those whose goals take the event's value, so that other events of the key may tell it.
    pub(crate) joined: u64,
    /// The slot of currencies, where values are read.
    pub(crate) currency: usize,
    /// The bits whose matching events' order keys are asked for, so that refunds find their goal.
    pub(crate) refunded: u64,
    /// The bit of refunds, if anything asks for them.
    pub(crate) refund: u64,
    full: bool,
}

impl Planner {
    /// The bit of events that match.
    pub(crate) fn predicate(&mut self, predicate: &Predicate) -> u64 {
        let bit = self.predicates.bit(predicate);
        self.bit(bit)
    }

    /// The bit of what triggers a goal or a step.
    pub(crate) fn trigger(&mut self, trigger: &Trigger) -> u64 {
        let threshold = match trigger {
            Trigger::Event(predicate) => return self.predicate(predicate),
            Trigger::Duration { at_least_ms } => Threshold::Duration((*at_least_ms).max(0)),
            Trigger::Pages { at_least } => {
                self.engagement.page_view = self.predicate(&Predicate::event(PAGE_VIEW));
                Threshold::Pages((*at_least).max(1))
            }
        };
        let known = self.engagement.thresholds.iter().position(|(known, _)| *known == threshold);
        let at = known.unwrap_or(self.engagement.thresholds.len());
        let bit = self.bit((predicates::MOST - 1).saturating_sub(at));
        if known.is_none() {
            self.engagement.thresholds.push((threshold, bit));
        }
        bit
    }

    /// The bit of a goal's events; repeats of an order key, and the value it has, are found out if the goal asks for it.
    pub(crate) fn goal(&mut self, goal: &Goal) -> u64 {
        let bit = self.trigger(&goal.trigger);
        let of_event = goal.value == Some(GoalValue::FromEvent);
        self.needs.verified |= of_event;
        if goal.counting == Counting::OncePerKey {
            self.once_per_key |= bit;
            self.joined |= if of_event { bit } else { 0 };
            self.needs.keys = true;
        }
        bit
    }

    /// Asks for values; gives the slot of their currencies.
    pub(crate) fn values(&mut self) -> usize {
        self.needs.values = true;
        self.currency = self.dimension(&Dimension::Column(TextColumn::Currency));
        self.currency
    }

    /// The bit of refunds; those of orders that match `bit` will be known.
    pub(crate) fn refunds_of(&mut self, bit: u64) -> u64 {
        self.refund = self.predicate(&Predicate::event(REFUND));
        self.refunded |= bit;
        self.needs.keys = true;
        self.refund
    }

    /// The slot that a dimension's values are read from.
    pub(crate) fn dimension(&mut self, dimension: &Dimension) -> usize {
        let slots = &mut self.needs.dimensions;
        slots.iter().position(|known| known == dimension).unwrap_or_else(|| {
            slots.push(dimension.clone());
            slots.len() - 1
        })
    }

    fn bit(&mut self, bit: usize) -> u64 {
        self.full |= self.predicates.len() + self.engagement.thresholds.len() >= predicates::MOST;
        1_u64.checked_shl(u32::try_from(bit).unwrap_or(u32::MAX)).unwrap_or(0)
    }
}

/// Thresholds of sessions, which make virtual events.
#[derive(Debug, Default)]
pub(crate) struct Engagement {
    page_view: u64,
    thresholds: Vec<(Threshold, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Threshold {
    Duration(i64),
    Pages(u32),
}

impl Engagement {
    pub(crate) fn is_empty(&self) -> bool {
        self.thresholds.is_empty()
    }

    /// Puts the virtual events of a journey whose rows and sessions are known into it.
    pub(crate) fn insert(&self, journey: &mut Journey) {
        if self.is_empty() || journey.visitor == waymark_model::event::NO_VISITOR {
            return;
        }
        let sessions = journey.sessions_in(0..journey.times.len());
        for session in sessions.into_iter().rev() {
            let mut found: Vec<(usize, bool, i64, u64)> = Vec::new();
            for &(threshold, bit) in &self.thresholds {
                let times = &journey.times[session.clone()];
                let (after, time) = match threshold {
                    Threshold::Duration(ms) => {
                        let at = times[0].saturating_add(ms);
                        if times[times.len() - 1] < at {
                            continue;
                        }
                        (session.start + times.partition_point(|&time| time <= at) - 1, at)
                    }
                    Threshold::Pages(count) => {
                        let pages = session.clone().filter(|&row| journey.hits[row] & self.page_view != 0);
                        let Some(row) = pages.into_iter().nth(count as usize - 1) else { continue };
                        (row, journey.times[row])
                    }
                };
                found.push((after, matches!(threshold, Threshold::Duration(_)), time, bit));
            }
            found.sort_unstable();
            for (after, _, time, bit) in found.into_iter().rev() {
                journey.insert_virtual(after, time, bit);
            }
        }
    }
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
    /// What rows mean to a glance; `None` if visitors are all visited: some fold asks for it, or something is asked
    /// that takes more than predicates on text.
    pub(crate) marks: Option<Marks>,
    /// For each bit of [`Planner::refunded`]: the order keys of its events.
    pub(crate) keys: keys::KeysByBit,
}

impl Pass {
    /// Whether some of the rows with those flags are left out because they are tagged.
    pub(crate) const fn leaves_out(&self, flags: u8) -> bool {
        flags & RUN_HAS_TAGS != 0 && !self.scope.population.include_tagged
    }

    /// Plans the folds over the parts, whose columns are made ready on that many threads.
    pub(crate) fn new(
        parts: &[Part],
        scope: &Scope,
        specs: &[FoldSpec],
        threads: usize,
    ) -> Result<(Self, Vec<Compiled>), PlanError> {
        let mut planner = Planner::default();
        let filter = (!scope.population.is_everyone()).then(|| planner.predicate(&scope.population.filter));
        let folds = specs
            .iter()
            .map(|spec| Compiled::new(spec, scope, &mut planner))
            .collect::<Result<Vec<_>, _>>()?;
        if planner.full {
            let asked = planner.predicates.len() + planner.engagement.thresholds.len();
            return Err(PlanError::TooManyPredicates(asked));
        }
        let relevant = folds.iter().try_fold(0, |all, fold| Some(all | fold.relevant()?));
        let by_text =
            filter.is_none() && planner.engagement.is_empty() && planner.predicates.on_numbers() == 0;
        let terms = folds.iter().map(Compiled::terms).collect::<Option<_>>().filter(|_| by_text);
        let marks = terms.and_then(|terms| Marks::new(terms, relevant.unwrap_or(0)));
        Part::prefetch(parts, &view::wanted(&planner.predicates, &planner.needs), threads)?;
        let mut values = Values::new(planner.needs.dimensions.len());
        let mut views = Vec::new();
        for part in parts {
            views.push(View::new(part, &planner.predicates, &planner.needs, marks.as_ref(), &mut values)?);
        }
        load_seqs(&mut views, parts, planner.needs.seqs)?;
        let keys = keys::index(&mut views, parts, scope, &planner)?;
        drop_outside(&mut views, scope, &planner.engagement);
        let engagement = planner.engagement;
        let recent = folds.iter().map(Compiled::recent).max().unwrap_or(0);
        for view in &mut views {
            view.is_recent = scope.range.end.saturating_sub(view.bounds.time.1) <= recent;
        }
        Ok((Self { scope: scope.clone(), views, values, engagement, filter, relevant, marks, keys }, folds))
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
