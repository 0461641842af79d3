//! Why a log cannot be opened, or does not take a batch. It decides nothing.

use std::{io, path::PathBuf, sync::Arc};

use super::file::LOG_VERSION;
use crate::vfs::AtomicWriteError;

/// Why a log cannot be opened, tidied or closed. In each case what was acknowledged is where it was.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A file or folder cannot be read.
    #[error("cannot read {path} of the log: {source}; nothing was changed")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// A file is sound, but of a version this Waymark does not know.
    #[error(
        "the log file {path} has version {found}, this Waymark knows {LOG_VERSION}: upgrade Waymark; nothing was changed"
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The log's folder cannot be made.
    #[error("cannot make the folder {path} for the log: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// Bytes cannot be quarantined, or a file cannot be repaired or begun.
    #[error("cannot write to the log's folder: {0}; nothing acknowledged is lost")]
    Write(#[from] AtomicWriteError),
    /// A file whose records are in segments cannot be removed.
    #[error("cannot remove {path}, whose records are stored elsewhere: {source}; nothing is lost")]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The thread that writes the log cannot be started.
    #[error("cannot start the thread that writes the log: {0}")]
    Thread(io::Error),
    /// The log could not be closed tidily.
    #[error("the log was not closed tidily: {0}; the next start recovers it")]
    NotClosed(AppendError),
    /// The thread that writes the log ended by a fault of the program.
    #[error(
        "the thread that writes the log has failed; what it acknowledged is safe, the next start recovers it"
    )]
    WriterFailed,
}

/// Why a batch was not acknowledged. Cheap to clone: all batches of a group get the same.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// One record is larger than the log takes. Nothing of its batch was written, other batches are not
    /// affected; the batch can be sent again without it.
    #[error(
        "record {index} of the batch has {length} bytes, more than the {limit} that are allowed; nothing of the batch was stored"
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
        "record {index} of the batch has the kind {kind}, which the log keeps for itself; nothing of the batch was stored"
    )]
    ReservedKind {
        /// The record's place in the batch.
        index: usize,
        /// Its kind.
        kind: u8,
    },
    /// More batches wait than the queue holds. Nothing was written; try again later.
    #[error("the log's queue is full; nothing of the batch was stored, try again")]
    QueueFull,
    /// The disk is full. The batch was taken back from the log; writes go on when space returns.
    #[error("the disk is full: {0}; nothing of the batch was stored, try again when there is space")]
    DiskFull(Arc<io::Error>),
    /// A write or sync has failed, now or before, so the log takes nothing more until it is opened anew.
    #[error(
        "the log has failed: {0}; what was acknowledged is safe, this batch may be found or not after a restart, which is needed before more is taken"
    )]
    Poisoned(Arc<io::Error>),
    /// The log's file or folder, or the data folder's LOCK, was removed or replaced while the log was open.
    #[error(
        "the log has failed: {what}; what was acknowledged before is safe, this batch is not stored for sure, and a restart is needed before more is taken"
    )]
    Displaced {
        /// What is not at its place.
        what: String,
    },
    /// The thread that writes the log ended by a fault of the program.
    #[error(
        "the log has failed: the thread that writes it ended by a fault of the program; what was acknowledged is safe, this batch may be found or not after a restart, which is needed before more is taken"
    )]
    WriterFailed,
    /// The log was closed. A batch that was waiting may be found or not at the next start.
    #[error("the log is closed; this batch may be found or not at the next start")]
    Closed,
}

impl AppendError {
    /// Whether nothing more is taken until a restart.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Poisoned(_) | Self::Displaced { .. } | Self::WriterFailed)
    }
}
