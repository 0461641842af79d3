//! The record of who changed what.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use waymark_model::time::timestamp;
use waymark_store::catalog::AuditEntry;

use super::{
    error::{ApiError, Code},
    guard::{self, Need},
    page::{self, Page},
    session::json,
};
use crate::serve::App;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Of one site; of all, which only an owner of all sites may see, unless given.
    site: Option<String>,
    /// Entries of a page, 1 to 1000; 100 unless given.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<i64>,
}

/// Something that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditItem {
    /// When.
    at: String,
    /// By whom: an e-mail address, `key` and its first letters, or the user of the command line.
    by: String,
    /// The site that it concerns, if it is one.
    site: Option<String>,
    /// What was done: `goal_changed`, `key_added`, `role_changed`, …
    action: String,
    /// What it was done to.
    subject: String,
    /// What it is now, in a few words.
    detail: Option<String>,
}

/// List who changed what
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "access",
    operation_id = "audit",
    responses((status = 200, description = "Changes, the newest first", body = Page<AuditItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let site = match &asked.site {
        Some(name) => Some(guard::site(&app, &headers, name, Need::Own).await?.site.number),
        None => {
            guard::installation(&app, &headers).await?;
            None
        }
    };
    let limit = page::limit(asked.limit)?;
    let wanted =
        u32::try_from(limit + 1).map_err(|_| ApiError::new(Code::BadParameter, "`limit` is too great"))?;
    let entries = app.catalog.audit(site, asked.after, wanted).await?;
    let page = Page::begun(entries, limit, |entry| entry.number.to_string());
    Ok(json(StatusCode::OK, &page.map(item)))
}

fn item(entry: AuditEntry) -> AuditItem {
    AuditItem {
        at: timestamp(entry.author.at).to_string(),
        by: entry.author.name,
        site: entry.site,
        action: entry.action,
        subject: entry.subject,
        detail: entry.detail,
    }
}
