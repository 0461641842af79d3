//! What is counted of the server's own work, and where it is read: in Prometheus' text format, at an address of its own.
//! No figure is about a person.

mod text;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{Router, extract::State, response::Response, routing::get};
use http::{HeaderValue, StatusCode, header};
use tokio::net::TcpListener;

use super::{App, Job, answer, health};
use text::Page;

/// Upper bounds of the latencies that are told apart, in seconds.
const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Counters of the server's own work since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    answers: Answers,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    acknowledged: Latency,
    waiting: AtomicU64,
    turned_away: AtomicU64,
}

/// Answers by their code: those below 100 and above 599 are none of HTTP's.
#[derive(Debug)]
struct Answers(Box<[AtomicU64]>);

impl Default for Answers {
    fn default() -> Self {
        Self((0..600).map(|_| AtomicU64::new(0)).collect())
    }
}

/// How long something took.
#[derive(Debug, Default)]
struct Latency {
    within: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// A request under way.
#[derive(Debug)]
pub(super) struct OpenRequest<'a>(&'a AtomicU64);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    /// Counts an answer.
    pub(super) fn answered(&self, code: u16) {
        if let Some(count) = self.answers.0.get(usize::from(code)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Counts a request of which nothing was stored.
    pub(super) fn refused(&self, code: &'static str) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// Notes how long it took until a request's events were acknowledged.
    pub(super) fn acknowledged(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let at = BOUNDS.iter().position(|bound| seconds <= *bound);
        if let Some(at) = at {
            self.acknowledged.within[at].fetch_add(1, Relaxed);
        }
        self.acknowledged.count.fetch_add(1, Relaxed);
        self.acknowledged.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Counts a connection that was closed at once, because its sender had too many.
    pub(super) fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    /// Counts a request as under way until what is given is dropped.
    pub(super) fn waiting(&self) -> OpenRequest<'_> {
        self.waiting.fetch_add(1, Relaxed);
        OpenRequest(&self.waiting)
    }
}

/// Answers those who read metrics for as long as it is polled. Health is told here too, for those who cannot reach the
/// public address.
pub async fn serve(app: Arc<App>, listener: TcpListener) {
    let routes = Router::new()
        .route("/metrics", get(page))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(app);
    if let Err(error) = axum::serve(listener, routes).await {
        tracing::error!(%error, "metrics cannot be read any more");
    }
}

async fn page(State(app): State<Arc<App>>) -> Response {
    let text = metrics(&app);
    let mut response = answer::empty(StatusCode::OK);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    *response.body_mut() = text.into();
    response
}

fn metrics(app: &App) -> String {
    let mut page = Page::default();
    of_requests(&mut page, app);
    of_events(&mut page, app);
    of_store(&mut page, app);
    of_jobs(&mut page, app);
    page.finish()
}

fn of_requests(page: &mut Page, app: &App) {
    let metrics = &app.metrics;
    let answers = metrics.answers.0.iter().map(|count| count.load(Relaxed)).enumerate();
    let answers = answers.filter(|(_, count)| *count > 0);
    let answers = answers.map(|(code, count)| (vec![("code", code.to_string())], count));
    page.counter("waymark_requests_total", "Requests answered, by the code of the answer.", answers);
    let refusals = metrics.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let refusals = refusals.into_iter().map(|(code, count)| (vec![("code", code.to_owned())], count));
    page.counter(
        "waymark_refused_requests_total",
        "Requests of which nothing was stored, by reason.",
        refusals,
    );
    let Latency { within, count, micros } = &metrics.acknowledged;
    let within: Vec<u64> = within.iter().map(|within| within.load(Relaxed)).collect();
    let seconds = micros.load(Relaxed) as f64 / 1e6;
    page.histogram(
        "waymark_acknowledgement_seconds",
        "Time from a request's headers to its events being safe.",
        &BOUNDS,
        &within,
        (count.load(Relaxed), seconds),
    );
    page.gauge("waymark_waiting_requests", "Requests under way.", metrics.waiting.load(Relaxed));
    let free = app.connections.available_permits();
    let open = app.settings.connections.saturating_sub(free);
    page.gauge("waymark_connections", "Connections open.", open as u64);
    page.gauge("waymark_connections_limit", "Connections that may be open.", app.settings.connections as u64);
    page.counter(
        "waymark_connections_refused_total",
        "Connections closed at once, because their sender had too many.",
        [(Vec::new(), metrics.turned_away.load(Relaxed))].into_iter(),
    );
    page.gauge("waymark_body_bytes", "Bytes of request bodies in memory.", app.bodies.used() as u64);
}

/// At every moment: received = stored + duplicates + quarantined + rejected.
fn of_events(page: &mut Page, app: &App) {
    let (mut received, mut fates, mut noted) = (Vec::new(), Vec::new(), Vec::new());
    for site in app.store.sites() {
        let counters = app.store.counters(&site);
        let name = site.to_string();
        let label = |fate: &str, reason: &str| {
            vec![("site", name.clone()), ("fate", fate.to_owned()), ("reason", reason.to_owned())]
        };
        received.push((vec![("site", name.clone())], counters.received));
        fates.push((label("stored", ""), counters.stored));
        fates.push((label("duplicate", ""), counters.duplicates));
        fates.push((label("quarantined", ""), counters.quarantined));
        fates.extend(counters.rejected.iter().map(|(reason, count)| (label("rejected", reason), *count)));
        let note = |(reason, count): (&String, &u64)| {
            (vec![("site", name.clone()), ("reason", reason.clone())], *count)
        };
        noted.extend(counters.noted.iter().map(note));
    }
    page.counter("waymark_events_received_total", "Events whose fate is known.", received.into_iter());
    page.counter("waymark_events_total", "Events by what became of them.", fates.into_iter());
    let help = "Stored events of which a part was left out or repaired.";
    page.counter("waymark_events_noted_total", help, noted.into_iter());
}

fn of_store(page: &mut Page, app: &App) {
    let gauges = app.store.gauges();
    page.gauge("waymark_tail_rows", "Rows in the log and in memory only.", gauges.tail_rows);
    page.gauge("waymark_segment_rows", "Rows in segments.", gauges.segment_rows);
    page.gauge("waymark_segments", "Segments.", gauges.segments);
    page.counter(
        "waymark_columns_decoded_total",
        "Columns of segments that had to be decoded to be read.",
        [(Vec::new(), gauges.columns_decoded)].into_iter(),
    );
    page.counter(
        "waymark_columns_failed_total",
        "Files of columns that the disk did not take.",
        [(Vec::new(), gauges.columns_failed)].into_iter(),
    );
    page.gauge(
        "waymark_log_failed",
        "1 if nothing more can be stored until a restart.",
        u64::from(app.store.failure().is_some()),
    );
    page.gauge(
        "waymark_damage_found",
        "Parts of the data folder that are known to be damaged or missing.",
        app.store.damage().len() as u64,
    );
    if let Some(bytes) = resident_bytes() {
        page.gauge("process_resident_memory_bytes", "Memory of the process, mapped files included.", bytes);
    }
}

/// One gauge and one counter for each job.
fn of_jobs(page: &mut Page, app: &App) {
    let states = app.jobs.states();
    let label = |job: &Job| vec![("job", job.name().to_owned())];
    let failing = states.iter().map(|(job, state)| (label(job), u64::from(state.failure.is_some())));
    page.gauges("waymark_background_failed", "1 if the job in the background fails now.", failing);
    let failures = states.iter().map(|(job, state)| (label(job), state.failures));
    page.counter(
        "waymark_background_failures_total",
        "How often the job in the background failed.",
        failures,
    );
}

/// From Linux's `proc_pid_status(5)`; nothing elsewhere.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}
