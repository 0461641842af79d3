//! Where browsers reach the server: what its links begin with, how its cookie is called, and which pages are its own. It
//! must not know what is asked.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::config::Config;

/// The cookie that browsers give back over https alone and to this host alone (RFC 6265bis, 4.1.3.2) …
const SECURE_COOKIE: &str = "__Host-waymark";
/// … and the one for http on this machine, where they would not take the other.
const PLAIN_COOKIE: &str = "waymark";

/// The address at which browsers reach the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Scheme, host and port, without a slash at the end.
    base: String,
    /// It is http, on this machine alone.
    is_plain: bool,
}

impl Home {
    /// The public address if one is configured, otherwise the one that is listened on.
    #[must_use]
    pub fn of(config: &Config, listens: SocketAddr) -> Self {
        if let Some(url) = &config.public_url {
            return Self { base: url.text.clone(), is_plain: !url.is_https && url.is_loopback };
        }
        let is_tls = config.certificate.is_some();
        let scheme = if is_tls { "https" } else { "http" };
        // No browser can go to "any address"; this machine's own is one of them.
        let shown = match listens.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let base = format!("{scheme}://{}", SocketAddr::new(shown, listens.port()));
        Self { base, is_plain: !is_tls && listens.ip().is_loopback() }
    }

    /// The address without a slash at the end: `https://stats.shop.example`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address of a page with a secret behind `#`, which browsers do not send.
    #[must_use]
    pub fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#{token}", self.base)
    }

    /// The name of the cookie that holds a session.
    #[must_use]
    pub const fn cookie(&self) -> &'static str {
        if self.is_plain { PLAIN_COOKIE } else { SECURE_COOKIE }
    }

    /// The name of the cookie that shows that somebody signed in on this browser before.
    #[must_use]
    pub fn device_cookie(&self) -> String {
        format!("{}-device", self.cookie())
    }

    /// The value of `Set-Cookie` that gives a browser something to keep for so many seconds; for 0, to forget it.
    #[must_use]
    pub fn set_cookie(&self, name: &str, value: &str, seconds: i64) -> String {
        let secure = if self.is_plain { "" } else { " Secure;" };
        format!("{name}={value}; Path=/; Max-Age={seconds};{secure} HttpOnly; SameSite=Lax")
    }

    /// Whether a page of that origin (RFC 6454, 7) is one of the server's own, when it was asked under the name `host`.
    #[must_use]
    pub fn is_own(&self, origin: &str, host: Option<&str>) -> bool {
        let named = origin.split_once("://").map(|(_, host)| host);
        origin == self.base || (named.is_some() && named == host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PublicUrl;

    fn home(public: Option<(&str, bool, bool)>, listens: &str, is_tls: bool) -> Home {
        let public_url = public.map(|(text, is_https, is_loopback)| PublicUrl {
            text: text.to_owned(),
            is_https,
            is_loopback,
        });
        let certificate = is_tls.then(|| "cert.pem".into());
        Home::of(&Config { public_url, certificate, ..Config::default() }, listens.parse().unwrap())
    }

    #[test]
    fn the_cookie_is_plain_on_this_machine_without_tls_alone() {
        let check = |home: Home, base: &str, cookie: &str| {
            assert_eq!((home.base(), home.cookie()), (base, cookie));
            let is_secure =
                home.set_cookie(home.cookie(), "x", 1).contains("; Secure; HttpOnly; SameSite=Lax");
            assert_eq!(is_secure, cookie.starts_with("__Host-"));
        };
        check(home(None, "127.0.0.1:8080", false), "http://127.0.0.1:8080", "waymark");
        check(home(None, "[::1]:8080", false), "http://[::1]:8080", "waymark");
        check(home(None, "0.0.0.0:8080", false), "http://127.0.0.1:8080", "__Host-waymark");
        check(home(None, "127.0.0.1:8080", true), "https://127.0.0.1:8080", "__Host-waymark");
        let https = Some(("https://stats.shop.example", true, false));
        check(home(https, "127.0.0.1:8080", false), "https://stats.shop.example", "__Host-waymark");
        let http = Some(("http://stats.shop.example", false, false));
        check(home(http, "127.0.0.1:8080", false), "http://stats.shop.example", "__Host-waymark");
        let local = Some(("http://localhost:9000", false, true));
        check(home(local, "0.0.0.0:8080", false), "http://localhost:9000", "waymark");
    }

    #[test]
    fn foreign_pages_are_not_own() {
        let home = home(Some(("https://stats.shop.example", true, false)), "127.0.0.1:8080", false);
        let check = |origin: &str, host: Option<&str>, expected| {
            assert_eq!(home.is_own(origin, host), expected, "{origin} {host:?}");
        };
        check("https://stats.shop.example", Some("10.0.0.1:8080"), true);
        check("http://10.0.0.1:8080", Some("10.0.0.1:8080"), true);
        check("https://evil.example", Some("stats.shop.example"), false);
        check("https://stats.shop.example.evil.example", Some("stats.shop.example"), false);
        check("null", None, false);
        check("null", Some("null"), false);
        check("", Some(""), false);
    }
}
