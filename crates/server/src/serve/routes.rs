//! Which path is answered by what.

use std::sync::Arc;

use axum::{Router, routing::post};

use super::{App, collect};

/// The public paths.
pub(super) fn routes(app: &Arc<App>) -> Router {
    Router::new()
        .route(&app.settings.endpoint, post(collect::own).options(collect::preflight))
        .with_state(Arc::clone(app))
}
