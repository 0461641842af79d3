//! The demonstration's storefront, as it is in the binary (or, in a build for development, in the folder it is built into). It
//! gives files, and must not know what visitors do with them: their clicks arrive as those of any shop do.

use std::{ops::Range, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{
    App, answer,
    assets::{contains, hex},
};

#[derive(RustEmbed)]
#[folder = "../../web/shop/dist"]
#[allow_missing = true]
struct Storefront;

/// The policy of all pages, and films of this server.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// What stands for the shop in a binary that was built without it.
const MISSING: &str = "The storefront is not in this build: `cargo xtask build` makes one that has it.\n";

/// The shop's paths.
pub(super) fn routes() -> Router<Arc<App>> {
    let home = async |headers: HeaderMap| page("", &headers);
    let other = async |Path(path): Path<String>, headers: HeaderMap| page(&path, &headers);
    Router::new()
        .route("/shop", get(async || Redirect::permanent("/shop/").into_response()))
        .route("/shop/", get(home))
        .route("/shop/{*path}", get(other))
}

/// What stands at a path below the shop's: a file, or a page, whose name has no ending there.
fn page(path: &str, request: &HeaderMap) -> Response {
    let name = match path {
        "" => "index.html".to_owned(),
        path if path.contains('.') => path.to_owned(),
        path => format!("{path}.html"),
    };
    if let Some(found) = Storefront::get(&name) {
        return file(&name, found, request);
    }
    match Storefront::get("missing.html") {
        Some(missing) => {
            let mut response = file("missing.html", missing, &HeaderMap::new());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
        None => answer::text(StatusCode::SERVICE_UNAVAILABLE, MISSING),
    }
}

fn file(name: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let tag = hex(&file.metadata.sha256_hash()[..16]);
    let mut response = if request.get(header::IF_NONE_MATCH).is_some_and(|known| contains(known, &tag)) {
        answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        content(&file.data, request.get(header::RANGE))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// All of it, or the part that is asked for: Safari plays no video without (RFC 9110, 14).
fn content(data: &[u8], asked: Option<&HeaderValue>) -> Response {
    let all = data.len();
    let Some(part) = asked.and_then(|value| value.to_str().ok()).and_then(|text| range(text, all)) else {
        return Response::new(Body::from(data.to_vec()));
    };
    let mut response = Response::new(Body::from(data.get(part.clone()).unwrap_or_default().to_vec()));
    let (status, placed) = if part.is_empty() {
        (StatusCode::RANGE_NOT_SATISFIABLE, format!("bytes */{all}"))
    } else {
        (StatusCode::PARTIAL_CONTENT, format!("bytes {}-{}/{all}", part.start, part.end - 1))
    };
    *response.status_mut() = status;
    if let Ok(placed) = HeaderValue::from_str(&placed) {
        response.headers_mut().insert(header::CONTENT_RANGE, placed);
    }
    response
}

/// The bytes that a range names, none when it lies behind the end. `None` for what is no single range: it is ignored.
fn range(text: &str, all: usize) -> Option<Range<usize>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return Some(all.saturating_sub(count)..all);
    }
    let first: usize = first.parse().ok()?;
    let end = if last.is_empty() { all } else { last.parse::<usize>().ok()?.checked_add(1)?.min(all) };
    Some(first..end.max(first))
}

/// What a file is, by its name (IANA media types).
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "webm" => "video/webm",
        "vtt" => "text/vtt; charset=utf-8",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Range<usize>>) {
        assert_eq!(range(text, 100), expected, "{text}");
    }

    #[test]
    fn ranges() {
        check("bytes=0-", Some(0..100));
        check("bytes=10-19", Some(10..20));
        check("bytes=90-500", Some(90..100));
        check("bytes=-10", Some(90..100));
        check("bytes=-500", Some(0..100));
        check("bytes=100-", Some(100..100));
        check("bytes=200-", Some(200..200));
        for ignored in
            ["", "bytes=", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", "bytes=0-18446744073709551615"]
        {
            check(ignored, None);
        }
    }

    #[test]
    fn a_part_that_is_not_there_is_refused() {
        let part = |text: &'static str| content(&[7; 100], Some(&HeaderValue::from_static(text)));
        for (text, status, placed) in [
            ("bytes=0-", StatusCode::PARTIAL_CONTENT, "bytes 0-99/100"),
            ("bytes=98-", StatusCode::PARTIAL_CONTENT, "bytes 98-99/100"),
            ("bytes=100-", StatusCode::RANGE_NOT_SATISFIABLE, "bytes */100"),
            ("bytes=300-", StatusCode::RANGE_NOT_SATISFIABLE, "bytes */100"),
        ] {
            let response = part(text);
            assert_eq!(response.status(), status, "{text}");
            assert_eq!(response.headers()[header::CONTENT_RANGE], placed, "{text}");
        }
        assert_eq!(part("bytes=0-1,5-6").status(), StatusCode::OK);
    }
}
