//! Places for work that lasts as long as somebody else takes: so many at a time, of which nobody has more than their share.
//! It must not know what the work is.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hash, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// The network of an address, as far as one is held for one sender: /24, or /64 of IPv6.
#[must_use]
pub(crate) fn network(ip: IpAddr) -> [u8; 9] {
    let mut network = [0; 9];
    match ip.to_canonical() {
        IpAddr::V4(address) => {
            network[0] = 4;
            network[1..4].copy_from_slice(&address.octets()[..3]);
        }
        IpAddr::V6(address) => {
            network[0] = 6;
            network[1..].copy_from_slice(&address.octets()[..8]);
        }
    }
    network
}

/// So many places.
#[derive(Debug)]
pub(crate) struct Places {
    all: usize,
    state: Arc<State>,
    key: RandomState,
}

#[derive(Debug, Default)]
struct State {
    taken: Mutex<Taken>,
    /// Told when a place is free again.
    freed: Notify,
}

/// How many places are taken, and how many of them by whom: by a keyed hash.
#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<u64, usize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    by: Vec<u64>,
    state: Arc<State>,
}

impl Places {
    pub(crate) fn new(all: usize) -> Self {
        Self { all, state: Arc::default(), key: RandomState::new() }
    }

    /// A place, unless all are taken, or one of those that `by` names has its share already: so many places.
    pub(crate) fn take<K: Hash>(&self, by: &[(K, usize)]) -> Option<Place> {
        let by: Vec<(u64, usize)> = by.iter().map(|(by, share)| (self.key.hash_one(by), *share)).collect();
        let mut taken = self.state.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let has_share = |(by, share): &(u64, usize)| taken.by.get(by).is_some_and(|count| count >= share);
        if taken.all >= self.all || by.iter().any(has_share) {
            return None;
        }
        let by: Vec<u64> = by.into_iter().map(|(by, _)| by).collect();
        taken.all += 1;
        for by in &by {
            *taken.by.entry(*by).or_default() += 1;
        }
        Some(Place { by, state: Arc::clone(&self.state) })
    }

    /// The same, once there is one; `None` when there is none for so long.
    pub(crate) async fn wait<K: Hash>(&self, by: &[(K, usize)], longest: Duration) -> Option<Place> {
        let until = Instant::now() + longest;
        loop {
            // Made before it is looked: what is freed in between is not missed.
            let freed = self.state.freed.notified();
            if let Some(place) = self.take(by) {
                return Some(place);
            }
            timeout_at(until, freed).await.ok()?;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.state.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        for by in &self.by {
            if let Some(count) = taken.by.get_mut(by) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    taken.by.remove(by);
                }
            }
        }
        drop(taken);
        self.state.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_more_than_their_share_and_all_have_no_more_than_there_are() {
        let places = Places::new(5);
        let take = |by: &[&str]| places.take(&by.iter().map(|by| (*by, 2)).collect::<Vec<_>>());
        let first = (take(&["ada", "home"]), take(&["ada", "office"]));
        assert!(first.0.is_some() && first.1.is_some());
        assert!(take(&["ada", "train"]).is_none(), "ada has two");
        let bob = take(&["bob", "home"]);
        assert!(bob.is_some() && take(&["eve", "home"]).is_none(), "home has two");
        let more = (take(&["eve", "a"]), take(&["eve", "b"]));
        assert!(more.1.is_some() && take(&["zoe", "c"]).is_none(), "five are taken");
        drop(first);
        assert!(take(&["zoe", "c"]).is_some());
        drop((bob, more));
        assert_eq!(places.state.taken.lock().unwrap().all, 0);
        assert!(places.state.taken.lock().unwrap().by.is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn whoever_waits_gets_what_is_freed() {
        let places = Places::new(1);
        let first = places.take(&[("ada", 1)]).unwrap();
        let (waited, ()) = tokio::join!(places.wait(&[("bob", 1)], Duration::from_secs(60)), async {
            tokio::task::yield_now().await;
            drop(first);
        });
        assert!(waited.is_some());
        assert!(places.wait(&[("eve", 1)], Duration::from_millis(5)).await.is_none());
    }

    #[test]
    fn a_network_is_what_one_sender_has() {
        let check = |a: &str, b: &str, expected| {
            assert_eq!(network(a.parse().unwrap()) == network(b.parse().unwrap()), expected, "{a} {b}");
        };
        check("192.0.2.1", "192.0.2.255", true);
        check("192.0.2.1", "192.0.3.1", false);
        check("192.0.2.1", "::ffff:192.0.2.7", true);
        check("2001:db8::1", "2001:db8::ffff:1", true);
        check("2001:db8::1", "2001:db8:0:1::1", false);
    }
}
