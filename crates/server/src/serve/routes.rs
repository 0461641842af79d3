//! Which path is answered by what.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use http::HeaderMap;

use super::{App, assets, collect, live, plausible, segment};

/// The picture for pages without a script.
const PIXEL: &str = "/v1/pixel";

/// The public paths.
pub(super) fn routes(app: &Arc<App>) -> Router {
    Router::new()
        .route(&app.settings.endpoint, post(collect::own).options(collect::preflight))
        .route("/wm.js", get(async |headers: HeaderMap| assets::script(assets::SCRIPT, &headers)))
        .route("/wm-more.js", get(async |headers: HeaderMap| assets::script(assets::MORE, &headers)))
        .route(PIXEL, get(collect::pixel))
        .route("/api/v1/sites/{site}/live", get(live::live))
        .merge(plausible::routes())
        .merge(segment::routes())
        .with_state(Arc::clone(app))
}
