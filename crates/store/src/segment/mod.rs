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
//!
//! # Encodings
//! Chosen by measurement on 2M rows of the simulated shop, after zstd (bytes a row · ns a row to encode · to decode;
//! on a busy machine, so the times are good for comparison only):
//!
//! | column | chosen | instead of |
//! |---|---|---|
//! | `visitor` | plain, zstd 1: 0.92 · 20 · 4 | dictionary 1.60 · 67 · 6; delta 1.05 · 39 · 6; byte stream split 2.06 |
//! | `time` | byte stream split, zstd 6: 2.91 · 45 · 8 | plain, zstd 3: 2.94 · 36 · 10; delta, zstd 3: 3.50 · 43 · 8; delta, zstd 1: 3.99 · 19 · 2 |
//! | `seq` | dictionary: 0.002 · 16 · 0.4 | delta 0.004 · 9 · 0.7 |
//! | `user`, `key` | plain, zstd 1: 0.17 · 7 · 4 | dictionary 0.22 · 10 · 4; delta 0.20 · 13 · 4 |
//! | texts (`path`) | dictionary, zstd 6: 0.87 · 61 · 3 | dictionary, zstd 3: 0.94 · 73 · 5; no dictionary 1.78 · 288 · 54 |
//!
//! A visitor's number repeats byte for byte, which zstd finds by itself; the bytes of times differ in entropy, so
//! they are better apart. Level 6 costs little on dictionary codes, which are small already; level 9 gains nothing.
//! Row groups of 2²⁰ rows with pages of 1 MiB and no limit of rows a page: pages of 64 KiB are 3 to 6 %
//! larger, row groups of 2¹⁸ rows no smaller. Measured by `examples/columns.rs` as a whole.

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

pub use file::{check_bytes, check_length};
pub use meta::{FileHash, SegmentMeta};
pub use read::SegmentReader;
pub use schema::MOST_PROPERTIES;
pub use write::{SegmentError, Written, write};
