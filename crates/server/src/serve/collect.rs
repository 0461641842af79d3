//! The collector's paths: a request in, an answer out. What a body says is for its protocol, what becomes of it for the
//! collector.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{ConnectInfo, RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use waymark_collect::{Caller, Delivery, Report, RequestError, address::split, caller::text, protocol};
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
    let done = match protocol::pixel::decode(&query.unwrap_or_default(), page) {
        Ok(delivery) => store(&app, peer, &headers, delivery).await,
        Err(error) => {
            refused::count(&app, &headers, Told { page, ..Told::default() }, &error);
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
    decode: impl FnOnce(&[u8]) -> Result<Delivery, RequestError>,
) -> Result<Report, RequestError> {
    let refuse = |error: RequestError, site: Option<&str>| {
        refused::count(app, headers, Told { site, ..Told::default() }, &error);
        error
    };
    let sender = caller_of(&app.settings, peer.ip(), headers).ip;
    let body = app.bodies.read(body, Some(sender)).await.and_then(Bytes::inflate);
    let body = body.map_err(|error| refuse(error, None))?;
    let delivery = decode(&body).map_err(|error| refuse(error, refused::site_in(&body)))?;
    store(app, peer, headers, delivery).await
}

async fn store(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    mut delivery: Delivery,
) -> Result<Report, RequestError> {
    let begin = Instant::now();
    let (caller, site) = receiver(app, peer, headers, &mut delivery).inspect_err(|error| {
        let (site, events) = (delivery.site.as_deref(), delivery.events.len());
        refused::count(app, headers, Told { site, page: page(&delivery), events }, error);
    })?;
    let page = page(&delivery).map(str::to_owned);
    let done = app.collector.take(&site, &caller, delivery).await;
    // What the site has refused, it has counted.
    let report = done.inspect_err(|error| refused::note(app, headers, page.as_deref(), error))?;
    app.metrics.acknowledged(begin.elapsed());
    if let Some(host) = refused::host(headers, page.as_deref()) {
        app.arrived.note(&app.sites, &host, &report, app.clock.now());
    }
    Ok(report)
}

/// Who sends a delivery, and the site that it is for.
fn receiver(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    delivery: &mut Delivery,
) -> Result<(Caller, Arc<Site>), RequestError> {
    let key = key(app, headers, delivery)?;
    let caller = Caller { is_server: key.is_some(), ..caller_of(&app.settings, peer.ip(), headers) };
    let site = site(app, delivery, headers, key.as_deref())?;
    Ok((caller, site))
}

/// The key that a request carries, or its delivery in the site's place; none is no error, one that may not send events is.
fn key(app: &App, headers: &HeaderMap, delivery: &mut Delivery) -> Result<Option<Arc<ApiKey>>, RequestError> {
    let named = delivery.site.take_if(|site| is_key(site));
    let Some(text) = waymark_collect::caller::bearer(headers).or(named.as_deref()) else { return Ok(None) };
    let found = app.keys.find(text, KeyScope::Collect, app.clock.now());
    found.map(Some).ok_or(RequestError::BadKey)
}

/// The site that a delivery names, or that its key is for, or that has the host of its first page.
fn site(
    app: &App,
    delivery: &Delivery,
    headers: &HeaderMap,
    key: Option<&ApiKey>,
) -> Result<Arc<Site>, RequestError> {
    let named = delivery.site.as_deref().or(key.map(|key| key.site.as_str()));
    if let Some(name) = named {
        let unknown = || RequestError::UnknownSite(name.chars().take(64).collect());
        let site = name.split(',').find_map(|name| app.sites.find(name.trim())).ok_or_else(unknown)?;
        return if key.is_none_or(|key| key.site == site.id) { Ok(site) } else { Err(RequestError::BadKey) };
    }
    let origin = text(headers, header::ORIGIN.as_str());
    let host = page(delivery).or(origin).and_then(host_of).ok_or(RequestError::NoSite)?;
    app.sites.find(&host).ok_or(RequestError::NoSite)
}

/// The address of the first page that a delivery is about, and that has a host.
fn page(delivery: &Delivery) -> Option<&str> {
    let mut addresses = delivery.events.iter().flatten().filter_map(|event| event.url.as_deref());
    addresses.find(|address| host_of(address).is_some())
}

/// The host of an address in normal form, if it has one.
fn host_of(address: &str) -> Option<String> {
    normal::host(&split(address).host).ok()
}
