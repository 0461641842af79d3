//! The live tail of a site: events that are acknowledged and not yet in segments, readable at once. It must
//! not know of files or of the log.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, LazyLock},
};

use waymark_model::Event;

use crate::columns::{MergeOptions, Month, MonthBuilders, Part, merge};

/// An open batch is closed when it has so many rows, so that no snapshot has much to sort.
const BATCH_ROWS: usize = 1 << 14;
/// Batches are merged up to this many rows: bounds the time that a merge takes.
const MERGED_ROWS: u64 = 1 << 16;

/// Sorted rows, a part for each month.
type Months = Vec<(Month, Part)>;

/// Rows that arrived one after another. They are sorted when they are first read, by whoever reads them, so
/// that nobody who holds the lock on what is live does.
pub(crate) struct Batch {
    rows: u64,
    parts: LazyLock<Months, Box<dyn FnOnce() -> Months + Send>>,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Batch {
    fn new(open: MonthBuilders, number: u32, rows: u64) -> Self {
        Self { rows, parts: LazyLock::new(Box::new(move || open.finish(number))) }
    }

    /// The rows, sorted, by month.
    pub(crate) fn parts(&self) -> &[(Month, Part)] {
        &self.parts
    }

    /// This batch and the next one as one; `None` when their rows cannot be merged.
    fn with(&self, next: &Self) -> Option<Self> {
        let mut months: BTreeMap<Month, Vec<Part>> = BTreeMap::new();
        for (month, part) in self.parts().iter().chain(next.parts()) {
            months.entry(*month).or_default().push(part.clone());
        }
        let options = MergeOptions { split_rows: usize::MAX, split_bytes: usize::MAX, event_ids: true };
        let mut parts = Vec::new();
        for (month, of_month) in months {
            for part in merge(&of_month, options).ok()? {
                parts.push((month, part.ok()?));
            }
        }
        Some(Self { rows: self.rows + next.rows, parts: LazyLock::new(Box::new(move || parts)) })
    }
}

/// Rows in memory, in batches by the order of their arrival.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// Events since the last batch was closed, by month.
    open: MonthBuilders,
    open_rows: usize,
    batches: Vec<Arc<Batch>>,
    /// Batches that are being written to segments.
    frozen: Vec<Arc<Batch>>,
    next_batch: u32,
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
            self.close();
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
        self.close();
        let batch = self.next_batch;
        // 2^32 batches are one each second for 136 years; past that, events of equal times lose their order.
        self.next_batch = batch.saturating_add(1);
        batch
    }

    /// Makes a batch of the events since the last call.
    fn close(&mut self) {
        if self.open_rows == 0 {
            return;
        }
        let number = self.next_batch;
        self.next_batch = number.saturating_add(1);
        let rows = std::mem::take(&mut self.open_rows) as u64;
        self.batches.push(Arc::new(Batch::new(std::mem::take(&mut self.open), number, rows)));
    }

    /// All rows: those that are being written to segments, and the others.
    pub(crate) fn batches(&mut self) -> (Vec<Arc<Batch>>, Vec<Arc<Batch>>) {
        self.close();
        (self.frozen.clone(), self.batches.clone())
    }

    /// Puts merged batches in the place of those they were merged from, if they are still there.
    pub(crate) fn replace(&mut self, merged_from: &[Arc<Batch>], merged: &[Arc<Batch>]) {
        let is_there = self.batches.len() >= merged_from.len()
            && self.batches.iter().zip(merged_from).all(|(has, was)| Arc::ptr_eq(has, was));
        if is_there {
            self.batches.splice(..merged_from.len(), merged.iter().cloned());
        }
    }

    /// Sets all rows aside to be written to segments. They stay readable; when that fails, they are given again
    /// the next time.
    pub(crate) fn freeze(&mut self) -> Vec<Arc<Batch>> {
        self.close();
        self.frozen.append(&mut self.batches);
        self.frozen_since = self.frozen_since.or(self.since.take());
        self.frozen.clone()
    }

    /// Forgets the rows that were frozen: they are in segments now.
    pub(crate) fn forget_frozen(&mut self) {
        self.rows -= self.frozen.drain(..).map(|batch| batch.rows).sum::<u64>();
        self.frozen_since = None;
    }
}

/// The same rows in few batches: the newest are merged as long as the one before is not much larger, so that of n
/// rows at most about log n batches remain and each row is moved about log n times. To be called without the
/// lock on what is live: it sorts and merges.
pub(crate) fn merged(batches: &[Arc<Batch>]) -> Vec<Arc<Batch>> {
    let mut all: Vec<Arc<Batch>> = Vec::with_capacity(batches.len());
    for batch in batches {
        all.push(Arc::clone(batch));
        while let [.., older, newer] = all.as_slice()
            && older.rows <= newer.rows.saturating_mul(2)
            && older.rows + newer.rows <= MERGED_ROWS
            && let Some(both) = older.with(newer)
        {
            all.truncate(all.len() - 2);
            all.push(Arc::new(both));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tail that was read after each of its events.
    fn read_often(events: u64) -> Tail {
        let mut tail = Tail::new(0);
        for visitor in 1..=events {
            tail.push(&[Event::new(visitor, 5, "view")], 1);
            let (_, batches) = tail.batches();
            tail.replace(&batches, &merged(&batches));
        }
        tail
    }

    fn visitors(batches: &[Arc<Batch>]) -> u64 {
        batches.iter().flat_map(|batch| batch.parts()).map(|(_, part)| u64::from(part.bounds.visitors)).sum()
    }

    #[test]
    fn what_is_read_often_stays_in_few_batches() {
        let mut tail = read_often(300);
        let (frozen, batches) = tail.batches();
        assert!(frozen.is_empty() && batches.len() <= 9, "{batches:?}");
        assert_eq!((visitors(&batches), tail.rows()), (300, 300));
    }

    #[test]
    fn merged_batches_do_not_return_once_their_rows_are_frozen() {
        let mut tail = read_often(3);
        tail.push(&[Event::new(9, 5, "view")], 1);
        let (_, read) = tail.batches();
        assert_eq!(visitors(&tail.freeze()), 4);
        tail.replace(&read, &merged(&read));
        let (frozen, batches) = tail.batches();
        assert_eq!((visitors(&frozen), batches.len()), (4, 0));
        tail.forget_frozen();
        assert_eq!(tail.rows(), 0);
    }
}
