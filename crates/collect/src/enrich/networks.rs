//! Networks of addresses: the site's own people, and centres of machines. Addresses are looked at and forgotten.

use std::net::IpAddr;

use waymark_model::network::{BadNetwork, Network};

/// A set of networks, which may be many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    /// First and last addresses of ranges that do not overlap, in order.
    ranges: Vec<(IpAddr, IpAddr)>,
}

/// A line that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: BadNetwork,
}

impl Networks {
    /// Reads networks, one a line; `#` begins a remark.
    ///
    /// # Errors
    /// At the first line that is no network.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut ranges = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                let bad = |reason| BadLine { line: number + 1, reason };
                ranges.push(line.parse::<Network>().map_err(bad)?.bounds());
            }
        }
        Ok(Self { ranges: merged(ranges) })
    }

    /// Whether the address is in one of the networks.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let after = self.ranges.partition_point(|(first, _)| *first <= address);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|(_, last)| address <= *last)
    }
}

fn merged(mut ranges: Vec<(IpAddr, IpAddr)>) -> Vec<(IpAddr, IpAddr)> {
    ranges.sort_unstable();
    let mut merged: Vec<(IpAddr, IpAddr)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= *end => *end = last.max(*end),
            _ => merged.push((first, last)),
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
        assert!(all.contains("::".parse().unwrap()) && !all.contains("192.0.2.1".parse().unwrap()));
        let every_v4 = Networks::read("0.0.0.0/0").unwrap();
        assert!(every_v4.contains("255.255.255.255".parse().unwrap()));
        assert!(!every_v4.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn bad_lines_are_said() {
        for line in ["x", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "/24", "192.0.2"] {
            let error = Networks::read(&format!("# mine\n{line}\n")).unwrap_err();
            assert_eq!(error, BadLine { line: 2, reason: BadNetwork(line.to_owned()) });
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
