//! The figures of taking events, as a page.

use std::fmt::Write;

use super::ingest::{Measured, OVERLOAD, SINGLE, Subject};

const HEAD: &str = "# Taking events

Made by `cargo xtask bench ingest`: a generator on the same machine sends over loopback, and every answer comes after what was sent is
synced to the disk. *Latency* counts from when a request was due. The peer is InfluxDB 1.x from Debian, the one durable store of events with an HTTP interface
that package registries offer ready to run; it checks no identities, classes or repetitions, and keeps the same fields. At five times the load a server does well
when it goes on taking nearly as much as it can (*goodput*), and tells the rest to come again.

";

/// The page.
pub(crate) fn render(subjects: &[Subject]) -> String {
    let mut page = String::from(HEAD);
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let _ = writeln!(page, "{processors} processors, which the generator shares.\n");
    let _ = writeln!(
        page,
        "| load | server | connections | requests/s taken | events/s | p50 ms | p99 ms | server CPU per event µs | memory MiB | refused, told when |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---|"
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
        let _ = writeln!(page, "{} takes {idle} MiB when idle.{}", subject.name, overload(subject));
        if let Some((longest, tries)) = subject.counted_after {
            let _ = writeln!(
                page,
                "While 4,000 requests a second came, each of {tries} queries asked by the command line right after an event was answered for had \
                counted it, and was done within {:.0} ms.",
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
        " Offered {:.0} requests/s, it took {share:.0} % of its capacity; {} requests broke off.",
        over.load.offered(),
        over.load.broken
    )
}
