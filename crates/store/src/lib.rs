//! Waymark's store: the only owner of files.
//!
//! Events are appended to a log and acknowledged once it is synced; later they lie in immutable Parquet
//! segments, and are read as flat columns. This crate knows events, not what they mean: no goals, rates or
//! funnels, no HTTP.

pub mod columns;
pub mod hot;
pub mod log;
pub mod manifest;
mod parallel;
pub mod segment;
pub mod vfs;
