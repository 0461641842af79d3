//! Moves the live tails into segments: freeze, write, one change of the manifest, then the log's old files
//! go. It must not know of compaction.

use std::{
    collections::BTreeMap,
    sync::{Arc, MutexGuard},
};

use crate::{
    columns::{Month, Part, merge},
    commit::{Change, Flushed},
    dedup::{Place, Runs, Unsaved},
    error::StoreError,
    lock,
    segment_files::Segment,
    site::SiteId,
    store::{Inner, Store},
    tail::Batch,
};

/// What was frozen at one moment.
struct Frozen {
    tails: Vec<(SiteId, Vec<Arc<Batch>>)>,
    unsaved: Option<Unsaved>,
    runs: Runs,
    flushed: Flushed,
}

impl Store {
    /// Whether the live tails are so large or old that they should be flushed, or what was only counted is so old.
    #[must_use]
    pub fn flush_due(&self) -> bool {
        let live = lock(&self.0.live);
        let rows: u64 = live.sites.values().map(|state| state.tail.rows()).sum();
        let since =
            live.sites.values().filter_map(|state| state.tail.since()).chain(live.counted_since).min();
        let old = |since: i64| self.0.clock.now().saturating_sub(since) >= self.0.config.flush_age;
        rows >= self.0.config.flush_rows || since.is_some_and(old)
    }

    /// Moves what is in the live tails to segments, and removes log files that are not needed any more. Gives
    /// the number of rows moved.
    ///
    /// # Errors
    /// When something could not be written. Nothing is lost or hidden: the rows stay in the log and in the
    /// tails, and the next call tries again.
    pub fn flush(&self) -> Result<u64, StoreError> {
        self.0.writable()?;
        self.0.mending(|inner| inner.flush(&lock(&inner.flushing)))
    }
}

impl Store {
    /// Moves all that was appended until now to segments, and removes every file of the log that holds some of it: a flush
    /// alone leaves the newest.
    ///
    /// # Errors
    /// As [`Store::flush`], and when the log takes nothing any more.
    pub fn flush_whole_log(&self) -> Result<u64, StoreError> {
        self.0.mending(|inner| inner.flush_whole_log(&lock(&inner.flushing)))
    }
}

impl Inner {
    /// As [`Store::flush_whole_log`].
    pub(crate) fn flush_whole_log(&self, flushing: &MutexGuard<'_, ()>) -> Result<u64, StoreError> {
        let begun = self.writable()?.begin_file()?;
        {
            let mut live = lock(&self.live);
            // Something may have been appended since.
            live.position = live.position.max(begun);
        }
        self.flush(flushing)
    }

    /// As [`Store::flush`]; the guard shows that no other flush is under way.
    pub(crate) fn flush(&self, _flushing: &MutexGuard<'_, ()>) -> Result<u64, StoreError> {
        let log = self.writable()?;
        let Some(Frozen { tails, unsaved, runs, flushed }) = self.freeze() else {
            // A crash may have come between an earlier flush and the end of its files, or brought them back.
            let position = lock(&self.live).set.flushed;
            log.remove_below(position)?;
            return Ok(0);
        };
        let position = flushed.position;
        let mut add = Vec::new();
        for (site, batches) in tails {
            add.extend(self.write_tail(&site, &batches)?.into_iter().map(|segment| (site.clone(), segment)));
        }
        let rows = add.iter().map(|(_, segment)| u64::from(segment.entry.meta.bounds.rows)).sum();
        let number = || self.segment_files.number();
        let place = Place { vfs: &self.vfs, root: &self.root, number: &number };
        let runs = runs.with(&place, unsaved.as_ref(), self.clock.now(), self.config.dedup_window);
        let runs = runs.inspect_err(|error| self.mend_later(error))?;
        self.commit(Change { add, flushed: Some(flushed), runs: Some(runs), ..Change::default() })?;
        log.remove_below(position)?;
        Ok(rows)
    }

    /// Freezes the tails, the identifiers, the counters and the log's position at one moment; `None` when the
    /// log has nothing that is not in segments, and nothing was only counted.
    fn freeze(&self) -> Option<Frozen> {
        let mut live = lock(&self.live);
        if live.counted_since.take().is_none() && live.position == live.set.flushed {
            return None;
        }
        let mut tails = Vec::new();
        let mut counters = Vec::new();
        for (site, state) in &mut live.sites {
            counters.push((site.clone(), state.counters.clone()));
            tails.push((site.clone(), state.tail.freeze()));
        }
        let flushed = Flushed { position: live.position, counters, unknown_site: live.unknown_site.clone() };
        Some(Frozen { tails, unsaved: live.ids.freeze(), runs: live.runs.clone(), flushed })
    }

    /// Writes a tail as one segment a month, or more when it is very large.
    fn write_tail(&self, site: &SiteId, batches: &[Arc<Batch>]) -> Result<Vec<Segment>, StoreError> {
        let mut months: BTreeMap<Month, Vec<Part>> = BTreeMap::new();
        for (month, part) in batches.iter().flat_map(|batch| batch.parts()) {
            months.entry(*month).or_default().push(part.clone());
        }
        let mut segments = Vec::new();
        let options = self.merging(true);
        for parts in months.values() {
            for part in merge(parts, options)? {
                segments.push(self.segment_files.write(site, &part?)?);
            }
        }
        Ok(segments)
    }
}
