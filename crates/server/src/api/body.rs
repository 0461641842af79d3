//! The body of a request of the API: read within the limits of all bodies, as JSON.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use serde::de::DeserializeOwned;
use waymark_analysis::{self, QueryError};

use super::error::{ApiError, Code};
use crate::serve::{App, peer::caller_of};

tokio::task_local! {
    /// Where the request that is being answered comes from: its body counts as that sender's.
    static SENDER: IpAddr;
}

/// Answers a request of which is known where it comes from.
pub(super) async fn with_sender(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let sender = caller_of(&app.settings, peer.ip(), request.headers()).ip;
    SENDER.scope(sender, next.run(request)).await
}

/// The text of a body.
///
/// # Errors
/// When it is too long, does not come whole, or is no text.
pub(super) async fn text(app: &App, body: Body) -> Result<String, ApiError> {
    let sender = SENDER.try_with(|sender| *sender).ok();
    let bytes = app.bodies.read(body, sender).await?.inflate()?;
    String::from_utf8(bytes).map_err(|_| ApiError::new(Code::BadJson, "the body is no UTF-8 text"))
}

/// What a body says.
///
/// # Errors
/// As [`text`], and when it is not the JSON that is asked for, with the place, and what was probably meant.
pub(super) async fn json<T: DeserializeOwned>(app: &App, body: Body) -> Result<T, ApiError> {
    waymark_analysis::read_as(&text(app, body).await?).map_err(|error| match error {
        QueryError::Json { message, hint } => {
            let refusal =
                ApiError::new(Code::BadJson, format!("the body is not what is asked for: {message}"));
            match hint {
                Some(hint) => refusal.hint(hint),
                None => refusal,
            }
        }
        error => error.into(),
    })
}
