//! The comparison as a page.

use std::fmt::Write;

use super::{Cold, Hot, Peer, Question, Questions, Written};

/// The page with the figures of this run. A ratio is the peer's figure divided by Waymark's.
pub(crate) fn render(written: &Written, cold: &Cold, hot: &Hot, peers: &[(&'static str, Peer)]) -> String {
    let mut page = String::from(HEAD);
    let _ = writeln!(page, "{} events, {} processors.\n", grouped(hot.rows), processors());
    let mut header = "| question | Waymark |".to_owned();
    let mut rule = "|---|---:|".to_owned();
    for (name, peer) in peers {
        let _ = write!(header, " {name} {} | ratio |", peer.version);
        rule.push_str("---:|---:|");
    }
    let _ = writeln!(page, "{header}\n{rule}");
    for (what, of) in QUESTIONS {
        let ours = of(&hot.queries);
        row(&mut page, what, ours.best, seconds, peers.iter().map(|(_, peer)| Some(of(&peer.queries).best)));
        let median = format!("{what}, median");
        row(
            &mut page,
            &median,
            ours.median,
            seconds,
            peers.iter().map(|(_, peer)| Some(of(&peer.queries).median)),
        );
    }
    let first = peers.iter().map(|(_, peer)| peer.queries.funnel.first);
    row(&mut page, "funnel, first touch", cold.funnel_seconds, seconds, first);
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    let bytes = |bytes: u64| bytes as f64;
    let sizes = peers.iter().map(|(_, peer)| Some(bytes(peer.bytes)));
    row(&mut page, "size on disk", bytes(written.segment_bytes), mebibytes, sizes);
    let loads = peers.iter().map(|(_, peer)| Some(peer.load_seconds));
    row(
        &mut page,
        "loading (for Waymark, including the simulation of the events)",
        written.seconds,
        seconds,
        loads,
    );
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    let speed = hot.rows as f64 / hot.queries.funnel.best / 1e6;
    let _ = writeln!(
        page,
        "\nThe funnel reads {speed:.0} million events per second. Opening the folder takes {} and {} MiB of memory. The peak memory \
        was {} MiB for queries (including mapped files) and {} MiB for importing.",
        seconds(cold.open_seconds),
        cold.rss_after_open_kib / 1024,
        hot.peak_rss_kib / 1024,
        written.peak_rss_kib / 1024
    );
    page
}

const HEAD: &str = "# Waymark compared with other engines

Made by `cargo xtask bench query`. All engines hold the same rows and gave the same answers. Each uses its
best table layout and the fastest form of each query that we know (`xtask/src/bench/peers.py`).

- Times are the best and the median of several runs in a warm process.
- *First touch* is the first query in a new process. For Waymark, the cache of decoded columns is then
  empty.
- A ratio is the other engine's figure divided by Waymark's. Above 1, Waymark is faster or smaller.
- The funnel has four steps, a window of one day and any anchor. ClickHouse and DuckDB use a table with
  the events of these steps only.
- The overview counts events, visitors, sessions, and the conversions and converting visitors of six
  goals, by day and in total.
- The breakdown is by source at the visitor's first event.

";

type Of = fn(&Questions) -> &Question;

const QUESTIONS: [(&str, Of); 3] = [
    ("funnel", |questions| &questions.funnel),
    ("overview by day", |questions| &questions.overview),
    ("breakdown by source", |questions| &questions.breakdown),
];

fn row(
    page: &mut String,
    what: &str,
    ours: f64,
    shown: fn(f64) -> String,
    theirs: impl Iterator<Item = Option<f64>>,
) {
    let _ = write!(page, "| {what} | {} |", shown(ours));
    for figure in theirs {
        let _ = match figure {
            Some(figure) => write!(page, " {} | {:.2}× |", shown(figure), figure / ours),
            None => write!(page, " | |"),
        };
    }
    page.push('\n');
}

fn seconds(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

fn mebibytes(bytes: f64) -> String {
    format!("{:.0} MiB", bytes / f64::from(1 << 20))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
