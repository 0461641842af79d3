//! The expected shares of visits that reach each step, computed from the probabilities, not from a stream.

use serde::{Deserialize, Serialize};

use crate::{
    behaviour,
    journey::World,
    plants::{Micro, Segment, Step},
    traffic::{COUNTRIES, PROFILES, SOURCES},
};

/// Expected shares of untagged sessions, in a steady state.
///
/// Sums over sources, devices, countries and visits, and integrates over intent; repeats of an order
/// (`purchase` with a key seen before) are not in it. Two things are neglected: the second device of
/// a few people, and carts saved before a plant's first day and taken up after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Sessions with `view_item`.
    pub view_item: f64,
    /// Sessions with `add_to_cart`.
    pub add_to_cart: f64,
    /// Sessions with the page `/cart`: after adding to it in earnest, or to take up a saved one.
    pub cart_page: f64,
    /// Sessions with `begin_checkout`.
    pub begin_checkout: f64,
    /// Sessions with `checkout_details`.
    pub checkout_details: f64,
    /// Sessions with a `purchase` of a new order.
    pub purchase: f64,
    /// Sessions with each of [`Micro::ALL`], in that order.
    pub micros: [f64; Micro::ALL.len()],
}

/// Bounds and width of the grid over the standard normal. The trapezoid rule is exact to 1e-9 on it for
/// functions as smooth as these.
const GRID: i32 = 24;
const WIDTH: f64 = 0.25;

impl Shares {
    /// The shares on that day, of all sessions or of a segment's.
    pub(crate) fn on(world: &World, day: i32, segment: Option<&Segment>) -> Self {
        let mut sum = Sum::default();
        for source in &SOURCES {
            for at in -GRID..=GRID {
                let z = f64::from(at) * WIDTH;
                let at_intent = AtIntent::new(world, day, z + source.intent);
                sum.add_visitors(world, day, segment, source.weight * (-z * z / 2.0).exp(), &at_intent);
            }
        }
        sum.shares.scaled(1.0 / sum.weight)
    }

    /// The share of sessions at the step's origin that get through it; `None` when none gets there.
    #[must_use]
    pub fn step(&self, step: Step) -> Option<f64> {
        let (through, at) = match step {
            Step::Cart => (self.add_to_cart, self.view_item),
            Step::Checkout => (self.begin_checkout, self.cart_page),
            Step::Details => (self.checkout_details, self.begin_checkout),
            Step::Purchase => (self.purchase, self.checkout_details),
        };
        (at > 0.0).then(|| through / at)
    }

    /// The share of sessions with the micro.
    #[must_use]
    pub const fn micro(&self, micro: Micro) -> f64 {
        self.micros[micro as usize]
    }

    fn scaled(mut self, factor: f64) -> Self {
        for share in [
            &mut self.view_item,
            &mut self.add_to_cart,
            &mut self.cart_page,
            &mut self.begin_checkout,
            &mut self.checkout_details,
            &mut self.purchase,
        ] {
            *share *= factor;
        }
        self.micros.iter_mut().for_each(|share| *share *= factor);
        self
    }
}

/// The probabilities that depend on intent.
struct AtIntent {
    returns: f64,
    views: f64,
    carts: f64,
    hollow_carts: f64,
    checks_out: f64,
    /// Probability and hollow lift of each secondary action.
    acts: [(f64, f64); Micro::ALL.len()],
}

impl AtIntent {
    fn new(world: &World, day: i32, intent: f64) -> Self {
        let cart = world.effects.micro(Micro::AddToCart, day);
        Self {
            returns: behaviour::returns(intent),
            views: behaviour::views(intent),
            carts: behaviour::carts(intent) * cart.factor,
            hollow_carts: cart.hollow,
            checks_out: behaviour::checks_out(intent),
            acts: Micro::ALL.map(|micro| {
                let effect = world.effects.micro(micro, day);
                (behaviour::acts(micro, intent) * effect.factor, effect.hollow)
            }),
        }
    }
}

#[derive(Default)]
struct Sum {
    weight: f64,
    shares: Shares,
}

impl Sum {
    /// Adds the visitors of that intent, over devices and countries.
    fn add_visitors(
        &mut self,
        world: &World,
        day: i32,
        segment: Option<&Segment>,
        weight: f64,
        at: &AtIntent,
    ) {
        for (profile, traits) in (0..).zip(&PROFILES) {
            for (country, &(_, share)) in (0..).zip(&COUNTRIES) {
                if segment.is_none_or(|segment| segment.holds(profile, country)) {
                    let step = |step| world.effects.step(step, day, profile, country);
                    let earnest = (at.carts * step(Step::Cart)).min(1.0);
                    let path = Path {
                        earnest,
                        hollow: (earnest * at.hollow_carts).min(1.0 - earnest),
                        checkout: (at.checks_out * step(Step::Checkout)).min(1.0),
                        details: behaviour::gives_details(profile) * step(Step::Details),
                        purchase: behaviour::buys(profile) * step(Step::Purchase),
                    };
                    self.add_visits(weight * traits.weight * share, at, &path);
                }
            }
        }
    }

    /// Adds a visitor's visits; between them a cart may be saved.
    fn add_visits(&mut self, mut weight: f64, at: &AtIntent, path: &Path) {
        let mut saved = 0.0;
        for _ in 0..behaviour::MAX_VISITS {
            let resumes = saved * behaviour::RESUME;
            let views = (1.0 - resumes) * at.views;
            let cart = resumes + views * path.earnest;
            let checkout = cart * path.checkout;
            let details = checkout * path.details;
            let purchase = details * path.purchase;
            let shares = &mut self.shares;
            shares.view_item += weight * views;
            shares.add_to_cart += weight * views * (path.earnest + path.hollow);
            shares.cart_page += weight * cart;
            shares.begin_checkout += weight * checkout;
            shares.checkout_details += weight * details;
            shares.purchase += weight * purchase;
            for (share, (act, hollow)) in shares.micros.iter_mut().zip(at.acts) {
                let (bought, not) = (act.min(1.0), (act * (1.0 + hollow)).min(1.0));
                *share += weight * (purchase * bought + (1.0 - purchase) * not);
            }
            shares.micros[Micro::AddToCart as usize] = shares.add_to_cart;
            self.weight += weight;
            saved = (saved - resumes) * (1.0 - at.views * path.earnest) + cart - purchase;
            weight *= at.returns;
        }
    }
}

/// The probabilities on the way to a purchase for one kind of visitor.
struct Path {
    earnest: f64,
    hollow: f64,
    checkout: f64,
    details: f64,
    purchase: f64,
}
