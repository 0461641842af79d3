//! `POST /api/v1/sites/{site}/query`: a question, answered by what answers the command line.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
};
use http::HeaderMap;
use waymark_analysis::{Answer, Query, answer};

use super::{
    body,
    error::ApiError,
    guard::{self, Need},
    schema, work,
};
use crate::serve::App;

/// Ask a question
///
/// The kinds of questions, and what comes back, are described in `docs/query-json.md`.
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/query",
    tag = "numbers",
    operation_id = "query",
    params(("site" = String, Path, description = "The site's name")),
    request_body = schema::Query,
    responses((status = 200, description = "The answer", body = schema::Answer), ApiError)
)]
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Answer>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let query: Query = body::json(&app, body).await?;
    let answer = work::run(&app, &access, move |source| Ok(answer(&query, source)?)).await?;
    Ok(Json(answer))
}
