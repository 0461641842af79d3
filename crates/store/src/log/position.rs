//! Where a record lies in the log. It knows no bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in the log: the number of a file and an offset in it. Positions order as the records were
/// acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogPosition {
    /// Number of the log file; the first is 1.
    pub file: u64,
    /// Bytes from the start of that file.
    pub offset: u64,
}

impl LogPosition {
    /// Before every record.
    pub const START: Self = Self { file: 0, offset: 0 };

    pub(super) const fn new(file: u64, offset: u64) -> Self {
        Self { file, offset }
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.offset)
    }
}
