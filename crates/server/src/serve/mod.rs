//! `waymark serve`: listens, answers, and ends in good order. It holds the parts together, and does no work of its own.

mod answer;
mod app;
mod assets;
mod collect;
mod connection;
mod error;
mod housekeeping;
mod live;
mod plausible;
mod routes;
mod segment;

pub use app::{App, Settings};
pub use connection::serve;
pub use error::ServeError;
pub use housekeeping::{housekeeping, tidy};
