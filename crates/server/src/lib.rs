//! The `waymark` program: its command line, its HTTP server, its API and its dashboard.
//!
//! Only this crate knows the wire and the terminal. It must not know how events are stored or counted.

pub mod accounts;
mod api;
mod arrivals;
mod cli;
pub mod config;
mod export;
mod places;
mod retention;
mod salts;
pub mod serve;
mod text;

pub use cli::main;
