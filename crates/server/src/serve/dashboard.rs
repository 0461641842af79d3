//! The dashboard as it is in the binary (or, in a build for development, in the folder it is built into). Its pages are one
//! file, and the script in it finds out which was asked for. It must not know what they show.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{Router, body::Bytes, extract::Path, response::Response, routing::get};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use super::{App, answer};

#[derive(RustEmbed)]
#[folder = "../../web/dashboard/dist"]
#[allow_missing = true]
struct Dashboard;

/// The pages of the installation.
const PAGES: [&str; 9] =
    ["/", "/setup", "/signin", "/recover", "/welcome", "/share", "/new-site", "/account", "/sites/{site}"];
/// The pages of a site, by the last part of their path.
const SITE_PAGES: [&str; 6] = ["overview", "funnels", "goals", "journeys", "live", "settings"];
/// The file that all pages are.
const INDEX: &str = "index.html";

/// Files under this folder have their content's hash in their name, and so never change.
const HASHED: &str = "assets";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// What stands for a page in a binary that was built without the dashboard.
const MISSING: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Waymark</title></head>\
<body><h1>The dashboard is not in this build</h1><p><code>cargo xtask build</code> makes one that has it. \
Events are taken, and <a href=\"/api\">the API</a> answers.</p></body></html>\n";

/// The paths of pages, and of the files that they are made of.
pub(super) fn routes() -> Router<Arc<App>> {
    let mut routes = Router::new().route(&format!("/{HASHED}/{{*name}}"), get(hashed));
    for page in PAGES {
        routes = routes.route(page, get(index));
    }
    for page in SITE_PAGES {
        routes = routes.route(&format!("/sites/{{site}}/{page}"), get(index));
    }
    // Icons and the like; a dot keeps them apart from everybody else's paths.
    for name in Dashboard::iter().filter(|name| name.contains('.') && !name.contains('/') && name != INDEX) {
        let path = format!("/{name}");
        routes = routes.route(&path, get(async move |headers: HeaderMap| file(&name, ASK_AGAIN, &headers)));
    }
    routes
}

/// Answers a path that leads nowhere: people see the dashboard's page for that, programs a line of text.
pub(super) async fn nothing(headers: HeaderMap) -> Response {
    let wants_page = headers
        .get(header::ACCEPT)
        .is_some_and(|kinds| kinds.to_str().is_ok_and(|kinds| kinds.contains("text/html")));
    if !wants_page || Dashboard::get(INDEX).is_none() {
        return answer::text(StatusCode::NOT_FOUND, "there is nothing at this path\n");
    }
    // Whole and uncompressed: nobody keeps this answer, so there is no tag to ask with again.
    let mut response = file(INDEX, HeaderValue::from_static("no-store"), &HeaderMap::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

async fn index(headers: HeaderMap) -> Response {
    if Dashboard::get(INDEX).is_none() {
        let mut response = answer::text(StatusCode::SERVICE_UNAVAILABLE, MISSING);
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return response;
    }
    file(INDEX, ASK_AGAIN, &headers)
}

async fn hashed(Path(name): Path<String>, headers: HeaderMap) -> Response {
    file(&format!("{HASHED}/{name}"), FOR_EVER, &headers)
}

fn file(name: &str, cache: HeaderValue, request: &HeaderMap) -> Response {
    let Some(file) = Dashboard::get(name) else {
        return answer::text(StatusCode::NOT_FOUND, "no such file\n");
    };
    let tag: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let says = |name: header::HeaderName, text: &str| {
        request.get(name).is_some_and(|value| value.to_str().is_ok_and(|value| value.contains(text)))
    };
    let mut response = if says(header::IF_NONE_MATCH, &tag) {
        answer::empty(StatusCode::NOT_MODIFIED)
    } else if let Some(small) =
        says(header::ACCEPT_ENCODING, "gzip").then(|| gzip(&tag, &file.data)).flatten()
    {
        let mut response = Response::new(small.into());
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        Response::new(file.data.into_owned().into())
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The content compressed, once for each tag.
fn gzip(tag: &str, content: &[u8]) -> Option<Bytes> {
    static KEPT: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(small) = kept().get(tag) {
        return Some(small.clone());
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).ok()?;
    let small = Bytes::from(encoder.finish().ok()?);
    kept().insert(tag.to_owned(), small.clone());
    Some(small)
}

/// What a file is, by its name (IANA media types).
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
