//! The API, `/api/v1`: one file for each resource, its wire types beside its routes. What the routes are is generated
//! from them (`openapi.json`). It must not count, and knows no SQL.

#![allow(unused_qualifications, reason = "the macro of routes names the types of parameters a second time")]

mod account;
mod arrivals;
mod audit;
mod body;
mod changes;
mod csrf;
mod definitions;
mod erasures;
mod error;
mod etag;
mod event_names;
mod export;
mod guard;
mod keys;
mod lints;
mod live;
mod members;
mod names;
mod notes;
mod now;
mod oidc;
mod page;
mod query;
mod recovery;
mod reference;
mod report;
mod schema;
mod segments;
mod session;
mod shares;
mod site;
mod sites;
mod suggestions;
mod voids;
mod work;

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state, map_response},
    routing::any,
};
use http::StatusCode;
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};
use waymark_model::time::timestamp;

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
    components(schemas(error::ErrorBody, schema::Provenance)),
    modifiers(&Security),
    security(("key" = []), ("session" = [])),
    tags(
        (name = "session", description = "Who is signed in"),
        (name = "account", description = "Your own account"),
        (name = "members", description = "Who else has an account"),
        (name = "access", description = "Keys, shared links, and the record of changes"),
        (name = "sites", description = "Sites and their settings"),
        (name = "definitions", description = "What counts: goals and funnels, under their versions"),
        (name = "notes", description = "What people keep beside the numbers"),
        (name = "numbers", description = "Questions about a site's history, and what happens now"),
    )
)]
struct Document;

/// The routes with their documentation.
fn documented() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(session::show, session::begin, session::end))
        .routes(routes!(session::set_up))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
        .routes(routes!(recovery::ask))
        .routes(routes!(recovery::finish))
        .routes(routes!(account::change))
        .routes(routes!(account::offer_codes, account::require_codes, account::drop_codes))
        .routes(routes!(account::sessions, account::end_sessions))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(members::reset))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(keys::revoke))
        .routes(routes!(shares::list, shares::add))
        .routes(routes!(shares::revoke))
        .routes(routes!(audit::list))
        .routes(routes!(sites::list, sites::add))
        .routes(routes!(site::show, site::change))
        .routes(routes!(arrivals::show))
        .routes(routes!(definitions::list))
        .routes(routes!(definitions::file::write, definitions::file::read))
        .routes(routes!(definitions::goals::put, definitions::goals::delete))
        .routes(routes!(definitions::goals::versions))
        .routes(routes!(definitions::preview::preview))
        .routes(routes!(definitions::funnels::put, definitions::funnels::delete))
        .routes(routes!(definitions::funnels::versions))
        .routes(routes!(lints::list))
        .routes(routes!(changes::list))
        .routes(routes!(names::list))
        .routes(routes!(event_names::list))
        .routes(routes!(event_names::decide, event_names::undecide))
        .routes(routes!(suggestions::list))
        .routes(routes!(notes::list, notes::add))
        .routes(routes!(notes::remove))
        .routes(routes!(segments::list, segments::save))
        .routes(routes!(segments::remove))
        .routes(routes!(voids::list, voids::add))
        .routes(routes!(voids::remove))
        .routes(routes!(erasures::list, erasures::add))
        .routes(routes!(query::ask))
        .routes(routes!(live::watch))
        .routes(routes!(now::now))
        .routes(routes!(export::export))
}

/// The routes below `/api`.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let (router, _) = documented().split_for_parts();
    let nothing = any(async || StatusCode::NOT_FOUND);
    router
        .layer(from_fn_with_state(Arc::clone(app), body::with_sender))
        .layer(from_fn_with_state(Arc::clone(app), csrf::own_pages_only))
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

/// A moment in UTC, as RFC 3339.
fn moment(time: i64) -> String {
    timestamp(time).to_string()
}
