//! A site's history as queries see it: its definition, and its rows at one moment.

use std::collections::BTreeSet;

use waymark_model::{Dimension, Identity, SiteDefinition, TextColumn, TimeRange, time::DAY};
use waymark_query::{Cancel, Engine, FoldSpec, Output, PlanError, Scope};
use waymark_store::{
    Damaged,
    columns::{ColumnsError, Part},
};

use crate::{over::ResolvedOver, small_groups::SmallGroups};

/// Told how far a query is: tasks done of all tasks.
pub type Watch<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// What is asked.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The site with the goals and funnels in force.
    pub site: &'a SiteDefinition,
    /// Its rows.
    pub parts: &'a [Part],
    /// What is damaged or missing, so that the rows may not be all there were.
    pub damage: &'a [Damaged],
    /// Now, in ms since 1970-01-01 UTC.
    pub now: i64,
    /// Told how far a query is.
    pub watch: Watch<'a>,
    /// Gives up queries that nobody waits for any more.
    pub cancel: &'a Cancel,
    /// Whether groups of a few visitors are shown to whoever asks.
    pub small_groups: SmallGroups,
}

impl Source<'_> {
    /// From the first event to just after the last; empty, at the present, without events.
    pub fn all(&self) -> TimeRange {
        let times = || self.parts.iter().filter(|part| !part.bounds.bare).map(|part| part.bounds.time);
        let (first, last) = (times().map(|time| time.0).min(), times().map(|time| time.1).max());
        match (first, last) {
            (Some(start), Some(last)) => TimeRange { start, end: last.saturating_add(1) },
            _ => TimeRange { start: self.now, end: self.now },
        }
    }

    /// The same, seen so that the last `days` have events: as of the last event where that is longer ago. Old files that were
    /// imported are looked at like a site that is visited today.
    pub fn while_visited(&self, days: u32) -> Self {
        let last = self.all().end.saturating_sub(1);
        let is_long_ago = self.now.saturating_sub(last) > i64::from(days) * DAY;
        Self { now: if is_long_ago { last } else { self.now }, ..*self }
    }

    /// What the visitors of parts that touch the range rest on.
    pub fn identities(&self, range: TimeRange) -> Vec<Identity> {
        let touches = |part: &&Part| {
            !part.bounds.bare && part.bounds.time.0 < range.end && range.start <= part.bounds.time.1
        };
        let found = self.parts.iter().filter(touches).flat_map(|part| part.bounds.identities.iter().copied());
        found.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The names of all events ever recorded.
    pub fn event_names(&self) -> Result<BTreeSet<String>, ColumnsError> {
        let mut names = BTreeSet::new();
        for part in self.parts {
            let column = part.columns.text(&Dimension::Column(TextColumn::Name))?;
            let texts = column.iter().flat_map(|column| column.dictionary.texts());
            names.extend(texts.filter(|text| !text.is_empty()).map(ToString::to_string));
        }
        Ok(names)
    }

    /// What the engine is told to look at. Of a range that is not over yet, that is up to now, or to the last event when
    /// that is of later: whoever may still go on before the night is in progress.
    pub fn scope(&self, over: &ResolvedOver) -> Scope {
        let TimeRange { start, end } = over.range;
        Scope {
            range: TimeRange { start, end: end.min(self.all().end.max(self.now)).max(start) },
            population: over.population.clone(),
            session_gap_ms: self.site.session_gap_ms,
        }
    }

    /// Runs folds over all journeys.
    pub fn run(&self, over: &ResolvedOver, folds: &[FoldSpec]) -> Result<Output, PlanError> {
        Engine::default().run_with_progress(
            self.parts,
            &self.scope(over),
            folds,
            self.cancel,
            &|done, all| {
                (self.watch)(done, all);
            },
        )
    }
}
