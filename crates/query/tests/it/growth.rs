//! What one visitor with many events costs: no fold is worse than n·log n, and each can be stopped at any moment.

use std::{thread, time::Duration};

use waymark_query::{Cancel, FoldSpec, PlanError};
use waymark_store::columns::Part;

use crate::adversarial::{SHAPES, ask, folds, least_time, part, processor_time};

/// How much longer a fold may take for twice the events.
const DOUBLED: f64 = 2.3;
/// What is too short to be compared.
const NOISE: Duration = Duration::from_millis(4);
/// Most processor time that a question may use after it is cancelled.
const STOPS_WITHIN: Duration = Duration::from_millis(100);

#[test]
fn twice_the_events_take_at_most_twice_the_time() {
    let mut slow = Vec::new();
    for (shape, events) in SHAPES {
        let parts = [10_000, 40_000].map(|count| part(&events(count)));
        for (name, fold) in folds() {
            // Other programs run too: a fold is slow only if it is so each time.
            let mut least = f64::MAX;
            for _ in 0..12 {
                let [few, many] = [0, 1].map(|at| least_time(&parts[at], &fold, 2));
                least = least.min(many.saturating_sub(NOISE).as_secs_f64() / few.as_secs_f64());
                if least <= DOUBLED * DOUBLED {
                    break;
                }
            }
            if least > DOUBLED * DOUBLED {
                slow.push(format!("{name}: four times the events take {least:.1} times the time ({shape})"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
fn eighty_thousand_distinct_values_take_a_fifth_of_a_second() {
    let (_, events) = SHAPES[0];
    let part = part(&events(80_000));
    for (name, fold) in
        folds().into_iter().filter(|(name, _)| name.contains("same") || name.contains("pairs"))
    {
        let took = least_time(&part, &fold, 3);
        assert!(took <= Duration::from_millis(200), "{name} took {took:?}");
    }
}

#[test]
fn a_cancelled_question_ends_inside_one_visitor() {
    let (_, events) = SHAPES[0];
    let part = part(&events(200_000));
    for (name, fold) in folds() {
        let whole = least_time(&part, &fold, 1);
        for tenth in [1, 3, 5, 7, 9] {
            // Other programs run too: a question goes on for too long only if it does so each time.
            let took = (0..4).map(|_| goes_on(&part, &fold, whole * tenth / 10)).min().unwrap();
            assert!(took <= STOPS_WITHIN, "{name} went on for {took:?} of {whole:?}");
        }
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(matches!(ask(&part, &fold, &cancel), Err(PlanError::Cancelled)), "{name}");
    }
}

/// How long a question goes on after it was cancelled, some time after it began.
fn goes_on(part: &Part, fold: &FoldSpec, after: Duration) -> Duration {
    let cancel = Cancel::default();
    thread::scope(|scope| {
        let running = scope.spawn(|| ask(part, fold, &cancel));
        thread::sleep(after);
        let cancelled = processor_time();
        cancel.cancel();
        let result = running.join().unwrap();
        assert!(matches!(result, Ok(()) | Err(PlanError::Cancelled)), "{result:?}");
        processor_time().saturating_sub(cancelled)
    })
}
