//! Optional steps, which stand outside the chain: `docs/counting.md` 4.9.

use waymark_model::Step;

use super::{
    chains::{Chain, Rules, Unit},
    funnel::OptionalTally,
};

impl<'a> Rules<'a> {
    /// Adds a unit with this chosen chain to the tally of an optional step.
    pub(crate) fn tally_optional(&self, unit: &Unit<'a>, chain: &Chain, tally: &mut OptionalTally) {
        let before = self.funnel.steps[..tally.step].iter().filter(|step| !step.optional).count() - 1;
        let Some(from) = chain.place_of(before) else { return };
        let completed = u64::from(chain.depth() == self.steps.len());
        tally.eligible += 1;
        if self.uses(unit, chain, &self.funnel.steps[tally.step], from, chain.place_of(before + 1)) {
            tally.used += 1;
            tally.used_completed += completed;
        } else {
            tally.unused += 1;
            tally.unused_completed += completed;
        }
    }

    /// Whether an event that fills the optional step stands after `from` and before `next`.
    ///
    /// Reading: *if there is none* means that the chain has no next event. Then the funnel's window counts from the
    /// chain's first event; a window on the next required step, exclusions and strictness do not matter.
    fn uses(&self, unit: &Unit<'a>, chain: &Chain, step: &Step, from: usize, next: Option<usize>) -> bool {
        let since = |place: usize, other: usize| unit.item(place).time - unit.item(other).time;
        unit.places().filter(|&place| place > from).any(|place| {
            let item = unit.item(place);
            let in_bounds = next.map_or_else(
                || {
                    let same_session = item.session == unit.item(from).session;
                    self.funnel.window_ms.is_none_or(|window| since(place, chain.first()) <= window)
                        && (!self.funnel.within_session() || same_session)
                },
                |next| place < next,
            );
            in_bounds
                && self.fills(item, &step.trigger, self.value_of(unit, chain))
                && step.within_ms.is_none_or(|window| since(place, from) <= window)
        })
    }
}
