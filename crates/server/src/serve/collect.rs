//! The collector's paths: a request in, an answer out. What a body says is for its protocol, what becomes of it for the
//! collector.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{ConnectInfo, RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use waymark_collect::{Caller, Delivery, Report, RequestError, address::split, caller::text, json, protocol};
use waymark_model::normal;
use waymark_store::catalog::{ApiKey, KeyScope, Site, is_key};

use super::body::Bytes;
use super::{
    App, answer,
    peer::caller_of,
    refused::{self, Told},
};

/// `POST /v1/events`.
pub(super) async fn own(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = take(&app, peer, &headers, body, protocol::own::decode).await;
    answer::own(done, &headers)
}

/// `GET /v1/pixel`: answers with the picture whatever becomes of the event, since nobody reads more than that.
pub(super) async fn pixel(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let page = text(&headers, header::REFERER.as_str());
    let query = query.unwrap_or_default();
    let done = match protocol::pixel::decode(&query, page) {
        Ok(delivery) => {
            let caller = caller_of(&app.settings, peer.ip(), &headers);
            store(&app, caller, &headers, delivery).await
        }
        Err(error) => {
            let host = page.and_then(host_of);
            refused::count(&app, &headers, Told { host: host.as_deref(), ..Told::default() }, &error);
            Err(error)
        }
    };
    answer::pixel(done)
}

/// Answers a browser that asks whether it may send (Fetch standard, CORS preflight).
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    answer::with_cors(answer::empty(StatusCode::NO_CONTENT), &headers)
}

/// Has a body's events stored.
///
/// # Errors
/// When nothing of it was stored.
pub(super) async fn take(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
    decode: impl for<'b> FnOnce(&'b str) -> Result<Delivery<'b>, RequestError>,
) -> Result<Report, RequestError> {
    let refuse = |error: RequestError, site: Option<&str>| {
        refused::count(app, headers, Told { site, ..Told::default() }, &error);
        error
    };
    let caller = caller_of(&app.settings, peer.ip(), headers);
    let body = app.bodies.read(body, Some(caller.ip)).await.and_then(Bytes::inflate);
    let body = body.map_err(|error| refuse(error, None))?;
    let text = json::text(&body);
    let delivery = decode(&text).map_err(|error| refuse(error, refused::site_in(&body)))?;
    store(app, caller, headers, delivery).await
}

async fn store(
    app: &App,
    mut caller: Caller,
    headers: &HeaderMap,
    mut delivery: Delivery<'_>,
) -> Result<Report, RequestError> {
    let begin = Instant::now();
    let host = host(&delivery);
    let host = host.as_deref();
    let site = receiver(app, &mut caller, headers, &mut delivery, host).inspect_err(|error| {
        let (site, events) = (delivery.site.as_deref(), delivery.events.len());
        refused::count(app, headers, Told { site, host, events }, error);
    })?;
    let done = app.collector.take(&site, &caller, delivery).await;
    // What the site has refused, it has counted.
    let report = done.inspect_err(|error| refused::note(app, headers, host, error))?;
    app.metrics.acknowledged(begin.elapsed());
    if let Some(host) = refused::host(headers, host) {
        app.arrived.note(&app.sites, &host, &report, app.clock.now());
    }
    Ok(report)
}

/// The site that a delivery is for. Who sends it with a key is a server of that site.
fn receiver(
    app: &App,
    caller: &mut Caller,
    headers: &HeaderMap,
    delivery: &mut Delivery<'_>,
    host: Option<&str>,
) -> Result<Arc<Site>, RequestError> {
    let key = key(app, headers, delivery)?;
    caller.is_server = key.is_some();
    site(app, delivery, headers, host, key.as_deref())
}

/// The key that a request carries, or its delivery in the site's place; none is no error, one that may not send events is.
fn key(
    app: &App,
    headers: &HeaderMap,
    delivery: &mut Delivery<'_>,
) -> Result<Option<Arc<ApiKey>>, RequestError> {
    let named = delivery.site.take_if(|site| is_key(site));
    let Some(text) = waymark_collect::caller::bearer(headers).or(named.as_deref()) else { return Ok(None) };
    let found = app.keys.find(text, KeyScope::Collect, app.clock.now());
    found.map(Some).ok_or(RequestError::BadKey)
}

/// The site that a delivery names, or that its key is for, or that has the host of its first page.
fn site(
    app: &App,
    delivery: &Delivery<'_>,
    headers: &HeaderMap,
    host: Option<&str>,
    key: Option<&ApiKey>,
) -> Result<Arc<Site>, RequestError> {
    let named = delivery.site.as_deref().or(key.map(|key| key.site.as_str()));
    if let Some(name) = named {
        let unknown = || RequestError::UnknownSite(name.chars().take(64).collect());
        let site = name.split(',').find_map(|name| app.sites.find(name.trim())).ok_or_else(unknown)?;
        return if key.is_none_or(|key| key.site == site.id) { Ok(site) } else { Err(RequestError::BadKey) };
    }
    let of_origin = || text(headers, header::ORIGIN.as_str()).and_then(host_of);
    let host = host.map(str::to_owned).or_else(of_origin).ok_or(RequestError::NoSite)?;
    app.sites.find(&host).ok_or(RequestError::NoSite)
}

/// The host of the first page that a delivery is about, and that has one.
fn host(delivery: &Delivery<'_>) -> Option<String> {
    delivery.events.iter().flatten().find_map(|event| host_of(event.url.as_deref()?))
}

/// The host of an address in normal form, if it has one.
fn host_of(address: &str) -> Option<String> {
    normal::host(&split(address).host).ok()
}
