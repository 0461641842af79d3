//! What has become of a unit that is not through: in progress, lost or not reached. `docs/counting.md` 4.6.

use super::{
    chains::{Chain, Rules, Unit},
    journeys::Item,
};

/// What has become of a unit at the end of the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Completed,
    InProgress,
    Lost,
    NotReached,
}

impl<'a> Rules<'a> {
    /// The fate of a unit (or entry) with these chains.
    ///
    /// Reading: whether the chosen chain is bounded is a matter of its depth alone: a broken one is lost all the same, if
    /// something bounds its next step. An entry that nothing bounds is *not reached*, though it has not ended.
    pub(crate) fn fate(&self, unit: &Unit<'a>, chains: &[Chain], chosen: &Chain) -> Fate {
        if chosen.depth() == self.steps.len() {
            return Fate::Completed;
        }
        let looked_at = |chain: &&Chain| chain.entered == chosen.entered && chain.depth() < self.steps.len();
        if chains.iter().filter(looked_at).any(|chain| self.is_open(unit, chain)) {
            Fate::InProgress
        } else if self.is_bounded(chosen.depth()) {
            Fate::Lost
        } else {
            Fate::NotReached
        }
    }

    /// Whether something bounds the step that comes after so many.
    fn is_bounded(&self, depth: usize) -> bool {
        self.funnel.window_ms.is_some()
            || self.steps[depth].within_ms.is_some()
            || self.funnel.within_session()
    }

    /// Whether an incomplete chain is bounded, not broken, and could still go on at the end of the range.
    fn is_open(&self, unit: &Unit<'a>, chain: &Chain) -> bool {
        let end = self.range.end;
        let before_end = unit.journey.items.iter().take_while(|item| item.time < end).count();
        self.is_bounded(chain.depth())
            && !self.is_broken(unit, chain, before_end)
            && self.is_in_time(unit, chain, end)
            && (!self.funnel.within_session() || self.session_is_open(unit, unit.item(chain.first()).session))
    }

    /// Whether an event after the chain's last one, at a place before this one, breaks it.
    pub(crate) fn is_broken(&self, unit: &Unit<'a>, chain: &Chain, before: usize) -> bool {
        (chain.last() + 1..before).any(|place| self.breaks(unit, chain, chain.depth() - 1, place))
    }

    /// Whether the windows would let an incomplete chain go on at that time.
    pub(crate) fn is_in_time(&self, unit: &Unit<'a>, chain: &Chain, time: i64) -> bool {
        let since = |place: usize| time.saturating_sub(unit.item(place).time);
        self.funnel.window_ms.is_none_or(|window| since(chain.first()) <= window)
            && self.steps[chain.depth()].within_ms.is_none_or(|window| since(chain.last()) <= window)
    }

    /// Whether an event at the end of the range would still be of this session of the journey.
    pub(crate) fn session_is_open(&self, unit: &Unit<'a>, session: usize) -> bool {
        let is_before_end = |item: &&Item<'_>| item.event().is_some() && item.time < self.range.end;
        let last = unit.journey.items.iter().rfind(is_before_end);
        last.is_some_and(|last| {
            last.session == session && self.range.end.saturating_sub(last.time) <= self.session_gap_ms
        })
    }
}
