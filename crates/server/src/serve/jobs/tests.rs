//! Jobs that fail, panic, end and work again.

use waymark_store::ManualClock;

use super::*;

fn jobs() -> (Arc<Jobs>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(1_000));
    (Arc::new(Jobs::new(Arc::clone(&clock) as Arc<dyn Clock>)), clock)
}

fn failing(jobs: &Jobs) -> Vec<Job> {
    jobs.failures().into_iter().map(|failure| failure.job).collect()
}

#[test]
fn a_job_that_fails_or_panics_is_listed_until_it_works() {
    let (jobs, clock) = jobs();
    assert_eq!(jobs.run(Job::Flush, || Err::<(), _>("no space.")), None);
    clock.advance(60_000);
    assert_eq!(jobs.run(Job::Compaction, || -> Result<(), &str> { panic!("at the wrong moment") }), None);
    assert_eq!(jobs.run(Job::Salts, || Ok::<_, &str>(7)), Some(7));
    assert_eq!(jobs.run(Job::Flush, || Err::<(), _>("still no space")), None);
    assert_eq!(failing(&jobs), [Job::Flush, Job::Compaction]);
    let said: Vec<String> = jobs.failures().iter().map(ToString::to_string).collect();
    let flush = "The job `flush` has failed since 1970-01-01T00:00:01Z: still no space. New events are safe in the log";
    assert!(said[0].starts_with(flush), "{}", said[0]);
    assert!(
        said[1].contains("since 1970-01-01T00:01:01Z: a fault in Waymark: at the wrong moment."),
        "{}",
        said[1]
    );
    jobs.run(Job::Flush, || Ok::<_, &str>(()));
    assert_eq!(failing(&jobs), [Job::Compaction]);
    let counts: Vec<(Job, u64)> = jobs
        .states()
        .into_iter()
        .filter(|(_, state)| state.failures > 0)
        .map(|(job, state)| (job, state.failures))
        .collect();
    assert_eq!(counts, [(Job::Flush, 2), (Job::Compaction, 1)]);
}

#[test]
fn every_job_says_what_follows_and_what_to_do() {
    let names: std::collections::BTreeSet<&str> = Job::ALL.iter().map(|job| job.name()).collect();
    assert_eq!(names.len(), Job::ALL.len(), "two jobs have one name");
    for job in Job::ALL {
        let (jobs, _) = jobs();
        jobs.run(*job, || -> Result<(), &str> { panic!("a number: {}", 7) });
        let said = jobs.failures()[0].to_string();
        assert!(said.contains(job.name()) && said.contains("a number: 7. ") && said.ends_with('.'), "{said}");
        assert!(
            job.advice().matches(". ").count() >= 1,
            "{job} says only one of what follows and what to do"
        );
    }
}

#[tokio::test]
async fn a_service_that_ends_is_listed_and_started_again() {
    let (jobs, _) = jobs();
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
        () = jobs.restart_after(Duration::ZERO, Job::Schedule, work) => {}
        () = third.notified() => {}
    }
    assert_eq!((begun.get(), failing(&jobs)), (3, vec![Job::Schedule]));
    assert!(jobs.failures()[0].cause.contains("ended unexpectedly"));
}

#[tokio::test]
async fn a_task_and_a_thread_that_nobody_waits_for_are_listed() {
    let (jobs, _) = jobs();
    jobs.spawn(Job::Mail, async { if true { panic!("while sending") } else { Ok::<_, Infallible>(()) } });
    let thread = jobs.spawn_blocking(Job::Exports, || -> Result<(), Infallible> { panic!("while writing") });
    assert_eq!(thread.await.unwrap(), None);
    while !jobs.is_failing(Job::Mail) {
        tokio::task::yield_now().await;
    }
    assert_eq!(failing(&jobs), [Job::Exports, Job::Mail]);
    assert_eq!(jobs.watch(Job::Mail, async { 7 }).await, Some(7));
    assert_eq!(failing(&jobs), [Job::Exports]);
}
