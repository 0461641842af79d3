//! The server crate's tests, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests stop where they fail, and share more than each of them uses"
)]

mod accounts;
mod api;
mod cli;
mod docs;
mod import;
mod serve;
