//! Networks of addresses: the site's own people, and centres of machines. Addresses are looked at and forgotten.

use std::net::IpAddr;

/// A set of networks, as ranges of IPv6 addresses (IPv4 is mapped into them) that do not touch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<(u128, u128)>);

/// A line that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: `{text}` is no network: write an address (192.0.2.7) or one with a length (192.0.2.0/24, 2001:db8::/32)"
)]
pub struct BadNetwork {
    /// From 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

impl Networks {
    /// Reads networks, one a line; `#` begins a remark.
    ///
    /// # Errors
    /// At the first line that is no network.
    pub fn read(text: &str) -> Result<Self, BadNetwork> {
        let mut ranges = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                let bad = || BadNetwork { line: number + 1, text: line.chars().take(60).collect() };
                ranges.push(range(line).ok_or_else(bad)?);
            }
        }
        Ok(Self(merged(ranges)))
    }

    /// Whether the address is in one of the networks.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let number = number(address);
        let after = self.0.partition_point(|(start, _)| *start <= number);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, end)| number <= *end)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Every address as one of IPv6: an IPv4 address that came over IPv6 (`::ffff:192.0.2.7`) is the same one.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn range(text: &str) -> Option<(u128, u128)> {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(bits), str::parse::<u32>).ok().filter(|length| *length <= bits)?;
    let host = 1_u128.checked_shl(bits - length).map_or(u128::MAX, |size| size - 1);
    let start = number(address) & !host;
    Some((start, start | host))
}

fn merged(mut ranges: Vec<(u128, u128)>) -> Vec<(u128, u128)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u128, u128)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some((_, last)) if start <= last.saturating_add(1) => *last = end.max(*last),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_their_networks() {
        let text =
            "# office\n192.0.2.0/24\n 198.51.100.7 # the printer\n\n2001:db8::/32\n10.0.0.0/8\n10.1.0.0/16\n";
        let networks = Networks::read(text).unwrap();
        for (address, expected) in [
            ("192.0.2.0", true),
            ("192.0.2.255", true),
            ("192.0.3.0", false),
            ("192.0.1.255", false),
            ("::ffff:192.0.2.9", true),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::", false),
            ("10.255.0.1", true),
            ("11.0.0.0", false),
            ("::", false),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
        ] {
            assert_eq!(networks.contains(address.parse().unwrap()), expected, "{address}");
        }
        assert!(!Networks::default().contains("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn everything_is_a_network_too() {
        let all = Networks::read("::/0").unwrap();
        assert!(all.contains("::".parse().unwrap()) && all.contains("192.0.2.1".parse().unwrap()));
        let every_v4 = Networks::read("0.0.0.0/0").unwrap();
        assert!(every_v4.contains("255.255.255.255".parse().unwrap()));
        assert!(!every_v4.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn bad_lines_are_said() {
        for line in ["x", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "/24", "192.0.2.0/-1", "192.0.2"] {
            let error = Networks::read(&format!("\n{line}\n")).unwrap_err();
            assert_eq!(error, BadNetwork { line: 2, text: line.to_owned() });
        }
    }

    proptest::proptest! {
        #[test]
        fn as_if_each_network_were_looked_at(
            networks in proptest::collection::vec((proptest::num::u8::ANY, 24_u32..=32), 0..12),
            address in proptest::num::u8::ANY,
        ) {
            let text: Vec<String> = networks.iter().map(|(last, length)| format!("192.0.2.{last}/{length}")).collect();
            let expected = networks.iter().any(|(last, length)| {
                let kept = 32 - length;
                u32::from(*last) >> kept == u32::from(address) >> kept
            });
            let found = Networks::read(&text.join("\n")).unwrap();
            assert_eq!(found.contains(IpAddr::from([192, 0, 2, address])), expected);
        }
    }
}
