//! What is seen of every request: an identifier, a count by its answer's code, and a line when it matters. Nothing of the
//! request but its method and the pattern of its path is written.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use tracing::Instrument as _;

use super::{
    App, Job,
    answer::{self, Refused},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers requests: a number that nobody knows, and a count.
#[derive(Debug)]
pub struct RequestIds {
    process: u32,
    next: AtomicU64,
}

impl RequestIds {
    /// Identifiers that begin with the hexadecimal digits of a number.
    #[must_use]
    pub const fn new(process: u32) -> Self {
        Self { process, next: AtomicU64::new(1) }
    }

    fn next(&self) -> String {
        let mut id = String::with_capacity(17);
        let _ = write!(id, "{:08x}-{:08x}", self.process, self.next.fetch_add(1, Ordering::Relaxed));
        id
    }
}

/// The answer to a request at which the program failed.
fn fault() -> Response {
    let message =
        "A fault in Waymark stopped this request. Events that were acknowledged are stored. Try again.";
    let body = json!({ "error": { "code": "internal", "message": message } });
    answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

/// Passes a request on, and notes what is seen of it.
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let id = app.requests.next();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("(none)", MatchedPath::as_str);
    let span = tracing::error_span!("request", id, method = %request.method(), path);
    let _waiting = app.metrics.waiting();
    let answered = app.jobs.watch(Job::Requests, next.run(request).instrument(span.clone())).await;
    // Without an answer the sender would see a connection that breaks off, and send the same again at once.
    let mut response = answered.unwrap_or_else(fault);
    let status = response.status();
    app.metrics.answered(status.as_u16());
    if let Some(Refused(code)) = response.extensions().get::<Refused>() {
        app.metrics.refused(code);
    }
    let ms = begin.elapsed().as_secs_f64() * 1_000.0;
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), ms, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), ms, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
