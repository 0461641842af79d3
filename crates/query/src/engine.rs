//! Runs folds over a snapshot in parallel, by ranges of visitors.

use std::{
    ops::RangeInclusive,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use waymark_store::columns::Part;

use crate::{
    cancel::Cancel,
    error::PlanError,
    fold::{self, Compiled, FoldSpec, Integrity, State},
    pass::Pass,
    passes::{self, Passes},
    planner::Planner,
    predicates,
    scope::Scope,
    walk::walk,
};

/// Rows that make a task worth its overhead.
const ROWS_PER_TASK: usize = 256 * 1024;

/// Visitors looked at to find out where a task ends.
const SAMPLES_PER_TASK: usize = 16;

/// How far a query is: tasks done of all tasks.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// What a query found.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// One state for each fold asked for, in order.
    pub states: Vec<State>,
    /// What was read.
    pub integrity: Integrity,
}

/// Runs folds with a fixed number of threads.
#[derive(Clone, Debug)]
pub struct Engine {
    threads: usize,
    tasks: Option<usize>,
    /// How many kinds of events a pass tells apart.
    room: usize,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            threads: thread::available_parallelism().map_or(1, usize::from),
            tasks: None,
            room: predicates::MOST,
        }
    }
}

impl Engine {
    /// An engine of that many threads (at least one), which cuts the visitors into that many tasks, or as it sees fit.
    #[must_use]
    pub const fn new(threads: usize, tasks: Option<usize>) -> Self {
        Self { threads: if threads == 0 { 1 } else { threads }, tasks, room: predicates::MOST }
    }

    /// The same, with passes that tell at most so many kinds of events apart, so that a question takes more of them.
    #[must_use]
    pub const fn with_room(self, kinds: usize) -> Self {
        Self { room: kinds, ..self }
    }

    /// Runs the folds over all journeys of the parts: in one pass, or in several if they look for too many kinds of
    /// events.
    ///
    /// # Errors
    /// [`PlanError`] when the query makes no sense, a column cannot be read, or it was cancelled.
    pub fn run(
        &self,
        parts: &[Part],
        scope: &Scope,
        folds: &[FoldSpec],
        cancel: &Cancel,
    ) -> Result<Output, PlanError> {
        self.run_with_progress(parts, scope, folds, cancel, &|_, _| ())
    }

