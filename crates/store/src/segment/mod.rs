//! Segments: a part's rows in an immutable Parquet file that any engine can read.
//!
//! A segment is written once, named by the manifest together with the hash of the whole file, and never
//! changed. This module knows Parquet; it must not know which segments are live, or where they belong.
//!
//! # Columns
//! `visitor`, `time` (microseconds, UTC), `seq`, `name`, `host`, `path`, `referrer`, `channel`, `source`,
//! `medium`, `campaign`, `country`, `device`, `browser`, `os` (text), `user`, `event_id` (16 bytes,
//! big-endian), `value` (minor units), `currency` (text), `key`, `verified` (boolean), `tag` and `identity`
//! (text), `props_rest`: the properties past the 500 that have columns, as a JSON object of texts, and one
//! text column `prop_KEY` for each property that occurs. What a row does not have is null. The fixed columns
//! are in every file; a property column is only in the files where it occurs, always with the same name and
//! field id for a site ([`PropertyColumns`]).
//!
//! Only types are used that Iceberg, Delta and Spark have too, and every column has a field id. `visitor`,
//! `seq`, `user` and `key` are unsigned numbers of 64 bits, which those do not have: a file holds the same
//! bits as signed ones. Rows are sorted by `(visitor, time, seq)` as unsigned numbers, so that in a file
//! visitors from 2⁶³ on are negative, and come after the others. Minima and maxima in the file are those of
//! the signed numbers, and no order is declared.
//!
//! # Formats
//! The manifest says which format a file has. The first one had ids without sign, times in milliseconds,
//! columns called `prop.KEY`, and no field ids; it is still read, and maintenance rewrites it.
//!
//! # Encodings
//! Chosen by measurement on 2M rows of the simulated shop, after zstd (bytes a row · ns a row to encode · to
//! decode; on a busy machine, so the times are good for comparison only):
//!
//! | column | chosen | instead of |
//! |---|---|---|
//! | `visitor` | plain, zstd 1: 0.92 · 20 · 4 | dictionary 1.60 · 67 · 6; delta 1.05 · 39 · 6; byte stream split 2.06 |
//! | `seq` | dictionary: 0.002 · 16 · 0.4 | delta 0.004 · 9 · 0.7 |
//! | `user`, `key` | plain, zstd 1: 0.17 · 7 · 4 | dictionary 0.22 · 10 · 4; delta 0.20 · 13 · 4 |
//! | texts (`path`) | dictionary, zstd 6: 0.87 · 61 · 3 | dictionary, zstd 3: 0.94 · 73 · 5; no dictionary 1.78 · 288 · 54 |
//!
//! A visitor's number repeats byte for byte, which zstd finds by itself. Level 6 costs little on dictionary
//! codes, which are small already; level 9 gains nothing. Row groups of 2²⁰ rows with pages of 1 MiB and no
//! limit of rows a page: pages of 64 KiB are 3 to 6 % larger, row groups of 2¹⁸ rows no smaller. Measured by
//! `examples/columns.rs` as a whole.
//!
//! `time` takes 3.93 bytes a row (plain, zstd 1; level 6 gains nothing, byte stream split 4.33, delta 4.77)
//! on 1M rows. Milliseconds would take 2.7 to 2.9, but Iceberg knows microseconds only, and readers of it
//! compare the bounds of a file in milliseconds with microseconds, so that rows are missing from their
//! answers (apache/iceberg issue 18173).

mod assemble;
mod decode;
mod encode;
mod file;
mod meta;
mod property_columns;
mod read;
mod rest;
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use file::{check_bytes, check_length};
pub use meta::{FileHash, SegmentMeta};
pub use property_columns::{MOST_PROPERTIES, PropertyColumn, PropertyColumns};
pub use read::SegmentReader;
pub use schema::FORMAT;
pub use write::{SegmentError, Written, write};
