//! What the server is told of sending e-mail and of signing in by another service. Secrets do not show themselves.

use std::fmt;

use http::Uri;

use super::read::{Read, is_loopback, one_of};

/// A secret that the server is told. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How e-mail is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailConfig {
    /// The server that takes it; without one, none is sent.
    pub server: Option<MailServer>,
    /// The user there.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret>,
    /// Whom it is from.
    pub from: Option<String>,
}

/// A server that takes e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is sent there is kept from others.
    pub secrecy: Secrecy,
}

/// How a connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// TLS from the beginning (RFC 8314, 3.3).
    Tls,
    /// TLS after asking for it (RFC 3207), or nothing is sent.
    StartTls,
    /// Not at all: it does not leave the machine.
    Local,
}

/// A service by OpenID Connect that knows people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OidcConfig {
    /// Its address; without one, nobody signs in by it.
    pub issuer: Option<String>,
    /// What Waymark is called there.
    pub client: Option<String>,
    /// The secret that Waymark has there.
    pub secret: Option<Secret>,
    /// What people call it.
    pub name: Option<String>,
    /// Whether somebody it knows, and who has no account here, gets one as a viewer of all sites.
    pub makes_viewers: bool,
}

/// `smtps://host:465`, `smtp://host:587`.
pub(super) fn mail_server(text: &str) -> Read<MailServer> {
    let bad = || format!("`{text}` is no mail server, such as `smtps://mail.shop.example`");
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(bad)?;
    let (secrecy, usual) = match uri.scheme_str() {
        Some("smtps") => (Secrecy::Tls, 465),
        Some("smtp") if is_loopback(host) => (Secrecy::Local, 25),
        Some("smtp") => (Secrecy::StartTls, 587),
        _ => return Err(bad()),
    };
    if text.contains('@') {
        return Err("`mail.user` and `mail.password` say who sends, not the server's address".to_owned());
    }
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(MailServer { host, port: uri.port_u16().unwrap_or(usual), secrecy })
}

/// An address that is https, or on this machine.
pub(super) fn issuer(text: &str) -> Read<String> {
    let bad = || format!("`{text}` is no address of a service, such as `https://login.shop.example`");
    let uri: Uri = text.parse().map_err(|_| bad())?;
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(text.to_owned()),
        (Some("http"), Some(host)) if is_loopback(host) => Ok(text.to_owned()),
        (Some("http"), Some(_)) => Err(format!("`{text}` is not https: who signs in could be forged")),
        _ => Err(bad()),
    }
}

/// A name and an address, or an address alone.
pub(super) fn mail_from(text: &str) -> Read<String> {
    let from = text.parse::<lettre::message::Mailbox>();
    from.map(|_| text.to_owned())
        .map_err(|_| format!("`{text}` is not a valid e-mail address such as `waymark@shop.example`"))
}

pub(super) fn new_accounts(text: &str) -> Read<bool> {
    one_of(text, &[("viewer", true), ("off", false)])
}
