//! The simulator's integration tests: what comes out of the stream, seen from outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml's exception covers test functions, not their helpers"
)]

mod config;
mod counts;
mod stated;
mod stream;
mod tally;
mod truths;
