//! Which path is answered by what.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler as _,
    middleware::{from_fn_with_state, map_response},
    routing::{get, post},
};
use http::HeaderMap;

use super::{
    App, assets, check, collect, dashboard, guide, health, observe::observe, plausible, security, segment,
    shop,
};
use crate::api;

/// The public paths. Those that can be chosen come before the others.
pub(super) fn routes(app: &Arc<App>) -> Router {
    let settings = &app.settings;
    let observe = || from_fn_with_state(Arc::clone(app), observe);
    let script = get(async |headers: HeaderMap| assets::script(assets::SCRIPT, &headers));
    let more = get(async |headers: HeaderMap| assets::script(assets::MORE, &headers));
    let storefront = if settings.shop { shop::routes() } else { Router::new() };
    let pages = api::routes(app).merge(dashboard::routes()).merge(guide::routes()).merge(storefront);
    let fixed: Router = Router::new()
        .merge(pages.layer(map_response(security::headers)))
        .route("/check", get(check::check))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .merge(plausible::routes())
        .merge(segment::routes())
        .fallback(dashboard::nothing.layer(map_response(security::headers)))
        .layer(observe())
        .with_state(Arc::clone(app));
    let all: Router = Router::new()
        .route(&settings.events_path, post(collect::own).options(collect::preflight))
        .route(&settings.script_path, script)
        .route(&settings.more_path(), more)
        .route(&settings.pixel_path, get(collect::pixel))
        .route_layer(observe())
        .fallback_service(fixed)
        .with_state(Arc::clone(app));
    if settings.certificate.is_some() { all.layer(map_response(security::over_tls_only)) } else { all }
}
