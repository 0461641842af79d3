//! Funnels on the wire: read, put in place of another, retired, and as they once were.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_analysis::{
    Over,
    questions::funnel::{FunnelQuery, StepQuery, tally},
};
use waymark_model::{Anchor, Entry, FunnelDefinition, Order, Scope, SiteDefinition, Tally};

use super::{Edited, change};
use crate::{
    api::{
        body,
        error::{ApiError, Code},
        guard::{self, Need},
        moment,
        page::Page,
        schema,
    },
    serve::App,
};

/// A funnel, in the words of the question of that kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Funnel)]
pub(in crate::api) struct FunnelJson {
    /// Its name, unique within the site.
    name: String,
    /// The version of the definition, from 1; not for you to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// 2 to 12 steps.
    #[schema(value_type = Vec<schema::StepQuery>)]
    steps: Vec<StepQuery>,
    /// Longest time from the first step to the last: `7d`, `1h30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<String>,
    /// Whether steps must follow one another.
    #[serde(default)]
    #[schema(value_type = schema::Order)]
    order: Order,
    /// Which events of step 1 may start a chain.
    #[serde(default)]
    #[schema(value_type = schema::Anchor)]
    anchor: Anchor,
    /// How far a chain may reach.
    #[serde(default)]
    #[schema(value_type = schema::Scope)]
    scope: Scope,
    /// Where a unit may enter.
    #[serde(default)]
    #[schema(value_type = schema::Entry)]
    entry: Entry,
    /// What is counted.
    #[serde(default, with = "tally")]
    #[schema(value_type = schema::Tally)]
    count: Tally,
    /// The dimension whose value all steps share: `prop.item`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    same: Option<String>,
    /// Events that break chains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<schema::StepQuery>)]
    exclude: Vec<StepQuery>,
}

impl FunnelJson {
    pub(super) fn of(funnel: &FunnelDefinition) -> Self {
        let FunnelQuery { steps, window, order, anchor, scope, entry, count, same, exclude, .. } =
            FunnelQuery::of(funnel);
        let (name, version) = (funnel.name.clone(), Some(funnel.version));
        Self { name, version, steps, window, order, anchor, scope, entry, count, same, exclude }
    }

    /// The funnel that it states.
    fn funnel(&self, site: &SiteDefinition) -> Result<FunnelDefinition, ApiError> {
        let Self { name, steps, window, order, anchor, scope, entry, count, same, exclude, .. } =
            self.clone();
        let over = Over::default();
        let stated = FunnelQuery {
            name: None,
            steps,
            window,
            order,
            anchor,
            scope,
            entry,
            count,
            same,
            exclude,
            over,
            compare: None,
        };
        let (funnel, _) = stated.definition(site)?;
        Ok(FunnelDefinition { name, ..funnel })
    }

    /// Whether it states the funnel as it is.
    fn says(&self, funnel: &FunnelDefinition) -> bool {
        let known = Self::of(funnel);
        Self { version: known.version, ..self.clone() } == known
    }
}

/// Add a funnel, change it, or give it another name
///
/// A funnel of the name in the path is replaced; without one, the funnel is new.
#[utoipa::path(
    put,
    path = "/api/v1/sites/{site}/funnels/{name}",
    tag = "definitions",
    operation_id = "put_funnel",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The funnel's name")),
    request_body = FunnelJson,
    responses((status = 200, description = "What was changed", body = Edited), ApiError)
)]
pub(in crate::api) async fn put(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let given: FunnelJson = body::json(&app, body).await?;
    let place = |site: &mut SiteDefinition| {
        let funnel = given.funnel(site)?;
        match site.funnels.iter_mut().find(|known| known.name == name) {
            Some(known) if given.says(known) => {}
            Some(known) => *known = funnel,
            None if funnel.name == name => site.funnels.push(funnel),
            None => return Err(missing(&name)),
        }
        Ok(())
    };
    change(&app, &access, &headers, false, place).await
}

fn missing(name: &str) -> ApiError {
    let shown: String = name.chars().take(100).collect();
    ApiError::new(Code::NotFound, format!("there is no funnel called `{shown}`; nothing was changed"))
}

/// Retire a funnel
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/funnels/{name}",
    tag = "definitions",
    operation_id = "delete_funnel",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The funnel's name")),
    responses((status = 200, description = "What was changed", body = Edited), ApiError)
)]
pub(in crate::api) async fn delete(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let gone = |site: &mut SiteDefinition| {
        let before = site.funnels.len();
        site.funnels.retain(|funnel| funnel.name != name);
        if site.funnels.len() == before { Err(missing(&name)) } else { Ok(()) }
    };
    change(&app, &access, &headers, false, gone).await
}

/// A funnel as it once was.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FunnelVersionJson {
    /// The version, from 1.
    version: u32,
    /// The funnel.
    funnel: FunnelJson,
    /// When it was made so.
    at: Option<String>,
    /// By whom; `null` for viewers.
    by: Option<String>,
}

/// List the versions of a funnel
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/funnels/{name}/versions",
    tag = "definitions",
    operation_id = "funnel_versions",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The funnel's name")),
    responses((status = 200, description = "Versions, the newest first", body = Page<FunnelVersionJson>), ApiError)
)]
pub(in crate::api) async fn versions(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Page<FunnelVersionJson>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let found = app.catalog.funnel_versions(&access.site, &name).await?;
    if found.is_empty() {
        return Err(missing(&name));
    }
    let items = found.into_iter().map(|version| FunnelVersionJson {
        version: version.definition.version,
        funnel: FunnelJson::of(&version.definition),
        at: version.by.as_ref().map(|by| moment(by.at)),
        by: version.by.and_then(|by| access.named(&by)),
    });
    Ok(Json(Page::whole(items.collect())))
}
