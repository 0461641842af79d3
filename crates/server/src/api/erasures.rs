//! Requests to forget a visitor or user of a site: which there were, and a new one.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_model::time::timestamp;
use waymark_store::catalog::{Erasure, ErasureOf};

use super::{
    body,
    error::{ApiError, Code},
    guard::{self, Need},
    page::{Page, Paging},
};
use crate::serve::{App, Job, erase_all};

/// A request to forget somebody. Whom it was about is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErasureItem {
    /// Its number.
    id: i64,
    /// `visitor` or `user`.
    of: &'static str,
    /// When it was made.
    at: String,
    /// Who made it.
    by: String,
    /// When it was done; `null` while it is under way.
    done: Option<String>,
    /// How many events were removed.
    events: Option<u64>,
}

/// Somebody to forget: a visitor or a user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewErasure {
    /// The visitor's identifier, as in their cookie, or as your own servers or files name it.
    visitor: Option<String>,
    /// The user's identifier, as the site sends it: its events go, and those of the same visitors that name no user.
    user: Option<String>,
}

/// List the requests to forget somebody
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/erasures",
    tag = "sites",
    operation_id = "erasures",
    params(("site" = String, Path, description = "The site's name"), Paging),
    responses((status = 200, description = "Requests, the oldest first", body = Page<ErasureItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Json<Page<ErasureItem>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let asked = app.catalog.erasures(Some(access.site.number)).await?;
    Ok(Json(Page::of(asked, &paging, |erasure| erasure.number.to_string())?.map(item)))
}

/// Forget a visitor or user: remove all that is stored of them
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/erasures",
    tag = "sites",
    operation_id = "add_erasure",
    params(("site" = String, Path, description = "The site's name")),
    request_body = NewErasure,
    responses((status = 202, description = "It is under way; the list says when it is done", body = ErasureItem), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ErasureItem>), ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let (of, identifier) = match body::json(&app, body).await? {
        NewErasure { visitor: Some(id), user: None } if !id.is_empty() => (ErasureOf::Visitor, id),
        NewErasure { visitor: None, user: Some(id) } if !id.is_empty() => (ErasureOf::User, id),
        _ => {
            return Err(ApiError::new(
                Code::BadPerson,
                "it is not said who is to be forgotten; nothing was changed",
            )
            .hint("give either `visitor` or `user`"));
        }
    };
    let by = access.principal.author(app.clock.now());
    let asked = app.catalog.add_erasure(&access.site, of, &identifier, &by).await?;
    // Should the server end before it is done, the next start does it.
    Arc::clone(&app.jobs).spawn(Job::Erasure, async move { erase_all(&app).await });
    Ok((StatusCode::ACCEPTED, Json(item(asked))))
}

fn item(erasure: Erasure) -> ErasureItem {
    let moment = |time: i64| timestamp(time).to_string();
    ErasureItem {
        id: erasure.number,
        of: erasure.of.as_str(),
        at: moment(erasure.by.at),
        by: erasure.by.name,
        done: erasure.done.map(|(at, _)| moment(at)),
        events: erasure.done.map(|(_, events)| events),
    }
}
