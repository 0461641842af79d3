//! Who sends a request: what its connection and headers say, within what may be believed.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

/// The sender of a request. Lives in memory only: neither address nor user agent is ever written or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The address, behind the proxies that are trusted.
    pub ip: IpAddr,
    /// The user agent.
    pub user_agent: String,
    /// The country that a trusted proxy tells.
    pub country: Option<String>,
    /// The visitor asks not to be tracked: `Sec-GPC: 1` or `DNT: 1`.
    pub objects: bool,
    /// The request carries a secret key of the site.
    pub is_server: bool,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("is_server", &self.is_server).finish_non_exhaustive()
    }
}

impl Caller {
    /// The sender of a request that came over a connection from `ip`.
    #[must_use]
    pub fn of(ip: IpAddr, headers: &HeaderMap) -> Self {
        let is_one = |name: &str| headers.get(name).is_some_and(|value| value.as_bytes() == b"1");
        Self {
            ip: canonical(ip),
            user_agent: text(headers, header::USER_AGENT.as_str()).unwrap_or_default().to_owned(),
            country: None,
            objects: is_one("sec-gpc") || is_one("dnt"),
            is_server: false,
        }
    }
}

/// IPv4 addresses mapped into IPv6 as what they are.
fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// The text of a header, if it has one.
#[must_use]
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// The name of a request that identifies itself by name and password: `Authorization: Basic …` (RFC 7617, 2).
#[must_use]
pub fn basic(headers: &HeaderMap) -> Option<String> {
    let (scheme, text) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(text.trim()).ok())??;
    let name = decoded.split(|byte| *byte == b':').next()?;
    String::from_utf8(name.to_vec()).ok().filter(|name| !name.is_empty())
}

/// The secret key of a request: `Authorization: Bearer KEY` (RFC 6750, 2.1).
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
