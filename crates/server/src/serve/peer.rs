//! Where a request comes from: its connection, or what a trusted proxy says. It must not know what is done with it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, header};
use waymark_collect::{Caller, caller};
use waymark_model::Network;

use crate::config::{Config, Forwarded};

/// The sender of a request that came over a connection from `peer`.
pub(crate) fn caller_of(config: &Config, peer: IpAddr, headers: &HeaderMap) -> Caller {
    let ip = address(config, peer, headers);
    let is_proxy = is_trusted(&config.trusted_proxies, peer);
    let country = config.country_header.as_ref().filter(|_| is_proxy);
    let country = country.and_then(|name| caller::text(headers, name.as_str()));
    let is_code = |text: &&str| text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    Caller { country: country.filter(is_code).map(str::to_ascii_uppercase), ..Caller::of(ip, headers) }
}

/// The last address that is no trusted proxy's. From where a proxy's word cannot be read, its own.
fn address(config: &Config, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = &config.trusted_proxies;
    let mut nearest = peer;
    if !is_trusted(trusted, peer) {
        return nearest;
    }
    for hop in hops(config.forwarded, headers).into_iter().rev() {
        let Some(address) = hop else { break };
        nearest = address;
        if !is_trusted(trusted, address) {
            break;
        }
    }
    nearest
}

/// Whether the address is one of a trusted proxy.
pub(super) fn is_trusted(trusted: &[Network], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// The addresses that a request passed, the first sender's first; `None` for one that cannot be read.
fn hops(forwarded: Forwarded, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let name = match forwarded {
        Forwarded::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
        Forwarded::XRealIp => HeaderName::from_static("x-real-ip"),
        Forwarded::Standard => header::FORWARDED,
    };
    let mut hops = Vec::new();
    for value in headers.get_all(name) {
        // A line that is no text hides what stands in it.
        let Ok(line) = value.to_str() else {
            hops.push(None);
            continue;
        };
        for element in line.split(',') {
            hops.push(match forwarded {
                Forwarded::Standard => sender(element),
                _ => node(element.trim()),
            });
        }
    }
    hops
}

/// The `for` of an element of `Forwarded` (RFC 7239, 4): `for="[2001:db8::1]:47011";proto=https`.
fn sender(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, text) = pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    node(text.trim_matches('"'))
}

/// An address, perhaps with a port and, in version 6, brackets.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    }
    text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(forwarded: Forwarded, peer: &str, lines: &[(&'static str, &str)], expected: &str) {
        let config = Config {
            trusted_proxies: ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"]
                .map(|text| text.parse().unwrap())
                .to_vec(),
            forwarded,
            country_header: Some(HeaderName::from_static("x-country")),
            ..Config::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let caller = caller_of(&config, peer.parse().unwrap(), &headers);
        let country = caller.country.map(|code| format!(" {code}")).unwrap_or_default();
        assert_eq!(format!("{}{country}", caller.ip), expected, "{peer} {lines:?}");
    }

    #[test]
    fn the_last_address_that_is_no_proxys_counts() {
        let xff = |peer: &str, value: &str, expected: &str| {
            check(Forwarded::XForwardedFor, peer, &[("x-forwarded-for", value)], expected);
        };
        xff("198.51.100.9", "203.0.113.7", "198.51.100.9");
        xff("127.0.0.1", "203.0.113.7", "203.0.113.7");
        xff("127.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7");
        xff("127.0.0.1", "1.1.1.1, 203.0.113.7, 10.1.2.3", "203.0.113.7");
        xff("::ffff:127.0.0.1", "203.0.113.7:4711", "203.0.113.7");
        xff("127.0.0.1", "[2003::1]:4711,[2001:db8::5]", "2003::1");
        xff("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1");
        xff("127.0.0.1", "1.1.1.1, unknown", "127.0.0.1");
        xff("127.0.0.1", "1.1.1.1, unknown, 10.0.0.2", "10.0.0.2");
        xff("127.0.0.1", "", "127.0.0.1");
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.7")];
        check(Forwarded::XForwardedFor, "127.0.0.1", &lines, "203.0.113.7");
    }

    #[test]
    fn only_the_header_that_is_configured_counts() {
        let standard = [("forwarded", "for=1.1.1.1, for=\"[2003::1]:47\";proto=https;by=10.0.0.1")];
        check(Forwarded::Standard, "127.0.0.1", &standard, "2003::1");
        check(Forwarded::Standard, "127.0.0.1", &[("forwarded", "proto=https")], "127.0.0.1");
        check(Forwarded::Standard, "127.0.0.1", &[("forwarded", "for=_hidden")], "127.0.0.1");
        check(Forwarded::XForwardedFor, "127.0.0.1", &standard, "127.0.0.1");
        check(Forwarded::XRealIp, "10.0.0.1", &[("x-real-ip", "203.0.113.7")], "203.0.113.7");
        check(Forwarded::XRealIp, "203.0.113.9", &[("x-real-ip", "203.0.113.7")], "203.0.113.9");
    }

    #[test]
    fn a_country_counts_from_trusted_proxies() {
        check(Forwarded::XForwardedFor, "10.0.0.1", &[("x-country", "de")], "10.0.0.1 DE");
        check(Forwarded::XForwardedFor, "203.0.113.9", &[("x-country", "DE")], "203.0.113.9");
        check(Forwarded::XForwardedFor, "10.0.0.1", &[("x-country", "T1")], "10.0.0.1");
        check(Forwarded::XForwardedFor, "10.0.0.1", &[("x-country", "Germany")], "10.0.0.1");
    }
}
