//! Waymark's side of the comparison with other engines; `cargo xtask bench query` runs it.
//!
//! `measure write FOLDER EVENTS` simulates a shop and imports it; `measure cold FOLDER` times the first query after
//! the cache of decoded columns was removed, in a new process; `measure hot FOLDER RUNS` times queries again and
//! again, all or those named (funnel, overview, breakdown). Each prints one line of JSON.

#![allow(clippy::expect_used, clippy::panic, reason = "a measurement may stop when it cannot be made")]

use std::{collections::BTreeMap, env, fs, path::Path, sync::Arc, time::Instant};

use serde_json::{Value, json};
use waymark_model::{
    Dimension, Funnel, Goal, Population, Role, Step, TextColumn, TimeRange, Touch, Unit, Zone,
    time::{DAY, SESSION_GAP},
};
use waymark_query::{BreakdownSpec, By, Cancel, Engine, FoldSpec, OverviewSpec, Scope, State};
use waymark_sim::{Shop, ShopConfig};
use waymark_store::{Access, SiteId, Snapshot, Store, StoreConfig, SystemClock, vfs::RealVfs};

/// The steps of the funnel.
const STEPS: [&str; 4] = ["view_item", "add_to_cart", "begin_checkout", "purchase"];
/// The goals of the overview: events of these names, every one counted.
const GOALS: [&str; 6] =
    ["purchase", "view_item", "add_to_cart", "begin_checkout", "newsletter_signup", "account_created"];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments.as_slice() {
        ["write", folder, events] => write(Path::new(folder), events.parse().expect("a number of events")),
        ["cold", folder] => cold(Path::new(folder)),
        ["hot", folder, runs, questions @ ..] => {
            hot(Path::new(folder), runs.parse().expect("a number of runs"), questions)
        }
        _ => panic!("usage: measure write FOLDER EVENTS | cold FOLDER | hot FOLDER RUNS [QUESTION ...]"),
    };
    println!("{answer}");
}

fn site() -> SiteId {
    SiteId::parse("shop").expect("a valid name")
}

fn open(folder: &Path, access: Access) -> Store {
    let config = StoreConfig { doing: "measure".to_owned(), ..StoreConfig::default() };
    Store::open(Arc::new(RealVfs), folder, Arc::new(SystemClock), config, access).expect("a data folder")
}

fn write(folder: &Path, events: u64) -> Value {
    let store = open(folder, Access::Write);
    let mut shop = Shop::new(ShopConfig::bench(events)).expect("a valid shop");
    let mut import = store.importer(site()).expect("an import");
    let started = Instant::now();
    shop.for_each(|event| _ = import.push(event).expect("room on the disk"));
    let summary = import.finish("bench").expect("room on the disk");
    let seconds = started.elapsed().as_secs_f64();
    let snapshot = store.snapshot(&site());
    json!({
        "events": summary.rows,
        "seconds": seconds,
        "parts": snapshot.parts.len(),
        "segment_bytes": bytes_under(&folder.join("segments")),
        "peak_rss_kib": peak_rss_kib(),
    })
}

fn cold(folder: &Path) -> Value {
    let cache = folder.join("cache");
    if cache.exists() {
        fs::remove_dir_all(&cache).expect("the cache can be removed");
    }
    let started = Instant::now();
    let store = open(folder, Access::Read);
    let opened = started.elapsed().as_secs_f64();
    let rss_after_open = rss_kib();
    let started = Instant::now();
    let snapshot = store.snapshot(&site());
    let result = answer(&run(&snapshot, &funnel()));
    let funnel = started.elapsed().as_secs_f64();
    json!({ "open_seconds": opened, "rss_after_open_kib": rss_after_open, "funnel_seconds": funnel, "funnel": result })
}

