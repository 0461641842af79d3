//! The figures of receiving events, as a page.

use std::fmt::Write;

use super::ingest::{Measured, OVERLOAD, SINGLE, Subject};

const HEAD: &str = "# Receiving events

Made by `cargo xtask bench ingest`. A load generator on the same machine sends requests over loopback. A
server answers only after the events are on disk.

- *Latency* is measured from the time at which a request was due.
- The other server is InfluxDB 1.x from Debian. It is the only durable event store with an HTTP interface
  that package registries offer ready to run. It stores the same fields, but does not recognise visitors,
  classify events or detect duplicates.
- *Five times the load* shows how a server behaves when too much arrives. It should continue to accept
  nearly as much as it can (*goodput*) and ask the other clients to try again later.

";

/// The page.
pub(crate) fn render(subjects: &[Subject]) -> String {
    let mut page = String::from(HEAD);
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let _ = writeln!(page, "{processors} processors, shared with the load generator.\n");
    let _ = writeln!(
        page,
        "| load | server | connections | requests/s accepted | events/s | p50 ms | p99 ms | server CPU per event µs | memory MiB | refused, with `Retry-After` |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---|"
    );
    let steps = subjects.iter().map(|subject| subject.measured.len()).max().unwrap_or(0);
    for step in 0..steps {
        for subject in subjects {
            if let Some(measured) = subject.measured.get(step) {
                row(&mut page, &subject.name, measured);
            }
        }
    }
    page.push('\n');
    for subject in subjects {
        let idle = subject.idle_kib.unwrap_or(0) / 1024;
        let _ = writeln!(page, "{} uses {idle} MiB when idle.{}", subject.name, overload(subject));
        if let Some((longest, tries)) = subject.counted_after {
            let _ = writeln!(
                page,
                "While 4,000 requests per second arrived, {tries} queries on the command line, each directly after an event was \
                confirmed, all included that event. The slowest took {:.0} ms.",
                longest * 1e3
            );
        }
    }
    page
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn row(page: &mut String, name: &str, measured: &Measured) {
    let load = &measured.load;
    let events = load.taken.len() as f64 * measured.events_per_request as f64;
    let refused: u64 =
        load.answers.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum();
    let _ = writeln!(
        page,
        "| {} | {name} | {} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} | {} | {refused}, {} |",
        measured.what,
        measured.connections,
        load.goodput(),
        events / load.seconds,
        load.quantile(0.5),
        load.quantile(0.99),
        measured.cpu / events * 1e6,
        measured.rss_kib / 1024,
        load.told_when,
    );
}

/// How much of the capacity was taken under overload.
fn overload(subject: &Subject) -> String {
    let of = |what: &str| subject.measured.iter().find(|measured| measured.what == what);
    let (Some(capacity), Some(over)) = (of(SINGLE), of(OVERLOAD)) else { return String::new() };
    let share = over.load.goodput() / capacity.load.goodput() * 100.0;
    format!(
        " In the overload test, it was offered {:.0} requests/s and accepted {share:.0} % of its capacity. \
        {} requests failed.",
        over.load.offered(),
        over.load.broken
    )
}
