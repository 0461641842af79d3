//! The HTTP status of each way in which a request of the collector can fail.

use http::StatusCode;
use waymark_collect::RequestError;

/// The status that it is answered with.
pub(crate) const fn status_of(error: &RequestError) -> StatusCode {
    match error {
        RequestError::BodyTooLarge | RequestError::InflatedTooLarge | RequestError::TooManyEvents(_) => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        RequestError::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
        RequestError::BodyBrokenOff
        | RequestError::BadCompression(_)
        | RequestError::BadJson(_)
        | RequestError::TooDeep
        | RequestError::NoEvents
        | RequestError::NoSite => StatusCode::BAD_REQUEST,
        RequestError::UnknownSite(_) => StatusCode::NOT_FOUND,
        RequestError::BadKey => StatusCode::UNAUTHORIZED,
        RequestError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        RequestError::Overloaded | RequestError::NoSalt(_) | RequestError::Store(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
