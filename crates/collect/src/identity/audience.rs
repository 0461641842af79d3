//! The pseudonym of a visitor for one day, without anything kept on the device. What it is made from is looked at and
//! forgotten; the salt is passed in.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::enrich::hosts::registrable_domain;

/// How much of an address goes into a pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Truncation {
    /// All of it.
    #[default]
    Whole,
    /// Its network: /24 of IPv4, /48 of IPv6. Strangers with equal browsers in one network become one visitor.
    Network,
}

/// What tells visitors of one day apart.
#[derive(Clone, Copy)]
pub struct Audience<'a> {
    /// The site's name.
    pub site: &'a str,
    /// The visitor's address.
    pub ip: IpAddr,
    /// How much of the address counts.
    pub truncation: Truncation,
    /// The user agent, as it was sent.
    pub user_agent: &'a str,
    /// The host of the page: its registered domain counts, so that a shop and its blog share visitors.
    pub host: &'a str,
}

impl Audience<'_> {
    /// The pseudonym: the first 64 bits, big-endian, of HMAC-SHA256 (RFC 2104) under the day's salt of site, address (its 4 or
    /// 16 bytes), user agent and registered domain, each preceded by its length (64 bits, big-endian). Never 0, which
    /// stands for no visitor: 1 instead.
    #[must_use]
    pub fn pseudonym(&self, salt: &[u8; 32]) -> u64 {
        let (address, length) = octets(self.ip, self.truncation);
        let domain = registrable_domain(self.host);
        let parts = [self.site.as_bytes(), &address[..length], self.user_agent.as_bytes(), domain.as_bytes()];
        hash(salt, &parts).max(1)
    }
}

impl std::fmt::Debug for Audience<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audience").field("site", &self.site).finish_non_exhaustive()
    }
}

/// The address's bytes, those past its network zero, and their number. IPv4 mapped into IPv6 counts as IPv4.
fn octets(ip: IpAddr, truncation: Truncation) -> ([u8; 16], usize) {
    let mut bytes = [0; 16];
    let (length, network) = match ip.to_canonical() {
        IpAddr::V4(address) => {
            bytes[..4].copy_from_slice(&address.octets());
            (4, 3)
        }
        IpAddr::V6(address) => {
            bytes = address.octets();
            (16, 6)
        }
    };
    if truncation == Truncation::Network {
        bytes[network..].fill(0);
    }
    (bytes, length)
}

/// The first 64 bits of HMAC-SHA256 of parts, each preceded by its length.
fn hash(key: &[u8; 32], parts: &[&[u8]]) -> u64 {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return 0 };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 32] = [7; 32];

    fn someone() -> Audience<'static> {
        Audience {
            site: "shop",
            ip: IpAddr::from([192, 0, 2, 7]),
            truncation: Truncation::Whole,
            user_agent: "Mozilla/5.0",
            host: "www.shop.example",
        }
    }

    /// Computed with Python's `hmac` and `hashlib` from the definition above.
    #[test]
    fn pseudonyms_are_those_of_the_definition() {
        assert_eq!(someone().pseudonym(&SALT), 0xe9c0_bfa6_6954_4ddd);
        let six = Audience { ip: "2001:db8:1:2::3".parse().unwrap(), ..someone() };
        assert_eq!(six.pseudonym(&SALT), 0x2bd1_98e6_801a_88e4);
    }

    #[test]
    fn everything_that_tells_visitors_apart_counts() {
        let first = someone().pseudonym(&SALT);
        assert_eq!(first, someone().pseudonym(&SALT));
        assert_ne!(first, someone().pseudonym(&[8; 32]));
        for other in [
            Audience { site: "blog", ..someone() },
            Audience { ip: IpAddr::from([192, 0, 2, 8]), ..someone() },
            Audience { user_agent: "Mozilla/5.1", ..someone() },
            Audience { user_agent: "", ..someone() },
            Audience { host: "other.example", ..someone() },
            // Bytes moved from one part to the next.
            Audience { user_agent: "Mozilla/5.0shop", host: ".example", ..someone() },
        ] {
            assert_ne!(first, other.pseudonym(&SALT), "{} {}", other.user_agent, other.host);
        }
        for same in [
            Audience { host: "blog.shop.example:8080", ..someone() },
            Audience { ip: "::ffff:192.0.2.7".parse().unwrap(), ..someone() },
        ] {
            assert_eq!(first, same.pseudonym(&SALT));
        }
    }

    #[test]
    fn a_truncated_address_is_its_network() {
        let of = |ip: &str| {
            Audience { ip: ip.parse().unwrap(), truncation: Truncation::Network, ..someone() }
                .pseudonym(&SALT)
        };
        assert_eq!(of("192.0.2.7"), of("192.0.2.255"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1::1"), of("2001:db8:1:ffff::9"));
        assert_ne!(of("2001:db8:1::1"), of("2001:db8:2::1"));
        assert_ne!(of("192.0.2.0"), someone().pseudonym(&SALT));
    }

    #[test]
    fn nothing_of_a_visitor_is_shown() {
        let shown = format!("{:?}", someone());
        assert!(!shown.contains("192") && !shown.contains("Mozilla"), "{shown}");
    }
}
