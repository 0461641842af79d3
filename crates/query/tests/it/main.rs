//! The query crate's tests, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests stop where they fail, and share more than each of them uses"
)]

mod adversarial;
mod behind_numbers;
mod differential;
mod growth;
mod oracle;
mod orders;
mod real_data;
mod retention;
mod stored;
mod support;
mod voids;
mod worked_examples;
mod worlds;
