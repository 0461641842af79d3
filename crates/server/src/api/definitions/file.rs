//! A site's definitions as the text of a `waymark.toml`: out and in.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, Query, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;
use waymark_model::{DefinitionError, Definitions, SiteDefinition};

use super::{Edited, change, tag};
use crate::{
    api::{
        body,
        error::{ApiError, Code, PointedError},
        etag,
        guard::{self, Need},
    },
    serve::App,
};

/// Write what counts as a file
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/definitions.toml",
    tag = "definitions",
    operation_id = "definitions_file",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "The text of a waymark.toml", content_type = "application/toml", body = String), ApiError)
)]
pub(in crate::api) async fn write(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let mut definition = access.site.definition.clone();
    let tag = tag(&definition);
    if !access.shows_small_groups {
        // The addresses of the site's own people are none of theirs.
        definition.collect.internal.clear();
    }
    let text = Definitions { sites: vec![definition] }.to_toml();
    let mut response = etag::of_text_as(&headers, "application/toml", &tag, &text);
    let name = HeaderValue::from_static("attachment; filename=\"waymark.toml\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// How to take a file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct How {
    /// Say what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Make a file's goals and funnels those of the site
#[utoipa::path(
    put,
    path = "/api/v1/sites/{site}/definitions.toml",
    tag = "definitions",
    operation_id = "put_definitions_file",
    params(("site" = String, Path, description = "The site's name"), How),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, description = "What was changed, or would be", body = Edited), ApiError)
)]
pub(in crate::api) async fn read(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    Query(how): Query<How>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let text = body::text(&app, body).await?;
    let wanted = site_of(&text, &site)?;
    change(&app, &access, &headers, how.dry_run, |definition| {
        if !access.may(Need::Own) && !has_settings_of(&wanted, definition) {
            return Err(guard::too_small().hint(
                "the file changes the site's settings, which owners may: leave them as they are exported",
            ));
        }
        *definition = wanted;
        Ok(())
    })
    .await
}

/// Whether all but goals and funnels is the same.
fn has_settings_of(wanted: &SiteDefinition, known: &SiteDefinition) -> bool {
    let SiteDefinition { goals, funnels, .. } = wanted.clone();
    *wanted == SiteDefinition { goals, funnels, ..known.clone() }
}

/// What a file says of the site, which must be the only one in it.
fn site_of(text: &str, site: &str) -> Result<SiteDefinition, ApiError> {
    let wrong = |message: &str| ApiError::new(Code::Definitions, format!("{message}; nothing was changed"));
    let read = Definitions::parse(text).map_err(|errors| {
        let errors: Vec<PointedError> = errors.iter().map(|error| pointed(error, text)).collect();
        let count = errors.len();
        wrong(&format!("the file has {count} {}", if count == 1 { "error" } else { "errors" })).errors(errors)
    })?;
    match <[SiteDefinition; 1]>::try_from(read.sites) {
        Ok([wanted]) if wanted.name == site => Ok(wanted),
        _ => Err(wrong("the file is not about this site alone")
            .hint(format!("it has one site, `[site.{site}]`; the command line takes files of several"))),
    }
}

/// An error with its place, in lines and characters from 1.
fn pointed(error: &DefinitionError, text: &str) -> PointedError {
    let before = text.get(..error.span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    PointedError { line: Some(line), column: Some(column), ..PointedError::unplaced(error) }
}
