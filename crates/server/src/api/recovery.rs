//! One-time links: a password is chosen by them, by people who were invited or who lost theirs.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    body,
    error::{ApiError, Code},
    session::{SessionInfo, show_signed_out, signed_in},
};
use crate::{
    accounts::Password,
    serve::{App, Job, answer, peer::caller_of},
};

/// Somebody who lost their password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lost {
    email: String,
}

/// Ask for an e-mail with a link to choose a new password by
///
/// The answer is the same whether there is an account of that address or not.
#[utoipa::path(
    post,
    path = "/api/v1/recovery",
    tag = "session",
    operation_id = "recover",
    security(()),
    request_body = Lost,
    responses((status = 202, description = "An e-mail is sent if there is such an account"), ApiError)
)]
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let Lost { email } = body::json(&app, body).await?;
    if !app.accounts.sends_mail() {
        return Err(ApiError::new(Code::NoMail, "this server sends no e-mail")
            .hint("ask an owner for a link, or `waymark account reset` on the server"));
    }
    let ip = caller_of(&app.settings, peer.ip(), &headers).ip;
    let jobs = Arc::clone(&app.jobs);
    jobs.spawn(Job::Mail, async move {
        app.accounts.send_link(&email, ip, app.home()).await;
        Ok::<_, Infallible>(())
    });
    Ok(answer::empty(StatusCode::ACCEPTED))
}

/// A password to choose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// What stands behind `#` in the link.
    token: String,
    #[schema(value_type = String)]
    password: Password,
}

/// Choose a password by a one-time link
///
/// All sessions of the account end. This browser is signed in then, unless a one-time code is needed too.
#[utoipa::path(
    post,
    path = "/api/v1/recovery/finish",
    tag = "session",
    operation_id = "finish_recovery",
    security(()),
    request_body = NewPassword,
    responses((status = 200, description = "Chosen", body = SessionInfo), ApiError)
)]
pub(super) async fn finish(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let NewPassword { token, password } = body::json(&app, body).await?;
    let account = app.accounts.finish(&token, password).await?;
    if account.has_totp {
        return show_signed_out(&app).await;
    }
    signed_in(&app, &headers, account, StatusCode::OK).await
}
