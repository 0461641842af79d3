//! Units that reached a later step without the one before it: `docs/counting.md` 4.8.

use super::chains::{Rules, Unit};

impl<'a> Rules<'a> {
    /// Whether the unit has an event that fills step `k` (from 0, not the first) and none that fills the step before it
    /// ahead of the last of those.
    ///
    /// Reading: a held value matters for pairs only. Pairs are all that have an event of the value, also those that never
    /// took step 1. The last step-k event is looked at alone, also when it is a repeat.
    pub(crate) fn skips(&self, unit: &Unit<'a>, k: usize) -> bool {
        let fills =
            |place: usize, step: usize| self.fills(unit.item(place), &self.steps[step].trigger, unit.value);
        let last = unit.places().filter(|&place| fills(place, k)).last();
        last.is_some_and(|last| !unit.places().any(|place| place < last && fills(place, k - 1)))
    }
}
