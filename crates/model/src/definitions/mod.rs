//! What the owner of a site defines: its zone, its goals and its funnels, as `waymark.toml` holds them.
//!
//! Text in, definitions or errors out, and back. Knows nothing of files, of storage or of versions past 1;
//! every key is described in `docs/waymark-toml.md`.

mod collect;
mod collect_reader;
mod condition_reader;
mod condition_writer;
mod error;
mod fields;
mod funnel;
mod funnel_reader;
mod goal_reader;
mod resolve;
mod site_reader;
mod steps;
mod test_reader;
#[cfg(test)]
mod tests;
mod trigger_reader;
mod words;
mod writer;

use serde::{Deserialize, Serialize};

pub use collect::CollectSettings;
pub use error::DefinitionError;
pub use funnel::{ExclusionDefinition, FunnelDefinition, StepDefinition, What};
pub use resolve::{End, Place, ResolveError};
pub use steps::parse_steps;

use crate::{
    Retention,
    goal::Goal,
    time::{SESSION_GAP, Zone},
};

/// Everything that a definitions file says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Definitions {
    /// The sites, in the file's order; no two of one name.
    pub sites: Vec<SiteDefinition>,
}

/// A site and what its owner wants to know about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteDefinition {
    /// Name, unique within a data folder: see [`SiteDefinition::is_name`].
    pub name: String,
    /// The zone whose days results are bucketed by.
    pub zone: Zone,
    /// A session ends when nothing happens for longer than this, in ms, at least 1.
    pub session_gap_ms: i64,
    /// How long its events are kept.
    #[serde(default)]
    pub retention: Retention,
    /// The hosts that events are taken from; empty means from any.
    pub hosts: Vec<String>,
    /// What the collector does with its events.
    pub collect: CollectSettings,
    /// The goals, in the file's order; no two of one name.
    pub goals: Vec<Goal>,
    /// The funnels, in the file's order; no two of one name.
    pub funnels: Vec<FunnelDefinition>,
}

impl Definitions {
    /// Reads the text of a `waymark.toml`. Goals and funnels get version 1.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the text; a text that is no TOML gives its syntax errors only.
    pub fn parse(text: &str) -> Result<Self, Vec<DefinitionError>> {
        site_reader::read(text)
    }

    /// Writes the text of a `waymark.toml` that [`Definitions::parse`] reads as the same definitions, apart from
    /// the versions of goals and funnels, which no file states.
    #[must_use]
    pub fn to_toml(&self) -> String {
        writer::write(self)
    }

    /// The site of that name.
    #[must_use]
    pub fn site(&self, name: &str) -> Option<&SiteDefinition> {
        self.sites.iter().find(|site| site.name == name)
    }
}

impl SiteDefinition {
    /// A site without goals and funnels, with what holds unless a site says otherwise.
    #[must_use]
    pub fn new(name: &str, zone: Zone) -> Self {
        Self {
            name: name.to_owned(),
            zone,
            session_gap_ms: SESSION_GAP,
            retention: Retention::default(),
            hosts: Vec::new(),
            collect: CollectSettings::default(),
            goals: Vec::new(),
            funnels: Vec::new(),
        }
    }

    /// Whether a site may be called so: 1 to 64 of `a–z`, `0–9`, `-` and `_`, the first a letter or digit. A site's
    /// folder bears its name, so it must be one on every file system.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (1..=64).contains(&text.len())
            && text.bytes().next().is_some_and(plain)
            && text.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_')
    }

    /// The goal of that name.
    #[must_use]
    pub fn goal(&self, name: &str) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.name == name)
    }

    /// The funnel of that name.
    #[must_use]
    pub fn funnel(&self, name: &str) -> Option<&FunnelDefinition> {
        self.funnels.iter().find(|funnel| funnel.name == name)
    }

    /// The headline goal; the first, should there be several.
    #[must_use]
    pub fn headline(&self) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.headline)
    }
}
