//! The browser script, as it is in the binary (or, in a build for development, in the folder it is built into).

use std::{borrow::Cow, io::Write as _};

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use super::answer;

#[derive(RustEmbed)]
#[folder = "../../web/tracker/dist"]
#[allow_missing = true]
struct Tracker;

/// The core of the browser script …
pub(super) const SCRIPT: &str = "wm.js";
/// … and what it fetches when a page needs it.
pub(super) const MORE: &str = "wm-more.js";

/// Browsers ask again after so many seconds, and are told in a few bytes that nothing has changed.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600, stale-while-revalidate=86400");

/// What stands for the script in a binary that was built without it: it harms no page, and says what to do.
const MISSING: &str =
    "/* Waymark's browser script is not in this build: `cargo xtask build` makes one that has it. */\n";

/// A part of the browser script.
pub(super) fn script(name: &'static str, request: &HeaderMap) -> Response {
    let Some(file) = Tracker::get(name) else {
        return javascript(StatusCode::SERVICE_UNAVAILABLE, Cow::Borrowed(MISSING.as_bytes()));
    };
    let tag = hex(&file.metadata.sha256_hash()[..16]);
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| contains(known, &tag)) {
        return cached(answer::empty(StatusCode::NOT_MODIFIED), &tag);
    }
    let takes_gzip = request.get(header::ACCEPT_ENCODING).is_some_and(|takes| contains(takes, "gzip"));
    let Some(small) = takes_gzip.then(|| gzip(&file.data)).flatten() else {
        return cached(javascript(StatusCode::OK, file.data), &tag);
    };
    let mut response = javascript(StatusCode::OK, Cow::Owned(small));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    cached(response, &tag)
}

fn javascript(status: StatusCode, bytes: Cow<'static, [u8]>) -> Response {
    let mut response = Response::new(Body::from(bytes.into_owned()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn cached(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CACHE);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

pub(super) fn contains(value: &HeaderValue, text: &str) -> bool {
    value.to_str().is_ok_and(|value| value.contains(text))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Some kilobytes: done in less than a millisecond, and asked for once an hour by a browser.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
