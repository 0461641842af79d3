//! Recognises events that were received before, by `(site, identifier)`: exactly, within the window.
//!
//! Identifiers whose events lie only in the log are kept in memory ([`RecentIds`]), and found again by
//! replaying the log. With each flush they go to a sorted file of their own ([`Runs`]), named by the same
//! manifest as the flush's segments; so each identifier is in memory or in a run, whatever happens between.
//! Identifiers of imported events ([`ImportIds`]) are known for ever.
//! This must not know of events or of the log.

mod filter;
mod import_ids;
mod index;
mod recent;
mod run;
mod runs;
mod write;

pub use run::{RunEntry, RunError};

pub(crate) use import_ids::ImportIds;
pub(crate) use recent::{Claim, Known, RecentIds, Unsaved};
pub(crate) use runs::{DamagedRun, Place, Runs};

/// The folder of the runs, below the data folder.
pub(crate) const FOLDER: &str = "dedup";

#[cfg(test)]
mod tests;
