//! Merges segments so that few are left: by day, later by month, large ones divided by visitor; drops event
//! identifiers of collected events that are no longer needed; and rewrites segments of an older format. Which
//! to merge is decided here; merging rows is `columns::merge`'s part. A crash at any point leaves the old
//! segments or the new ones.

use std::{collections::BTreeMap, panic::resume_unwind, sync::mpsc::sync_channel, thread};

use hashbrown::HashSet;
use waymark_model::{Identity, time::DAY};

use crate::{
    columns::{Merge, MergeOptions, Month, Part, ROW_BYTES, merge, rows_within},
    commit::Change,
    dedup::{Place, Runs},
    error::StoreError,
    lock,
    segment::{FORMAT, FileHash},
    segment_files::Segment,
    site::SiteId,
    store::{Inner, Store},
};

/// A segment is merged with smaller ones when it has at most so many times the rows of all of them.
const GROWTH: usize = 4;
/// Most segments that are merged at once: of each, some pages are in memory.
const MOST_SEGMENTS: usize = 48;
/// Segments of an older format that a running server rewrites at a time, so that other work goes on in
/// between.
const REWRITTEN_AT_ONCE: usize = 4;

/// What was merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MaintainSummary {
    /// Segments that are gone.
    pub merged: usize,
    /// Segments that came in their place.
    pub written: usize,
    /// Rows that were moved.
    pub rows: u64,
    /// Segments of an older format that were rewritten without being merged.
    pub rewritten: usize,
}

/// How far rewriting segments of an older format is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewriting {
    /// Segments that are rewritten.
    pub done: usize,
    /// Segments that are to be rewritten in all, of this site.
    pub all: usize,
}

/// Segments whose rows may lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bucket {
    /// Rows of one UTC day, by its number since 1970-01-01.
    Day(Month, i64),
    /// Rows of one UTC month.
    Month(Month),
    /// Bare rows of one UTC month.
    Bare(Month),
}

impl Store {
    /// Merges small segments of all sites, drops event identifiers that are past the window from what it
    /// merges, rewrites a few segments of an older format, and removes what is not needed any more. Queries
    /// go on meanwhile; what they read stays as long as they do.
    ///
    /// # Errors
    /// When something could not be read or written. What was merged until then stays merged; nothing is lost.
    pub fn maintain(&self) -> Result<MaintainSummary, StoreError> {
        self.0.maintain(REWRITTEN_AT_ONCE, &mut |_| {})
    }

    /// As [`Store::maintain`], and rewrites all segments of an older format; tells how far that is after each
    /// one.
    ///
    /// # Errors
    /// As [`Store::maintain`].
    pub fn maintain_and_tell(&self, tell: &mut dyn FnMut(Rewriting)) -> Result<MaintainSummary, StoreError> {
        self.0.maintain(usize::MAX, tell)
    }
}

impl std::ops::AddAssign for MaintainSummary {
    fn add_assign(&mut self, other: Self) {
        self.merged += other.merged;
        self.written += other.written;
        self.rows += other.rows;
        self.rewritten += other.rewritten;
    }
}

impl Inner {
    /// As [`Store::maintain`]; rewrites at most so many segments of each site that have an older format.
    fn maintain(&self, most: usize, tell: &mut dyn FnMut(Rewriting)) -> Result<MaintainSummary, StoreError> {
        self.writable()?;
        let mut summary = MaintainSummary::default();
        let sites: Vec<SiteId> = lock(&self.live).sites.keys().cloned().collect();
        for site in sites {
            summary += self.compact(&site)?;
            summary += self.rewrite_older_formats(&site, most, tell)?;
        }
        self.drop_old_runs()?;
        self.tidy_cache();
        Ok(summary)
    }

    /// Merges what is worth it of one site.
    pub(crate) fn compact(&self, site: &SiteId) -> Result<MaintainSummary, StoreError> {
        let _one_at_a_time = lock(&self.maintaining);
        let mut summary = MaintainSummary::default();
        loop {
            let pass = self.compact_once(site)?;
            summary += pass;
            if pass.written >= pass.merged {
                return Ok(summary);
            }
        }
    }

