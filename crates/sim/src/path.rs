//! The probabilities of one visit, of a kind of visitor on a day: what `Visit` draws, for the expectations.

use crate::{
    behaviour,
    plants::{Effects, Micro, Segment, Step},
    traffic::{COUNTRIES, PROFILES},
};

/// Visitors whose device and country make them behave alike.
pub(crate) struct Kind {
    profile: u8,
    country: u8,
    /// Their share of the visitors, before scaling.
    pub weight: f64,
}

impl Kind {
    /// Every kind in the segment, or every kind there is.
    pub(crate) fn all(effects: &Effects, segment: Option<&Segment>) -> Vec<Self> {
        let mut kinds: Vec<Self> = Vec::new();
        for (profile, traits) in (0..).zip(&PROFILES) {
            for (country, &(_, share)) in (0..).zip(&COUNTRIES) {
                if segment.is_some_and(|segment| !segment.holds(profile, country)) {
                    continue;
                }
                let weight = traits.weight * share;
                match kinds.iter_mut().find(|kind| kind.behaves_like(effects, profile, country)) {
                    Some(kind) => kind.weight += weight,
                    None => kinds.push(Self { profile, country, weight }),
                }
            }
        }
        kinds
    }

    fn behaves_like(&self, effects: &Effects, profile: u8, country: u8) -> bool {
        PROFILES[usize::from(self.profile)].device == PROFILES[usize::from(profile)].device
            && effects.treat_alike((self.profile, self.country), (profile, country))
    }
}

/// The probabilities that depend on intent, without plants.
pub(crate) struct AtIntent {
    /// Another visit follows.
    pub returns: f64,
    views: f64,
    carts: f64,
    checks_out: f64,
    acts: [f64; Micro::ALL.len()],
}

impl AtIntent {
    pub(crate) fn new(intent: f64) -> Self {
        Self {
            returns: behaviour::returns(intent),
            views: behaviour::views(intent),
            carts: behaviour::carts(intent),
            checks_out: behaviour::checks_out(intent),
            acts: Micro::ALL.map(|micro| behaviour::acts(micro, intent)),
        }
    }
}

/// The probabilities of a visit, with the plants that are in force.
pub(crate) struct Path {
    /// Views a product, unless a saved cart is taken up.
    pub views: f64,
    /// Adds to the cart, after a view: in earnest, and hollowly.
    pub earnest: f64,
    pub hollow: f64,
    /// Gets through the step, from the one before.
    pub checkout: f64,
    pub details: f64,
    pub purchase: f64,
    /// Does each secondary action, after a purchase and without one.
    pub acts: [(f64, f64); Micro::ALL.len()],
}

impl Path {
    pub(crate) fn new(at: &AtIntent, kind: &Kind, effects: &Effects, day: i32) -> Self {
        let step = |step| effects.step(step, day, kind.profile, kind.country);
        let cart = effects.micro(Micro::AddToCart, day);
        let earnest = (at.carts * step(Step::Cart) * cart.factor).min(1.0);
        Self {
            views: at.views,
            earnest,
            hollow: (earnest * cart.hollow).min(1.0 - earnest),
            checkout: at.checks_out * step(Step::Checkout),
            details: behaviour::gives_details(kind.profile) * step(Step::Details),
            purchase: behaviour::buys(kind.profile) * step(Step::Purchase),
            acts: Micro::ALL.map(|micro| {
                let effect = effects.micro(micro, day);
                let act = at.acts[micro as usize] * effect.factor;
                (act.min(1.0), (act * (1.0 + effect.hollow)).min(1.0))
            }),
        }
    }
}
