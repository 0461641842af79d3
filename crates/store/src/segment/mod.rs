//! Segments: a part's rows in an immutable Parquet file that any engine can read.
//!
//! A segment is written once, named by the manifest together with the hash of the whole file, and never
//! changed. This module knows Parquet; it must not know which segments are live, or where they belong.
//!
//! # Columns
//! `visitor` u64, `time` timestamp (ms, UTC), `seq` u64, `name`, `host`, `path`, `referrer`, `channel`,
//! `source`, `medium`, `campaign`, `country`, `device`, `browser`, `os` (text), `user` u64, `event_id` (16
//! bytes, big-endian), `value` i64 (minor units), `currency` (text), `key` u64, `verified` (boolean), `tag` and
//! `identity` (text), one text column `prop.KEY` for each property that occurs, and `props_rest`: the
//! properties past the 500 most frequent of the file, as a JSON object of texts. What a row does not have is
//! null. The fixed columns are in every file, so that a folder of them reads as one table; a property column is
//! only in the files where it occurs. Rows are sorted by `(visitor, time, seq)`.

mod assemble;
mod decode;
mod encode;
mod file;
mod meta;
mod read;
mod rest;
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use meta::{FileHash, SegmentMeta};
pub use read::SegmentReader;
pub use schema::MOST_PROPERTIES;
pub use write::{SegmentError, Written, write};
