//! What clients are answered: status, headers, JSON. It must not know how an answer came about.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};
use waymark_collect::{Outcome, Remark, Report, RequestError};

use super::status::status_of;

/// Why events are kept but left out of results.
const NOT_COUNTED: HeaderName = HeaderName::from_static("x-waymark-not-counted");
/// Why parts of events are left out or repaired.
const NOTED: HeaderName = HeaderName::from_static("x-waymark-noted");

/// The code of a request that was refused as a whole, for those who count answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) &'static str);

/// The answer of Waymark's own protocol.
pub(super) fn own(done: Result<Report, RequestError>, headers: &HeaderMap) -> Response {
    let response = match done {
        Ok(report) => report_of(&report),
        Err(error) => refused(&error),
    };
    with_cors(response, headers)
}

/// What became of a request's events.
#[derive(Serialize)]
struct Taken {
    duplicates: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noted: Vec<Value>,
    refused: Vec<Value>,
    stored: usize,
}

fn report_of(report: &Report) -> Response {
    let count = |wanted: &Outcome| report.outcomes.iter().filter(|outcome| *outcome == wanted).count();
    let body = Taken {
        duplicates: count(&Outcome::Duplicate),
        noted: remarks(report),
        refused: refusals(report),
        stored: count(&Outcome::Stored),
    };
    let all_refused = report.outcomes.len() == body.refused.len();
    let mut response = json(if all_refused { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &body);
    note(&mut response, report);
    response
}

/// The smallest picture that all programs show: one transparent point (GIF89a).
const PICTURE: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

/// The picture; a header says why an event was not counted.
pub(super) fn pixel(done: Result<Report, RequestError>) -> Response {
    let mut response = Response::new(Body::from(PICTURE));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match done {
        Ok(report) => note(&mut response, &report),
        Err(error) => {
            *response.status_mut() = status_of(&error);
            mark(&mut response, &error);
        }
    }
    response
}

/// Says in headers why events were not counted, and why parts of others are not kept as they were sent.
pub(super) fn note(response: &mut Response, report: &Report) {
    let codes = report.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Refused(refusal) => Some(refusal.code()),
        _ => None,
    });
    list(response, NOT_COUNTED, report.not_counted.iter().copied().chain(codes).collect());
    list(response, NOTED, report.remarks.iter().map(|(_, remark)| remark.reason.code()).collect());
}

/// Lists codes in a header, each once.
fn list(response: &mut Response, header: HeaderName, mut codes: Vec<&str>) {
    codes.sort_unstable();
    codes.dedup();
    if let (false, Ok(value)) = (codes.is_empty(), HeaderValue::from_str(&codes.join(", "))) {
        response.headers_mut().insert(header, value);
    }
}

/// The events that were refused, by their place in the request, and why.
pub(super) fn refusals(report: &Report) -> Vec<Value> {
    (0..).zip(&report.outcomes).filter_map(refused_event).collect()
}

fn refused_event((index, outcome): (usize, &Outcome)) -> Option<Value> {
    match outcome {
        Outcome::Refused(refusal) => {
            Some(json!({ "index": index, "code": refusal.code(), "message": refusal.to_string() }))
        }
        _ => None,
    }
}

/// Most remarks of an answer.
const REMARKS: usize = 100;

/// The parts of stored events that were left out or repaired, by the events' places in the request.
fn remarks(report: &Report) -> Vec<Value> {
    let remark = |(index, Remark { field, reason }): &(usize, Remark)| {
        let what = if reason.is_repair() { "repaired" } else { "left_out" };
        json!({ "index": index, "field": field, "what": what, "code": reason.code(), "message": reason.to_string() })
    };
    report.remarks.iter().take(REMARKS).map(remark).collect()
}

/// The answer to a request that is refused as a whole.
pub(super) fn refused(error: &RequestError) -> Response {
    refused_as(error, |said| json!({ "error": said }))
}

/// The same in another protocol's form, made of code, message and hint.
pub(super) fn refused_as(error: &RequestError, form: impl FnOnce(Value) -> Value) -> Response {
    if let RequestError::Store(cause) = error {
        tracing::error!(code = error.code(), cause = %cause, "events could not be stored");
    }
    let mut body = json!({ "code": error.code(), "message": error.to_string() });
    if let Some(hint) = error.hint() {
        body["hint"] = Value::from(hint);
    }
    let mut response = json(status_of(error), &form(body));
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    mark(&mut response, error);
    response
}

/// Says in a header why nothing of it was counted: the browser script shows that to the site's developers.
fn mark(response: &mut Response, error: &RequestError) {
    response.headers_mut().insert(NOT_COUNTED, HeaderValue::from_static(error.code()));
    response.extensions_mut().insert(Refused(error.code()));
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A text as an answer.
pub(crate) fn text(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// JSON as an answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // What answers are made of can always be written.
    let body = serde_json::to_string(body).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The answer with leave for any page to send and read it: an origin is no authentication, and no credentials of
/// browsers are used (Fetch standard, CORS protocol).
pub(super) fn with_cors(mut response: Response, request: &HeaderMap) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = request.get(header::ORIGIN) else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-waymark-not-counted, x-waymark-noted, x-plausible-dropped, retry-after"),
    );
    if let Some(asked) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    // Some clients send with credentials, which are not used here; browsers would hide the answer otherwise.
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    response
}
