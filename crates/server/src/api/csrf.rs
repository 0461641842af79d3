//! Requests that a foreign page has a browser send are refused: whatever could change something by the browser's session
//! must come from a page of ours and say what only such a page knows. One rule for all routes, so that none is forgotten.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, Method, header};
use waymark_collect::caller::{bearer, text};

use super::{
    error::{ApiError, Code},
    guard::session_token,
};
use crate::{accounts::is_csrf_of, serve::App};

/// What the pages of a session send with every change.
const CSRF: &str = "x-waymark-csrf";
/// Where a browser says that a request comes from (Fetch Metadata Request Headers, 2.2).
const FETCH_SITE: &str = "sec-fetch-site";
/// What is asked without a session: there is nothing yet that a page could know.
const OPEN: [&str; 4] = ["/api/v1/session", "/api/v1/setup", "/api/v1/recovery", "/api/v1/recovery/finish"];

/// Passes on what may go on.
pub(super) async fn own_pages_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match check(&app, request.method(), request.uri().path(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check(app: &App, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    // A browser adds no key by itself: whoever sends one means it.
    if method.is_safe() || bearer(headers).is_some() {
        return Ok(());
    }
    let (site, origin) = (text(headers, FETCH_SITE), text(headers, header::ORIGIN.as_str()));
    let host = text(headers, header::HOST.as_str());
    if site.is_some_and(|site| site != "same-origin")
        || origin.is_some_and(|origin| !app.home().is_own(origin, host))
    {
        return Err(refused("this request comes from a page of another address; nothing was changed")
            .hint("`public_url` must be the address that browsers show"));
    }
    if *method == Method::POST && OPEN.contains(&path) {
        return Ok(());
    }
    // Without a session nothing can be changed by one: who asks is found out later.
    let Some(token) = session_token(app, headers) else { return Ok(()) };
    let is_known = text(headers, CSRF).is_some_and(|sent| is_csrf_of(token, sent));
    if is_known && (site.is_some() || origin.is_some()) {
        return Ok(());
    }
    Err(refused("this request does not show that it comes from a page of this session; nothing was changed")
        .hint(
            "send `x-waymark-csrf` as `GET /api/v1/session` gives it, and an `Origin`; or load the page anew",
        ))
}

fn refused(message: &str) -> ApiError {
    ApiError::new(Code::Csrf, message)
}
