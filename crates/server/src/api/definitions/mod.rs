//! What counts on a site: its goals and funnels, and every way to change them. A change is checked as the file of
//! definitions is, put in force as a whole, and recorded with its author.

pub(super) mod file;
pub(super) mod funnels;
pub(super) mod goals;
pub(super) mod preview;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;
use waymark_model::{
    Definitions, SiteDefinition,
    lints::{self, Lint},
};
use waymark_store::catalog::{CatalogError, Change};

use super::{
    error::{ApiError, Code, PointedError},
    etag,
    guard::{self, Access, Need},
    lints::LintItem,
};
use crate::serve::App;

use funnels::FunnelJson;
use goals::GoalJson;

/// What is defined for a site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DefinitionsJson {
    /// The goals, in their order.
    goals: Vec<GoalJson>,
    /// The funnels, in their order.
    funnels: Vec<FunnelJson>,
    /// The tag of this state: a change that sends it as `If-Match` is refused when somebody else was faster.
    etag: String,
}

impl DefinitionsJson {
    fn of(site: &SiteDefinition) -> Self {
        Self {
            goals: site.goals.iter().map(GoalJson::of).collect(),
            funnels: site.funnels.iter().map(FunnelJson::of).collect(),
            etag: tag(site),
        }
    }
}

/// What a change did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Edited {
    /// What was changed: new versions, and what is retired.
    changes: Vec<ChangeJson>,
    /// What is defined now; in a rehearsal, what would be.
    definitions: DefinitionsJson,
    /// What looks wrong in it, without a look at the data.
    lints: Vec<LintItem>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeJson {
    /// `site`, `goal` or `funnel`.
    pub(super) subject: &'static str,
    /// The name of the site, goal or funnel.
    pub(super) name: String,
    /// `added`, `changed`, `retired` or `revived`.
    pub(super) action: &'static str,
    /// The version in force after it, or at the end; `null` for a site.
    pub(super) version: Option<u32>,
}

impl From<&Change> for ChangeJson {
    fn from(change: &Change) -> Self {
        let (subject, action) = (change.subject.as_str(), change.action.as_str());
        Self { subject, name: change.name.clone(), action, version: change.version }
    }
}

/// Read what counts
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/definitions",
    tag = "definitions",
    operation_id = "definitions",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Goals and funnels in force", body = DefinitionsJson), ApiError)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Access { site, .. } = guard::site(&app, &headers, &site, Need::Read).await?;
    Ok(etag::tagged_as(&headers, &tag(&site.definition), &DefinitionsJson::of(&site.definition)))
}

/// The tag of a state of definitions. The networks of the site's own people are not in it: the tag is told to those who must
/// not know them, and could be tried out.
pub(super) fn tag(site: &SiteDefinition) -> String {
    let mut site = site.clone();
    site.collect.internal.clear();
    etag::of(&serde_json::to_string(&site).unwrap_or_default())
}

/// Changes what is defined, if it still is what those who ask have seen; gives what was changed, and what is in force then.
///
/// # Errors
/// When somebody else was faster, what `edit` refuses, and when what it makes is wrong.
pub(super) async fn apply(
    app: &App,
    access: &Access,
    headers: &HeaderMap,
    rehearse: bool,
    edit: impl FnOnce(&mut SiteDefinition) -> Result<(), ApiError>,
) -> Result<(Vec<Change>, SiteDefinition), ApiError> {
    let by = access.principal.author(app.clock.now());
    let mut wanted = access.site.definition.clone();
    let editing = app.catalog.edit::<ApiError>(&access.site, &by, rehearse, |definition| {
        unchanged(headers, definition)?;
        let mut edited = definition.clone();
        edit(&mut edited)?;
        wanted = checked(&edited)?;
        Ok(wanted.clone())
    });
    let changes = editing.await?;
    if !rehearse {
        app.reload().await?;
        wanted = current(app, access)?;
    }
    Ok((changes, wanted))
}

/// The same, as an answer.
async fn change(
    app: &App,
    access: &Access,
    headers: &HeaderMap,
    rehearse: bool,
    edit: impl FnOnce(&mut SiteDefinition) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let (changes, wanted) = apply(app, access, headers, rehearse, edit).await?;
    let edited = Edited {
        changes: changes.iter().map(ChangeJson::from).collect(),
        definitions: DefinitionsJson::of(&wanted),
        lints: lints::lint(&wanted, None).into_iter().map(LintItem::from).collect(),
    };
    let tag = HeaderValue::from_str(&format!("\"{}\"", edited.definitions.etag));
    let mut response = Json(edited).into_response();
    if let (false, Ok(tag)) = (rehearse, tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The definition in force, under its versions.
fn current(app: &App, access: &Access) -> Result<SiteDefinition, ApiError> {
    let site = app.sites.find(access.site.id.as_str()).ok_or_else(guard::unknown)?;
    Ok(site.definition.clone())
}

/// Refuses a change of what somebody else has changed since (RFC 9110, 13.1.1).
fn unchanged(headers: &HeaderMap, definition: &SiteDefinition) -> Result<(), ApiError> {
    if etag::matches(headers, &tag(definition)) {
        return Ok(());
    }
    Err(ApiError::new(
        Code::ChangedMeanwhile,
        "somebody else has changed the definitions; nothing was changed",
    )
    .hint("read them again, and make your change to what they are now"))
}

/// The definition as the file of definitions would have it: whatever is refused there, is refused here.
///
/// # Errors
/// With everything that is wrong.
pub(super) fn checked(wanted: &SiteDefinition) -> Result<SiteDefinition, ApiError> {
    let file = Definitions { sites: vec![wanted.clone()] };
    let read = Definitions::parse(&file.to_toml())
        .map_err(|errors| ApiError::definitions(errors.iter().map(PointedError::unplaced).collect()))?;
    read.sites
        .into_iter()
        .next()
        .ok_or_else(|| ApiError::internal(&CatalogError::UnknownSite(wanted.name.clone())))
}

/// Lints on one goal.
pub(super) fn about(lints: Vec<Lint>, goal: &str) -> Vec<LintItem> {
    let is_about = |lint: &Lint| lint.subject == lints::Subject::Goal(goal.to_owned());
    lints.into_iter().filter(is_about).map(LintItem::from).collect()
}
