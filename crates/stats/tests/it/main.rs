//! The one integration-test binary: published numbers, properties, coverage, real data. Uses the public items only.

#![allow(clippy::unwrap_used, clippy::panic)]

mod coverage;
mod properties;
mod published;
mod real_data;
mod rng;
