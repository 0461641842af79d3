//! The stream of a site's events as they are stored (HTML Living Standard, 9.2, server-sent events). It shows nothing of
//! who they are from.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt as _, future::select, stream};
use http::HeaderMap;
use serde::Serialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use utoipa::ToSchema;
use waymark_collect::live;

use super::{
    error::ApiError,
    guard::{self, Need},
};
use crate::serve::App;

/// So often something is sent, so that proxies keep the connection.
const ALIVE: Duration = Duration::from_secs(15);
/// So often it is looked whether whoever watches still may.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// An event, as those see it who watch a site. It says nothing of who it was.
#[derive(Serialize, ToSchema)]
struct Seen<'a> {
    /// When it happened, in ms since 1970-01-01 UTC.
    time: i64,
    /// What happened.
    name: &'a str,
    /// On which host.
    host: &'a str,
    /// On which page.
    path: &'a str,
    /// What the session came by.
    channel: &'a str,
    /// Where from.
    country: &'a str,
    /// By what device.
    device: &'a str,
    /// Its value in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    /// The value's currency.
    #[serde(skip_serializing_if = "str::is_empty")]
    currency: &'a str,
    /// Why it is left out of results, if it is: `bot`, `internal` or `test`.
    #[serde(skip_serializing_if = "str::is_empty")]
    tag: &'a str,
    /// A goal has counted it before: it is an order told again, or a page seen again in a session, say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_counted: bool,
    /// The site's headline goal looks for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    headline: bool,
}

impl<'a> From<&'a live::Seen> for Seen<'a> {
    fn from(seen: &'a live::Seen) -> Self {
        Self {
            time: seen.time,
            name: &seen.name,
            host: &seen.host,
            path: &seen.path,
            channel: &seen.channel,
            country: &seen.country,
            device: &seen.device,
            value: seen.value,
            currency: &seen.currency,
            tag: seen.tag,
            already_counted: seen.already_counted,
            headline: seen.headline,
        }
    }
}

/// Watch events as they are stored
///
/// A stream of server-sent events: `event` with what happened, `missed` with how many you were too slow for.
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/live",
    tag = "numbers",
    operation_id = "live",
    params(("site" = String, Path, description = "The site's name")),
    responses((status = 200, description = "Events", content_type = "text/event-stream", body = Seen<'_>), ApiError)
)]
pub(super) async fn watch(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    access.needs_small_groups()?;
    let mut ending = app.ending.subscribe();
    // An error means that the server is gone altogether.
    let end = async move { drop(ending.wait_for(|ending| *ending).await) };
    let (watched, site) = (app.collector.live.watch(), access.site.number);
    let lost = may_no_more(app, access.site.id.to_string(), headers);
    let over = async move { _ = select(pin!(end), pin!(lost)).await };
    let events = events(watched, site).take_until(over);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

/// Done once whoever watches may not any more: their role or key is gone, or their session has ended.
async fn may_no_more(app: Arc<App>, site: String, headers: HeaderMap) {
    let may = async || guard::site(&app, &headers, &site, Need::Read).await?.needs_small_groups();
    while may().await.is_ok() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The site's events from now on. One that is too slow is told how many it missed.
fn events(feed: Receiver<Arc<live::Seen>>, site: i64) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(feed, move |mut feed| async move {
        loop {
            let event = match feed.recv().await {
                Ok(seen) if seen.site == site => {
                    Event::default().event("event").json_data(Seen::from(&*seen)).ok()
                }
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
