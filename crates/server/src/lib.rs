//! The `waymark` program: its command line, the JSON of queries, and what joins counts with statistics.
//!
//! Only this crate knows the wire and the terminal. It must not know how events are stored or counted.

pub mod accounts;
mod analysis;
mod api;
mod cli;
pub mod config;
mod export;
mod places;
mod query_json;
mod retention;
mod salts;
pub mod serve;
mod text;

pub use cli::main;
