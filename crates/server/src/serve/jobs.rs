//! Work in the background that must not end unnoticed: what failed last, so that health and metrics say it, and a second start for
//! what broke off. It must not know what the work is.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt::Display,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;

/// Wait before something that broke off is begun again.
const PAUSE: Duration = Duration::from_secs(5);

/// What failed, by the name of the work.
#[derive(Debug, Default)]
pub struct Jobs(Mutex<BTreeMap<&'static str, String>>);

impl Jobs {
    /// Notes that a job has failed.
    pub fn failed(&self, job: &'static str, message: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, message);
    }

    /// Notes that a job works.
    pub fn works(&self, job: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(job);
    }

    /// What has failed and does not work yet.
    #[must_use]
    pub fn failures(&self) -> Vec<(&'static str, String)> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.iter().map(|(job, message)| (*job, message.clone())).collect()
    }

    /// Does a job; that it failed or panicked is logged, and said until it works again. `meaning` says what follows.
    pub fn run<E: Display>(&self, job: &'static str, meaning: &str, work: impl FnOnce() -> Result<(), E>) {
        let message = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(())) => return self.works(job),
            Ok(Err(error)) => error.to_string(),
            Err(panic) => broke_off(&*panic),
        };
        tracing::error!(error = message, job, "{meaning}");
        self.failed(job, format!("{message}: {meaning}"));
    }
}

/// Does work without an end for as long as it is polled, and begins it again when it ends all the same.
pub async fn forever<F: Future<Output = ()>>(jobs: &Jobs, job: &'static str, work: impl FnMut() -> F) {
    again(jobs, job, PAUSE, work).await;
}

async fn again<F: Future<Output = ()>>(
    jobs: &Jobs,
    job: &'static str,
    pause: Duration,
    mut work: impl FnMut() -> F,
) {
    loop {
        once(jobs, job, work()).await;
        tokio::time::sleep(pause).await;
    }
}

/// The same for work that cannot be begun again.
pub async fn once(jobs: &Jobs, job: &'static str, work: impl Future<Output = ()>) {
    let message = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(()) => "it ended before its time".to_owned(),
        Err(panic) => broke_off(&*panic),
    };
    tracing::error!(error = message, job, "work in the background has ended");
    jobs.failed(job, message);
}

fn broke_off(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(ToString::to_string);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    format!("it broke off by a fault of the program: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(jobs: &Jobs) -> Vec<&'static str> {
        jobs.failures().into_iter().map(|(job, _)| job).collect()
    }

    #[test]
    fn what_fails_or_panics_is_said_until_it_works() {
        let jobs = Jobs::default();
        jobs.run("flush", "events stay in the log", || Err("no space"));
        jobs.run("merge", "files stay", || -> Result<(), &str> { panic!("at the wrong moment") });
        jobs.run("salts", "", || Ok::<_, &str>(()));
        assert_eq!(failing(&jobs), ["flush", "merge"]);
        assert!(jobs.failures()[0].1.contains("no space: events stay in the log"));
        assert!(jobs.failures()[1].1.contains("at the wrong moment"));
        jobs.run("flush", "", || Ok::<_, &str>(()));
        assert_eq!(failing(&jobs), ["merge"]);
    }

    #[tokio::test]
    async fn what_breaks_off_is_said_and_begun_again() {
        let jobs = Jobs::default();
        let begun = std::cell::Cell::new(0);
        let third = tokio::sync::Notify::new();
        let work = || async {
            begun.set(begun.get() + 1);
            match begun.get() {
                1 => panic!("once"),
                2 => {}
                _ => {
                    third.notify_one();
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            () = again(&jobs, "housekeeping", Duration::ZERO, work) => {}
            () = third.notified() => {}
        }
        assert_eq!((begun.get(), failing(&jobs)), (3, vec!["housekeeping"]));
    }
}
