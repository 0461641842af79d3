//! What was seen on a site: names of events, pages, properties and their values, for those who choose among them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use waymark_analysis::{
    Over, Range, Source, dimension,
    inventory::{property_keys, values},
};
use waymark_model::{Dimension, TextColumn, normal};

use super::{
    error::{ApiError, Code},
    guard::{self, Need},
    page::Page,
    work,
};
use crate::serve::App;

/// Days that are looked at.
const DAYS: u32 = 90;
/// Items unless it is said how many.
const USUAL: usize = 50;
/// Most items.
const MOST: usize = 500;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// What names are of: `event`, `path`, `property`, or `value` of a column or property.
    #[param(inline)]
    kind: Kind,
    /// For `value`: the column or property, such as `device` or `prop.plan`.
    of: Option<String>,
    /// Only names with this in them; capital letters are as good as small ones.
    prefix: Option<String>,
    /// So many at most, 1 to 500; 50 unless given.
    limit: Option<usize>,
}

/// What names are of.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Event,
    Path,
    Property,
    Value,
}

/// A name that was seen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NameItem {
    /// The name.
    name: String,
    /// Events that had it in these days.
    events: u64,
}

/// List names that were seen
///
/// In the last 90 days, the most frequent first; without an event in them, in the 90 days up to the last event.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/names",
    tag = "definitions",
    operation_id = "names",
    params(("site" = String, Path, description = "The site's name"), Wanted),
    responses((status = 200, description = "Names", body = Page<NameItem>), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Page<NameItem>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let Query(wanted) = wanted?;
    access.needs_small_groups()?;
    let limit = wanted.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::new(Code::BadParameter, format!("`limit` is between 1 and {MOST}")));
    }
    let found = work::run(&app, &access, move |source| seen(&source.while_visited(DAYS), &wanted)).await?;
    let items = found.into_iter().take(limit).map(|(name, events)| NameItem { name, events });
    Ok(Json(Page::whole(items.collect())))
}

fn seen(source: &Source<'_>, wanted: &Wanted) -> Result<Vec<(String, u64)>, ApiError> {
    let range = Range { last_days: Some(DAYS), ..Range::default() };
    let over = Over { range: Some(range), ..Over::default() };
    let over = over.resolve(&source.site.zone, source.all(), source.now)?;
    let column = |column| values(source, &over, &Dimension::Column(column));
    let mut found = match (wanted.kind, wanted.of.as_deref()) {
        (Kind::Event, _) => column(TextColumn::Name)?,
        (Kind::Path, _) => column(TextColumn::Path)?,
        (Kind::Property, _) => property_keys(source, &over)?,
        (Kind::Value, Some(of)) => values(source, &over, &dimension(of)?)?,
        (Kind::Value, None) => {
            return Err(ApiError::new(Code::BadParameter, "`of` names the column or property of the values"));
        }
    };
    let part = wanted.prefix.as_deref().map(|part| match wanted.kind {
        Kind::Path => normal::path::part(part).to_lowercase(),
        _ => part.to_lowercase(),
    });
    if let Some(part) = part {
        found.retain(|(name, _)| name.to_lowercase().contains(&part));
    }
    Ok(found)
}
