//! Makes the columns of live segments ready to be read before somebody asks, newest first. Those of segments
//! that are written are ready at once; this is for what is missing all the same. It must not know how columns
//! are made.

use std::cmp::Reverse;

use crate::{
    error::StoreError,
    hot::Ahead,
    live_set::SegmentEntry,
    lock,
    site::SiteId,
    store::{Inner, Store},
};

impl Store {
    /// Makes the columns of one segment ready that are not: of the newest one, if the cache has room. Gives
    /// whether there may be more to do.
    ///
    /// # Errors
    /// When the segment cannot be read, or the disk does not take the columns. Questions decode them then.
    pub fn make_next_ready(&self) -> Result<bool, StoreError> {
        let files = &self.0.segment_files;
        for (site, entry) in self.0.not_known_ready() {
            match files.make_ready(&site, &entry)? {
                Ahead::Ready => {}
                Ahead::Made => return Ok(true),
                Ahead::NoRoom => return Ok(false),
                Ahead::Failed => {
                    return Err(StoreError::NotReady { reason: files.cache().note().unwrap_or_default() });
                }
            }
        }
        Ok(false)
    }
}

impl Inner {
    /// The sound segments whose columns are not known to be ready, the newest first.
    fn not_known_ready(&self) -> Vec<(SiteId, SegmentEntry)> {
        let live = lock(&self.live);
        let cache = self.segment_files.cache();
        let waits = |entry: &SegmentEntry| {
            !cache.is_known_ready(entry.meta.hash) && !self.damage.is_damaged(entry.number)
        };
        let segments = live.segments().filter(|(_, segment)| waits(&segment.entry));
        let mut waiting: Vec<_> =
            segments.map(|(site, segment)| (site.clone(), segment.entry.clone())).collect();
        waiting.sort_by_key(|(_, entry)| Reverse(entry.meta.bounds.time.1));
        waiting
    }
}