fn hot(folder: &Path, runs: usize, questions: &[&str]) -> Value {
    let store = open(folder, Access::Read);
    let snapshot = store.snapshot(&site());
    let mut answers = BTreeMap::new();
    let all = [("funnel", funnel()), ("overview", overview(&snapshot)), ("breakdown", breakdown())];
    let asked = all.into_iter().filter(|(name, _)| questions.is_empty() || questions.contains(name));
    for (name, fold) in asked {
        let first = answer(&run(&snapshot, &fold));
        let mut seconds: Vec<f64> = (0..runs)
            .map(|_| {
                let started = Instant::now();
                run(&snapshot, &fold);
                started.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        answers.insert(name, json!({ "best": seconds[0], "median": seconds[runs / 2], "result": first }));
    }
    json!({ "rows": snapshot.rows, "queries": answers, "peak_rss_kib": peak_rss_kib() })
}

/// All there is, with room behind it for every window to be over.
fn range(snapshot: &Snapshot) -> TimeRange {
    let start = snapshot.parts.iter().map(|part| part.bounds.time.0).min().unwrap_or(0);
    let end = snapshot.parts.iter().map(|part| part.bounds.time.1).max().unwrap_or(0);
    TimeRange { start: start.div_euclid(DAY) * DAY, end: (end.div_euclid(DAY) + 1) * DAY }
}

fn run(snapshot: &Snapshot, fold: &FoldSpec) -> State {
    let scope =
        Scope { range: range(snapshot), population: Population::default(), session_gap_ms: SESSION_GAP };
    let folds = std::slice::from_ref(fold);
    let mut output = Engine::default()
        .run(&snapshot.parts, &scope, folds, &Cancel::default())
        .expect("a query that can be answered");
    output.states.remove(0)
}

fn funnel() -> FoldSpec {
    FoldSpec::Funnel(Funnel { window_ms: Some(DAY), ..Funnel::of(STEPS.map(Step::event).to_vec()) })
}

fn goals() -> Vec<Goal> {
    let every =
        |name| Goal { counting: waymark_model::Counting::Every, ..Goal::on_event(name, Role::Milestone) };
    GOALS.map(every).to_vec()
}

fn overview(snapshot: &Snapshot) -> FoldSpec {
    let buckets = Zone::utc().days(range(snapshot)).into_iter().map(|day| day.range).collect();
    FoldSpec::Overview(OverviewSpec { goals: goals(), buckets, then: None, orders: Vec::new() })
}

fn breakdown() -> FoldSpec {
    let dimension = Dimension::Column(TextColumn::Source);
    let by = By::Unit { unit: Unit::Visitor, touch: Touch::First };
    FoldSpec::Breakdown(BreakdownSpec { goals: goals()[..1].to_vec(), dimension, by })
}

/// What other engines must answer too.
fn answer(state: &State) -> Value {
    match state {
        State::Funnel(state) => json!(state.steps.iter().map(|step| step.reached).collect::<Vec<_>>()),
        State::Overview(state) => {
            let all = std::iter::once(&state.total).chain(&state.buckets);
            json!(
                all.map(|bucket| {
                    let goals = bucket.goals.iter().flat_map(|g| [g.conversions, g.converters.visitors]);
                    let units = [bucket.events, bucket.visitors, bucket.sessions];
                    units.into_iter().chain(goals).collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
            )
        }
        State::Breakdown(state) => {
            let bucket = |(value, bucket): (&String, &waymark_query::BreakdownBucket)| {
                json!([value, bucket.units, bucket.goals[0].converters, bucket.goals[0].conversions])
            };
            json!(state.buckets.iter().map(bucket).collect::<Vec<_>>())
        }
        _ => Value::Null,
    }
}

fn bytes_under(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { bytes_under(&path) } else { entry.metadata().map_or(0, |meta| meta.len()) }
        })
        .sum()
}

fn rss_kib() -> u64 {
    status("VmRSS:")
}

fn peak_rss_kib() -> u64 {
    status("VmHWM:")
}

/// A line of the kernel's account of this process; 0 where there is none.
fn status(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
