//! Bases: what a rate is a share of.

use serde::{Deserialize, Serialize};

/// A unit that journeys can be counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A pseudonymous visitor.
    Visitor,
    /// A session: events of one visitor without a gap longer than the site's session gap.
    Session,
    /// A user that the site identified.
    User,
    /// A single event.
    Event,
}

impl Unit {
    /// The unit's name in queries and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Session => "session",
            Self::User => "user",
            Self::Event => "event",
        }
    }
}

/// What a rate's denominator counts. Rates on different bases are never compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// All units of a kind in the population.
    Unit(Unit),
    /// Units that an experiment exposed, by their first exposure.
    Exposure,
    /// Units that entered a funnel's step (counted from 1).
    Step {
        /// The step whose entrants are the denominator.
        step: u32,
        /// What was counted through the funnel.
        unit: Unit,
    },
    /// Units that reached a named goal.
    Audience {
        /// The goal that makes the audience.
        goal: String,
        /// What is counted.
        unit: Unit,
    },
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unit(unit) => f.write_str(unit.as_str()),
            Self::Exposure => f.write_str("exposure"),
            Self::Step { step, unit } => write!(f, "{}s entering step {step}", unit.as_str()),
            Self::Audience { goal, unit } => write!(f, "{}s that reached {goal}", unit.as_str()),
        }
    }
}
