//! Waymark's store: the only owner of files.
//!
//! Events are appended to a log and acknowledged once it is synced; later they lie in immutable Parquet
//! segments, and are read as flat columns. This crate knows events, not what they mean: no goals, rates or
//! funnels, no HTTP.

pub mod backup;
pub mod catalog;
pub mod clock;
pub mod columns;
pub mod config;
pub mod counters;
pub mod damage;
pub mod dedup;
pub mod doctor;
pub mod folder;
pub mod gauges;
pub mod hot;
pub mod live_set;
pub mod log;
pub mod manifest;
pub mod salts;
pub mod segment;
pub mod vfs;

mod append;
mod clock_doubt;
mod codec;
mod commit;
mod compaction;
mod copy_target;
mod erasure;
mod error;
mod flush;
mod import;
mod live;
mod losses;
mod mending;
mod open;
mod parallel;
mod publish;
mod readiness;
mod retention;
mod segment_files;
mod site;
mod snapshot;
mod store;
mod tail;
#[cfg(test)]
mod tests;

pub use append::{AppendOutcome, PendingEvents};
pub use clock::{Clock, ManualClock, SystemClock};
pub use clock_doubt::ClockDoubt;
pub use codec::CodecError;
pub use compaction::{MaintainSummary, Rewriting};
pub use config::StoreConfig;
pub use counters::{Counters, Fate};
pub use damage::{Damaged, DamagedPart};
pub use erasure::{Erased, Person};
pub use error::StoreError;
pub use folder::{Access, FolderError};
pub use import::{Import, ImportSummary};
pub use open::Recovered;
pub use retention::{KeptFrom, Removed};
pub use site::{BadSiteId, SiteId};
pub use snapshot::Snapshot;
pub use store::Store;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. A thread that panicked while it held the lock left what it guards as it was between two steps,
/// each of which leaves it sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
