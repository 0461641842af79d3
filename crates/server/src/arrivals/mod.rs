//! What arrived of a site: whether events come in, what they rest on, and what became of those that were not stored.

pub(crate) mod event_names;

use std::collections::BTreeMap;

use serde::Serialize;
use waymark_analysis::Source;
use waymark_analysis::{QueryError, ResolvedOver};
use waymark_collect::names::{Decisions, vocabulary};
use waymark_model::{Identity, Population, TimeRange, time::DAY};
use waymark_query::{FoldSpec, OverviewSpec, State};
use waymark_store::Counters;

/// What arrived of a site.
#[derive(Debug, Serialize)]
pub(crate) struct Arrivals {
    /// When the newest event happened, in ms since 1970-01-01 UTC.
    pub(crate) last: Option<i64>,
    /// Events of the last 24 hours that count, …
    pub(crate) events: u64,
    /// … of so many visitors …
    pub(crate) visitors: u64,
    /// … and those that are left out of results: of robots, own people and tests.
    pub(crate) left_out: u64,
    /// What visitors of the last 24 hours rest on; all that the parts of the store have that reach into them.
    pub(crate) identities: Vec<Identity>,
    /// Different names of events.
    pub(crate) names: u64,
    /// Names among them that take one of the places of senders without a key.
    pub(crate) names_taken: u64,
    /// Events received since the beginning: stored + duplicates + quarantined + rejected.
    pub(crate) received: u64,
    /// Stored since the beginning.
    pub(crate) stored: u64,
    /// Received before.
    pub(crate) duplicates: u64,
    /// Put aside because they could not be understood.
    pub(crate) quarantined: u64,
    /// Refused, by the code of the reason. Of a request that was refused before its events were known, one counts.
    pub(crate) rejected: BTreeMap<String, u64>,
    /// Stored, though a part was left out or repaired, by the code of the reason; of placeholders, by field and placeholder.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) noted: BTreeMap<String, u64>,
}

/// What is known of a site beside its events.
#[derive(Clone)]
pub(crate) struct Known {
    /// What became of the events received.
    pub(crate) counters: Counters,
    /// What owners decided about names.
    pub(crate) decisions: Decisions,
}

/// Looks at what arrived of the site.
pub(crate) fn arrivals(source: &Source<'_>, known: Known) -> Result<Arrivals, QueryError> {
    let range = TimeRange { start: source.now.saturating_sub(DAY), end: source.now.saturating_add(1) };
    let over = ResolvedOver { range, population: Population::default() };
    let fold = FoldSpec::Overview(OverviewSpec {
        goals: Vec::new(),
        buckets: Vec::new(),
        then: None,
        orders: Vec::new(),
    });
    let output = source.run(&over, &[fold])?;
    let Some(State::Overview(state)) = output.states.first() else { return Err(QueryError::WrongKind) };
    let Counters { received, stored, duplicates, quarantined, rejected, noted } = known.counters;
    let words = vocabulary(source.parts, source.site, known.decisions)?;
    Ok(Arrivals {
        last: source.parts.iter().map(|part| part.bounds.time.1).max(),
        events: state.total.events,
        visitors: state.total.visitors,
        left_out: output.integrity.left_out,
        identities: source.identities(range),
        names: source.event_names()?.len() as u64,
        names_taken: words.taken() as u64,
        received,
        stored,
        duplicates,
        quarantined,
        rejected,
        noted,
    })
}
