//! Which units a result is about. A population selects units (visitors or sessions), never single events.

use serde::{Deserialize, Serialize};

use crate::predicate::Predicate;

/// Which of a unit's events decides whether the unit is in a population, or which bucket it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// Its first event in the range.
    #[default]
    First,
    /// Its last event in the range.
    Last,
}

/// The units that a filter selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selects {
    /// Whole visitors: all their sessions are in, or none.
    #[default]
    Visitors,
    /// Single sessions: a visitor is in with those of its sessions that match.
    Sessions,
}

/// The units a result is about: those whose deciding event matches the filter.
///
/// Sessions and journeys are formed before the filter is applied, and the filter holds for numerators and
/// denominators alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// What the deciding event must match; matching everything means all units.
    pub filter: Predicate,
    /// Which event decides.
    pub touch: Touch,
    /// What is selected.
    pub selects: Selects,
    /// Count events tagged as bot, internal or test too.
    pub include_tagged: bool,
}

impl Population {
    /// Whether the filter lets every unit in.
    #[must_use]
    pub fn is_everyone(&self) -> bool {
        self.filter.all.is_empty()
    }
}
