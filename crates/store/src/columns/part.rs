//! A part: rows of one site, sorted by `(visitor, time, seq)`, read column by column.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Identity};

use super::{Buffer, TextCodes};
use crate::parallel::parallel;

/// Set in a run's flags when one of its rows is tagged (bot, internal, test).
pub const RUN_HAS_TAGS: u8 = 1;
/// Set in a run's flags when one of its rows has a value.
pub const RUN_HAS_VALUES: u8 = 2;

/// What a part holds, known without reading a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Number of rows.
    pub rows: u32,
    /// Number of distinct visitors.
    pub visitors: u32,
    /// Lowest and highest visitor.
    pub visitor: (u64, u64),
    /// Earliest and latest time, in ms.
    pub time: (i64, i64),
    /// Lowest and highest sequence number.
    pub seq: (u64, u64),
    /// Rows that are tagged.
    pub tagged: u32,
    /// Identities that occur, sorted.
    pub identities: Vec<Identity>,
    /// The rows are bare: they are older than the site keeps, and tell only that an order was there before. Their
    /// visitors stand for nobody, and no range of time has them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bare: bool,
}

/// A column of a part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnName {
    /// A text column or property.
    Text(Dimension),
    /// The visitors and where their rows begin.
    Runs,
    /// Times.
    Times,
    /// Sequence numbers.
    Seqs,
    /// Tags, as [`waymark_model::Tag`] numbers.
    Tags,
    /// Identities, as [`Identity`] numbers.
    Identities,
    /// One of the sparse number columns.
    Numbers(NumberColumn),
    /// Rows whose value is verified.
    Verified,
    /// Event identifiers.
    EventIds,
}

/// A column of numbers that few rows have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberColumn {
    /// Value in minor units (an `i64`, stored as its bits).
    Value,
    /// Hash of the order key.
    Key,
    /// Hash of the user.
    User,
}

/// The visitors of a part, ascending, each with the rows from `starts[i]` to `starts[i + 1]`.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// Distinct visitors, ascending.
    pub visitors: Buffer<u64>,
    /// First row of each visitor, and one entry more: the number of rows.
    pub starts: Buffer<u32>,
    /// [`RUN_HAS_TAGS`] and [`RUN_HAS_VALUES`] for each visitor.
    pub flags: Buffer<u8>,
}

/// Times as offsets from a base: a part spans less than 2³² ms.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// Milliseconds since 1970-01-01 UTC that the offsets count from.
    pub base: i64,
    /// One offset a row, in ms.
    pub offsets: Buffer<u32>,
}

impl Times {
    /// The time of a row, in ms since 1970-01-01 UTC.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        self.base + i64::from(self.offsets[row])
    }
}

/// Numbers of the rows that have one: `values[i]` belongs to row `rows[i]`; rows ascend.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Rows that have a number, ascending.
    pub rows: Buffer<u32>,
    /// Their numbers, as bits.
    pub values: Buffer<u64>,
}

impl Numbers {
    /// The bits of a row's number, if it has one.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<u64> {
        self.rows.binary_search(&row).ok().map(|at| self.values[at])
    }
}

/// Why a column cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ColumnsError {
    /// The file could not be read.
    #[error("column {column} of {part} cannot be read: {reason}")]
    Unreadable {
        /// The part (file name).
        part: String,
        /// The column.
        column: String,
        /// What the system said.
        reason: String,
    },
    /// The bytes are not those that were written.
    #[error(
        "{part} is damaged ({reason}): nothing was read from it; restore it from a backup, or run `waymark doctor`"
    )]
    Damaged {
        /// The part (file name).
        part: String,
        /// What does not fit.
        reason: String,
    },
}

