//! How fast a network may send: token buckets in memory. Which network it was cannot be read from them; nothing of it is logged
//! or kept. The clock is passed in.

use std::{
    fmt,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::recent::Recent;

/// A network that was idle for so long is forgotten, in ms; at the latest after twice that.
const IDLE: i64 = 60_000;
/// Networks that are remembered: twice as many at most.
const NETWORKS: usize = 1 << 16;

/// How fast a network may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Events a second over time.
    pub per_second: u32,
    /// Events at once after a rest; at most what a rest of 60 s earns.
    pub burst: u32,
}

/// Refused for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    /// After so many seconds as much would be let through.
    pub retry_after: u64,
}

/// Limits how fast networks (/24 of IPv4, /64 of IPv6) send.
pub struct RateLimit {
    rate: Rate,
    key: [u8; 32],
    buckets: Mutex<Buckets>,
}

struct Buckets {
    /// By a keyed hash of the network.
    recent: Recent<u64, Bucket>,
    turned: i64,
}

struct Bucket {
    /// Thousandths of events that may be sent.
    tokens: i64,
    /// When that was so, in ms.
    at: i64,
}

impl RateLimit {
    /// A limit with no network known. `key` is random, and belongs to this process alone.
    #[must_use]
    pub fn new(rate: Rate, key: [u8; 32]) -> Self {
        let Rate { per_second, burst } = rate;
        let per_second = per_second.max(1);
        let rate = Rate { per_second, burst: burst.clamp(1, per_second.saturating_mul(60)) };
        Self { rate, key, buckets: Mutex::new(Buckets { recent: Recent::new(NETWORKS), turned: i64::MIN }) }
    }

    /// Lets `events` of the address's network through at `now` (ms), or says when it would. More than a burst counts as a burst.
    ///
    /// # Errors
    /// When the network was too fast. Nothing is taken from its bucket then.
    pub fn allow(&self, ip: IpAddr, events: u32, now: i64) -> Result<(), TooFast> {
        let network = self.network(ip);
        let (full, speed) = (i64::from(self.rate.burst) * 1_000, i64::from(self.rate.per_second));
        let wanted = (i64::from(events) * 1_000).min(full);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(buckets.turned) >= IDLE {
            buckets.recent.turn();
            buckets.turned = now;
        }
        let bucket = buckets.recent.entry(network, || Bucket { tokens: full, at: now });
        let earned = now.saturating_sub(bucket.at).max(0).saturating_mul(speed);
        bucket.tokens = bucket.tokens.saturating_add(earned).min(full);
        bucket.at = now;
        let missing = wanted - bucket.tokens;
        if missing > 0 {
            return Err(TooFast { retry_after: (missing as u64).div_ceil(speed as u64 * 1_000) });
        }
        bucket.tokens -= wanted;
        Ok(())
    }

    /// The first 64 bits of HMAC-SHA256 of the network.
    fn network(&self, ip: IpAddr) -> u64 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return 0 };
        match ip.to_canonical() {
            IpAddr::V4(address) => mac.update(&address.octets()[..3]),
            IpAddr::V6(address) => mac.update(&address.octets()[..8]),
        }
        mac.finalize().into_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit").field("rate", &self.rate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_176_000_000;

    fn limit(per_second: u32, burst: u32) -> RateLimit {
        RateLimit::new(Rate { per_second, burst }, [7; 32])
    }

    /// Each step: address, events, ms after the first, and seconds to wait or 0.
    #[track_caller]
    fn check(limit: &RateLimit, steps: &[(&str, u32, i64, u64)]) {
        for (ip, events, at, wait) in steps {
            let expected = if *wait == 0 { Ok(()) } else { Err(TooFast { retry_after: *wait }) };
            assert_eq!(
                limit.allow(ip.parse().unwrap(), *events, NOW + at),
                expected,
                "{ip} {events} at {at}"
            );
        }
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        check(
            &limit(10, 20),
            &[
                ("192.0.2.1", 20, 0, 0),
                ("192.0.2.1", 1, 0, 1),
                ("192.0.2.1", 1, 99, 1),
                ("192.0.2.1", 1, 100, 0),
                ("192.0.2.1", 20, 100, 2),
                ("192.0.2.1", 20, 2_100, 0),
                ("192.0.2.1", 0, 2_100, 0),
                // More than a burst is a burst.
                ("192.0.2.1", 500, 2_100, 2),
                ("192.0.2.1", 500, 4_100, 0),
                // A clock that is set back earns nothing.
                ("192.0.2.1", 1, -60_000, 1),
            ],
        );
    }

    #[test]
    fn a_network_is_one_sender() {
        check(
            &limit(1, 1),
            &[
                ("192.0.2.1", 1, 0, 0),
                ("192.0.2.200", 1, 0, 1),
                ("::ffff:192.0.2.9", 1, 0, 1),
                ("192.0.3.1", 1, 0, 0),
                ("2001:db8::1", 1, 0, 0),
                ("2001:db8::ffff:1", 1, 0, 1),
                ("2001:db8:0:1::1", 1, 0, 0),
            ],
        );
    }

    #[test]
    fn the_idle_are_forgotten_and_the_busy_are_not() {
        let limit = limit(1, 60);
        let entries = || limit.buckets.lock().unwrap().recent.len();
        check(&limit, &[("192.0.2.1", 60, 0, 0), ("198.51.100.1", 60, 0, 0)]);
        for second in 1..=200 {
            check(&limit, &[("192.0.2.1", 1, second * 1_000, 0), ("192.0.2.1", 1, second * 1_000, 1)]);
        }
        assert_eq!(entries(), 1);
    }

    #[test]
    fn forgetting_gives_nothing_away() {
        // What is forgotten after 60 s idle would be full by then.
        let limit = limit(1, 1_000);
        assert_eq!(limit.rate.burst, 60);
        assert!(!format!("{limit:?}").contains("key"));
    }

    proptest::proptest! {
        /// Over any time a network sends no more than a burst and what the time earns.
        #[test]
        fn nobody_is_faster_than_the_rate(
            steps in proptest::collection::vec((0_i64..3_000, 1_u32..8), 1..200),
        ) {
            let limit = limit(3, 9);
            let (mut now, mut sent) = (NOW, 0_i64);
            for (pause, events) in steps {
                now += pause;
                if limit.allow("192.0.2.1".parse().unwrap(), events, now).is_ok() {
                    sent += i64::from(events);
                }
                assert!(sent * 1_000 <= 9_000 + (now - NOW) * 3);
            }
        }
    }
}
