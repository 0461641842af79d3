//! Sends events to Waymark from a server.
//!
//! Events wait in memory, go in batches on a thread of the client's own, and go again under the same identifiers when the
//! collector cannot be reached: it counts each once. Nothing that was taken is dropped in silence.
//!
//! ```no_run
//! use std::time::Duration;
//! use waymark_client::{Client, Event, Options};
//!
//! let options = Options { key: std::env::var("WAYMARK_KEY").ok(), ..Options::new("https://stats.example", "shop") };
//! let client = Client::new(options)?;
//! client.track(Event::new("purchase").visitor("visitor-17").key("order-1001").value("19.90 EUR"))?;
//! client.close(Duration::from_secs(10))?; // before the process ends
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With a secret server key (`wms_…`) times are kept and values are *verified*. An event that names the browser's order
//! in its key joins the browser's event of that order.

mod client;
mod error;
mod event;
mod queue;
mod transport;
mod worker;

pub use client::{Client, Options};
pub use error::{CloseError, OptionsError, Refused, TrackError};
pub use event::Event;
