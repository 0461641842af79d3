//! Flat columns: the one form in which rows are read, whether they come from a mapped file or from memory.
//!
//! A [`Part`] is an immutable run of one site's rows, sorted by `(visitor, time, seq)`. Its columns are plain
//! slices, so that a reader works at memory speed. This module knows nothing of files or of Parquet.

mod buffer;
mod builder;
mod codes;
mod column;
mod dictionary;
mod gather;
mod merge;
mod month;
mod part;
mod rewrite;
#[cfg(test)]
pub(crate) mod testing;
mod voided;

pub use buffer::Buffer;
pub use builder::PartBuilder;
pub(crate) use builder::run_flags;
pub use codes::{CodeBuilder, Codes, TextCodes};
pub use column::Column;
pub use dictionary::{Dictionary, Texts};
pub use merge::{Merge, MergeError, MergeOptions, merge};
pub(crate) use merge::{ROW_BYTES, rows_within};
pub use month::{Month, MonthBuilders};
pub use part::{
    Bounds, ColumnName, Columns, ColumnsError, MemoryColumns, NumberColumn, Numbers, Part, RUN_HAS_TAGS,
    RUN_HAS_VALUES, Runs, Times,
};
pub(crate) use rewrite::{Keep, Left, rewrite};
pub use voided::VoidedKeys;
