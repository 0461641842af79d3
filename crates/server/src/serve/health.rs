//! Whether the server lives, whether it can do its work, and what else there is to know. It must not know what to do about it.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde_json::{Value, json};
use waymark_store::Store;

use super::{App, Jobs, answer};

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its stable code.
    pub code: &'static str,
    /// What it means.
    pub message: String,
    /// Whether the server counts as not ready. Remarks leave it ready.
    pub is_remark: bool,
}

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> Response {
    answer::json(StatusCode::OK, &json!({ "live": true }))
}

/// `GET /health/ready`: events are taken, and nothing is damaged. Otherwise 503, with every reason.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let mut reasons = reasons(&app.store, &app.jobs);
    if *app.ending.borrow() {
        let message = "the server is about to end".to_owned();
        reasons.push(Reason { code: "draining", message, is_remark: false });
    }
    let body = body(&reasons);
    let status = if is_ready(&reasons) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer::json(status, &body)
}

/// Whether nothing among these but remarks is.
#[must_use]
pub fn is_ready(reasons: &[Reason]) -> bool {
    reasons.iter().all(|reason| reason.is_remark)
}

/// The reasons as programs read them; remarks only where there are some.
#[must_use]
pub fn body(reasons: &[Reason]) -> Value {
    let listed = |remarks: bool| -> Vec<Value> {
        let wanted = reasons.iter().filter(|reason| reason.is_remark == remarks);
        wanted.map(|Reason { code, message, .. }| json!({ "code": code, "message": message })).collect()
    };
    let mut body = json!({ "ready": is_ready(reasons), "reasons": listed(false) });
    let remarks = listed(true);
    if let (false, Some(object)) = (remarks.is_empty(), body.as_object_mut()) {
        object.insert("remarks".to_owned(), remarks.into());
    }
    body
}

/// What is wrong with an open store and the work in the background.
#[must_use]
pub fn reasons(store: &Store, jobs: &Jobs) -> Vec<Reason> {
    let reason = |code, message| Reason { code, message, is_remark: false };
    let remark = |code, message| Reason { code, message, is_remark: true };
    let mut found = Vec::new();
    found.extend(store.failure().map(|failure| reason("log_failed", failure.to_string())));
    found.extend(store.damage().into_iter().map(|damaged| reason("damage_found", damaged.message)));
    let failures = jobs.failures().into_iter();
    found.extend(failures.map(|failure| remark("background_failed", failure.to_string())));
    found.extend(
        store
            .clock_doubt()
            .map(|doubt| remark("clock_doubtful", format!("{doubt}: `waymark maintain --clock-is-right`"))),
    );
    found
}
