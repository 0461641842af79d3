//! What looks wrong in a site's definitions, and in how its goals are used.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use waymark_analysis::{Over, usage::usage};
use waymark_model::lints::{self, Code as LintCode, Lint, Mend, Severity, Subject};

use super::{
    error::ApiError,
    guard::{self, Need},
    page::Page,
    schema, work,
};
use crate::serve::App;

/// Something that an owner should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lint)]
pub(super) struct LintItem {
    /// What it is about, as a stable name.
    #[schema(value_type = String)]
    code: LintCode,
    /// How much it matters.
    #[schema(value_type = schema::Severity)]
    severity: Severity,
    /// What it points at.
    #[schema(value_type = schema::LintSubject)]
    subject: Subject,
    /// What is so, and what that means.
    message: String,
    /// What to do.
    hint: String,
    /// Changes of the goal that settle it, the best first.
    #[schema(value_type = Vec<schema::Mend>)]
    mends: Vec<Mend>,
}

impl From<Lint> for LintItem {
    fn from(lint: Lint) -> Self {
        let Lint { code, severity, subject, message, hint, mends, .. } = lint;
        Self { code, severity, subject, message, hint, mends }
    }
}

/// List what looks wrong
///
/// In the definitions, and in how the goals were used since the beginning.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/lints",
    tag = "definitions",
    operation_id = "lints",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "What matters most first", body = Page<LintItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Page<LintItem>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let found = work::run(&app, &access, |source| {
        let over = Over::default().resolve(&source.site.zone, source.all(), source.now)?;
        Ok(lints::lint(source.site, Some(&usage(source, &over)?)))
    });
    Ok(Json(Page::whole(found.await?.into_iter().map(LintItem::from).collect())))
}
