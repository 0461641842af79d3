//! The names of a site's events: how many events each has, and whether it takes one of the places that senders without a key
//! share.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use waymark_analysis::{Over, QueryError};
use waymark_analysis::{Source, inventory::values};
use waymark_collect::{
    cardinality::{Decision, MOST_NAMES, Use, is_own},
    names::{Decisions, vocabulary},
};
use waymark_model::{Dimension, TextColumn};

/// The names of a site's events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EventNames {
    /// Names for which there is a place.
    pub(crate) places: u64,
    /// Places that are taken.
    pub(crate) taken: u64,
    /// The names, the most frequent first.
    pub(crate) names: Vec<EventName>,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct EventName {
    /// The name. Events that came when there was no place are called `(other)`; a property, `$name`, keeps their own name, and
    /// goals count them by it.
    pub(crate) name: String,
    /// Events of it that count.
    pub(crate) events: u64,
    /// Why it has a place, or none.
    pub(crate) state: NameState,
}

/// Why a name has a place, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NameState {
    /// Senders without a key use it: it takes a place.
    Public,
    /// The site's servers or imported files use it.
    Trusted,
    /// A goal or funnel uses it.
    Defined,
    /// Waymark's own clients send it.
    Own,
    /// An owner admitted it.
    Admitted,
    /// An owner had it forgotten: new events of it are called `(other)`.
    Forgotten,
}

impl NameState {
    /// Its name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Trusted => "trusted",
            Self::Defined => "defined",
            Self::Own => "own",
            Self::Admitted => "admitted",
            Self::Forgotten => "forgotten",
        }
    }
}

/// Looks at the names of all events of the site.
pub(crate) fn event_names(source: &Source<'_>, decisions: Decisions) -> Result<EventNames, QueryError> {
    let over = Over::default().resolve(&source.site.zone, source.all(), source.now)?;
    let mut counts: BTreeMap<String, u64> =
        values(source, &over, &Dimension::Column(TextColumn::Name))?.into_iter().collect();
    decisions.keys().for_each(|name| _ = counts.entry(name.to_string()).or_default());
    let words = vocabulary(source.parts, source.site, decisions.clone())?;
    let state = |name: &str| match (decisions.get(name), words.used_by(name)) {
        _ if is_own(name) => NameState::Own,
        _ if words.is_defined(name) => NameState::Defined,
        (_, Some(Use::Trusted)) => NameState::Trusted,
        (Some(Decision::Admitted), _) => NameState::Admitted,
        (Some(Decision::Forgotten), _) => NameState::Forgotten,
        _ => NameState::Public,
    };
    let mut names: Vec<EventName> =
        counts.into_iter().map(|(name, events)| EventName { state: state(&name), name, events }).collect();
    names.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
    Ok(EventNames { places: MOST_NAMES as u64, taken: words.taken() as u64, names })
}
