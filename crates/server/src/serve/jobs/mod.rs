//! Watches the work in the background: what failed, since when, and how often, for health and metrics. Work that panics is
//! recorded and, where possible, started again. It must not know what the work is.

mod job;

use std::{
    any::Any,
    collections::BTreeMap,
    convert::Infallible,
    fmt::{self, Display},
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;
use waymark_model::time::timestamp;
use waymark_store::Clock;

pub use job::Job;

/// Wait before a service that ended is started again.
const RESTART_PAUSE: Duration = Duration::from_secs(5);

/// The state of every job.
#[derive(Debug)]
pub struct Jobs {
    clock: Arc<dyn Clock>,
    states: Mutex<BTreeMap<Job, JobState>>,
    /// How many jobs fail now, so that a success seldom needs the lock.
    failing: AtomicUsize,
}

/// What is known of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobState {
    /// Why it fails now.
    pub failure: Option<JobFailure>,
    /// How often it failed since the server started.
    pub failures: u64,
}

/// A job that fails. Its text says what happened, since when, what follows and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// The job.
    pub job: Job,
    /// When it failed first after it last worked, in ms since 1970-01-01 UTC.
    pub since: i64,
    /// Why it failed last.
    pub cause: String,
}

impl Display for JobFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, since, cause } = self;
        let cause = cause.trim_end_matches('.');
        write!(f, "The job `{job}` has failed since {}: {cause}. {}", timestamp(*since), job.advice())
    }
}

impl Jobs {
    /// Creates the list, without failures.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, states: Mutex::default(), failing: AtomicUsize::default() }
    }

    /// Returns the jobs that fail now.
    #[must_use]
    pub fn failures(&self) -> Vec<JobFailure> {
        self.lock().values().filter_map(|state| state.failure.clone()).collect()
    }

    /// Returns the state of every job there is.
    #[must_use]
    pub fn states(&self) -> Vec<(Job, JobState)> {
        let states = self.lock();
        Job::ALL.iter().map(|job| (*job, states.get(job).cloned().unwrap_or_default())).collect()
    }

    /// Returns whether a job fails now.
    #[must_use]
    pub fn is_failing(&self, job: Job) -> bool {
        self.lock().get(&job).is_some_and(|state| state.failure.is_some())
    }

    /// Runs a job on this thread and records how it went. Returns its result if it succeeded.
    pub fn run<T, E: Display>(&self, job: Job, work: impl FnOnce() -> Result<T, E>) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(result) => self.record(job, result),
            Err(panic) => self.panicked(job, &*panic),
        }
    }

    /// Records how a job went. Returns its result if it succeeded.
    pub fn record<T, E: Display>(&self, job: Job, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => {
                self.succeeded(job);
                Some(value)
            }
            Err(error) => self.failed(job, error.to_string()),
        }
    }

    /// Polls a job to its end and records how it went. Returns its result if it succeeded.
    pub async fn run_async<T, E: Display>(
        &self,
        job: Job,
        work: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(result) => self.record(job, result),
            Err(panic) => self.panicked(job, &*panic),
        }
    }

    /// Polls work to its end and records a panic. Returns what the work gave if it did not panic.
    pub async fn watch<T>(&self, job: Job, work: impl Future<Output = T>) -> Option<T> {
        self.run_async(job, work.map(Ok::<_, Infallible>)).await
    }

    /// Starts a task that nobody waits for, and records how it went.
    pub fn spawn<E: Display>(
        self: &Arc<Self>,
        job: Job,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let jobs = Arc::clone(self);
        drop(tokio::spawn(async move { jobs.run_async(job, work).await }));
    }

    /// Starts work that blocks, on a thread of its own, and records how it went. Nobody needs to wait for it.
    pub fn spawn_blocking<E: Display>(
        self: &Arc<Self>,
        job: Job,
        work: impl FnOnce() -> Result<(), E> + Send + 'static,
    ) -> JoinHandle<Option<()>> {
        let jobs = Arc::clone(self);
        tokio::task::spawn_blocking(move || jobs.run(job, work))
    }

    /// Runs a service that should never end, and starts it again whenever it does.
    pub async fn keep_running<F: Future<Output = ()>>(&self, job: Job, start: impl FnMut() -> F) {
        self.restart_after(RESTART_PAUSE, job, start).await;
    }

    async fn restart_after<F: Future<Output = ()>>(
        &self,
        pause: Duration,
        job: Job,
        mut start: impl FnMut() -> F,
    ) {
        loop {
            self.run_service(job, start()).await;
            tokio::time::sleep(pause).await;
        }
    }

    /// Runs a service that should never end and cannot be started again.
    pub async fn run_service(&self, job: Job, service: impl Future<Output = ()>) {
        match AssertUnwindSafe(service).catch_unwind().await {
            Ok(()) => self.failed::<()>(job, "it ended unexpectedly".to_owned()),
            Err(panic) => self.panicked(job, &*panic),
        }
        .unwrap_or_default();
    }

    /// Records that a job failed.
    fn failed<T>(&self, job: Job, cause: String) -> Option<T> {
        let now = self.clock.now();
        let mut states = self.lock();
        let state = states.entry(job).or_default();
        state.failures += 1;
        let before = state.failure.take();
        let is_new = before.as_ref().is_none_or(|before| before.cause != cause);
        if before.is_none() {
            self.failing.fetch_add(1, Relaxed);
        }
        let since = before.map_or(now, |before| before.since);
        let failure = state.failure.insert(JobFailure { job, since, cause });
        if is_new {
            tracing::error!(%job, cause = failure.cause, "{}", job.advice());
        }
        None
    }

    /// Records that a job panicked: a fault in the program.
    fn panicked<T>(&self, job: Job, panic: &(dyn Any + Send)) -> Option<T> {
        self.failed(job, format!("a fault in Waymark: {}", panic_text(panic)))
    }

    /// Records that a job works.
    fn succeeded(&self, job: Job) {
        if self.failing.load(Relaxed) == 0 {
            return;
        }
        let before = self.lock().get_mut(&job).and_then(|state| state.failure.take());
        if before.is_some() {
            self.failing.fetch_sub(1, Relaxed);
            tracing::info!(%job, "the job works again");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Job, JobState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown")
}

#[cfg(test)]
mod tests;
