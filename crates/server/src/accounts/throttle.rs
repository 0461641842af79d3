//! How often somebody may try: by account, network and browser, in memory. None of them can be read from what is kept. Time
//! only goes forward here: nobody waits because a clock was set.

use std::{
    fmt,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use waymark_collect::recent::Recent;

use super::AccountError;
use crate::places::network;

/// Accounts, networks and browsers that are remembered: twice as many at most.
const REMEMBERED: usize = 1 << 15;

/// So many tries at once, and then one after each pause of so many ms.
#[derive(Clone, Copy, Debug)]
struct Pace {
    burst: i64,
    pause: i64,
}

/// One account from one network, or from one browser that it signed in on before: 1,440 tries a day.
const ACCOUNT_FROM: Pace = Pace { burst: 10, pause: 60_000 };
/// One network (/24, or /64 of IPv6), whichever accounts it tries.
const NETWORK: Pace = Pace { burst: 30, pause: 10_000 };
/// One account from all networks together, from browsers that it never signed in on.
const ACCOUNT: Pace = Pace { burst: 100, pause: 10_000 };
/// E-mail to one address: 72 a day.
const MAIL: Pace = Pace { burst: 3, pause: 1_200_000 };
/// E-mail that one network asks for.
const MAIL_NETWORK: Pace = Pace { burst: 10, pause: 60_000 };

/// What a try is counted for, each by a keyed hash.
#[derive(Clone, Debug)]
pub(super) struct Counted(Vec<(u64, Pace)>);

/// Counts tries.
pub(super) struct Throttle {
    key: [u8; 32],
    begun: Instant,
    /// The time in ms at which the last of the tries so far is paid for (the generic cell rate algorithm).
    paid: Mutex<Recent<u64, i64>>,
}

impl Throttle {
    /// A throttle that remembers nobody. `key` is random, and belongs to this process alone.
    #[must_use]
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self { key, begun: Instant::now(), paid: Mutex::new(Recent::new(REMEMBERED)) }
    }

    /// A try to sign in to an account, whether it exists or not, from a browser that it never signed in on.
    pub(super) fn sign_in(&self, email: &str, ip: IpAddr) -> Counted {
        let network = network(ip);
        Counted(vec![
            (self.hash(b"account from", &[email.as_bytes(), &network]), ACCOUNT_FROM),
            (self.hash(b"network", &[&network]), NETWORK),
            (self.hash(b"account", &[email.as_bytes()]), ACCOUNT),
        ])
    }

    /// A try from a browser that the account signed in on before, which `token` shows: nobody else slows it.
    pub(super) fn on_known_device(&self, email: &str, token: &str) -> Counted {
        let of = [email.as_bytes(), token.as_bytes()];
        Counted(vec![(self.hash(b"device", &of), ACCOUNT_FROM)])
    }

    /// A one-time code of somebody who has shown the password, wherever they are.
    pub(super) fn code(&self, email: &str) -> Counted {
        Counted(vec![(self.hash(b"code", &[email.as_bytes()]), ACCOUNT_FROM)])
    }

    /// The password, once more, of somebody who is signed in.
    pub(super) fn signed_in(&self, email: &str) -> Counted {
        Counted(vec![(self.hash(b"signed in", &[email.as_bytes()]), ACCOUNT_FROM)])
    }

    /// An e-mail to an address, which somebody in a network asks for.
    pub(super) fn mail(&self, email: &str, ip: IpAddr) -> Counted {
        Counted(vec![
            (self.hash(b"mail", &[email.as_bytes()]), MAIL),
            (self.hash(b"mail network", &[&network(ip)]), MAIL_NETWORK),
        ])
    }

    /// Counts a try.
    ///
    /// # Errors
    /// When there were too many; it is not counted then.
    pub(super) fn count(&self, of: &Counted) -> Result<(), AccountError> {
        self.count_at(of, self.now())
    }

    fn count_at(&self, of: &Counted, now: i64) -> Result<(), AccountError> {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = of.0.iter().map(|(key, pace)| {
            // What is not counted takes nobody's place.
            let until = paid.peek(key).copied().unwrap_or(now);
            until - now - (pace.burst - 1) * pace.pause
        });
        let wait = wait.max().unwrap_or(0);
        if wait > 0 {
            return Err(AccountError::TooManyTries { retry_after: (wait as u64).div_ceil(1_000) });
        }
        for (key, pace) in &of.0 {
            let until = paid.entry(*key, || now);
            *until = now.max(*until) + pace.pause;
        }
        Ok(())
    }

    /// Takes back a try that was right.
    pub(super) fn forgive(&self, of: &Counted) {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, pace) in &of.0 {
            *paid.entry(*key, || 0) -= pace.pause;
        }
    }

    fn now(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX / 2)
    }

    /// The first 64 bits of HMAC-SHA256.
    fn hash(&self, kind: &[u8], parts: &[&[u8]]) -> u64 {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return 0 };
        for part in [kind].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
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

    const ADA: &str = "ada@shop.example";

    /// The seconds to wait, or 0 for a try that is counted.
    fn wait(throttle: &Throttle, of: &Counted, at: i64) -> u64 {
        match throttle.count_at(of, at) {
            Ok(()) => 0,
            Err(AccountError::TooManyTries { retry_after }) => retry_after,
            Err(other) => panic!("{other}"),
        }
    }

    fn from(throttle: &Throttle, email: &str, ip: &str, at: i64) -> u64 {
        wait(throttle, &throttle.sign_in(email, ip.parse().unwrap()), at)
    }

    #[test]
    fn an_account_takes_ten_tries_of_a_network_and_then_one_a_minute() {
        let throttle = Throttle::new([7; 32]);
        for attempt in 0..10 {
            let ip = format!("198.51.100.{attempt}");
            assert_eq!(from(&throttle, ADA, &ip, 0), 0, "{attempt}");
        }
        let steps = [(0, 60), (59_500, 1), (60_000, 0), (60_000, 60), (120_000, 0)];
        for (at, expected) in steps {
            assert_eq!(from(&throttle, ADA, "198.51.100.1", at), expected, "{at}");
        }
        assert_eq!(from(&throttle, "bob@shop.example", "198.51.100.1", 0), 0);
    }

    /// A stranger who tries for ever slows nobody but their own network; and known browsers not even there.
    #[test]
    fn strangers_lock_nobody_out() {
        let throttle = Throttle::new([7; 32]);
        let known = throttle.on_known_device(ADA, "token");
        for minute in 0..3 * 24 * 60 {
            let at = minute * 60_000;
            while from(&throttle, ADA, "198.51.100.1", at) == 0 {}
            assert_eq!(from(&throttle, ADA, "203.0.113.1", at), 0, "another network, minute {minute}");
            assert_eq!(wait(&throttle, &known, at), 0, "a known browser, minute {minute}");
        }
    }

    #[test]
    fn many_networks_together_are_slowed_and_known_browsers_are_not() {
        let throttle = Throttle::new([7; 32]);
        let tried =
            (0..1_000).filter(|n| from(&throttle, ADA, &format!("10.{}.{}.1", n / 250, n % 250), 0) == 0);
        assert_eq!(tried.count(), 100);
        assert_eq!(wait(&throttle, &throttle.on_known_device(ADA, "token"), 0), 0);
        for _ in 1..10 {
            assert_eq!(wait(&throttle, &throttle.on_known_device(ADA, "token"), 0), 0);
        }
        assert_eq!(wait(&throttle, &throttle.on_known_device(ADA, "token"), 0), 60, "but by its own tries");
        assert_eq!(wait(&throttle, &throttle.on_known_device(ADA, "another"), 0), 0);
    }

    #[test]
    fn a_network_takes_thirty_tries_whoever_it_tries() {
        let throttle = Throttle::new([7; 32]);
        for attempt in 0..30 {
            let ip = format!("192.0.2.{attempt}");
            assert_eq!(from(&throttle, &format!("{attempt}@shop.example"), &ip, 0), 0, "{attempt}");
        }
        assert_eq!(from(&throttle, "zoe@shop.example", "192.0.2.99", 0), 10);
        assert_eq!(from(&throttle, "zoe@shop.example", "192.0.3.99", 0), 0);
        assert_eq!(from(&throttle, "zoe@shop.example", "::ffff:192.0.2.1", 10_000), 0);
    }

    #[test]
    fn tries_that_are_refused_make_nobody_forgotten() {
        let throttle = Throttle::new([7; 32]);
        for attempt in 0..10 {
            assert_eq!(from(&throttle, ADA, "192.0.2.1", 0), 0, "{attempt}");
        }
        for attempt in 0..4 * REMEMBERED {
            from(&throttle, &format!("{attempt}@shop.example"), "198.51.100.1", 0);
        }
        assert_eq!(from(&throttle, ADA, "192.0.2.1", 0), 60);
    }

    #[test]
    fn who_is_right_is_not_slowed() {
        let throttle = Throttle::new([7; 32]);
        let of = throttle.sign_in(ADA, "192.0.2.1".parse().unwrap());
        for attempt in 0..100 {
            assert_eq!(wait(&throttle, &of, 0), 0, "{attempt}");
            throttle.forgive(&of);
        }
    }
}
