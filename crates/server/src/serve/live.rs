//! The stream of a site's events as they are stored (HTML Living Standard, 9.2, server-sent events). It shows nothing of
//! who they are from.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, stream};
use http::HeaderMap;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use waymark_store::catalog::{KeyScope, Site};

use super::{App, answer};
use crate::collect::{RequestError, caller::bearer, live::Seen};

/// So often something is sent, so that proxies keep the connection.
const ALIVE: Duration = Duration::from_secs(15);

/// `GET /api/v1/sites/{site}/live`: for those who may read the site.
pub(super) async fn live(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Response {
    match readable(&app, &site, &headers) {
        Ok(site) => {
            let mut ending = app.ending.subscribe();
            // An error means that the server is gone altogether.
            let end = async move { drop(ending.wait_for(|ending| *ending).await) };
            let events = events(app.collector.live.watch(), site.number).take_until(end);
            Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
        }
        Err(error) => answer::refused(&error),
    }
}

/// The site, if the request's key may read it. One that may not is told nothing of what sites there are.
fn readable(app: &App, name: &str, headers: &HeaderMap) -> Result<Arc<Site>, RequestError> {
    let key = bearer(headers).and_then(|key| app.keys.find(key, KeyScope::Read, app.clock.now()));
    let site = app.sites.find(name).filter(|site| key.is_some_and(|key| key.site == site.id));
    site.ok_or(RequestError::BadKey)
}

/// The site's events from now on. One that is too slow is told how many it missed.
fn events(feed: Receiver<Arc<Seen>>, site: i64) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(feed, move |mut feed| async move {
        loop {
            let event = match feed.recv().await {
                Ok(seen) if seen.site == site => Event::default().event("event").json_data(&*seen).ok(),
                Ok(_) => None,
                Err(RecvError::Lagged(missed)) => {
                    Some(Event::default().event("missed").data(missed.to_string()))
                }
                Err(RecvError::Closed) => return None,
            };
            if let Some(event) = event {
                return Some((Ok(event), feed));
            }
        }
    })
}
