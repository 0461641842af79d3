//! One-time links: a password is chosen by them, by people who were invited or who lost theirs.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    body,
    error::ApiError,
    session::{SessionInfo, show_signed_out, signed_in},
};
use crate::{accounts::Password, serve::App};

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
