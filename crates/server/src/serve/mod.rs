//! `waymark serve`: listens, answers, and ends in good order. It holds the parts together, and does no work of its own.

pub(crate) mod answer;
mod app;
mod assets;
mod check;
mod collect;
mod connection;
mod dashboard;
mod error;
mod guide;
mod health;
mod housekeeping;
pub(crate) mod html;
mod jobs;
pub mod log;
pub mod metrics;
mod observe;
pub mod open_files;
mod patient;
pub(crate) mod peer;
mod plausible;
mod refused;
mod routes;
mod security;
mod segment;
mod shop;
mod tls;

pub use app::App;
pub use connection::{Door, serve};
pub use error::ServeError;
pub use health::{Reason, body, is_ready, reasons};
pub use housekeeping::{catalog_damaged, housekeeping, tidy};
pub(crate) use housekeeping::{erase_all, note_salts};
pub use jobs::{Jobs, forever, once};
pub use tls::{Tls, TlsError};
