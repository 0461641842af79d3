//! What a chain of an ordered or strict funnel is, and which of them is chosen: `docs/counting.md` 4.1, 4.2, 4.5.
//!
//! Every chain is listed. It must not know what becomes of units that are not through.

use std::cmp::Ordering;

use waymark_model::{Anchor, Entry, Funnel, Order, Step, TimeRange, Trigger};

use super::journeys::{Item, Journey};

/// A funnel, its required steps, and the range and session gap of the site.
pub(crate) struct Rules<'a> {
    pub(crate) funnel: &'a Funnel,
    /// The required steps, from 0.
    pub(crate) steps: Vec<&'a Step>,
    pub(crate) range: TimeRange,
    pub(crate) session_gap_ms: i64,
}

/// What is taken through the funnel: a journey, or one of its sessions, or what it has of one held value.
#[derive(Clone)]
pub(crate) struct Unit<'a> {
    pub(crate) journey: &'a Journey<'a>,
    pub(crate) session: Option<usize>,
    pub(crate) value: Option<&'a str>,
}

/// Events at rising places of a journey, that fill one step after the other.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// The step that the first event fills: 0 unless entry is open.
    pub(crate) entered: usize,
    /// Places in the journey.
    pub(crate) places: Vec<usize>,
}

impl Chain {
    /// How many steps of the funnel lie behind it: the number of its last step, from 1.
    pub(crate) const fn depth(&self) -> usize {
        self.entered + self.places.len()
    }

    /// The place at which it takes a step (from 0).
    pub(crate) fn place_of(&self, step: usize) -> Option<usize> {
        self.places.get(step.checked_sub(self.entered)?).copied()
    }

    pub(crate) fn first(&self) -> usize {
        self.places[0]
    }

    pub(crate) fn last(&self) -> usize {
        self.places[self.places.len() - 1]
    }

    pub(crate) fn and(&self, place: usize) -> Self {
        let mut longer = self.clone();
        longer.places.push(place);
        longer
    }
}

impl<'a> Unit<'a> {
    pub(crate) fn item(&self, place: usize) -> &'a Item<'a> {
        &self.journey.items[place]
    }

    /// The places that may fill steps.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.journey.items.len()).filter(|&place| {
            let item = self.item(place);
            item.inside && self.session.is_none_or(|session| session == item.session)
        })
    }
}

