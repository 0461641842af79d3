//! Runs folds over a snapshot in parallel, by ranges of visitors.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use waymark_store::columns::Part;

use crate::{
    fold::{Compiled, FoldSpec, Integrity, State},
    plan::{Pass, PlanError},
    scope::Scope,
    walk::walk,
};

/// Rows that make a task worth its overhead.
const ROWS_PER_TASK: usize = 256 * 1024;

/// Stops a running query from another thread.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the query to stop; it ends soon with [`PlanError::Cancelled`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

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
}

impl Default for Engine {
    fn default() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, usize::from), tasks: None }
    }
}

impl Engine {
    /// An engine of that many threads (at least one), which cuts the visitors into that many tasks, or as it sees fit.
    #[must_use]
    pub const fn new(threads: usize, tasks: Option<usize>) -> Self {
        Self { threads: if threads == 0 { 1 } else { threads }, tasks }
    }

    /// Runs the folds over all journeys of the parts, in one pass.
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
        let (pass, folds) = Pass::new(parts, scope, folds, self.threads)?;
        let tasks = self.tasks(&pass);
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let work = || {
            let mut output = start(&folds);
            while let Some(visitors) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Output { states, integrity } = &mut output;
                if cancel.is_cancelled() || !walk(&pass, &folds, states, integrity, visitors.clone(), cancel)
                {
                    return Err(PlanError::Cancelled);
                }
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, tasks.len());
            }
            folds.iter().zip(&mut output.states).for_each(|(fold, state)| fold.finish(state, &pass));
            Ok(output)
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
        let Some(largest) = pass.views.iter().max_by_key(|view| view.bounds.rows) else { return Vec::new() };
        let runs = &largest.runs;
        let mut cuts: Vec<u64> = (1..wanted)
            .filter_map(|cut| {
                let row = largest.bounds.rows as usize * cut / wanted;
                let at = runs.starts.partition_point(|&start| (start as usize) <= row).checked_sub(1)?;
                runs.visitors.get(at).copied().filter(|&visitor| visitor > 0)
            })
            .collect();
        cuts.sort_unstable();
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
