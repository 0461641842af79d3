//! The query crate's tests, in one binary.

mod real_data;
mod support;
mod worked_examples;