/// Where a part's columns come from. Implementations check foreign bytes before they hand out slices: all
/// columns have `rows` rows, codes are in their dictionary, starts ascend.
pub trait Columns: Send + Sync + fmt::Debug {
    /// Says which columns will be asked for, so that they can be made ready in one pass.
    fn prefetch(&self, _names: &[ColumnName]) -> Result<(), ColumnsError> {
        Ok(())
    }
    /// A text column or property; `None` when no row has it.
    fn text(&self, of: &Dimension) -> Result<Option<TextCodes>, ColumnsError>;
    /// Keys of the properties that occur, sorted.
    fn properties(&self) -> Result<Vec<String>, ColumnsError>;
    /// Visitors and their rows.
    fn runs(&self) -> Result<Runs, ColumnsError>;
    /// Times.
    fn times(&self) -> Result<Times, ColumnsError>;
    /// Sequence numbers.
    fn seqs(&self) -> Result<Buffer<u64>, ColumnsError>;
    /// Tags; `None` when no row is tagged.
    fn tags(&self) -> Result<Option<Buffer<u8>>, ColumnsError>;
    /// Identities; `None` when all rows have the one in [`Bounds::identities`].
    fn identities(&self) -> Result<Option<Buffer<u8>>, ColumnsError>;
    /// A sparse number column.
    fn numbers(&self, of: NumberColumn) -> Result<Numbers, ColumnsError>;
    /// Rows whose value is verified, ascending.
    fn verified(&self) -> Result<Buffer<u32>, ColumnsError>;
    /// Event identifiers: the rows that have one, ascending, and the identifiers.
    fn event_ids(&self) -> Result<(Buffer<u32>, Buffer<u128>), ColumnsError>;
}

/// Rows of one site, sorted by `(visitor, time, seq)`.
#[derive(Clone, Debug)]
pub struct Part {
    /// What the part holds.
    pub bounds: Arc<Bounds>,
    /// Its columns.
    pub columns: Arc<dyn Columns>,
}

impl Part {
    /// Makes columns of several parts ready, on at most so many threads.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn prefetch(parts: &[Self], names: &[ColumnName], threads: usize) -> Result<(), ColumnsError> {
        parallel(parts.len(), threads, |at| parts[at].columns.prefetch(names)).map(drop)
    }
}

/// Columns that lie in memory: the live tail, and rows on their way to a file.
#[derive(Debug, Default)]
pub struct MemoryColumns {
    /// Text columns and properties that occur.
    pub texts: BTreeMap<Dimension, TextCodes>,
    /// Visitors and their rows.
    pub runs: Runs,
    /// Times.
    pub times: Times,
    /// Sequence numbers.
    pub seqs: Buffer<u64>,
    /// Tags, if any.
    pub tags: Option<Buffer<u8>>,
    /// Identities, if there are several.
    pub identities: Option<Buffer<u8>>,
    /// Values.
    pub values: Numbers,
    /// Order keys.
    pub keys: Numbers,
    /// Users.
    pub users: Numbers,
    /// Rows with a verified value.
    pub verified: Buffer<u32>,
    /// Rows with an event identifier, and the identifiers.
    pub event_ids: (Buffer<u32>, Buffer<u128>),
}

impl Columns for MemoryColumns {
    fn text(&self, of: &Dimension) -> Result<Option<TextCodes>, ColumnsError> {
        Ok(self.texts.get(of).cloned())
    }

    fn properties(&self) -> Result<Vec<String>, ColumnsError> {
        let key = |dimension: &Dimension| match dimension {
            Dimension::Property(key) => Some(key.clone()),
            Dimension::Column(_) => None,
        };
        Ok(self.texts.keys().filter_map(key).collect())
    }

    fn runs(&self) -> Result<Runs, ColumnsError> {
        Ok(self.runs.clone())
    }

    fn times(&self) -> Result<Times, ColumnsError> {
        Ok(self.times.clone())
    }

    fn seqs(&self) -> Result<Buffer<u64>, ColumnsError> {
        Ok(self.seqs.clone())
    }

    fn tags(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        Ok(self.tags.clone())
    }

    fn identities(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        Ok(self.identities.clone())
    }

    fn numbers(&self, of: NumberColumn) -> Result<Numbers, ColumnsError> {
        Ok(match of {
            NumberColumn::Value => &self.values,
            NumberColumn::Key => &self.keys,
            NumberColumn::User => &self.users,
        }
        .clone())
    }

    fn verified(&self) -> Result<Buffer<u32>, ColumnsError> {
        Ok(self.verified.clone())
    }

    fn event_ids(&self) -> Result<(Buffer<u32>, Buffer<u128>), ColumnsError> {
        Ok(self.event_ids.clone())
    }
}
