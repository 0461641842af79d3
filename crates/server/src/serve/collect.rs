//! The collector's paths: a request in, an answer out. What a body says is for its protocol, what becomes of it for the
//! collector.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use waymark_store::catalog::Site;

use super::{App, answer};
use crate::collect::{Caller, Delivery, Report, RequestError, protocol};

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

/// Answers a browser that asks whether it may send (Fetch standard, CORS preflight).
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    answer::with_cors(answer::empty(StatusCode::NO_CONTENT), &headers)
}

async fn take(
    app: &App,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
    decode: fn(&[u8]) -> Result<Delivery, RequestError>,
) -> Result<Report, RequestError> {
    let caller = Caller::of(peer.ip(), headers);
    let body = app.bodies.read(body).await?.inflate()?;
    let delivery = decode(&body)?;
    let site = site(app, &delivery, headers)?;
    app.collector.take(&site, &caller, delivery).await
}

/// The site that a delivery names, or that has the host of its first page.
fn site(app: &App, delivery: &Delivery, headers: &HeaderMap) -> Result<Arc<Site>, RequestError> {
    if let Some(name) = &delivery.site {
        return app
            .sites
            .find(name)
            .ok_or_else(|| RequestError::UnknownSite(name.chars().take(64).collect()));
    }
    let page = delivery.events.iter().flatten().find_map(|event| event.url.as_deref());
    let origin = crate::collect::caller::text(headers, header::ORIGIN.as_str());
    let host = page.or(origin).map(crate::address::split).ok_or(RequestError::NoSite)?.host;
    app.sites.find(&host).ok_or(RequestError::NoSite)
}
