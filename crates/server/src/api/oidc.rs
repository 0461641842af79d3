//! Signing in by another service: people are sent there, and come back.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Query, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    error::{ApiError, Code},
    guard::cookie,
    session::{signed_in, with_cookie},
};
use crate::{
    accounts::{AccountError, Back, Home, Oidc},
    serve::{App, answer, peer::caller_of},
};

/// Seconds that a browser remembers that it sent somebody away.
const LASTS: i64 = 600;

/// Go to the other service to sign in
#[utoipa::path(
    get,
    path = "/api/v1/oidc/start",
    tag = "session",
    operation_id = "oidc_start",
    security(()),
    responses((status = 303, description = "To the service"), ApiError)
)]
pub(super) async fn start(State(app): State<Arc<App>>) -> Result<Response, ApiError> {
    let (oidc, home) = (service(&app)?, app.home());
    let sent = match oidc.send(home.base(), app.clock.now()).await {
        Ok(sent) => sent,
        Err(error) => return Ok(failed(&error)),
    };
    Ok(with_cookie(see(&sent.to), &home.set_cookie(&remembered(home), &sent.browser, LASTS)))
}

/// What the service sends people back with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Returned {
    /// What stands for them at the service; none when they were refused there.
    #[serde(default)]
    code: String,
    /// What they were sent away with.
    #[serde(default)]
    state: String,
}

/// Come back from the other service
#[utoipa::path(
    get,
    path = "/api/v1/oidc/callback",
    tag = "session",
    operation_id = "oidc_callback",
    security(()),
    responses((status = 303, description = "To the dashboard, signed in; or to the sign-in page, which says why not"), ApiError)
)]
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Query(Returned { code, state }): Query<Returned>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (oidc, home) = (service(&app)?, app.home());
    let name = remembered(home);
    let back = Back { code: &code, state: &state, browser: cookie(&headers, &name).unwrap_or_default() };
    let ip = caller_of(&app.settings, peer.ip(), &headers).ip;
    let person = match oidc.back(back, home.base(), ip, app.clock.now()).await {
        Ok(person) => app.accounts.account_known_to(oidc, &person).await,
        Err(error) => Err(error),
    };
    let response = match person {
        Ok(account) => {
            let begun = signed_in(&app, &headers, account, StatusCode::OK).await?;
            let mut response = see("/");
            response.headers_mut().extend(
                begun
                    .headers()
                    .get_all(header::SET_COOKIE)
                    .iter()
                    .map(|set| (header::SET_COOKIE, set.clone())),
            );
            response
        }
        Err(error) => failed(&error),
    };
    Ok(with_cookie(response, &home.set_cookie(&name, "", 0)))
}

fn service(app: &App) -> Result<&Oidc, ApiError> {
    app.accounts.oidc().ok_or_else(|| {
        ApiError::new(Code::NoProvider, "nobody signs in by another service here")
            .hint("`oidc.issuer` and `oidc.client` name one")
    })
}

/// The cookie by which a browser remembers that it sent somebody away.
fn remembered(home: &Home) -> String {
    format!("{}-oidc", home.cookie())
}

/// Back to the sign-in page, which says why.
fn failed(error: &AccountError) -> Response {
    tracing::warn!(%error, "somebody could not sign in by another service");
    let reason: String = match error {
        AccountError::Provider { reason, .. } => {
            url::form_urlencoded::byte_serialize(reason.as_bytes()).collect()
        }
        _ => "failed".to_owned(),
    };
    see(&format!("/signin?failed={reason}"))
}

fn see(to: &str) -> Response {
    let mut response = answer::empty(StatusCode::SEE_OTHER);
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