    /// The same, telling how far it is.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn run_with_progress(
        &self,
        parts: &[Part],
        scope: &Scope,
        folds: &[FoldSpec],
        cancel: &Cancel,
        progress: Progress<'_>,
    ) -> Result<Output, PlanError> {
        let Passes { all, thresholds } = passes::plan(folds, scope, self.room)?;
        let count = all.len();
        let mut integrity = None;
        let mut found = Vec::new();
        for (at, pieces) in all.into_iter().enumerate() {
            let mut planner = Planner::new(self.room);
            planner.expect(&thresholds);
            let compiled = fold::compile(pieces.iter().map(|piece| &piece.spec), scope, &mut planner)?;
            if planner.full {
                return Err(PlanError::TooManyPredicates(planner.asked()));
            }
            let visits = fold::visits(&compiled, &planner);
            let pass = Pass::new(parts, scope, planner, visits, self.threads, cancel)?;
            let output =
                self.run_pass(&pass, &compiled, &|done, tasks| progress(at * tasks + done, count * tasks))?;
            integrity.get_or_insert(output.integrity);
            found.extend(pieces.into_iter().zip(output.states));
        }
        Ok(Output { states: passes::join(folds, found)?, integrity: integrity.unwrap_or_default() })
    }

    fn run_pass(&self, pass: &Pass, folds: &[Compiled], progress: Progress<'_>) -> Result<Output, PlanError> {
        let tasks = self.tasks(pass);
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let work = || {
            let mut output = start(folds);
            while let Some(visitors) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Output { states, integrity } = &mut output;
                walk(pass, folds, states, integrity, visitors.clone());
                if pass.stops() {
                    return Err(PlanError::Cancelled);
                }
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, tasks.len());
            }
            folds.iter().zip(&mut output.states).for_each(|(fold, state)| fold.finish(state, pass));
            if pass.stops() { Err(PlanError::Cancelled) } else { Ok(output) }
        };
        let helpers = self.threads.min(tasks.len()).saturating_sub(1);
        thread::scope(|scope| {
            let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let mut output = work();
            for helper in helpers {
                let other = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                output = output.and_then(|output| merge(output, other?));
            }
            output
        })
    }

    /// Ranges of visitors that cover all of them, with about equal numbers of rows.
    fn tasks(&self, pass: &Pass) -> Vec<RangeInclusive<u64>> {
        let rows: usize = pass.views.iter().map(|view| view.bounds.rows as usize).sum();
        let wanted = self.tasks.unwrap_or((rows / ROWS_PER_TASK).min(self.threads * 16)).max(1);
        // Each sampled visitor stands for the same number of rows, whichever part they lie in.
        let rows_per_sample = (rows / (wanted * SAMPLES_PER_TASK)).max(1);
        let sampled = pass.views.iter().flat_map(|view| {
            let starts = &view.runs.starts;
            let run =
                move |row: usize| starts.partition_point(|&start| (start as usize) <= row).checked_sub(1);
            let rows = (rows_per_sample..view.bounds.rows as usize).step_by(rows_per_sample);
            rows.filter_map(move |row| view.runs.visitors.get(run(row)?).copied())
        });
        let mut sampled: Vec<u64> = sampled.collect();
        sampled.sort_unstable();
        let cut = |cut: usize| sampled.get(sampled.len() * cut / wanted).copied();
        let mut cuts: Vec<u64> = (1..wanted).filter_map(cut).filter(|&visitor| visitor > 0).collect();
        cuts.dedup();
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().map(|cut| cut - 1).chain(std::iter::once(u64::MAX));
        starts.zip(ends).map(|(start, end)| start..=end).collect()
    }
}

fn start(folds: &[Compiled]) -> Output {
    Output { states: folds.iter().map(Compiled::start).collect(), integrity: Integrity::default() }
}

fn merge(mut output: Output, other: Output) -> Result<Output, PlanError> {
    output.integrity.merge(&other.integrity);
    for (state, other) in output.states.iter_mut().zip(other.states) {
        state.merge(other).map_err(|error| PlanError::Internal(error.to_string()))?;
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use waymark_model::{Event, Population, TimeRange, time::DAY};
    use waymark_store::columns::PartBuilder;

    use super::*;
    use crate::pass::Visits;

    #[test]
    fn tasks_have_about_equal_numbers_of_rows_however_the_parts_are_divided() {
        let part = |visitors: RangeInclusive<u64>, batch| {
            let mut builder = PartBuilder::default();
            visitors.for_each(|visitor| builder.push(&Event::new(visitor << 40, 1, "A")));
            builder.finish(batch).unwrap()
        };
        let parts = [part(1..=3_000, 1), part(3_001..=7_000, 2), part(7_001..=9_000, 3), part(1..=1_000, 4)];
        let range = TimeRange { start: 0, end: DAY };
        let scope = Scope { range, population: Population::default(), session_gap_ms: 1 };
        let (planner, visits) = (Planner::default(), Visits::default());
        let pass = Pass::new(&parts, &scope, planner, visits, 1, &Cancel::default()).unwrap();
        let rows = |visitors: &RangeInclusive<u64>| {
            let of = |view: &crate::view::View| {
                view.runs.visitors.iter().filter(|&visitor| visitors.contains(visitor)).count()
            };
            pass.views.iter().map(of).sum::<usize>()
        };
        let rows: Vec<usize> = Engine::new(2, Some(10)).tasks(&pass).iter().map(rows).collect();
        assert_eq!((rows.len(), rows.iter().sum::<usize>()), (10, 10_000));
        assert!(rows.iter().all(|rows| (800..=1_200).contains(rows)), "{rows:?}");
    }
}
