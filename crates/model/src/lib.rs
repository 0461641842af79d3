//! Waymark's domain: events, goals, bases, rates, funnels, time ranges, definitions and their lints.
//!
//! Plain data and the rules that hold for it. This crate does no input or output, is not asynchronous and
//! knows nothing of HTTP, files or storage; it parses definitions from text that others have read.

pub mod base;
pub mod definitions;
pub mod duration;
pub mod event;
pub mod funnel;
pub mod goal;
pub mod lints;
pub mod money;
mod nearest;
pub mod network;
pub mod normal;
pub mod population;
pub mod predicate;
pub mod rate;
pub mod retention;
pub mod time;

pub use base::{Base, Unit};
pub use definitions::{CollectSettings, DefinitionError, Definitions, FunnelDefinition, SiteDefinition};
pub use event::{Event, Identity, Tag, TextColumn};
pub use funnel::{Anchor, Entry, Exclusion, Funnel, FunnelError, Order, Scope, Step, Tally};
pub use goal::{Counting, Goal, GoalRef, GoalValue, Role, Trigger};
pub use money::Money;
pub use nearest::nearest;
pub use network::Network;
pub use population::{Population, Selects, Touch};
pub use predicate::{Condition, Dimension, Predicate, Test};
pub use rate::{Basis, Incomparable, Interval, Rate, RateError};
pub use retention::Retention;
pub use time::{Bucket, TimeRange, Zone};
