//! What clients send, and what files hold, becomes events that the store keeps.
//!
//! It knows no HTTP framework, no status and no OpenAPI: the server reads requests and writes answers.
//!
//! A protocol decodes bytes into [`Incoming`] events and nothing more; limits, identity, classes, duplicates and
//! durability are the same for all protocols. It must not know how events are counted.

pub mod address;
mod build;
pub mod caller;
pub mod cardinality;
pub mod client_time;
pub mod collector;
pub mod describe;
pub mod enrich;
pub mod fields;
pub mod formula;
mod identifiers;
pub mod identity;
pub mod import;
pub mod incoming;
pub mod json;
pub mod keys;
pub mod limits;
pub mod live;
pub mod money;
pub mod names;
pub mod protocol;
pub mod rate_limit;
pub mod recent;
pub mod redact;
pub mod refusal;
pub mod remark;
mod request;
pub mod shares;
pub mod sites;
pub mod who;

pub use caller::Caller;
pub use collector::{Collector, Outcome, Repeats, Report};
pub use incoming::{Delivery, Incoming, Visitor};
pub use refusal::{Refusal, RequestError};
pub use remark::{Reason, Remark};
