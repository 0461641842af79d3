//! The collector: what clients send becomes events that the store keeps.
//!
//! A protocol decodes bytes into [`Incoming`] events and nothing more; limits, identity, classes, duplicates and
//! durability are the same for all protocols. It must not know how events are counted.

pub mod body;
mod build;
pub mod caller;
pub mod cardinality;
pub mod client_time;
pub mod collector;
pub mod describe;
pub mod enrich;
pub mod fields;
mod identifiers;
pub mod identity;
pub mod incoming;
pub mod json;
pub mod keys;
pub mod limits;
pub mod live;
pub mod money;
pub mod names;
pub mod protocol;
pub mod rate_limit;
pub(crate) mod recent;
pub mod refusal;
pub mod remark;
pub mod shares;
pub mod sites;
pub mod who;

pub use caller::Caller;
pub use collector::{Collector, Outcome, Report};
pub use incoming::{Delivery, Incoming, Visitor};
pub use refusal::{Refusal, RequestError};
pub use remark::{Reason, Remark};