    /// Rewrites so many of the site's segments that have an older format, one at a time: others may change
    /// segments in between.
    fn rewrite_older_formats(
        &self,
        site: &SiteId,
        most: usize,
        tell: &mut dyn FnMut(Rewriting),
    ) -> Result<MaintainSummary, StoreError> {
        let mut summary = MaintainSummary::default();
        let all = self.older_formats(site).len().min(most);
        for done in 1..=all {
            let _one_at_a_time = lock(&self.maintaining);
            let Some(segment) = self.older_formats(site).pop() else { break };
            self.merge_segments(site, std::slice::from_ref(&segment), self.clock.now())?;
            summary.rewritten += 1;
            tell(Rewriting { done, all });
        }
        Ok(summary)
    }

    /// The site's sound segments that have an older format.
    fn older_formats(&self, site: &SiteId) -> Vec<Segment> {
        let mut old = lock(&self.live).sound_segments(site);
        old.retain(|segment| segment.entry.meta.format < FORMAT);
        old
    }

    /// Merges once in each bucket what is worth it.
    fn compact_once(&self, site: &SiteId) -> Result<MaintainSummary, StoreError> {
        let now = self.clock.now();
        let segments = lock(&self.live).sound_segments(site);
        let mut buckets: BTreeMap<Bucket, Vec<Segment>> = BTreeMap::new();
        for segment in segments {
            buckets.entry(self.bucket(&segment, now)).or_default().push(segment);
        }
        let mut summary = MaintainSummary::default();
        for (bucket, segments) in buckets {
            let chosen = choose(segments.clone(), self.merging(true), self.most_merged());
            if !chosen.is_empty() {
                summary += self.merge_segments(site, &chosen, now)?;
            } else if let Bucket::Month(month) = bucket
                && self.is_old(month, now)
            {
                let stale = segments.iter().filter(|segment| {
                    let has_imported = segment.entry.meta.bounds.identities.contains(&Identity::Imported);
                    segment.entry.event_ids && !has_imported && self.past_window(segment, now)
                });
                for segment in stale {
                    summary += self.merge_segments(site, std::slice::from_ref(segment), now)?;
                }
            }
        }
        Ok(summary)
    }

    /// Most bytes of decoded columns that are merged at once: they must find room in the cache, beside those
    /// of queries.
    fn most_merged(&self) -> usize {
        const LEAST: usize = 256 << 20;
        usize::try_from(self.config.hot_bytes / 4).unwrap_or(usize::MAX).max(LEAST)
    }

    /// How parts are merged.
    pub(crate) const fn merging(&self, event_ids: bool) -> MergeOptions {
        MergeOptions { split_rows: self.config.split_rows, split_bytes: self.config.split_bytes, event_ids }
    }

    /// Whether the month has been over for so long that its segments are merged by month.
    fn is_old(&self, month: Month, now: i64) -> bool {
        now.saturating_sub(month.range().end) >= self.config.month_age
    }

    /// Whether the identifiers of the segment's events are no longer needed.
    fn past_window(&self, segment: &Segment, now: i64) -> bool {
        segment.entry.meta.bounds.time.1 < now.saturating_sub(self.config.dedup_window)
    }

    /// The segments that a segment may be merged with: of the same month once that has been over for long
    /// enough, else of the same day, else those that span several days of the month as well; bare rows with
    /// bare ones.
    fn bucket(&self, segment: &Segment, now: i64) -> Bucket {
        let (first, last) = segment.entry.meta.bounds.time;
        let month = Month::containing(first);
        if segment.entry.meta.bounds.bare {
            return Bucket::Bare(month);
        }
        let (first, last) = (first.div_euclid(DAY), last.div_euclid(DAY));
        if first == last && !self.is_old(month, now) {
            Bucket::Day(month, first)
        } else {
            Bucket::Month(month)
        }
    }

