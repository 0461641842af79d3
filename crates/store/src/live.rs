//! What is live in memory: the live set, its open segments, the tails. All of it changes under one lock, so
//! that a snapshot is of one moment. It writes no file.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use waymark_model::Event;

use crate::{
    counters::{Counters, Fate},
    dedup::{RecentIds, Runs},
    live_set::LiveSet,
    log::LogPosition,
    segment::FileHash,
    shelf::{FileGuard, Segment},
    site::SiteId,
    snapshot::Snapshot,
    tail::Tail,
};

/// The state that snapshots are taken of.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) set: LiveSet,
    pub(crate) sites: BTreeMap<SiteId, SiteState>,
    /// All before this place of the log is in the tails or in segments.
    pub(crate) position: LogPosition,
    /// Segments that are gone from the live set, while somebody may still read them.
    pub(crate) leaving: Vec<(Weak<FileGuard>, FileHash)>,
    pub(crate) ids: RecentIds,
    pub(crate) runs: Runs,
}

/// One site's share.
#[derive(Debug, Default)]
pub(crate) struct SiteState {
    /// The segments of the live set, opened.
    pub(crate) segments: Vec<Segment>,
    pub(crate) tail: Tail,
    pub(crate) counters: Counters,
}

impl Live {
    pub(crate) fn new(set: LiveSet) -> Self {
        let state = |next_batch, counters| SiteState {
            tail: Tail::new(next_batch),
            counters,
            ..SiteState::default()
        };
        let sites = set
            .sites
            .iter()
            .map(|(site, has)| (site.clone(), state(has.next_batch, has.counters.clone())))
            .collect();
        let position = set.flushed;
        Self { set, sites, position, ..Self::default() }
    }

    /// The site's share, to change it.
    pub(crate) fn site(&mut self, site: &SiteId) -> &mut SiteState {
        self.sites.entry(site.clone()).or_default()
    }

    /// Makes events readable that the log has stored.
    pub(crate) fn stored(&mut self, site: &SiteId, events: &[Event], arrived: i64) {
        self.ids.stored(site, events.iter().filter_map(|event| event.event_id), arrived);
        let state = self.site(site);
        state.tail.push(events, arrived);
        state.counters.count(Fate::Stored, events.len() as u64);
    }

    /// All rows of the site now.
    pub(crate) fn snapshot(&mut self, site: &SiteId) -> Snapshot {
        let generation = self.set.generation;
        let Some(state) = self.sites.get_mut(site) else {
            return Snapshot::new(generation, Vec::new(), Vec::new());
        };
        let mut parts: Vec<_> = state.segments.iter().map(|segment| segment.part.clone()).collect();
        let files = state.segments.iter().map(|segment| Arc::clone(&segment.guard)).collect();
        parts.extend(state.tail.parts().cloned());
        Snapshot::new(generation, parts, files)
    }
}
