//! How the texts of values are read.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use http::{HeaderName, Uri};
use tracing_subscriber::filter::LevelFilter;
use waymark_collect::identity::Truncation;
use waymark_model::{Network, duration, nearest};

use super::{Forwarded, LogFormat, PublicUrl};

/// A value that was taken, or what is wrong with it.
pub(super) type Read<T = ()> = Result<T, String>;

pub(super) fn address(text: &str) -> Read<SocketAddr> {
    text.parse().map_err(|_| format!("`{text}` is no address with a port, such as `127.0.0.1:8080`"))
}

pub(super) fn public_url(text: &str) -> Read<PublicUrl> {
    let bad = || format!("`{text}` is no address of a server, such as `https://stats.shop.example`");
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let is_https = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(bad()),
    };
    let host = uri.host().ok_or_else(bad)?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(format!(
            "`{text}` has a path: name scheme and host alone, the paths have keys of their own"
        ));
    }
    let is_loopback = is_loopback(host);
    Ok(PublicUrl { text: text.trim_end_matches('/').to_owned(), is_https, is_loopback })
}

/// Whether what is sent to the host does not leave this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Networks with commas or spaces between them.
pub(super) fn networks(text: &str) -> Read<Vec<Network>> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words.map(|word| word.parse().map_err(|error| format!("{error}"))).collect()
}

pub(super) fn forwarded(text: &str) -> Read<Forwarded> {
    let all = [
        ("x-forwarded-for", Forwarded::XForwardedFor),
        ("x-real-ip", Forwarded::XRealIp),
        ("forwarded", Forwarded::Standard),
    ];
    one_of(&text.to_lowercase(), &all)
}

pub(super) fn header(text: &str) -> Read<HeaderName> {
    text.parse().map_err(|_| format!("`{text}` is no name of a header"))
}

/// A path that needs no escaping.
pub(super) fn path(text: &str) -> Read<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if text.len() > 1 && text.starts_with('/') && text.bytes().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is no path: begin with `/`, and use letters, digits, `-`, `.`, `_`, `~` and `/`"
        ))
    }
}

pub(super) fn limit(text: &str) -> Read<Option<u32>> {
    match (text, text.parse::<u32>()) {
        ("off", _) => Ok(None),
        (_, Ok(limit)) if limit > 0 => Ok(Some(limit)),
        _ => Err(format!("`{text}` is neither a number of events nor `off`")),
    }
}

/// A length of time above 0, or none.
pub(super) fn time(text: &str) -> Read<Option<Duration>> {
    let time = duration::parse(text).ok().and_then(|ms| u64::try_from(ms).ok()).filter(|ms| *ms > 0);
    match (text, time) {
        ("off", _) => Ok(None),
        (_, Some(ms)) => Ok(Some(Duration::from_millis(ms))),
        _ => Err(format!("`{text}` is not a length of time: write one such as `30s` or `2m`, or `off`")),
    }
}

pub(super) fn truncation(text: &str) -> Read<Truncation> {
    one_of(text, &[("on", Truncation::Network), ("off", Truncation::Whole)])
}

pub(super) fn switch(text: &str) -> Read<bool> {
    one_of(text, &[("on", true), ("off", false)])
}

pub(super) fn count(text: &str) -> Read<usize> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| format!("`{text}` is no whole number above 0"))
}

pub(super) fn log_format(text: &str) -> Read<LogFormat> {
    one_of(text, &[("text", LogFormat::Text), ("json", LogFormat::Json)])
}

pub(super) fn level(text: &str) -> Read<LevelFilter> {
    let all = [
        ("error", LevelFilter::ERROR),
        ("warn", LevelFilter::WARN),
        ("info", LevelFilter::INFO),
        ("debug", LevelFilter::DEBUG),
        ("off", LevelFilter::OFF),
    ];
    one_of(text, &all)
}

pub(super) fn one_of<T: Copy>(text: &str, all: &[(&str, T)]) -> Read<T> {
    let words = || all.iter().map(|(word, _)| *word);
    let found = all.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| match nearest(text, words()) {
        Some(word) => format!("there is no `{text}`: did you mean `{word}`?"),
        None => format!("there is no `{text}`, but {}", words().collect::<Vec<_>>().join(", ")),
    })
}
