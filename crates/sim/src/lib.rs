//! A simulated storefront with planted, known truths, for demonstrations, tests and benchmarks.
//!
//! A [`Shop`] streams the events of a shop's visitors in the order in which they arrive: hundreds of
//! millions in bounded memory, the same for the same [`ShopConfig`]. [`Truths`] says what was planted and
//! which probabilities follow; [`Counted`] says exactly what was emitted. This crate knows events only: no
//! goals, no storage, no statistics.
//!
//! What an event of the shop carries:
//!
//! - On the way to a purchase: `pageview`, `view_item` (`prop.item`, `prop.category`), `add_to_cart` (value),
//!   `begin_checkout` and `checkout_details` (value, the cart's first item), `purchase` (order key, value, sometimes
//!   verified). Values are cents of EUR.
//! - A `purchase` is reported each time its thank-you page is loaded: again with the same key and another event id,
//!   in a later session too, or under another visitor number of the same person.
//! - `$refund` takes back a whole order: its key, and the order's value as a *negative* amount, on a later visit.
//! - Secondary actions: `newsletter_signup`, `account_created`, `brochure_download` (`prop.file`), `social_follow`
//!   (`prop.network`), and what the browser script captures by itself: `$video` (`prop.video`, `prop.percent`), `$scroll`
//!   (`prop.depth`), `$engagement` (`prop.ms`).
//! - The channel, source, medium and campaign of the visit on all its events, the referrer on its first one only.
//! - A visitor number that lasts under a consented identity, and one for each day under an audience identity; a
//!   user on most visits of account holders, of whom some use two devices.
//! - Some visits end offline: the rest of their events arrives together, up to 72 hours after their time.
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
mod path;
mod plants;
mod record;
mod returning;
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
pub use truths::{Period, Truth, Truths};
