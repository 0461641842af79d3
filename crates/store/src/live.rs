//! What is live in memory: the live set, its open segments, the tails. All of it changes under one lock, so
//! that a snapshot is of one moment. It writes no file.

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use waymark_model::Event;

use crate::{
    columns::{Part, VoidedKeys},
    counters::{Counters, Fate},
    damage::{DamageList, Damaged},
    dedup::{RecentIds, Runs},
    live_set::LiveSet,
    log::LogPosition,
    segment::FileHash,
    segment_files::{FileGuard, Segment},
    site::SiteId,
    snapshot::Snapshot,
    tail::{Batch, Tail},
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
    /// Order keys whose events are shown as tests.
    pub(crate) voided: BTreeMap<SiteId, VoidedKeys>,
    /// What became of events that belong to no known site.
    pub(crate) unknown_site: Counters,
    /// Since when (ms) events were counted that are not stored, and that the manifest does not know of.
    pub(crate) counted_since: Option<i64>,
    /// Segments on this list are in no snapshot.
    pub(crate) damage: Arc<DamageList>,
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
        let (position, unknown_site) = (set.flushed, set.unknown_site.clone());
        Self { set, sites, position, unknown_site, ..Self::default() }
    }

    /// The site's share, to change it.
    pub(crate) fn site(&mut self, site: &SiteId) -> &mut SiteState {
        self.sites.entry(site.clone()).or_default()
    }

    /// Counts events of a site, or of none that is known, that are not stored.
    pub(crate) fn count(&mut self, site: Option<&SiteId>, fate: Fate<'_>, events: u64, now: i64) {
        match site {
            Some(site) => self.site(site).counters.count(fate, events),
            None => self.unknown_site.count(fate, events),
        }
        self.counted_since.get_or_insert(now);
    }

    /// Makes events readable that the log has stored.
    pub(crate) fn stored(&mut self, site: &SiteId, events: &[Event], arrived: i64) {
        self.ids.stored(site, events.iter().filter_map(|event| event.event_id), arrived);
        let state = self.site(site);
        state.tail.push(events, arrived);
        state.counters.count(Fate::Stored, events.len() as u64);
    }

    /// All rows of the site now, the latest not sorted yet.
    pub(crate) fn rows(&mut self, site: &SiteId) -> Rows {
        let generation = self.set.generation;
        let voided = self.voided.get(site).cloned().unwrap_or_default();
        let segments = self.sound_segments(site);
        let damage = self.damage.of_answers(site);
        let Some(state) = self.sites.get_mut(site) else {
            return Rows { generation, damage, ..Rows::default() };
        };
        let (frozen, batches) = state.tail.batches();
        Rows { generation, segments, frozen, batches, voided, damage }
    }

    /// The site's segments that can be read, as far as is known.
    pub(crate) fn sound_segments(&self, site: &SiteId) -> Vec<Segment> {
        let segments = self.sites.get(site).map(|state| state.segments.as_slice()).unwrap_or_default();
        segments.iter().filter(|segment| !self.damage.is_damaged(segment.entry.number)).cloned().collect()
    }

    /// All segments, with their sites.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (&SiteId, &Segment)> {
        self.sites.iter().flat_map(|(site, state)| state.segments.iter().map(move |segment| (site, segment)))
    }

    /// The latest time that the folder knows of, not after `now`: of an event in a segment, or of an import.
    pub(crate) fn newest_before(&self, now: i64) -> Option<i64> {
        let events = self.set.segments().map(|(_, entry)| entry.meta.bounds.time.1);
        let imports = self.set.sites.values().flat_map(|has| has.imports.iter().map(|import| import.time));
        events.chain(imports).filter(|time| *time <= now).max()
    }
}

/// All rows of a site at one moment.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) generation: u64,
    pub(crate) segments: Vec<Segment>,
    /// The tail: what is being written to segments, and the rest.
    pub(crate) frozen: Vec<Arc<Batch>>,
    pub(crate) batches: Vec<Arc<Batch>>,
    voided: VoidedKeys,
    /// What is missing from these rows.
    damage: Vec<Damaged>,
}

impl Rows {
    /// The same as what readers hold.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut parts: Vec<Part> = self.segments.iter().map(|segment| segment.part.clone()).collect();
        let files = self.segments.iter().map(|segment| Arc::clone(&segment.guard)).collect();
        let tail = self.frozen.iter().chain(&self.batches).flat_map(|batch| batch.parts());
        parts.extend(tail.map(|(_, part)| part.clone()));
        let parts = parts.into_iter().map(|part| part.voiding(&self.voided)).collect();
        Snapshot::new(self.generation, parts, files, self.damage.clone())
    }
}
