//! The log: what is acknowledged is here first. It keeps records in order, says when they survive a power
//! cut, and reads them back; it must not know what a record means.
//!
//! # What survives what
//! - An acknowledged record survives the end of the process, of the system, and a power cut, as long as the disk
//!   keeps what it said it had synced.
//! - A record that was not acknowledged may be found after a restart or not, but whole or not at all, and in
//!   order: if it is there, so is all that was written before it. A group refused for want of space is never found.
//! - Damage to the disk is detected and reported, not repaired. Every cut and every flipped bit in a log file
//!   is seen, with two limits that `judge.rs` explains: the newest group is protected by its own
//!   checksums alone, and in a file that was not closed a cut between two groups looks like an earlier end.
//!
//! # Who does what
//! [`Log`] owns a thread that takes waiting batches as one group; `appender.rs` writes and syncs the group
//! and closes and begins files; then the thread calls the `on_commit` hook, then it answers the waiters. `recovery.rs`
//! runs before any of that. `file.rs` and `record.rs` give the format. `hooks.rs` says what is asked of the log's owner,
//! who keeps a mark of the log's end elsewhere, so that a file that is gone is missed.

mod appender;
mod damage;
mod error;
mod file;
mod hooks;
mod judge;
mod position;
mod reader;
mod record;
mod recovery;
mod scan;
mod walk;
mod writer;

pub use appender::Record;
pub use damage::{Damage, DamageCause, Truncated};
pub use error::{AppendError, LogError};
pub use file::{HeaderError, LOG_VERSION};
pub use hooks::{Hooks, LogMark, OnMark, Start, StillOurs};
pub use position::LogPosition;
pub use reader::{LogReader, ReadError};
pub use record::{FIRST_RESERVED_KIND, MAX_PAYLOAD_BYTES, RecordError};
pub use recovery::{LogRecord, Recovery};
pub use writer::{Appended, CommittedRecord, Log, LogConfig, OnCommit, Pending};

#[cfg(test)]
mod tests;
