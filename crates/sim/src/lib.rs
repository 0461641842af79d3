//! A simulated storefront with planted, known truths, for demonstrations, tests and benchmarks.
//!
//! A [`Shop`] streams the events of a shop's visitors in the order in which they arrive: hundreds of
//! millions in bounded memory, the same for the same [`ShopConfig`]. [`Truths`] says what was planted and
//! which probabilities follow; [`Counted`] says exactly what was emitted. This crate knows events only: no
//! goals, no storage, no statistics.
//!
//! ```
//! use waymark_sim::{Shop, ShopConfig};
//!
//! let mut shop = Shop::new(ShopConfig::about(2_000, 3))?;
//! let mut purchases = 0;
//! shop.for_each(|event| purchases += u64::from(event.text(waymark_model::TextColumn::Name) == "purchase"));
//! assert_eq!(purchases, shop.counted().purchases);
//! # Ok::<(), waymark_sim::ConfigError>(())
//! ```

mod behaviour;
mod calendar;
mod catalogue;
mod config;
mod counted;
mod dice;
mod expect;
mod journey;
mod plants;
mod record;
mod session;
mod stream;
mod traffic;
mod truths;
mod visitor;

pub use config::{ConfigError, ShopConfig};
pub use counted::Counted;
pub use expect::Shares;
pub use plants::{FallingMicro, HollowUplift, Micro, Plant, SeasonalMicro, Segment, Step, StepDrop};
pub use stream::{Held, Shop};
pub use truths::{Truth, Truths};
