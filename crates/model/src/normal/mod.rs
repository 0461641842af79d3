//! Normal forms: the one spelling of a host, a path, an identifier, an amount and a property, whatever way they come in.
//!
//! The collector, imports, definitions and filters all call this module, so that they cannot disagree. What each form is, is
//! written down in `docs/counting.md`, 1.9 to 1.11.

pub mod amount;
pub mod condition;
pub mod host;
pub mod identifier;
pub mod limits;
mod notation;
pub mod path;
pub mod properties;
pub mod text;
pub mod time_unit;

pub use amount::{Amount, NoAmount, Notation, refunded};
pub use condition::Unmatchable;
pub use host::{NotAHost, host, hosts, shown_host};
pub use identifier::{Identifier, identifier};
pub use notation::Decimal;
pub use path::path;
pub use properties::{Fit, Properties};
pub use text::{Fitted, name};
pub use time_unit::TimeUnit;
