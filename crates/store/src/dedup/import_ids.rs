//! The identifiers of an import under way: each is taken once. They go to runs of their own when there are many, so
//! that memory stays small, and the import's commit makes those live. It must not know of events.

use hashbrown::HashSet;

use super::{Place, RunError, Runs, Unsaved, run::RunEntry};
use crate::site::SiteId;

/// Identifiers in memory before they go to a run.
const IN_MEMORY: usize = 1 << 18;

/// What an import knows of identifiers.
#[derive(Debug)]
pub(crate) struct ImportIds {
    site: SiteId,
    /// What was stored when the import began.
    known: Runs,
    recent: HashSet<u128>,
    own: Runs,
    limit: usize,
    now: i64,
}

impl ImportIds {
    /// Those of an import into the site that begins `now`, when `known` are live.
    pub(crate) fn new(site: SiteId, known: Runs, now: i64) -> Self {
        Self { site, known, recent: HashSet::new(), own: Runs::default(), limit: IN_MEMORY, now }
    }

    /// The same, with room for so many in memory.
    #[cfg(test)]
    pub(crate) fn with_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Takes an identifier; false when it was stored before, or taken.
    pub(crate) fn take(&mut self, place: &Place<'_>, id: u128) -> Result<bool, RunError> {
        if self.holds(id)? || self.known.contains(&self.site, id)? {
            return Ok(false);
        }
        self.recent.insert(id);
        if self.recent.len() >= self.limit {
            self.spill(place)?;
        }
        Ok(true)
    }

    /// Whether the identifier was taken.
    pub(crate) fn holds(&self, id: u128) -> Result<bool, RunError> {
        Ok(self.recent.contains(&id) || self.own.contains(&self.site, id)?)
    }

    /// Which of these were taken, and which of the runs that came since the import began have some that were.
    pub(crate) fn also_in(
        &self,
        live: &Runs,
        others: impl Iterator<Item = u128>,
    ) -> Result<HashSet<u128>, RunError> {
        let mut found = HashSet::new();
        if self.recent.is_empty() && self.own.is_empty() {
            return Ok(found);
        }
        let since = live.but_for_entries(&self.known.entries());
        for id in since.ids(&self.site).chain(others.map(Ok)) {
            let id = id?;
            if self.holds(id)? {
                found.insert(id);
            }
        }
        Ok(found)
    }

    /// The live runs with what was taken, known for ever. New files are doomed until the runs are kept.
    pub(crate) fn into_runs(mut self, place: &Place<'_>, live: &Runs) -> Result<Runs, RunError> {
        self.spill(place)?;
        live.and_kept(place, &self.own)
    }

    fn spill(&mut self, place: &Place<'_>) -> Result<(), RunError> {
        if self.recent.is_empty() {
            return Ok(());
        }
        let arrived = (self.now, RunEntry::FOR_EVER);
        let unsaved = Unsaved::new(self.site.clone(), std::mem::take(&mut self.recent), arrived);
        self.own = self.own.with(place, Some(&unsaved), self.now, 0)?;
        Ok(())
    }
}
