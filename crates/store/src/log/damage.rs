//! What recovery has to report: tails cut off and damage found. It decides nothing.

use std::{ops::Range, path::PathBuf};

use super::{file::HeaderError, position::LogPosition, record::RecordError};

/// The end of the newest file that was cut off: writes that were under way when the process or the machine
/// stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the log was cut at {at}, where writes were under way: {cause}; {bytes} bytes and {records} whole records, none known to be acknowledged, are dropped"
)]
pub struct Truncated {
    /// Where the log ends now.
    pub at: LogPosition,
    /// Bytes cut off.
    pub bytes: u64,
    /// Whole records among them.
    pub records: u64,
    /// What was broken first.
    pub cause: RecordError,
}

/// A damaged place in what was synced: the disk did not keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where it begins.
    pub at: LogPosition,
    /// Its length.
    pub bytes: u64,
    /// What is wrong with it.
    pub cause: DamageCause,
    /// Records that are lost with it; `None` if that cannot be known.
    pub records_lost: Option<u64>,
    /// Where its bytes were copied to, if there are any.
    pub quarantined: Option<PathBuf>,
}

/// The ways in which what was synced can be damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DamageCause {
    /// A file's header is broken. Its records are read all the same.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A record is broken.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A file that has a successor has no footer: its end is missing.
    #[error("a closed log file lacks its footer: its end is missing")]
    NotClosed,
    /// A file goes on after its footer.
    #[error("there are bytes after the footer of a closed log file")]
    BytesAfterFooter,
    /// Files between two others, or before the first, are gone.
    #[error("the log files {first} to {last} are missing")]
    MissingFiles {
        /// The first file missing.
        first: u64,
        /// The last file missing.
        last: u64,
    },
    /// The log ends before the position up to which its records are in segments.
    #[error("the log ends before {flushed}, up to where its records are stored: what came later is missing")]
    EndsBeforeFlushed {
        /// The position up to which records are in segments; those are safe.
        flushed: LogPosition,
    },
}

impl Damage {
    pub(super) fn new(file: u64, bytes: Range<u64>, cause: DamageCause, records_lost: Option<u64>) -> Self {
        let at = LogPosition::new(file, bytes.start);
        Self { at, bytes: bytes.end - bytes.start, cause, records_lost, quarantined: None }
    }

    /// Where it ends.
    pub(super) fn end(&self) -> LogPosition {
        LogPosition::new(self.at.file, self.at.offset + self.bytes)
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} bytes of the log at {} are damaged: {}; ", self.bytes, self.at, self.cause)?;
        match self.records_lost {
            Some(records) => write!(formatter, "{records} records are lost")?,
            None => write!(formatter, "it is not known how many records are lost")?,
        }
        match &self.quarantined {
            Some(path) => write!(formatter, "; the bytes are kept in {}", path.display()),
            None => Ok(()),
        }
    }
}