    fn merge_segments(
        &self,
        site: &SiteId,
        segments: &[Segment],
        now: i64,
    ) -> Result<MaintainSummary, StoreError> {
        let past_window = segments.iter().all(|segment| self.past_window(segment, now));
        let options = self.merging(!past_window);
        let parts: Vec<_> = segments.iter().map(|segment| segment.part.clone()).collect();
        let add = self.write_merged(site, merge(&parts, options)?)?;
        let summary = MaintainSummary {
            merged: segments.len(),
            written: add.len(),
            rows: segments.iter().map(|segment| u64::from(segment.entry.meta.bounds.rows)).sum(),
            rewritten: 0,
        };
        let remove = segments.iter().map(|segment| segment.entry.number).collect();
        self.commit(Change { add, remove, ..Change::default() })?;
        Ok(summary)
    }

    /// Writes merged parts as segments, each while the next one is made: two are in memory.
    fn write_merged(&self, site: &SiteId, merge: Merge) -> Result<Vec<(SiteId, Segment)>, StoreError> {
        let (parts, received) = sync_channel::<Part>(0);
        thread::scope(|scope| {
            let write = move || {
                received
                    .iter()
                    .map(|part| Ok((site.clone(), self.segment_files.write(site, &part)?)))
                    .collect()
            };
            let writer = scope.spawn(write);
            for part in merge {
                // The writer ends before its time only by an error, which joining it gives.
                if parts.send(part?).is_err() {
                    break;
                }
            }
            drop(parts);
            writer.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// Drops the runs of identifiers that are past the window, also when nothing arrives any more.
    fn drop_old_runs(&self) -> Result<(), StoreError> {
        let _no_flush = lock(&self.flushing);
        let runs: Runs = lock(&self.live).runs.clone();
        let number = || self.segment_files.number();
        let place = Place { vfs: &self.vfs, root: &self.root, number: &number };
        let next = runs.with(&place, None, self.clock.now(), self.config.dedup_window);
        let next = next.inspect_err(|error| self.mend_later(error))?;
        if next.entries() == runs.entries() {
            return Ok(());
        }
        self.commit(Change { runs: Some(next), ..Change::default() })
    }

    /// Removes the decoded columns of segments that are gone and that no snapshot reads any more.
    pub(crate) fn tidy_cache(&self) {
        let hashes: HashSet<FileHash> = {
            let mut live = lock(&self.live);
            live.leaving.retain(|(guard, _)| guard.strong_count() > 0);
            let leaving = live.leaving.iter().map(|(_, hash)| *hash);
            let segments = live.sites.values().flat_map(|state| &state.segments);
            segments.map(|segment| segment.entry.meta.hash).chain(leaving).collect()
        };
        self.segment_files.cache().retain(&hashes);
    }
}

/// The segments of a bucket that are worth merging: the smallest ones, as many as have a largest one of at
/// most [`GROWTH`] times all the others, so that a row is moved only about log n times; and only when a
/// quarter fewer are left than were.
fn choose(mut segments: Vec<Segment>, options: MergeOptions, most_bytes: usize) -> Vec<Segment> {
    segments.sort_by_key(|segment| (segment.rows(), segment.entry.number));
    let sums: Vec<(usize, usize)> = segments
        .iter()
        .scan((0_usize, 0_usize), |(rows, text), segment| {
            *rows += segment.rows();
            *text = (*text).saturating_add(usize::try_from(segment.entry.text_bytes).unwrap_or(usize::MAX));
            Some((*rows, *text))
        })
        .collect();
    let worth = |count: &usize| {
        let ((sum, text), (others, _)) = (sums[count - 1], sums[count - 2]);
        let most_left = sum / rows_within(options, sum, text) + 1;
        let is_small = sum.saturating_mul(ROW_BYTES).saturating_add(text) <= most_bytes;
        sum - others <= others.saturating_mul(GROWTH) && most_left * 4 <= *count * 3 && is_small
    };
    let count = (2..=segments.len().min(MOST_SEGMENTS)).rev().find(worth).unwrap_or(0);
    segments.truncate(count);
    segments
}
