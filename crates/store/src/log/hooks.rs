//! What the log asks of whoever owns it, and tells them while it writes. It decides nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{appender::Record, error::AppendError, position::LogPosition, writer::OnCommit};

/// How far the log had got when its newest file was begun or the log was closed. Kept outside the log's folder, so that a
/// file that is gone is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogMark {
    /// The newest file.
    pub file: u64,
    /// Where the log ended when that file was begun.
    pub previous: LogPosition,
    /// The log was closed, and the newest file holds no record.
    pub closed: bool,
}

/// Where reading the log begins, and how far it must go at least.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// The position up to which records are stored elsewhere, or [`LogPosition::START`].
    pub from: LogPosition,
    /// What was noted of the log's end, if anything was.
    pub mark: Option<LogMark>,
}

impl From<LogPosition> for Start {
    fn from(from: LogPosition) -> Self {
        Self { from, mark: None }
    }
}

/// Keeps a mark durably. The log acknowledges nothing in a file that is not marked.
pub type OnMark = Box<dyn FnMut(LogMark) -> Result<(), AppendError> + Send>;

/// Asked after each sync and before the acknowledgement, whether the folder is still this process's own.
pub type StillOurs = Box<dyn FnMut() -> Result<(), AppendError> + Send>;

/// Calls of the log to its owner, all from the writing thread.
pub struct Hooks<E = Record> {
    /// Takes each group of records.
    pub on_commit: OnCommit<E>,
    /// Keeps how far the log has got.
    pub on_mark: OnMark,
    /// Says whether the folder may still be written to.
    pub still_ours: StillOurs,
}

impl<E> fmt::Debug for Hooks<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}

/// Hooks of a log that nobody keeps marks of.
impl<E> From<OnCommit<E>> for Hooks<E> {
    fn from(on_commit: OnCommit<E>) -> Self {
        Self { on_commit, on_mark: Box::new(|_| Ok(())), still_ours: Box::new(|| Ok(())) }
    }
}
