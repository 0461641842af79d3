//! The store: opens a data folder and hands out what can be done with it. Each kind of work has a file of its
//! own; this one only holds them together.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use hashbrown::HashSet;

use crate::vfs::Vfs;
use crate::{
    clock::Clock,
    codec::EncodedArrival,
    commit::{Change, Keeper},
    config::StoreConfig,
    counters::{Counters, Fate},
    damage::DamageList,
    dedup::DamagedRun,
    error::StoreError,
    folder::Access,
    import::Import,
    live::Live,
    live_set::{ImportEntry, LiveSet},
    log::Log,
    open::Recovered,
    segment_files::SegmentFiles,
    site::SiteId,
    snapshot::Snapshot,
    tail,
};

/// An open data folder. Cheap to clone: clones are the same store, which closes with the last of them.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Arc<Inner>);

/// What all work on a store shares. Locks are taken in the order of the fields: `maintaining` or `flushing`,
/// then the keeper's own, then `live`; `append_order` before `live`.
#[derive(Debug)]
pub(crate) struct Inner {
    /// The log comes first, so that it is closed before the folder is given free.
    pub(crate) log: Option<Log<EncodedArrival>>,
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) root: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: StoreConfig,
    pub(crate) segment_files: SegmentFiles,
    /// Keeps identifiers being claimed and their batches queued in the same order.
    pub(crate) append_order: Mutex<()>,
    pub(crate) maintaining: Mutex<()>,
    pub(crate) flushing: Mutex<()>,
    /// Replaces the manifest, and holds the folder's lock.
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) live: Arc<Mutex<Live>>,
    pub(crate) recovered: Recovered,
    /// What is damaged, as far as is known.
    pub(crate) damage: Arc<DamageList>,
    /// Files of identifiers that are damaged and not made again yet.
    pub(crate) lost_runs: Mutex<Vec<DamagedRun>>,
}

impl Store {
    /// Opens the data folder at `root`; with [`Access::Write`] it is created when it is not there.
    ///
    /// What a crash left is put in order: files that are not in the live set are removed, and what the log has
    /// beyond the segments is read into the live tail. With [`Access::Read`] nothing on the disk is changed.
    ///
    /// # Errors
    /// When the folder is none of ours, of a newer version, in use, or cannot be read. Nothing is lost then.
    pub fn open(
        vfs: Arc<dyn Vfs>,
        root: &Path,
        clock: Arc<dyn Clock>,
        config: StoreConfig,
        access: Access,
    ) -> Result<Self, StoreError> {
        crate::open::open(vfs, root, clock, config, access).map(|inner| Self(Arc::new(inner)))
    }

    /// All rows of the site at this moment.
    #[must_use]
    pub fn snapshot(&self, site: &SiteId) -> Snapshot {
        let mut rows = crate::lock(&self.0.live).rows(site);
        // Sorting and merging is done while others go on.
        let merged = tail::merged(&rows.batches);
        if merged.len() < rows.batches.len() {
            crate::lock(&self.0.live).site(site).tail.replace(&rows.batches, &merged);
            rows.batches = merged;
        }
        rows.snapshot()
    }

    /// Does work on the rows of the site at this moment. When it fails on a segment that turns out to be damaged, it is done
    /// again on what is whole.
    ///
    /// # Errors
    /// Those of the work.
    pub fn read<T, E>(&self, site: &SiteId, mut work: impl FnMut(&Snapshot) -> Result<T, E>) -> Result<T, E> {
        loop {
            let snapshot = self.snapshot(site);
            let done = work(&snapshot);
            let known_since = self.0.damage.of_answers(site).len();
            // Each time round there is at least one segment less.
            if done.is_ok() || known_since <= snapshot.damage.len() {
                return done;
            }
        }
    }

    /// Says which orders, by the hashes of their keys, count as tests from now on, in all sites. Every later snapshot
    /// shows their events so; what is stored stays as it is.
    pub fn set_voided(&self, keys: BTreeMap<SiteId, HashSet<u64>>) {
        let keys = keys.into_iter().map(|(site, keys)| (site, Arc::new(keys))).collect();
        crate::lock(&self.0.live).voided = keys;
    }

    /// The sites that have rows or had some, in order.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteId> {
        crate::lock(&self.0.live).sites.keys().cloned().collect()
    }

    /// Begins an import into the site, beside the log.
    ///
    /// # Errors
    /// When the store was opened for reading only, or no thread can be started.
    pub fn importer(&self, site: SiteId) -> Result<Import, StoreError> {
        self.0.writable()?;
        Import::begin(Arc::clone(&self.0), site)
    }

    /// The import of the file with that fingerprint into the site, if there was one.
    #[must_use]
    pub fn already_imported(&self, site: &SiteId, fingerprint: &str) -> Option<ImportEntry> {
        crate::lock(&self.0.live).set.import(site, fingerprint).cloned()
    }

    /// What is live on the disk now.
    #[must_use]
    pub fn live_set(&self) -> LiveSet {
        crate::lock(&self.0.live).set.clone()
    }

    /// The newest day of the site that was noted to have a salt.
    #[must_use]
    pub fn salted(&self, site: &SiteId) -> Option<String> {
        crate::lock(&self.0.live).set.site(site)?.salted.clone()
    }

    /// Notes that the site has a salt of that day, so that it is missed when it is gone.
    ///
    /// # Errors
    /// When the manifest cannot be replaced.
    pub fn note_salt(&self, site: &SiteId, day: &str) -> Result<(), StoreError> {
        if self.salted(site).as_deref() == Some(day) {
            return Ok(());
        }
        self.0.commit(Change { salted: Some((site.clone(), day.to_owned())), ..Change::default() })
    }

    /// What became of the site's events. Counts of events that were not stored may lack those of the last
    /// minutes before a crash; the sum always comes out.
    #[must_use]
    pub fn counters(&self, site: &SiteId) -> Counters {
        crate::lock(&self.0.live).sites.get(site).map(|state| state.counters.clone()).unwrap_or_default()
    }

    /// Counts events that did not get as far as [`Store::append`]: refused or put aside.
    pub fn count(&self, site: &SiteId, fate: Fate<'_>, events: u64) {
        let now = self.0.clock.now();
        crate::lock(&self.0.live).count(Some(site), fate, events, now);
    }

    /// Counts events that belong to no known site, by the reason for which they were refused.
    pub fn count_unknown(&self, reason: &str, events: u64) {
        let now = self.0.clock.now();
        crate::lock(&self.0.live).count(None, Fate::Rejected(reason), events, now);
    }

    /// What became of events that belong to no known site: they were refused.
    #[must_use]
    pub fn unknown_site(&self) -> Counters {
        crate::lock(&self.0.live).unknown_site.clone()
    }

    /// Counts stored events of which a part was left out or repaired, by the reason's stable name.
    pub fn note(&self, site: &SiteId, reason: &str, events: u64) {
        crate::lock(&self.0.live).site(site).counters.note(reason, events);
    }

    /// What was found when the store was opened: damage in the log, files that were left over.
    #[must_use]
    pub fn recovered(&self) -> &Recovered {
        &self.0.recovered
    }
}

impl Inner {
    pub(crate) fn writable(&self) -> Result<&Log<EncodedArrival>, StoreError> {
        self.log.as_ref().ok_or(StoreError::ReadOnly)
    }
}
