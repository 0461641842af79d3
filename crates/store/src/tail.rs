//! The live tail of a site: events that are acknowledged and not yet in segments, readable at once. It must
//! not know of files or of the log.

use std::collections::BTreeMap;

use waymark_model::Event;

use crate::columns::{MergeOptions, Month, MonthBuilders, Part, merge};

/// An open batch is sealed when it has so many rows, so that no snapshot has much to sort.
const BATCH_ROWS: usize = 1 << 14;
/// Sealed parts are merged up to this many rows: bounds the time that a merge takes.
const MERGED_ROWS: u32 = 1 << 16;

/// Rows in memory, in batches by the order of their arrival.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// Events since the last sealing, by month.
    open: MonthBuilders,
    /// Sorted rows, by month, in the order of arrival.
    sealed: BTreeMap<Month, Vec<Part>>,
    /// Rows that are being written to segments.
    frozen: Vec<Part>,
    next_batch: u32,
    open_rows: usize,
    rows: u64,
    /// When the oldest event arrived, in ms: of those that are not frozen, and of those that are.
    since: Option<i64>,
    frozen_since: Option<i64>,
}

impl Tail {
    pub(crate) fn new(next_batch: u32) -> Self {
        Self { next_batch, ..Self::default() }
    }

    /// Takes events that arrived at `now` (ms) in that order.
    pub(crate) fn push(&mut self, events: &[Event], now: i64) {
        for event in events {
            self.open.push(event);
        }
        self.open_rows += events.len();
        self.rows += events.len() as u64;
        if !events.is_empty() {
            self.since.get_or_insert(now);
        }
        if self.open_rows >= BATCH_ROWS {
            self.seal();
        }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// When the oldest event arrived, in ms.
    pub(crate) fn since(&self) -> Option<i64> {
        self.frozen_since.or(self.since)
    }

    /// The number that the next batch gets.
    pub(crate) fn next_batch(&self) -> u32 {
        self.next_batch
    }

    /// A batch number for rows that arrive another way: above those of all events so far, below those of all
    /// later ones.
    pub(crate) fn take_batch(&mut self) -> u32 {
        self.seal();
        let batch = self.next_batch;
        // 2^32 batches are one each second for 136 years; past that, events of equal times lose their order.
        self.next_batch = batch.saturating_add(1);
        batch
    }

    /// Sorts the events since the last call into a batch of its own.
    fn seal(&mut self) {
        if self.open_rows == 0 {
            return;
        }
        let batch = self.next_batch;
        self.next_batch = batch.saturating_add(1);
        self.open_rows = 0;
        for (month, part) in std::mem::take(&mut self.open).finish(batch) {
            let parts = self.sealed.entry(month).or_default();
            parts.push(part);
            tidy(parts);
        }
    }

    /// All rows. Costs what sorting the events since the last call costs.
    pub(crate) fn parts(&mut self) -> impl Iterator<Item = &Part> {
        self.seal();
        self.frozen.iter().chain(self.sealed.values().flatten())
    }

    /// Sets all rows aside to be written to segments. They stay readable; when that fails, they are given again
    /// the next time.
    pub(crate) fn freeze(&mut self) -> Vec<Part> {
        self.seal();
        self.frozen.extend(std::mem::take(&mut self.sealed).into_values().flatten());
        self.frozen_since = self.frozen_since.or(self.since.take());
        self.frozen.clone()
    }

    /// Forgets the rows that were frozen: they are in segments now.
    pub(crate) fn forget_frozen(&mut self) {
        self.rows -= self.frozen.drain(..).map(|part| u64::from(part.bounds.rows)).sum::<u64>();
        self.frozen_since = None;
    }
}

/// Merges the newest parts as long as the one before is not much larger, so that of n rows at most about log
/// n parts remain and each row is moved about log n times.
fn tidy(parts: &mut Vec<Part>) {
    let options = MergeOptions { split_rows: usize::MAX, event_ids: true };
    while let [.., older, newer] = parts.as_slice()
        && older.bounds.rows <= newer.bounds.rows.saturating_mul(2)
        && older.bounds.rows + newer.bounds.rows <= MERGED_ROWS
        && let Ok(merged) = merge(&[older.clone(), newer.clone()], options)
        && let Ok(merged) = merged.collect::<Result<Vec<_>, _>>()
    {
        parts.truncate(parts.len() - 2);
        parts.extend(merged);
    }
}
