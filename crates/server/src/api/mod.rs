//! The API, `/api/v1`: one file for each resource, its wire types beside its routes. What the routes are is generated
//! from them (`openapi.json`). It must not count, and knows no SQL.

mod body;
mod error;
mod etag;
mod guard;
mod live;
mod page;
mod query;
mod reference;
mod sites;
mod work;

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    middleware::{from_fn, map_response},
    routing::any,
};
use http::StatusCode;
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::serve::App;

use reference::Security;
pub(crate) use work::Work;

/// What the document says beside the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Waymark",
        description = "Sites, what counts on them, and the numbers. Everything the dashboard does goes through here.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(error::ErrorBody)),
    modifiers(&Security),
    security(("key" = [])),
    tags(
        (name = "sites", description = "Sites and their settings"),
        (name = "numbers", description = "Questions about a site's history, and what happens now"),
    )
)]
struct Document;

/// The routes with their documentation.
fn documented() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sites::list, sites::add))
        .routes(routes!(query::ask))
        .routes(routes!(live::watch))
}

/// The routes below `/api`.
pub(crate) fn routes() -> Router<Arc<App>> {
    let (router, _) = documented().split_for_parts();
    let nothing = any(async || StatusCode::NOT_FOUND);
    router
        .merge(reference::routes())
        .route("/api/v1/{*path}", nothing)
        .layer(map_response(error::in_json))
        .layer(from_fn(etag::not_stored))
}

/// The document that describes the routes, as JSON.
pub(crate) fn openapi() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = serde_json::to_string_pretty(document()).unwrap_or_default();
        text.push('\n');
        text
    });
    &TEXT
}

/// The same as data.
fn document() -> &'static OpenApi {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| documented().into_openapi());
    &DOCUMENT
}
