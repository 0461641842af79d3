//! How often somebody may try: by account and by network, in memory. Neither can be read from what is kept. The clock is
//! passed in.

use std::{
    fmt,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::AccountError;
use crate::collect::recent::Recent;

/// Accounts and networks that are remembered: twice as many at most.
const REMEMBERED: usize = 1 << 14;

/// So many tries at once, and then one after each pause.
#[derive(Clone, Copy, Debug)]
struct Pace {
    burst: i64,
    pause: i64,
}

/// How often something may be tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paces {
    /// For one account, whether it exists or not.
    account: Pace,
    /// For one network (/24, or /64 of IPv6), whichever accounts it tries.
    network: Pace,
}

/// Showing who one is: 1,440 tries a day for an account.
pub(super) const SIGN_IN: Paces =
    Paces { account: Pace { burst: 10, pause: 60_000 }, network: Pace { burst: 30, pause: 10_000 } };
/// Having an e-mail sent: 72 a day for an account.
pub(super) const MAIL: Paces =
    Paces { account: Pace { burst: 3, pause: 1_200_000 }, network: Pace { burst: 10, pause: 60_000 } };

/// Counts tries.
pub(super) struct Throttle {
    key: [u8; 32],
    paces: Paces,
    /// By a keyed hash, the time in ms at which the last of the tries so far is paid for (the generic cell rate algorithm).
    paid: Mutex<Recent<u64, i64>>,
}

impl Throttle {
    /// A throttle that remembers nobody. `key` is random, and belongs to this process alone.
    #[must_use]
    pub(super) fn new(key: [u8; 32], paces: Paces) -> Self {
        Self { key, paces, paid: Mutex::new(Recent::new(REMEMBERED)) }
    }

    /// Counts a try for an account from an address at `now` (ms).
    ///
    /// # Errors
    /// When there were too many; it is not counted then.
    pub(super) fn count(&self, email: &str, ip: IpAddr, now: i64) -> Result<(), AccountError> {
        let buckets = self.buckets(email, ip);
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = buckets.iter().map(|(key, pace)| {
            // What is not counted takes nobody's place.
            let until = paid.peek(key).copied().unwrap_or(now);
            until - now - (pace.burst - 1) * pace.pause
        });
        let wait = wait.max().unwrap_or(0);
        if wait > 0 {
            return Err(AccountError::TooManyTries { retry_after: (wait as u64).div_ceil(1_000) });
        }
        for (key, pace) in buckets {
            let until = paid.entry(key, || now);
            *until = now.max(*until) + pace.pause;
        }
        Ok(())
    }

    /// Takes back a try that was right.
    pub(super) fn forgive(&self, email: &str, ip: IpAddr) {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, pace) in self.buckets(email, ip) {
            *paid.entry(key, || 0) -= pace.pause;
        }
    }

    fn buckets(&self, email: &str, ip: IpAddr) -> [(u64, Pace); 2] {
        let network = match ip.to_canonical() {
            IpAddr::V4(address) => self.hash(b"4", &address.octets()[..3]),
            IpAddr::V6(address) => self.hash(b"6", &address.octets()[..8]),
        };
        [(self.hash(b"@", email.as_bytes()), self.paces.account), (network, self.paces.network)]
    }

    /// The first 64 bits of HMAC-SHA256.
    fn hash(&self, kind: &[u8], text: &[u8]) -> u64 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return 0 };
        mac.update(kind);
        mac.update(text);
        mac.finalize().into_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Throttle(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_176_000_000;

    /// The seconds to wait, or 0 for a try that is counted.
    fn wait(throttle: &Throttle, email: &str, ip: &str, at: i64) -> u64 {
        match throttle.count(email, ip.parse().unwrap(), NOW + at) {
            Ok(()) => 0,
            Err(AccountError::TooManyTries { retry_after }) => retry_after,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn an_account_takes_ten_tries_and_then_one_a_minute() {
        let throttle = Throttle::new([7; 32], SIGN_IN);
        for attempt in 0..10 {
            let ip = format!("192.0.{attempt}.1");
            assert_eq!(wait(&throttle, "ada@shop.example", &ip, 0), 0, "{attempt}");
        }
        let steps = [(0, 60), (59_500, 1), (60_000, 0), (60_000, 60), (120_000, 0)];
        for (at, expected) in steps {
            assert_eq!(wait(&throttle, "ada@shop.example", "198.51.100.1", at), expected, "{at}");
        }
        assert_eq!(wait(&throttle, "bob@shop.example", "198.51.100.1", 0), 0);
    }

    #[test]
    fn a_network_takes_thirty_tries_whoever_it_tries() {
        let throttle = Throttle::new([7; 32], SIGN_IN);
        for attempt in 0..30 {
            let ip = format!("192.0.2.{attempt}");
            assert_eq!(wait(&throttle, &format!("{attempt}@shop.example"), &ip, 0), 0, "{attempt}");
        }
        assert_eq!(wait(&throttle, "zoe@shop.example", "192.0.2.99", 0), 10);
        assert_eq!(wait(&throttle, "zoe@shop.example", "192.0.3.99", 0), 0);
        assert_eq!(wait(&throttle, "zoe@shop.example", "::ffff:192.0.2.1", 10_000), 0);
    }

    #[test]
    fn tries_that_are_refused_make_nobody_forgotten() {
        let throttle = Throttle::new([7; 32], SIGN_IN);
        for attempt in 0..10 {
            let ip = format!("192.0.{attempt}.1");
            assert_eq!(wait(&throttle, "ada@shop.example", &ip, 0), 0, "{attempt}");
        }
        for attempt in 0..4 * REMEMBERED {
            wait(&throttle, &format!("{attempt}@shop.example"), "198.51.100.1", 0);
        }
        assert_eq!(wait(&throttle, "ada@shop.example", "203.0.113.1", 0), 60);
    }

    #[test]
    fn who_is_right_is_not_slowed() {
        let throttle = Throttle::new([7; 32], SIGN_IN);
        for attempt in 0..100 {
            assert_eq!(wait(&throttle, "ada@shop.example", "192.0.2.1", 0), 0, "{attempt}");
            throttle.forgive("ada@shop.example", "192.0.2.1".parse().unwrap());
        }
    }
}
