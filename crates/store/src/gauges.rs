//! How much there is of everything at this moment, for those who watch a running store.

use crate::{lock, log::AppendError, store::Store};

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Rows that are in the log and in memory only.
    pub tail_rows: u64,
    /// Rows in segments.
    pub segment_rows: u64,
    /// Segments.
    pub segments: u64,
    /// Columns of segments that were decoded since the start, as they were not ready to be read.
    pub columns_decoded: u64,
    /// Files of columns that could not be written since the start.
    pub columns_failed: u64,
}

impl Store {
    /// How much there is of everything at this moment.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let cache = self.0.segment_files.cache();
        let (columns_decoded, columns_failed) = (cache.decoded(), cache.failures());
        let mut gauges = Gauges { columns_decoded, columns_failed, ..Gauges::default() };
        let live = lock(&self.0.live);
        for state in live.sites.values() {
            gauges.tail_rows += state.tail.rows();
        }
        for (_, entry) in live.set.segments() {
            gauges.segments += 1;
            gauges.segment_rows += u64::from(entry.meta.bounds.rows);
        }
        gauges
    }

    /// Why nothing more can be stored until a restart, if so.
    #[must_use]
    pub fn failure(&self) -> Option<AppendError> {
        self.0.log.as_ref()?.failure()
    }
}
