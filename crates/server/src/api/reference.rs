//! What the API is, for programs and for people: the document, and a page made of it. The page runs no script.

use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

use axum::{Router, response::Response, routing::get};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use utoipa::{
    Modify,
    openapi::{
        OpenApi, RefOr,
        path::{Operation, Parameter},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::serve::{App, answer, html::escaped};

/// How programs say who they are.
pub(super) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A secret key of a site: `waymark key add SITE --scope read`"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
        let cookie = ApiKeyValue::with_description(
            "__Host-waymark",
            "A session of a browser; `waymark` over http. Changes need the header `x-waymark-csrf` too",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// `GET /api/v1/openapi.json` and `GET /api`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api", get(page))
        .route("/api/reference.css", get(style))
}

async fn document(headers: HeaderMap) -> Response {
    super::etag::of_text(&headers, "application/json", super::openapi())
}

async fn page(headers: HeaderMap) -> Response {
    static PAGE: LazyLock<String> = LazyLock::new(|| drawn(super::document()));
    super::etag::of_text(&headers, "text/html; charset=utf-8", &PAGE)
}

async fn style() -> Response {
    let mut response = answer::text(StatusCode::OK, STYLE);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
code{font:.9em ui-monospace,monospace}\
h3 code{font-size:1em}\
table{border-collapse:collapse;margin:.5rem 0}\
th,td{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top;font-weight:normal}\
section{border-top:1px solid #8886;padding-top:.5rem;margin-top:1.5rem}\n";

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Waymark API</title>\
<link rel=\"stylesheet\" href=\"/api/reference.css\"></head><body><main><h1>Waymark API</h1>\
<p>Send a key with <code>Authorization: Bearer</code>; <code>waymark key add SITE --scope read</code> makes one. \
Bodies and answers are JSON. A refusal is \
<code>{\"error\": {\"code\", \"message\", \"hint\"}}</code>; its code is stable. \
Types of bodies and answers are in <a href=\"/api/v1/openapi.json\">the OpenAPI document</a>.</p>";

/// The document as a page.
fn drawn(document: &OpenApi) -> String {
    let mut text = HEAD.to_owned();
    for tag in document.tags.iter().flatten() {
        let about = tag.description.as_deref().unwrap_or_default();
        let _ = write!(text, "<section><h2>{}</h2><p>{}</p>", escaped(&tag.name), escaped(about));
        for (path, item) in &document.paths.paths {
            let methods = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            for (method, operation) in methods {
                let of_tag =
                    |operation: &&Operation| operation.tags.iter().flatten().any(|name| *name == tag.name);
                if let Some(operation) = operation.as_ref().filter(of_tag) {
                    draw(&mut text, method, path, operation);
                }
            }
        }
        text.push_str("</section>");
    }
    text.push_str("</main></body></html>\n");
    text
}

fn draw(text: &mut String, method: &str, path: &str, operation: &Operation) {
    let said = |said: &Option<String>| escaped(said.as_deref().unwrap_or_default());
    let id = said(&operation.operation_id);
    let _ = write!(text, "<h3 id=\"{id}\"><code>{method} {}</code></h3>", escaped(path));
    let _ = write!(text, "<p>{}. {}</p>", said(&operation.summary), said(&operation.description));
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if !parameters.is_empty() {
        text.push_str("<table>");
        let row = |parameter: &RefOr<Parameter>| {
            let RefOr::T(parameter) = parameter else { return String::new() };
            let about = said(&parameter.description);
            format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{about}</td></tr>",
                escaped(&parameter.name)
            )
        };
        text.extend(parameters.iter().map(row));
        text.push_str("</table>");
    }
}
