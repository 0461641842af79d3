//! What a query looks at: the time, the population, and how sessions are told apart.

use serde::{Deserialize, Serialize};
use waymark_model::{Population, TimeRange};

/// The journeys, and the part of them, that a query is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// The time looked at.
    pub range: TimeRange,
    /// The units looked at.
    pub population: Population,
    /// A session ends when the next event is more than this many ms away.
    pub session_gap_ms: i64,
}
