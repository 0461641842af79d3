//! Why a log cannot be opened, or does not take a batch. It decides nothing.

use std::{io, path::PathBuf, sync::Arc};

use super::file::LOG_VERSION;
use crate::vfs::AtomicWriteError;

/// Why a log cannot be opened, tidied or closed. In each case what was acknowledged is where it was.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A file or folder cannot be read.
    #[error("Cannot read {path} of the log: {source}. Nothing was changed.")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// A file is sound, but of a version this Waymark does not know.
    #[error(
        "The log file {path} has version {found}, but this Waymark reads up to version {LOG_VERSION}. Nothing was changed. Upgrade Waymark."
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The log's folder cannot be made.
    #[error("Cannot create the folder {path} for the log: {source}.")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// Bytes cannot be quarantined, or a file cannot be repaired or begun.
    #[error("Cannot write to the log's folder: {0}. Events that were acknowledged are safe.")]
    Write(#[from] AtomicWriteError),
    /// A file whose records are in segments cannot be removed.
    #[error("Cannot remove {path}: {source}. Its events are in segments, so nothing is lost.")]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The thread that writes the log cannot be started.
    #[error("Cannot start the thread that writes the log: {0}.")]
    Thread(io::Error),
    /// The log could not be closed tidily.
    #[error("The log was not closed in order, because of this error: {0} The next start recovers it.")]
    NotClosed(AppendError),
    /// The thread that writes the log has panicked.
    #[error(
        "A fault in Waymark stopped the thread that writes the log. What it acknowledged is safe. The next start recovers the log."
    )]
    WriterFailed,
}

/// Why a batch was not acknowledged. Cheap to clone: all batches of a group get the same.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// One record is larger than the log takes. Nothing of its batch was written, other batches are not
    /// affected; the batch can be sent again without it.
    #[error(
        "Record {index} of the batch has {length} bytes; at most {limit} are allowed. Nothing of the batch was stored."
    )]
    TooLarge {
        /// The record's place in the batch.
        index: usize,
        /// Its length.
        length: usize,
        /// The largest length allowed.
        limit: usize,
    },
    /// One record has a kind that belongs to the log itself. Nothing of its batch was written.
    #[error(
        "Record {index} of the batch has the kind {kind}, which is reserved for the log. Nothing of the batch was stored."
    )]
    ReservedKind {
        /// The record's place in the batch.
        index: usize,
        /// Its kind.
        kind: u8,
    },
    /// More batches wait than the queue holds. Nothing was written; try again later.
    #[error("The log's queue is full. Nothing of the batch was stored. Try again later.")]
    QueueFull,
    /// The disk is full. The batch was taken back from the log; writes go on when space returns.
    #[error("The disk is full: {0}. Nothing of the batch was stored. Free some space and try again.")]
    DiskFull(Arc<io::Error>),
    /// A write or sync has failed, now or before, so the log takes nothing more until it is opened anew.
    #[error(
        "Writing the log failed: {0}. What was acknowledged is safe. This batch may or may not be stored. No more events are taken until you restart Waymark: check the disk, then restart."
    )]
    Poisoned(Arc<io::Error>),
    /// The log's file or folder, or the data folder's LOCK, was removed or replaced while the log was open.
    #[error(
        "Writing the log failed: {what}. What was acknowledged before is safe. This batch may or may not be stored. No more events are taken until you restart Waymark: check the data folder, then restart."
    )]
    Displaced {
        /// What is not at its place.
        what: String,
    },
    /// The thread that writes the log has panicked.
    #[error(
        "Writing the log failed: a fault in Waymark stopped the thread that writes it. What was acknowledged is safe. This batch may or may not be stored. No more events are taken until you restart Waymark. Restart Waymark, and report the fault with the log."
    )]
    WriterFailed,
    /// The log was closed. A batch that was waiting may be found or not at the next start.
    #[error("The log is closed. This batch may or may not be stored.")]
    Closed,
}

impl AppendError {
    /// Whether nothing more is taken until a restart.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Poisoned(_) | Self::Displaced { .. } | Self::WriterFailed)
    }
}
