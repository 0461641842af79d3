//! Identifiers in memory: claimed (their events are on the way to the log), stored since the last flush, and
//! those that a flush is writing to a run. It reads no file.

use std::{collections::BTreeMap, sync::Arc};

use hashbrown::{HashMap, HashSet};

use crate::site::SiteId;

/// Says whose claim on an identifier it is.
pub(crate) type Claim = u64;

/// What memory knows of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Its event is stored.
    Stored,
    /// Its event is on the way to the log.
    Claimed(Claim),
    /// Nothing: it may still be in a run.
    Nothing,
}

/// Identifiers that are in no run yet.
#[derive(Debug, Default)]
pub(crate) struct RecentIds {
    sites: HashMap<SiteId, SiteIds>,
    arrived: Option<(i64, i64)>,
    frozen_arrived: Option<(i64, i64)>,
    next_claim: Claim,
}

#[derive(Debug, Default)]
struct SiteIds {
    claimed: HashMap<u128, Claim>,
    stored: HashSet<u128>,
    frozen: Arc<HashSet<u128>>,
}

/// Identifiers to be written to a run.
#[derive(Debug)]
pub(crate) struct Unsaved {
    pub(super) sites: BTreeMap<SiteId, Arc<HashSet<u128>>>,
    pub(super) arrived: (i64, i64),
}

impl RecentIds {
    /// A number for the claims of one append.
    pub(crate) fn new_claim(&mut self) -> Claim {
        self.next_claim += 1;
        self.next_claim
    }

    /// What is known of the identifier; when that is nothing, it is claimed.
    pub(crate) fn claim(&mut self, site: &SiteId, id: u128, claim: Claim) -> Known {
        let ids = self.site(site);
        if ids.stored.contains(&id) || ids.frozen.contains(&id) {
            return Known::Stored;
        }
        if let Some(claim) = ids.claimed.get(&id) {
            return Known::Claimed(*claim);
        }
        ids.claimed.insert(id, claim);
        Known::Nothing
    }

    /// Gives identifiers back whose events were not stored. Those that somebody else has claimed since stay.
    pub(crate) fn release(&mut self, site: &SiteId, ids: impl Iterator<Item = u128>, claim: Claim) {
        let claimed = &mut self.site(site).claimed;
        for id in ids {
            if claimed.get(&id) == Some(&claim) {
                claimed.remove(&id);
            }
        }
    }

    /// Notes identifiers whose events are stored, and when they arrived (ms).
    pub(crate) fn stored(&mut self, site: &SiteId, ids: impl Iterator<Item = u128>, arrived: i64) {
        let own = self.site(site);
        let before = own.stored.len();
        for id in ids {
            own.claimed.remove(&id);
            own.stored.insert(id);
        }
        if own.stored.len() > before {
            let (first, last) = self.arrived.unwrap_or((arrived, arrived));
            self.arrived = Some((first.min(arrived), last.max(arrived)));
        }
    }

    /// Sets aside what is stored, to be written to a run. It stays known; when writing fails, it is given
    /// again the next time.
    pub(crate) fn freeze(&mut self) -> Option<Unsaved> {
        for ids in self.sites.values_mut() {
            let stored = std::mem::take(&mut ids.stored);
            if ids.frozen.is_empty() {
                ids.frozen = Arc::new(stored);
            } else {
                Arc::make_mut(&mut ids.frozen).extend(stored);
            }
        }
        let both = [self.frozen_arrived, self.arrived.take()];
        self.frozen_arrived =
            both.into_iter().flatten().reduce(|(first, last), (other_first, other_last)| {
                (first.min(other_first), last.max(other_last))
            });
        let sites = self.sites.iter().filter(|(_, ids)| !ids.frozen.is_empty());
        let sites = sites.map(|(site, ids)| (site.clone(), Arc::clone(&ids.frozen))).collect();
        Some(Unsaved { sites, arrived: self.frozen_arrived? })
    }

    /// Forgets what was set aside: it is in a run now.
    pub(crate) fn forget_frozen(&mut self) {
        self.frozen_arrived = None;
        for ids in self.sites.values_mut() {
            ids.frozen = Arc::default();
        }
    }

    /// The site's identifiers in memory, those included that are claimed.
    pub(crate) fn of_site<'a>(&'a self, site: &SiteId) -> impl Iterator<Item = u128> + use<'a> {
        let all = |ids: &'a SiteIds| ids.claimed.keys().chain(&ids.stored).chain(ids.frozen.iter());
        self.sites.get(site).into_iter().flat_map(all).copied()
    }

    fn site(&mut self, site: &SiteId) -> &mut SiteIds {
        self.sites.entry_ref(site).or_default()
    }
}

impl Unsaved {
    /// A site's identifiers, of events that arrived in that span.
    pub(super) fn new(site: SiteId, ids: HashSet<u128>, arrived: (i64, i64)) -> Self {
        Self { sites: BTreeMap::from([(site, Arc::new(ids))]), arrived }
    }

    /// Identifiers of several sites, of events that arrived in that span.
    pub(crate) fn found_again(sites: BTreeMap<SiteId, HashSet<u128>>, arrived: (i64, i64)) -> Self {
        Self { sites: sites.into_iter().map(|(site, ids)| (site, Arc::new(ids))).collect(), arrived }
    }

    /// Each site's identifiers, ascending.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&SiteId, Vec<u128>)> {
        self.sites.iter().map(|(site, ids)| {
            let mut sorted: Vec<u128> = ids.iter().copied().collect();
            sorted.sort_unstable();
            (site, sorted)
        })
    }
}
