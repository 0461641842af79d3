//! Hot columns: segments' columns in the flat form, memory-mapped from a disposable private cache.
//!
//! Each column has a file of its own, which is mapped on first use, checked once, and kept mapped. The files
//! are made when the segment is, as far as there is room, and otherwise on first use, by decoding the Parquet
//! segment. Nothing here is worth a backup: whatever does not fit is thrown away and decoded again, and where
//! the cache cannot be used the columns are decoded into memory. This module must not know which segments are
//! live.
//!
//! ```text
//! cache/hot/<hash of the segment file>/<column>.hot
//! ```

mod ahead;
mod cache;
mod columns;
mod file;
mod form;
mod map;
mod name;
mod slot;
#[cfg(test)]
mod tests;

pub(crate) use ahead::Ahead;
pub use cache::HotCache;
pub use columns::{HotColumns, OnDamage};
