//! Times every fold on one visitor's journey of n, 2n and 4n events; `cargo xtask bench growth` runs it.
//!
//! `growth EVENTS` prints a table, and ends with an error when twice the events take much more than twice the time.

#![allow(clippy::expect_used, reason = "a measurement may stop when it cannot be made")]
#![allow(unreachable_pub, dead_code, reason = "the shapes are shared with the tests")]

#[path = "../tests/it/adversarial.rs"]
mod adversarial;

use std::{env, process::ExitCode};

use adversarial::{SHAPES, folds, least_time, part};

/// How much longer a fold may take for twice the events.
const DOUBLED: f64 = 2.3;
/// Times that each question is asked.
const RUNS: usize = 5;
/// What is too short to be compared, in seconds.
const NOISE: f64 = 0.000_5;

fn main() -> ExitCode {
    let events = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(40_000_i64);
    let mut slow = 0;
    for (shape, make) in SHAPES {
        let parts = [events, 2 * events, 4 * events].map(|count| part(&make(count)));
        println!(
            "\n{shape}: ms at {events}, {} and {} events, and how the time grows",
            2 * events,
            4 * events
        );
        for (name, fold) in folds() {
            let times = [0, 1, 2].map(|at| least_time(&parts[at], &fold, RUNS).as_secs_f64());
            let growth = |from: f64, to: f64| (to - NOISE).max(from) / from;
            let grows = [growth(times[0], times[1]), growth(times[1], times[2])];
            let is_slow = grows[0] * grows[1] > DOUBLED * DOUBLED;
            slow += usize::from(is_slow);
            let [a, b, c] = times.map(|seconds| seconds * 1_000.0);
            let mark = if is_slow { "  SLOW" } else { "" };
            println!("  {name:36} {a:9.2} {b:9.2} {c:9.2}   x{:.2} x{:.2}{mark}", grows[0], grows[1]);
        }
    }
    if slow == 0 {
        return ExitCode::SUCCESS;
    }
    println!("\n{slow} questions grow faster than n·log n.");
    ExitCode::FAILURE
}
