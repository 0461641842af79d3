//! Answers that a client may keep: it asks whether they still hold, and is told so in a few bytes (RFC 9110, 8.8.3 and 13.1).

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::error::ApiError;
use crate::serve::answer;

/// Something as JSON, under the tag of its text, for those who asked alone.
pub(super) fn tagged(request: &HeaderMap, body: &impl Serialize) -> Response {
    json(request, None, body)
}

/// The same under a tag of its own.
pub(super) fn tagged_as(request: &HeaderMap, tag: &str, body: &impl Serialize) -> Response {
    json(request, Some(tag), body)
}

fn json(request: &HeaderMap, tag: Option<&str>, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => {
            let tag = tag.map_or_else(|| of(&text), str::to_owned);
            let mut response = of_text_as(request, "application/json", &tag, &text);
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            headers.insert(header::VARY, HeaderValue::from_static("Authorization, Cookie"));
            response
        }
        Err(error) => ApiError::internal(&error).into_response(),
    }
}

/// A text under its tag.
pub(super) fn of_text(request: &HeaderMap, kind: &'static str, text: &str) -> Response {
    of_text_as(request, kind, &of(text), text)
}

/// A text under a tag of its own.
pub(super) fn of_text_as(request: &HeaderMap, kind: &'static str, tag: &str, text: &str) -> Response {
    let mut response = if holds(request, tag) {
        answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::new(text.to_owned().into())
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether those who ask have what is under this tag.
fn holds(request: &HeaderMap, tag: &str) -> bool {
    request.get(header::IF_NONE_MATCH).is_some_and(|known| names(known, tag))
}

/// Whether what is under this tag is what those who ask want to change. Those who name nothing want to in any case.
pub(super) fn matches(request: &HeaderMap, tag: &str) -> bool {
    request.get(header::IF_MATCH).is_none_or(|known| names(known, tag))
}

fn names(known: &HeaderValue, tag: &str) -> bool {
    let mut known = known.to_str().unwrap_or_default().split(',');
    known.any(|known| bare(known) == tag || known.trim() == "*")
}

/// The tag of a text.
pub(super) fn of(text: &str) -> String {
    format!("{:032x}", xxh3_128(text.as_bytes()))
}

/// A tag without its quotes; a proxy that compresses may have marked it as weak.
fn bare(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

/// Answers that say nothing else are not kept by anybody.
pub(super) async fn not_stored(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
