//! Hot columns: segments' columns in the flat form, memory-mapped from a disposable private cache.
//!
//! On first use a column is decoded once from its Parquet segment into a file of its own, which is mapped, checked
//! once, and kept mapped. Nothing here is worth a backup: whatever does not fit is thrown away and decoded
//! again, and where the cache cannot be used the columns are decoded into memory. This module must not know
//! which segments are live.
//!
//! ```text
//! cache/hot/<hash of the segment file>/<column>.hot
//! ```

mod cache;
mod columns;
mod file;
mod form;
mod map;
mod name;
mod slot;
#[cfg(test)]
mod tests;

pub use cache::HotCache;
pub use columns::{HotColumns, OnDamage};