impl<'a> Rules<'a> {
    /// The value that a chain holds, if values are held: that of its first event. The outer none: it has none to hold.
    #[expect(clippy::option_option, reason = "no value to hold is not the same as no need to hold one")]
    fn held(&self, unit: &Unit<'a>, place: usize) -> Option<Option<&'a str>> {
        match &self.funnel.same {
            None => Some(None),
            Some(dimension) => {
                let value = unit.item(place).value(dimension)?;
                unit.value.is_none_or(|wanted| wanted == value).then_some(Some(value))
            }
        }
    }

    /// The value that a chain holds, if values are held.
    pub(crate) fn value_of(&self, unit: &Unit<'a>, chain: &Chain) -> Option<&'a str> {
        self.held(unit, chain.first()).flatten()
    }

    /// Whether the item fills a step of a chain that holds this value (if any).
    pub(crate) fn fills(&self, item: &Item<'_>, trigger: &Trigger, held: Option<&str>) -> bool {
        let has_value = match (&self.funnel.same, held) {
            (Some(dimension), Some(held)) => item.value(dimension) == Some(held),
            _ => true,
        };
        item.fills(trigger) && has_value
    }

    /// The optional steps that stand between a required step (from 0) and the next.
    pub(crate) fn optional_after(&self, step: usize) -> impl Iterator<Item = &'a Step> + use<'a> {
        let mut required = 0;
        self.funnel.steps.iter().filter(move |candidate| {
            required += usize::from(!candidate.optional);
            candidate.optional && required == step + 1
        })
    }

    /// Whether an event between the one that took `step` and the one that takes the next breaks the chain.
    ///
    /// Reading: an exclusion looks at events of any value, also when a value is held. A chain's own events never exclude
    /// it. A step's window does not matter for what may stand between in a strict funnel.
    pub(crate) fn breaks(&self, unit: &Unit<'a>, chain: &Chain, step: usize, between: usize) -> bool {
        let item = unit.item(between);
        let excluded = self.funnel.exclusions.iter().any(|exclusion| {
            exclusion.after <= step
                && step < exclusion.before
                && chain.entered <= exclusion.after
                && item.event().is_some_and(|event| exclusion.event.matches(event))
        });
        let held = self.value_of(unit, chain);
        let allowed = self.funnel.order != Order::Strict
            || item.is_reserved()
            || item.event().is_none()
            || self.fills(item, &self.steps[step].trigger, held)
            || self.optional_after(step).any(|optional| self.fills(item, &optional.trigger, held));
        excluded || !allowed
    }

    /// Whether the places make a chain of the unit, condition by condition as the text states them.
    pub(crate) fn is_chain(&self, unit: &Unit<'a>, chain: &Chain) -> bool {
        let Some(held) = self.held(unit, chain.first()) else { return false };
        let item = |place: usize| unit.item(place);
        let time = |place: usize| item(place).time;
        let inside = chain.places.iter().all(|&place| unit.places().any(|mine| mine == place));
        let rising = chain.places.windows(2).all(|pair| pair[0] < pair[1]);
        let filled = chain
            .places
            .iter()
            .zip(&self.steps[chain.entered..])
            .all(|(&place, step)| self.fills(item(place), &step.trigger, held));
        let in_window = self.funnel.window_ms.is_none_or(|w| time(chain.last()) - time(chain.first()) <= w);
        let in_session = !self.funnel.within_session()
            || chain.places.iter().all(|&place| item(place).session == item(chain.first()).session);
        let steps_follow = chain.places.windows(2).zip(chain.entered..).all(|(pair, step)| {
            let in_step = self.steps[step + 1].within_ms.is_none_or(|w| time(pair[1]) - time(pair[0]) <= w);
            in_step && !(pair[0] + 1..pair[1]).any(|between| self.breaks(unit, chain, step, between))
        });
        inside && rising && filled && in_window && in_session && steps_follow && self.is_anchored(unit, chain)
    }

    /// *First anchor*: the chain begins at the unit's first event that fills step 1.
    ///
    /// Reading: with a value held, an event without a value fills no step, so it is not the first either.
    fn is_anchored(&self, unit: &Unit<'a>, chain: &Chain) -> bool {
        let first = || {
            unit.places().find(|&place| {
                self.held(unit, place).is_some() && unit.item(place).fills(&self.steps[0].trigger)
            })
        };
        self.funnel.anchor == Anchor::Any || first() == Some(chain.first())
    }

    /// All chains of a unit, of every depth.
    pub(crate) fn chains(&self, unit: &Unit<'a>) -> Vec<Chain> {
        let steps = match self.funnel.entry {
            Entry::Closed => 1,
            Entry::Open => self.steps.len(),
        };
        let mut found = Vec::new();
        for entered in 0..steps {
            self.grow(unit, &Chain { entered, places: Vec::new() }, &mut found);
        }
        found
    }

    /// Adds every chain that begins with this one. (What begins a chain is a chain.)
    fn grow(&self, unit: &Unit<'a>, chain: &Chain, found: &mut Vec<Chain>) {
        if chain.depth() == self.steps.len() {
            return;
        }
        let from = chain.places.last().map_or(0, |last| last + 1);
        for place in unit.places().filter(|&place| place >= from) {
            let longer = chain.and(place);
            if self.is_chain(unit, &longer) {
                self.grow(unit, &longer, found);
                found.push(longer);
            }
        }
    }

    /// The chosen one: the deepest; then the earliest entered; then the one whose last event comes first; then the
    /// shortest; then the one whose first event comes last; then the one whose second event comes first, and so on.
    pub(crate) fn choose(unit: &Unit<'_>, chains: &[Chain]) -> Option<Chain> {
        let lasts = |chain: &Chain| unit.item(chain.last()).time - unit.item(chain.first()).time;
        let better = |a: &Chain, b: &Chain| -> Ordering {
            (b.depth().cmp(&a.depth()))
                .then(a.entered.cmp(&b.entered))
                .then(a.last().cmp(&b.last()))
                .then(lasts(a).cmp(&lasts(b)))
                .then(b.first().cmp(&a.first()))
                .then(a.places.cmp(&b.places))
        };
        chains.iter().min_by(|a, b| better(a, b)).cloned()
    }
}
