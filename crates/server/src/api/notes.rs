//! A few words beside a date: what happened that the numbers do not say.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_store::catalog::DateNote;

use super::{
    body,
    error::{ApiError, Code},
    etag,
    guard::{self, Access, Need},
    moment,
    page::Page,
};
use crate::serve::App;

/// Most characters of a note.
const LONGEST: usize = 500;

/// A note to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNote {
    /// A day of the site's zone, such as `2026-03-31`.
    date: String,
    /// The words: 1 to 500 characters.
    text: String,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Note)]
pub(super) struct NoteJson {
    /// Its number.
    id: i64,
    /// The day in the site's zone.
    date: String,
    /// The words.
    text: String,
    /// When it was written.
    at: String,
    /// By whom; `null` for viewers.
    by: Option<String>,
}

/// List the notes
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/notes",
    tag = "notes",
    operation_id = "notes",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Notes, by day", body = Page<NoteJson>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let notes = app.catalog.notes(&access.site).await?;
    let notes = notes.into_iter().map(|note| note_json(note, &access));
    Ok(etag::tagged(&headers, &Page::whole(notes.collect())))
}

/// Write a note
#[utoipa::path(
    post,
    path = "/api/v1/sites/{site}/notes",
    tag = "notes",
    operation_id = "add_note",
    params(("site" = String, Path, description = "The site's name")),
    request_body = NewNote,
    responses((status = 201, description = "The note", body = NoteJson), ApiError)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<NoteJson>), ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let NewNote { date, text } = body::json(&app, body).await?;
    let wrong = |message: &str| ApiError::new(Code::BadValue, format!("{message}; nothing was changed"));
    let date = date.parse::<Date>().map_err(|_| wrong("`date` is no day such as `2026-03-31`"))?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(wrong("a note has 1 to 500 characters"));
    }
    let by = access.principal.author(app.clock.now());
    let note = app.catalog.add_note(&access.site, &date.to_string(), text, &by).await?;
    Ok((StatusCode::CREATED, Json(note_json(note, &access))))
}

/// Remove a note
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/notes/{id}",
    tag = "notes",
    operation_id = "delete_note",
    params(("site" = String, Path, description = "The site's name"), ("id" = i64, Path, description = "The note's number")),
    responses((status = 204, description = "It is gone"), ApiError)
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Path((site, id)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let by = access.principal.author(app.clock.now());
    if app.catalog.remove_note(&access.site, id, &by).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::new(Code::NotFound, "there is no such note; nothing was changed"))
}

fn note_json(note: DateNote, access: &Access) -> NoteJson {
    let DateNote { number, date, text, by } = note;
    NoteJson { id: number, date, text, at: moment(by.at), by: access.named(&by) }
}
