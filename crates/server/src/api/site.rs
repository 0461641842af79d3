//! One site: its settings, and the tag that its pages carry.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_collect::caller::text;
use waymark_model::{Network, Retention, SiteDefinition, Zone, normal};
use waymark_store::catalog::Site;

use super::{
    body,
    definitions::apply,
    error::{ApiError, Code, PointedError},
    etag,
    guard::{self, Need},
    sites::times,
};
use crate::serve::App;

/// A site's settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub(super) struct SiteJson {
    /// Its name.
    name: String,
    /// The zone whose days results are shown by.
    timezone: String,
    /// A session ends when nothing happens for longer than this, in ms.
    session_gap_ms: i64,
    /// How long events are kept, as in waymark.toml: such as `14 months`, `forever`, or `usual`, which is 25 months for
    /// collected events, and for ever for imported ones.
    retention: String,
    /// The hosts that events are taken from; from any when there are none.
    hosts: Vec<String>,
    /// What is done with events as they come.
    collect: CollectJson,
    /// The tag that its pages carry.
    snippet: String,
    /// When its first event happened.
    first_event: Option<String>,
    /// When its newest event happened.
    last_event: Option<String>,
    /// Events stored.
    events: u64,
}

/// What is done with events as they come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Collect)]
struct CollectJson {
    /// Query parameters of addresses that are kept, beside those that always are.
    query_params: Vec<String>,
    /// Networks of the site's own people, whose events are left out of results.
    internal: Vec<String>,
    /// Hosts of payment services: visitors who come back from one have not come from there.
    payment_hosts: Vec<String>,
}

/// Settings to change; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteChange {
    /// The zone whose days results are shown by: `Europe/Berlin`, `UTC`, …
    #[serde(default)]
    timezone: Option<String>,
    /// A session ends when nothing happens for longer than this, in ms, at least 1.
    #[serde(default)]
    session_gap_ms: Option<i64>,
    /// How long events are kept: such as `14 months`, `forever`, or `usual`. What is older is removed within a day.
    #[serde(default)]
    retention: Option<String>,
    /// The hosts that events are taken from; from any when there are none.
    #[serde(default)]
    hosts: Option<Vec<String>>,
    /// What is done with events as they come.
    #[serde(default)]
    collect: Option<CollectChange>,
}

/// What to change of how events are collected; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CollectChange {
    /// Query parameters of addresses that are kept, beside those that always are.
    #[serde(default)]
    query_params: Option<Vec<String>>,
    /// Networks of the site's own people, such as `203.0.113.0/24`.
    #[serde(default)]
    internal: Option<Vec<String>>,
    /// Hosts of payment services.
    #[serde(default)]
    payment_hosts: Option<Vec<String>>,
}

impl SiteChange {
    fn change(self, site: &mut SiteDefinition) -> Result<(), ApiError> {
        if let Some(timezone) = self.timezone {
            let zone = Zone::parse(&timezone);
            site.zone = zone.map_err(|error| ApiError::new(Code::BadTimezone, error.to_string()))?;
        }
        if let Some(retention) = self.retention {
            let parsed = Retention::parse(&retention);
            site.retention = parsed.map_err(|error| ApiError::new(Code::BadValue, error.to_string()))?;
        }
        let collect =
            self.collect.map(|collect| [collect.query_params, collect.internal, collect.payment_hosts]);
        let [query_params, internal, payment_hosts] = collect.unwrap_or_default();
        if let Some(internal) = internal {
            site.collect.internal = networks(&internal)?;
        }
        let lists = [
            (self.hosts, &mut site.hosts),
            (query_params, &mut site.collect.query_params),
            (payment_hosts, &mut site.collect.payment_hosts),
        ];
        for (wanted, has) in lists {
            if let Some(wanted) = wanted {
                *has = wanted;
            }
        }
        site.session_gap_ms = self.session_gap_ms.unwrap_or(site.session_gap_ms);
        if site.session_gap_ms < 1 {
            return Err(ApiError::new(
                Code::BadValue,
                "the session gap is at least 1 ms; nothing was changed",
            ));
        }
        Ok(())
    }
}

/// The networks that texts name.
fn networks(texts: &[String]) -> Result<Vec<Network>, ApiError> {
    let (read, wrong): (Vec<_>, Vec<_>) = texts.iter().map(|text| text.parse()).partition(Result::is_ok);
    let errors: Vec<_> = wrong.into_iter().filter_map(|text| text.err().map(PointedError::network)).collect();
    if errors.is_empty() {
        return Ok(read.into_iter().flatten().collect());
    }
    Err(ApiError::definitions(errors))
}

/// Read a site's settings
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}",
    tag = "sites",
    operation_id = "site",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "The site", body = SiteJson), ApiError)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let mut shown = site_json(&app, &access.site, &headers);
    if !access.shows_small_groups {
        // The addresses of the site's own people are none of theirs.
        shown.collect.internal.clear();
    }
    Ok(etag::tagged(&headers, &shown))
}

/// Change a site's settings
#[utoipa::path(
    patch,
    path = "/api/v1/sites/{site}",
    tag = "sites",
    operation_id = "change_site",
    params(("site" = String, Path, description = "The site's name")),
    request_body = SiteChange,
    responses((status = 200, description = "The site", body = SiteJson), ApiError)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SiteJson>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    let change: SiteChange = body::json(&app, body).await?;
    apply(&app, &access, &HeaderMap::new(), false, |site| change.change(site)).await?;
    let access = guard::site(&app, &headers, &site, Need::Own).await?;
    Ok(Json(site_json(&app, &access.site, &headers)))
}

/// Hosts as people write them.
fn shown(hosts: &[String]) -> Vec<String> {
    hosts.iter().map(|host| normal::shown_host(host).into_owned()).collect()
}

fn site_json(app: &App, site: &Site, headers: &HeaderMap) -> SiteJson {
    let definition = &site.definition;
    let snapshot = app.store.snapshot(&site.id);
    let (first_event, last_event) = times(&snapshot);
    let collect = definition.collect.clone();
    SiteJson {
        name: definition.name.clone(),
        timezone: definition.zone.name().to_owned(),
        session_gap_ms: definition.session_gap_ms,
        retention: definition.retention.to_string(),
        hosts: shown(&definition.hosts),
        collect: CollectJson {
            query_params: collect.query_params,
            internal: collect.internal.iter().map(ToString::to_string).collect(),
            payment_hosts: shown(&collect.payment_hosts),
        },
        snippet: format!(
            "<script defer src=\"{}{}\" data-site=\"{}\"></script>",
            address(app, headers),
            app.settings.script_path,
            definition.name
        ),
        first_event,
        last_event,
        events: snapshot.rows,
    }
}

/// Where browsers reach the server: as it was told, or as those who ask have reached it.
fn address(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.settings.public_url {
        return url.text.clone();
    }
    let scheme = if app.settings.certificate.is_some() { "https" } else { "http" };
    let is_plain =
        |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let host = text(headers, header::HOST.as_str()).filter(is_plain).map(str::to_owned);
    format!("{scheme}://{}", host.unwrap_or_else(|| app.settings.listen.to_string()))
}
