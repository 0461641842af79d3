//! The path of Plausible's clients, and the answers they understand.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
    response::Response,
    routing::post,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use waymark_collect::{Delivery, Outcome, Refusal, Report, RequestError, caller::text, protocol::plausible};

use super::{App, answer, collect};

/// Tells the sender that its event is in no result.
const DROPPED: HeaderName = HeaderName::from_static("x-plausible-dropped");

/// `POST /api/event`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/api/event", post(event).options(collect::preflight))
}

async fn event(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let done = collect::take(&app, peer, &headers, body, |body| {
        plausible::decode(body).map(|delivery| told(delivery, &headers))
    });
    let done = done.await;
    answer::with_cors(answer_of(done), &headers)
}

/// A server sends its visitor's user agent and address as if they were its own, as `User-Agent` and as the first of
/// `X-Forwarded-For`. They are told, and so believed of servers with a key only.
fn told<'b>(mut delivery: Delivery<'b>, headers: &HeaderMap) -> Delivery<'b> {
    let forwarded = text(headers, "x-forwarded-for").and_then(|list| list.split(',').next());
    for event in delivery.events.iter_mut().flatten() {
        event.told.ip = forwarded.and_then(|address| address.trim().parse().ok());
        event.told.user_agent =
            text(headers, header::USER_AGENT.as_str()).map(|agent| agent.to_owned().into());
    }
    delivery
}

/// 202 for an event that can be read. That it is in no result, because it is a robot's, say, or of a host that the site
/// does not list, is told by a header.
fn answer_of(done: Result<Report, RequestError>) -> Response {
    let report = match done {
        Ok(report) => report,
        Err(error) => return dropped(answer::refused(&error)),
    };
    let refusal = report.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Refused(refusal) => Some(refusal),
        _ => None,
    });
    let mut response = match refusal {
        None | Some(Refusal::HostNotListed) => answer::text(StatusCode::ACCEPTED, "ok"),
        Some(refusal) => {
            let said = json!({ "code": refusal.code(), "message": refusal.to_string() });
            answer::json(StatusCode::BAD_REQUEST, &json!({ "error": said }))
        }
    };
    answer::note(&mut response, &report);
    if refusal.is_some() || !report.not_counted.is_empty() { dropped(response) } else { response }
}

fn dropped(mut response: Response) -> Response {
    response.headers_mut().insert(DROPPED, HeaderValue::from_static("1"));
    response
}
