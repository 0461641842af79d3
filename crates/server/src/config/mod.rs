//! What `waymark serve` is told: by defaults, a file, the environment and arguments, the later ones first. Every key is
//! in one table (`keys.rs`) and in `docs/configuration.md`. It must not know what is done with the values.

mod access;
mod error;
mod file;
mod keys;
mod layers;
mod read;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use http::HeaderName;
use tracing_subscriber::filter::LevelFilter;
use waymark_collect::identity::Truncation;
use waymark_model::Network;
use waymark_store::StoreConfig;

pub use access::{MailConfig, MailServer, OidcConfig, Secrecy, Secret};
pub use error::ConfigError;
pub use keys::{KEYS, Key};
pub use layers::Flags;

/// The file in the data folder that is read when no other is named.
pub const FILE: &str = "waymark-server.toml";

/// The browser script's second file.
const MORE: &str = "wm-more.js";
/// What paths begin with that cannot be chosen.
const RESERVED: [&str; 4] = ["/api/v1/", "/health/", "/check", "/shop/"];

/// How the server behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The address that it listens on.
    pub listen: SocketAddr,
    /// Where browsers reach it.
    pub public_url: Option<PublicUrl>,
    /// The address that metrics are read from; nowhere unless given.
    pub metrics: Option<SocketAddr>,
    /// The certificate chain, as PEM; with it the server speaks TLS.
    pub certificate: Option<PathBuf>,
    /// The certificate's private key, as PEM.
    pub certificate_key: Option<PathBuf>,
    /// Proxies whose word on where a request comes from counts.
    pub trusted_proxies: Vec<Network>,
    /// The header in which they give it.
    pub forwarded: Forwarded,
    /// The header in which they give the visitor's country.
    pub country_header: Option<HeaderName>,
    /// A database of the countries of networks (MaxMind DB).
    pub country_database: Option<PathBuf>,
    /// A list of data centres' networks.
    pub datacentres: Option<PathBuf>,
    /// A list of hosts of referrer spam.
    pub spam_referrers: Option<PathBuf>,
    /// The path of the browser script.
    pub script_path: String,
    /// The path that events are sent to.
    pub events_path: String,
    /// The path of the picture that counts a page view.
    pub pixel_path: String,
    /// Whether the demonstration's storefront is served, at `/shop`.
    pub shop: bool,
    /// Events that one network may send in a minute; as many as come when `None`.
    pub rate_limit: Option<u32>,
    /// How much of an address goes into a visitor's pseudonym.
    pub truncation: Truncation,
    /// Connections that are open at a time.
    pub connections: usize,
    /// The longest time that a question may take; as long as it takes when `None`.
    pub question_time: Option<Duration>,
    /// Events in memory are moved into segments once there are so many.
    pub flush_rows: u64,
    /// Whether there is an account whose password everybody is shown: only `waymark demo` says so, on this machine.
    pub demo: bool,
    /// How e-mail is sent.
    pub mail: MailConfig,
    /// The service that people may sign in by.
    pub oidc: OidcConfig,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// The least important lines that are logged.
    pub log_level: LevelFilter,
}

/// A header in which proxies say whom they speak for. One counts, the configured one: proxies pass the others on as
/// clients sent them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarded {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `X-Real-IP`.
    XRealIp,
    /// `Forwarded` (RFC 7239).
    Standard,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The address at which browsers reach the server: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// As it was given, without a slash at its end.
    pub text: String,
    /// Its scheme is https.
    pub is_https: bool,
    /// Its host is this machine alone.
    pub is_loopback: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            metrics: None,
            certificate: None,
            certificate_key: None,
            trusted_proxies: Vec::new(),
            forwarded: Forwarded::XForwardedFor,
            country_header: None,
            country_database: None,
            datacentres: None,
            spam_referrers: None,
            script_path: "/wm.js".to_owned(),
            events_path: "/v1/events".to_owned(),
            pixel_path: "/v1/pixel".to_owned(),
            shop: false,
            rate_limit: Some(6_000),
            truncation: Truncation::Whole,
            connections: 12_000,
            question_time: Some(Duration::from_secs(30)),
            flush_rows: StoreConfig::default().flush_rows,
            demo: false,
            mail: MailConfig::default(),
            oidc: OidcConfig::default(),
            log_format: LogFormat::Text,
            log_level: LevelFilter::INFO,
        }
    }
}

impl Config {
    /// What is legal and yet probably not meant.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        if self.public_url.as_ref().is_some_and(|url| !url.is_https && !url.is_loopback) {
            found.push(
                "`public_url` is not https: what browsers send can be read and changed on its way; give a certificate, or a proxy with one",
            );
        }
        if self.public_url.is_none() && self.certificate.is_none() && !self.listen.ip().is_loopback() {
            found.push(
                "people can sign in over https or on this machine alone: give `public_url`, the address that browsers show",
            );
        }
        if self.trusted_proxies.is_empty() && self.country_header.is_some() {
            found.push("`country_header` counts from `trusted_proxies` only, and none is given");
        }
        found
    }

    /// The path of the browser script's second file, which the first looks for beside itself.
    #[must_use]
    pub fn more_path(&self) -> String {
        let (folder, _) = self.script_path.rsplit_once('/').unwrap_or_default();
        format!("{folder}/{MORE}")
    }

    /// Paths of a file are meant from where the file is.
    fn take_files_from(&mut self, folder: &Path) {
        let paths = [
            &mut self.certificate,
            &mut self.certificate_key,
            &mut self.country_database,
            &mut self.datacentres,
            &mut self.spam_referrers,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }
}

#[cfg(test)]
mod tests;
