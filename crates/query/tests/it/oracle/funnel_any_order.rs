//! Funnels whose steps may come in any order: every assignment of events to steps is tried. `docs/counting.md` 4.4, 4.6.

use super::{
    chains::{Rules, Unit},
    fate::Fate,
};

impl<'a> Rules<'a> {
    /// The longest prefix 1…d of the steps that different events of the unit fill, each its own.
    pub(crate) fn any_order_depth(&self, unit: &Unit<'a>) -> usize {
        self.assign(unit, &mut Vec::new())
    }

    /// The greatest depth of the assignments that begin with these places for steps 1, 2, ….
    fn assign(&self, unit: &Unit<'a>, taken: &mut Vec<usize>) -> usize {
        let mut deepest = taken.len();
        let Some(step) = self.steps.get(taken.len()) else { return deepest };
        for place in unit.places() {
            if !taken.contains(&place) && unit.item(place).fills(&step.trigger) {
                taken.push(place);
                if self.go_together(unit, taken) {
                    deepest = deepest.max(self.assign(unit, taken));
                }
                taken.pop();
            }
            if deepest == self.steps.len() {
                break;
            }
        }
        deepest
    }

    /// One window, one session and one value, as far as the funnel asks for them.
    fn go_together(&self, unit: &Unit<'a>, places: &[usize]) -> bool {
        let first = unit.item(places[0]);
        let times = || places.iter().map(|&place| unit.item(place).time);
        let span = times().max().zip(times().min()).map_or(0, |(latest, earliest)| latest - earliest);
        self.funnel.window_ms.is_none_or(|window| span <= window)
            && places.iter().all(|&place| {
                let item = unit.item(place);
                self.has_value(unit, place)
                    && (!self.funnel.within_session() || item.session == first.session)
                    && self.funnel.same.as_ref().is_none_or(|same| item.value(same) == first.value(same))
            })
    }

    /// If values are held: whether there is one at this place, and the pair's if the unit is a pair.
    fn has_value(&self, unit: &Unit<'a>, place: usize) -> bool {
        self.funnel.same.as_ref().is_none_or(|same| {
            unit.item(place).value(same).is_some_and(|value| unit.value.is_none_or(|wanted| wanted == value))
        })
    }

    /// The fate of a unit of that depth.
    ///
    /// Reading: without a window only the session bounds; an event must be in the window of the end *and* of an open
    /// session where both are asked for. With a value held by visitors or sessions an event of any present value will do.
    pub(crate) fn any_order_fate(&self, unit: &Unit<'a>, depth: usize) -> Fate {
        let (window, in_session) = (self.funnel.window_ms, self.funnel.within_session());
        if depth == self.steps.len() {
            return Fate::Completed;
        }
        if window.is_none() && !in_session {
            return Fate::NotReached;
        }
        let is_open = |place: usize| {
            let item = unit.item(place);
            self.steps.iter().any(|step| item.fills(&step.trigger))
                && self.has_value(unit, place)
                && window.is_none_or(|window| self.range.end.saturating_sub(item.time) <= window)
                && (!in_session || self.session_is_open(unit, item.session))
        };
        if unit.places().any(is_open) { Fate::InProgress } else { Fate::Lost }
    }
}
