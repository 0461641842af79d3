//! Networks: all addresses that begin with the same bits.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a valid network. Write an address and the number of bits that count, such as `203.0.113.0/24`"
)]
pub struct BadNetwork(pub String);

/// A network in the notation of RFC 4632 (CIDR): `203.0.113.0/24`, `2001:db8::/32`. An address alone is the network of
/// that one. It is stored as such a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether the address is one of the network's. IPv4 addresses mapped into IPv6 count as what they are.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (first, last) = self.bounds();
        (first..=last).contains(&address.to_canonical())
    }

    /// The network's first and last address. All of IPv4 comes before IPv6.
    #[must_use]
    pub fn bounds(&self) -> (IpAddr, IpAddr) {
        let prefix = u32::from(self.prefix);
        match self.first {
            IpAddr::V4(address) => {
                let (bits, host) = (address.to_bits(), u32::MAX.checked_shr(prefix).unwrap_or(0));
                (Ipv4Addr::from_bits(bits & !host).into(), Ipv4Addr::from_bits(bits | host).into())
            }
            IpAddr::V6(address) => {
                let (bits, host) = (address.to_bits(), u128::MAX.checked_shr(prefix).unwrap_or(0));
                (Ipv6Addr::from_bits(bits & !host).into(), Ipv6Addr::from_bits(bits | host).into())
            }
        }
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl TryFrom<String> for Network {
    type Error = BadNetwork;

    fn try_from(text: String) -> Result<Self, BadNetwork> {
        text.parse()
    }
}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (first, prefix) = match text.trim().split_once('/') {
            Some((first, prefix)) => (first, Some(prefix)),
            None => (text.trim(), None),
        };
        let first: IpAddr = first.parse().map_err(|_| bad())?;
        let length = if first.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                digits.parse().map_err(|_| bad())?
            }
            Some(_) => return Err(bad()),
            None => length,
        };
        if prefix > length { Err(bad()) } else { Ok(Self { first, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, inside: &[&str], outside: &[&str]) {
        let network: Network = network.parse().unwrap();
        for (addresses, expected) in [(inside, true), (outside, false)] {
            for address in addresses {
                assert_eq!(network.contains(address.parse().unwrap()), expected, "{network} {address}");
            }
        }
    }

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        check(
            "203.0.113.0/24",
            &["203.0.113.0", "203.0.113.255", "::ffff:203.0.113.7"],
            &["203.0.114.0", "::1"],
        );
        check("203.0.113.9/24", &["203.0.113.1"], &[]);
        check("0.0.0.0/0", &["1.2.3.4", "255.255.255.255"], &["::"]);
        check("10.1.2.3", &["10.1.2.3"], &["10.1.2.2", "10.1.2.4"]);
        check("::/0", &["::1", "2001:db8::1"], &["1.2.3.4"]);
        check("2001:db8::/33", &["2001:db8:7fff::1"], &["2001:db8:8000::"]);
        check("::1/128", &["::1"], &["::2"]);
    }

    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0/8", "a/8", "10.0.0.0/8/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(BadNetwork(text.to_owned())), "{text}");
        }
    }
}
