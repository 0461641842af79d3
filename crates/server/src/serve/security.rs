//! What every page and every answer of the API tells the browser: to run nothing that is not ours, to show us in no foreign
//! frame, and to tell nobody where the user comes from.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// Scripts, styles and data of this server only (Content Security Policy Level 3). `form-action` does not fall back to
/// `default-src`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What browsers keep for two years: that this host is asked over TLS only (RFC 6797). Said where TLS is our own; in front of a proxy
/// it is the proxy's to say.
pub(super) async fn over_tls_only(mut response: Response) -> Response {
    let value = HeaderValue::from_static("max-age=63072000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    response
}

/// Adds the headers to an answer that does not say otherwise.
pub(super) async fn headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
