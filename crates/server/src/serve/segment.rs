//! The paths of Segment's and RudderStack's clients, and the answers they understand.

use std::{borrow::Cow, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, RawQuery, State},
    response::Response,
    routing::{MethodRouter, get, post},
};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use waymark_collect::{
    Report, RequestError, caller,
    protocol::segment::{self, Call},
};

use super::{App, answer, collect};

/// Where batches are sent: by servers, by browsers, by servers with what is past, by pages that are left.
const BATCHES: [&str; 4] = ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"];

/// Calls go to paths of their names, browsers' to their first letters; browsers' clients ask for settings before they start.
pub(super) fn routes() -> Router<Arc<App>> {
    let mut routes = Router::new()
        .route("/v1/projects/{key}/settings", get(settings).options(collect::preflight))
        .route("/sourceConfig/", get(source).options(collect::preflight))
        .route("/sourceConfig", get(source).options(collect::preflight));
    for path in BATCHES {
        routes = routes.route(path, taking(None));
    }
    for call in Call::ALL {
        let name = call.as_str();
        routes = routes.route(&format!("/v1/{name}"), taking(Some(call)));
        routes = routes.route(&format!("/v1/{}", &name[..1]), taking(Some(call)));
    }
    routes
}

fn taking(call: Option<Call>) -> MethodRouter<Arc<App>> {
    let take = move |app: State<Arc<App>>, peer: ConnectInfo<SocketAddr>, headers: HeaderMap, body: Body| {
        take(app, peer, headers, body, call)
    };
    post(take).options(collect::preflight)
}

async fn take(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
    call: Option<Call>,
) -> Response {
    let done = collect::take(&app, peer, &headers, body, |body| {
        let mut delivery = segment::decode(body, call)?;
        delivery.site = caller::basic(&headers).map(Cow::Owned).or(delivery.site);
        Ok(delivery)
    });
    let done = done.await;
    answer::with_cors(answer_of(done), &headers)
}

/// Exactly 200, which RudderStack's client for Python asks for. What clients read of a refusal, `code` and `message`, is at
/// the top.
fn answer_of(done: Result<Report, RequestError>) -> Response {
    let report = match done {
        Ok(report) => report,
        Err(error) => {
            return answer::refused_as(&error, |mut said| {
                said["success"] = Value::Bool(false);
                said
            });
        }
    };
    let refused = answer::refusals(&report);
    let mut response = match refused.first() {
        Some(first) if refused.len() == report.outcomes.len() => {
            let said = json!({ "success": false, "code": first["code"], "message": first["message"] });
            answer::json(StatusCode::BAD_REQUEST, &said)
        }
        _ => answer::json(StatusCode::OK, &json!({ "success": true })),
    };
    answer::note(&mut response, &report);
    response
}

/// `GET /v1/projects/{key}/settings`: Segment's browser client asks it which receivers there are, and where to send. There
/// is one, and it is here.
async fn settings(State(app): State<Arc<App>>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let asked = caller::text(&headers, header::HOST.as_str()).unwrap_or_default();
    let public = app.settings.public_url.as_ref().and_then(|url| url.text.split_once("://"));
    let (protocol, host) = public.unwrap_or(("https", asked));
    let receiver = json!({ "apiKey": key, "apiHost": format!("{host}/v1"), "protocol": protocol });
    let said = json!({
        "integrations": { "Segment.io": receiver },
        "plan": { "track": {}, "identify": {}, "group": {} },
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": { "sampleRate": 0 },
        "remotePlugins": [],
    });
    answer::with_cors(known(&app, &key, &said), &headers)
}

/// `GET /sourceConfig/`: the same for RudderStack's.
async fn source(State(app): State<Arc<App>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "writeKey");
    let key = caller::basic(&headers).or(asked.map(|(_, key)| key.into_owned())).unwrap_or_default();
    let none = json!({ "enabled": false });
    let said = json!({ "source": {
        "id": key,
        "name": key,
        "writeKey": key,
        "enabled": true,
        "config": { "statsCollection": { "errors": none, "metrics": none } },
        "connections": [],
        "destinations": [],
        "dataplanes": {},
    } });
    answer::with_cors(known(&app, &key, &said), &headers)
}

/// What is said for a site that is there.
fn known(app: &App, key: &str, said: &Value) -> Response {
    if app.sites.find(key).is_some() {
        return answer::json(StatusCode::OK, said);
    }
    answer::refused(&RequestError::UnknownSite(key.chars().take(64).collect()))
}
