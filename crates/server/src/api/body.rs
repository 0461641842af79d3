//! The body of a request of the API: read within the limits of all bodies, as JSON.

use axum::body::Body;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code};
use crate::{
    query_json::{self, QueryError},
    serve::App,
};

/// The text of a body.
///
/// # Errors
/// When it is too long, does not come whole, or is no text.
pub(super) async fn text(app: &App, body: Body) -> Result<String, ApiError> {
    let bytes = app.bodies.read(body).await?.inflate()?;
    String::from_utf8(bytes).map_err(|_| ApiError::new(Code::BadJson, "the body is no UTF-8 text"))
}

/// What a body says.
///
/// # Errors
/// As [`text`], and when it is not the JSON that is asked for, with the place, and what was probably meant.
pub(super) async fn json<T: DeserializeOwned>(app: &App, body: Body) -> Result<T, ApiError> {
    query_json::read_as(&text(app, body).await?).map_err(|error| match error {
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
