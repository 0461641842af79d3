//! Changes of the live set: computed, written to the manifest, then made visible, one at a time. It must not
//! know why a change is made.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use crate::{
    clock::Clock,
    clock_doubt::believed,
    counters::{Counters, Fate},
    dedup::Runs,
    error::StoreError,
    folder::Lock,
    live::Live,
    live_set::{ImportEntry, LiveSet, Loss},
    lock,
    log::{AppendError, LogMark, LogPosition},
    manifest::{self, ManifestError},
    segment_files::Segment,
    site::SiteId,
    store::Inner,
    vfs::{AtomicWriteError, Vfs},
};

/// The manifest's name, below the data folder.
pub(crate) const MANIFEST: &str = "MANIFEST";

/// Replaces the manifest, one change at a time, and only while the folder is this process's own.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) root: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) live: Arc<Mutex<Live>>,
    /// `None` where folders are not locked.
    pub(crate) lock: Option<Lock>,
    pub(crate) one_at_a_time: Mutex<()>,
}

/// What is to change, all at once or not at all.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Segments that come.
    pub(crate) add: Vec<(SiteId, Segment)>,
    /// Numbers of the segments that go.
    pub(crate) remove: Vec<u64>,
    /// Properties that no segment of the site has any more.
    pub(crate) forget_properties: Option<(SiteId, BTreeSet<String>)>,
    /// An import that is complete with this change.
    pub(crate) import: Option<(SiteId, ImportEntry)>,
    /// The frozen tails are among what comes.
    pub(crate) flushed: Option<Flushed>,
    /// The runs from now on.
    pub(crate) runs: Option<Runs>,
    /// The losses from now on.
    pub(crate) losses: Option<Vec<Loss>>,
    /// A site that has a salt of that day.
    pub(crate) salted: Option<(SiteId, String)>,
    /// Somebody says that the clock is right.
    pub(crate) clock_is_right: bool,
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

impl Keeper {
    /// Writes a manifest, unless the folder may be used by another process too.
    fn write(&self, set: &mut LiveSet) -> Result<(), StoreError> {
        self.lock.as_ref().map_or(Ok(()), Lock::check)?;
        set.generation += 1;
        set.clock = Some(believed(set.clock, self.clock.now()));
        manifest::write(&*self.vfs, &self.root.join(MANIFEST), set)?;
        Ok(())
    }

    /// Keeps how far the log has got. Called by the log before it acknowledges anything in a file.
    pub(crate) fn mark(&self, mark: LogMark) -> Result<(), AppendError> {
        let _one_at_a_time = lock(&self.one_at_a_time);
        let mut next = lock(&self.live).set.clone();
        if next.log == Some(mark) {
            return Ok(());
        }
        next.log = Some(mark);
        self.write(&mut next).map_err(not_marked)?;
        lock(&self.live).set = next;
        Ok(())
    }

    /// Fails when another process may use the folder too.
    pub(crate) fn is_ours(&self) -> Result<(), AppendError> {
        let checked = self.lock.as_ref().map_or(Ok(()), Lock::check);
        checked.map_err(|error| AppendError::Displaced { what: error.to_string() })
    }
}

/// What follows for the log when a mark cannot be kept.
fn not_marked(error: StoreError) -> AppendError {
    let is_full = error.is_disk_full();
    match error {
        StoreError::Folder(error) => AppendError::Displaced { what: error.to_string() },
        error if is_full => {
            AppendError::DiskFull(Arc::new(std::io::Error::new(std::io::ErrorKind::StorageFull, error)))
        }
        error => AppendError::Poisoned(Arc::new(std::io::Error::other(error))),
    }
}

impl Inner {
    /// Makes a change durable, then visible. When it fails, nothing has changed for readers, and after a
    /// restart there is what was before or, if only the last sync failed, what was to be.
    pub(crate) fn commit(&self, change: Change) -> Result<(), StoreError> {
        let _one_at_a_time = lock(&self.keeper.one_at_a_time);
        let mut next = {
            let live = lock(&self.live);
            change.applied_to(&live, self.segment_files.next_number())
        };
        if change.clock_is_right {
            next.clock = None;
        }
        if let Err(error) = self.keeper.write(&mut next) {
            if let StoreError::Manifest(ManifestError::NotWritten(AtomicWriteError::SyncFolder { .. })) =
                error
            {
                // The new manifest may be found after a restart, and its files must be there then.
                change.keep_files();
            }
            return Err(error);
        }
        change.show(&mut lock(&self.live), next);
        Ok(())
    }
}
impl Change {
    fn applied_to(&self, live: &Live, next_file: u64) -> LiveSet {
        let mut set = live.set.clone();
        set.next_file = next_file;
        for site in set.sites.values_mut() {
            site.segments.retain(|entry| !self.remove.contains(&entry.number));
        }
        for (site, segment) in &self.add {
            let has = set.site_mut(site);
            has.segments.push(segment.entry.clone());
            has.properties.include(&segment.properties);
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
        if let Some((site, day)) = &self.salted {
            set.site_mut(site).salted = Some(day.clone());
        }
        if let Some(losses) = &self.losses {
            set.losses = losses.clone();
        }
        for (site, state) in &live.sites {
            if let Some(set) = set.sites.get_mut(site) {
                set.next_batch = state.tail.next_batch();
            }
        }
        if let Some((site, keys)) = &self.forget_properties {
            set.site_mut(site).properties.forget(keys);
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
