//! What became of every event received: the sum that must always come out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Events of a site since its beginning. At all times `received = stored + duplicates + quarantined +
/// rejected`: an event is counted once, when its fate is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Events whose fate is known.
    pub received: u64,
    /// Stored by the log or an import.
    pub stored: u64,
    /// Recognised as stored before.
    pub duplicates: u64,
    /// Put aside because they could not be understood.
    pub quarantined: u64,
    /// Refused, by the reason's stable name.
    pub rejected: BTreeMap<String, u64>,
    /// Stored events of which a part was left out or repaired, by the reason's stable name; of a placeholder, also the field and
    /// the placeholder: `placeholder_key.undefined`. An event counts once for each reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub noted: BTreeMap<String, u64>,
}

/// What became of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// They are stored.
    Stored,
    /// They had been stored before.
    Duplicate,
    /// They were put aside.
    Quarantined,
    /// They were refused, for the reason of that stable name.
    Rejected(&'a str),
}

impl Counters {
    /// Counts events whose fate has become known.
    pub fn count(&mut self, fate: Fate<'_>, events: u64) {
        self.received += events;
        match fate {
            Fate::Stored => self.stored += events,
            Fate::Duplicate => self.duplicates += events,
            Fate::Quarantined => self.quarantined += events,
            Fate::Rejected(reason) => *self.rejected.entry(reason.to_owned()).or_default() += events,
        }
    }

    /// Counts stored events of which a part was left out or repaired.
    pub fn note(&mut self, reason: &str, events: u64) {
        match self.noted.get_mut(reason) {
            Some(count) => *count += events,
            None => _ = self.noted.insert(reason.to_owned(), events),
        }
    }

    /// Whether the sum comes out.
    #[must_use]
    pub fn add_up(&self) -> bool {
        let rejected: u64 = self.rejected.values().sum();
        self.received == self.stored + self.duplicates + self.quarantined + rejected
    }
}
