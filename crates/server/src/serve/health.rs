//! Whether the server lives, and whether it can do its work. It must not know what to do about it.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde_json::{Value, json};
use waymark_store::Store;

use super::{App, answer};

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> Response {
    answer::json(StatusCode::OK, &json!({ "live": true }))
}

/// `GET /health/ready`: events are taken. Otherwise 503, with every reason: its stable code, and what it means.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    let mut reasons = reasons(&app.store);
    if *app.ending.borrow() {
        reasons.push(("draining", "the server is about to end".to_owned()));
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let reasons: Vec<Value> =
        reasons.into_iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
    answer::json(status, &json!({ "ready": status == StatusCode::OK, "reasons": reasons }))
}

/// What is wrong with an open store: the stable code of each reason, and what it means.
#[must_use]
pub fn reasons(store: &Store) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(failure) = store.failure() {
        found.push(("log_failed", failure.to_string()));
    }
    let recovered = store.recovered();
    found.extend(recovered.damage.iter().map(|damage| ("damage_found", damage.to_string())));
    if !recovered.undecodable.is_empty() {
        let records = recovered.undecodable.len();
        let message =
            format!("{records} records of the log make no events, and lie in the folder `quarantine`");
        found.push(("damage_found", message));
    }
    found
}
