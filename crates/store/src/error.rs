//! What can go wrong with a store, each way by its name: what is lost, what is not, what to do.

use std::{io, path::PathBuf};

use crate::{
    codec::CodecError,
    columns::{ColumnsError, MergeError},
    dedup::RunError,
    folder::FolderError,
    log::{AppendError, LogError},
    manifest::ManifestError,
    segment::SegmentError,
    vfs::is_disk_full,
};

/// Why the store could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The list of what is live cannot be read or replaced.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A segment could not be written or opened.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// A segment's columns could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// Parts could not be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The log cannot be opened or tidied.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log did not take a batch.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// One event is larger than the log takes: the others can be sent again without it.
    #[error(
        "event {place} of the batch has {length} bytes, more than the {limit} that are allowed; nothing of the batch was stored"
    )]
    EventTooLarge {
        /// The event's place in the batch.
        place: usize,
        /// Its length in the log.
        length: usize,
        /// The largest length allowed.
        limit: usize,
    },
    /// Events cannot be put into bytes, or got out of them.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The identifiers by which duplicates are recognised cannot be written or searched.
    #[error(transparent)]
    Dedup(#[from] RunError),
    /// Something else on the disk refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// A folder that is to be written to holds something.
    #[error("{path} is not empty: name an empty or new folder; nothing was changed")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A copy is to go into the folder that is copied.
    #[error("{path} lies in the data folder {from}: name a folder outside of it; nothing was changed")]
    CopyIntoItself {
        /// Where the copy was to go.
        path: PathBuf,
        /// The data folder.
        from: PathBuf,
    },
    /// Another process copies to the same folder.
    #[error("another copy to {path} is under way: wait for it to end; nothing was changed")]
    CopyUnderWay {
        /// The folder.
        path: PathBuf,
    },
    /// Columns could not be made ready to be read.
    #[error("columns cannot be made ready to be read: {reason}; questions take longer, and nothing is lost")]
    NotReady {
        /// Why not.
        reason: String,
    },
    /// Something was to be removed from all segments of a site, and some cannot be read.
    #[error(
        "{segments} segments of {site} are damaged and cannot be searched: they may hold what was to be removed; everything else was searched; restore the segments, or remove their files, and it is done again"
    )]
    NotSearched {
        /// The site.
        site: String,
        /// How many cannot be read.
        segments: usize,
    },
    /// The store was opened for reading only.
    #[error("the data folder was opened for reading only: nothing was changed")]
    ReadOnly,
    /// A thread could not be started, or ended without a result.
    #[error("cannot {action}: {reason}; nothing was changed")]
    Thread {
        /// What it was for.
        action: &'static str,
        /// Why not.
        reason: String,
    },
}

impl StoreError {
    /// Whether the disk is full: nothing has changed, and the same can succeed when there is space.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Segment(error) => error.is_disk_full(),
            Self::Manifest(ManifestError::NotWritten(error)) => error.is_disk_full(),
            Self::Append(AppendError::DiskFull(_)) => true,
            Self::Dedup(RunError::Io { source, .. }) | Self::Io { source, .. } => is_disk_full(source),
            _ => false,
        }
    }

    /// An error of the disk, with what was tried.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
