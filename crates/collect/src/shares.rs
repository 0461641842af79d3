//! How much of something one sender may hold at a time, so that nobody holds all of it. It knows addresses only while something
//! is held; nothing of them is logged or kept.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// What one sender may hold is the whole divided by this …
const OF_ADDRESS: usize = 4;
/// … and what its network may.
const OF_NETWORK: usize = 2;

/// What senders hold: an address (of IPv6, a /64, which is one subscriber's), and its network (/24 or /48).
#[derive(Debug)]
pub struct Shares {
    whole: usize,
    held: Mutex<HashMap<Group, usize>>,
}

/// The bits of an address that count, and how many they are.
type Group = (u128, u8);

/// What one sender holds, until it is dropped.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    groups: [Group; 2],
    amount: usize,
}

impl Shares {
    /// Shares of a whole; nobody holds any yet.
    #[must_use]
    pub fn new(whole: usize) -> Self {
        Self { whole, held: Mutex::default() }
    }

    /// A share of nothing yet.
    #[must_use]
    pub fn of(self: &Arc<Self>, ip: IpAddr) -> Share {
        Share { shares: Arc::clone(self), groups: groups(ip), amount: 0 }
    }

    /// The most that the groups of an address may hold.
    fn most(&self) -> [usize; 2] {
        [OF_ADDRESS, OF_NETWORK].map(|part| (self.whole / part).max(1))
    }
}

impl Share {
    /// Takes so much more; false, and nothing is taken, when the sender or its network would hold too much.
    #[must_use]
    pub fn grow(&mut self, amount: usize) -> bool {
        let mut held = self.shares.held.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |group| held.get(group).copied().unwrap_or(0);
        let fits = |(group, most)| holds(group) + amount <= most;
        if !self.groups.iter().zip(self.shares.most()).all(fits) {
            return false;
        }
        self.groups.iter().for_each(|group| *held.entry(*group).or_default() += amount);
        self.amount += amount;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.held.lock().unwrap_or_else(PoisonError::into_inner);
        for group in self.groups {
            if let Some(holds) = held.get_mut(&group) {
                *holds = holds.saturating_sub(self.amount);
                if *holds == 0 {
                    held.remove(&group);
                }
            }
        }
    }
}

/// An address, and its network.
fn groups(ip: IpAddr) -> [Group; 2] {
    let (bits, kept) = match ip.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, [32, 24]),
        IpAddr::V6(address) => (address.to_bits(), [64, 48]),
    };
    // The families differ in how many bits they keep.
    kept.map(|kept| (bits >> (128 - u32::from(kept)), kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(shares: &Shares) -> usize {
        shares.held.lock().unwrap().len()
    }

    /// Each step: an address, how much more it takes, and whether it may.
    #[track_caller]
    fn check(steps: &[(&str, usize, bool)]) {
        let shares = Arc::new(Shares::new(100));
        let mut kept = Vec::new();
        for (ip, amount, expected) in steps {
            let mut share = shares.of(ip.parse().unwrap());
            assert_eq!(share.grow(*amount), *expected, "{ip} {amount}");
            kept.push(share);
        }
        drop(kept);
        assert_eq!(held(&shares), 0);
    }

    #[test]
    fn an_address_holds_a_quarter_and_a_network_half() {
        check(&[
            ("192.0.2.1", 25, true),
            ("192.0.2.1", 1, false),
            ("::ffff:192.0.2.1", 1, false),
            ("192.0.2.2", 20, true),
            ("192.0.2.3", 6, false),
            ("192.0.2.3", 5, true),
            ("192.0.2.4", 1, false),
            ("192.0.3.1", 25, true),
        ]);
    }

    #[test]
    fn a_subscriber_of_version_6_is_one_sender() {
        check(&[
            ("2001:db8::1", 25, true),
            ("2001:db8::ffff:2", 1, false),
            ("2001:db8:0:1::1", 25, true),
            ("2001:db8:0:2::1", 1, false),
            ("2001:db8:1::1", 25, true),
        ]);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let shares = Arc::new(Shares::new(100));
        let ip = "192.0.2.1".parse().unwrap();
        let mut first = shares.of(ip);
        assert!(first.grow(20) && first.grow(5) && !first.grow(1));
        drop(first);
        assert!(shares.of(ip).grow(25));
        assert!(Arc::new(Shares::new(2)).of(ip).grow(1), "however little there is");
    }
}
