//! Changes of the live set: computed, written to the manifest, then made visible, one at a time. It must not
//! know why a change is made.

use std::{path::PathBuf, sync::Arc};

use crate::{
    counters::{Counters, Fate},
    dedup::Runs,
    error::StoreError,
    live::Live,
    live_set::{ImportEntry, LiveSet},
    lock,
    log::LogPosition,
    manifest::{self, ManifestError},
    shelf::Segment,
    site::SiteId,
    store::Inner,
    vfs::AtomicWriteError,
};

/// The manifest's name, below the data folder.
pub(crate) const MANIFEST: &str = "MANIFEST";

/// What is to change, all at once or not at all.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Segments that come.
    pub(crate) add: Vec<(SiteId, Segment)>,
    /// Numbers of the segments that go.
    pub(crate) remove: Vec<u64>,
    /// An import that is complete with this change.
    pub(crate) import: Option<(SiteId, ImportEntry)>,
    /// The frozen tails are among what comes.
    pub(crate) flushed: Option<Flushed>,
    /// The runs from now on.
    pub(crate) runs: Option<Runs>,
}

/// What was frozen together with the tails.
#[derive(Debug)]
pub(crate) struct Flushed {
    /// All before this place of the log is in segments.
    pub(crate) position: LogPosition,
    /// What had become of the events until then.
    pub(crate) counters: Vec<(SiteId, Counters)>,
    /// The same of events that belong to no known site.
    pub(crate) unknown_site: Counters,
}

impl Inner {
    pub(crate) fn manifest(&self) -> PathBuf {
        self.root.join(MANIFEST)
    }

    /// Makes a change durable, then visible. When it fails, nothing has changed for readers, and after a
    /// restart there is what was before or, if only the last sync failed, what was to be.
    pub(crate) fn commit(&self, change: Change) -> Result<(), StoreError> {
        let _one_at_a_time = lock(&self.committing);
        let next = {
            let live = lock(&self.live);
            change.applied_to(&live, self.shelf.next_number())
        };
        if let Err(error) = manifest::write(&*self.vfs, &self.manifest(), &next) {
            if let ManifestError::NotWritten(AtomicWriteError::SyncFolder { .. }) = error {
                // The new manifest may be found after a restart, and its files must be there then.
                change.keep_files();
            }
            return Err(error.into());
        }
        change.show(&mut lock(&self.live), next);
        Ok(())
    }
}

impl Change {
    fn applied_to(&self, live: &Live, next_file: u64) -> LiveSet {
        let mut set = live.set.clone();
        set.generation += 1;
        set.next_file = next_file;
        for site in set.sites.values_mut() {
            site.segments.retain(|entry| !self.remove.contains(&entry.number));
        }
        for (site, segment) in &self.add {
            set.site_mut(site).segments.push(segment.entry.clone());
        }
        if let Some((site, import)) = &self.import {
            let site = set.site_mut(site);
            site.imports.push(import.clone());
            site.counters.count(Fate::Stored, import.rows);
            site.counters.count(Fate::Duplicate, import.duplicates);
        }
        if let Some(flushed) = &self.flushed {
            set.flushed = flushed.position;
            set.unknown_site = flushed.unknown_site.clone();
            for (site, counters) in &flushed.counters {
                set.site_mut(site).counters = counters.clone();
            }
        }
        if let Some(runs) = &self.runs {
            set.dedup = runs.entries();
        }
        for (site, state) in &live.sites {
            if let Some(set) = set.sites.get_mut(site) {
                set.next_batch = state.tail.next_batch();
            }
        }
        set
    }

    fn keep_files(&self) {
        self.add.iter().for_each(|(_, segment)| segment.guard.keep());
        self.runs.iter().for_each(Runs::keep);
    }

    fn show(self, live: &mut Live, next: LiveSet) {
        self.keep_files();
        live.set = next;
        let Live { sites, leaving, .. } = live;
        for state in sites.values_mut() {
            let gone = state.segments.extract_if(.., |segment| self.remove.contains(&segment.entry.number));
            leaving.extend(gone.map(|segment| {
                segment.guard.doom();
                (Arc::downgrade(&segment.guard), segment.entry.meta.hash)
            }));
            if self.flushed.is_some() {
                state.tail.forget_frozen();
            }
        }
        for (site, segment) in self.add {
            live.site(&site).segments.push(segment);
        }
        if let Some((site, import)) = self.import {
            let counters = &mut live.site(&site).counters;
            counters.count(Fate::Stored, import.rows);
            counters.count(Fate::Duplicate, import.duplicates);
        }
        if self.flushed.is_some() {
            live.ids.forget_frozen();
        }
        if let Some(runs) = self.runs {
            let before = std::mem::replace(&mut live.runs, runs);
            live.runs.kept(&before);
        }
    }
}
