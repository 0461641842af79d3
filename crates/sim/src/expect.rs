//! The expected shares of visits that reach each step, computed from the probabilities, not from a stream.

use serde::{Deserialize, Serialize};

use crate::{
    behaviour,
    calendar::{Calendar, Day, WARM_UP},
    path::{AtIntent, Kind, Path},
    plants::{Effects, Micro, Segment, Step},
    returning::Gaps,
    traffic::{SOURCES, Source},
};

/// Expected shares of untagged sessions. A session belongs to the day on which it begins.
///
/// Repeats of an order (`purchase` with a key seen before) are not in it.
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

impl Shares {
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

    /// Adds the other's, multiplied by the factor.
    fn add(&mut self, other: &Self, factor: f64) {
        self.view_item += other.view_item * factor;
        self.add_to_cart += other.add_to_cart * factor;
        self.cart_page += other.cart_page * factor;
        self.begin_checkout += other.begin_checkout * factor;
        self.checkout_details += other.checkout_details * factor;
        self.purchase += other.purchase * factor;
        for (micro, other) in self.micros.iter_mut().zip(other.micros) {
            *micro += other * factor;
        }
    }
}

/// Bounds and width of the grid over intent. The trapezoid rule is exact to 1e-9 on it for functions as smooth as
/// these.
const GRID: i32 = 28;
const WIDTH: f64 = 0.25;

/// The sessions to expect on each day, and how many of them reach each step.
///
/// Follows every kind of visitor from the warm-up's first day on, visit by visit: what a visit is like depends on
/// the plants of its day and on the cart that an earlier day has left. Sums over devices, countries and sources, and
/// integrates over intent. Neglects the second device of a few people, and the seconds of sessions over midnight
/// that lie outside the stream.
pub(crate) struct Expected {
    /// From the warm-up's first day.
    days: Vec<Sum>,
}

impl Expected {
    /// The sessions of that calendar with those plants: all of them, or a segment's.
    pub(crate) fn of(calendar: &Calendar, effects: &Effects, segment: Option<&Segment>) -> Self {
        let mut expected = Self { days: vec![Sum::default(); calendar.days().len()] };
        let first_visits: Vec<f64> = calendar.days().iter().map(Day::visitors).collect();
        let gaps = Gaps::new();
        let kinds = Kind::all(effects, segment);
        for at in -GRID..=GRID {
            let intent = f64::from(at) * WIDTH;
            let at = AtIntent::new(intent);
            for kind in &kinds {
                let path = |day: &Day| Path::new(&at, kind, effects, day.number);
                let paths: Vec<Path> = calendar.days().iter().map(path).collect();
                let weight = density(intent) * kind.weight;
                let visits = first_visits.iter().map(|visits| visits * weight).collect();
                expected.add_people(&paths, visits, at.returns, &gaps);
            }
        }
        expected
    }

    /// The shares of all sessions of those days; zeros for no days.
    pub(crate) fn over(&self, days: impl IntoIterator<Item = u32>) -> Shares {
        let mut sum = Sum::default();
        for day in days {
            let day = &self.days[day as usize + WARM_UP as usize];
            sum.sessions += day.sessions;
            sum.reach.add(&day.reach, 1.0);
        }
        let mut shares = Shares::default();
        if sum.sessions > 0.0 {
            shares.add(&sum.reach, 1.0 / sum.sessions);
        }
        shares
    }

    /// Adds all visits of people who are alike, who come for the first time on those days.
    fn add_people(&mut self, paths: &[Path], first: Vec<f64>, returns: f64, gaps: &Gaps) {
        let (mut visits, mut saved) = (first, vec![0.0; paths.len()]);
        for _ in 0..behaviour::MAX_VISITS {
            for (at, path) in paths.iter().enumerate() {
                saved[at] = self.days[at].add_visits(path, visits[at], saved[at]) * returns;
                visits[at] *= returns;
            }
            (visits, saved) = (gaps.next(&visits), gaps.next(&saved));
        }
    }
}

/// How many visitors have that intent, before scaling.
fn density(intent: f64) -> f64 {
    let of = |source: &Source| source.weight * (-(intent - source.intent).powi(2) / 2.0).exp();
    SOURCES.iter().map(of).sum()
}

/// Sessions, and those of them that reach each step.
#[derive(Clone, Default)]
struct Sum {
    sessions: f64,
    /// How many, not yet divided by the sessions.
    reach: Shares,
}

impl Sum {
    /// Adds visits, some of which find a saved cart; how many leave one.
    fn add_visits(&mut self, path: &Path, visits: f64, saved: f64) -> f64 {
        let resumes = saved * behaviour::RESUME;
        let views = (visits - resumes) * path.views;
        let cart = resumes + views * path.earnest;
        let checkout = cart * path.checkout;
        let details = checkout * path.details;
        let purchase = details * path.purchase;
        let add_to_cart = views * (path.earnest + path.hollow);
        let mut micros = path.acts.map(|(bought, not)| purchase * bought + (visits - purchase) * not);
        micros[Micro::AddToCart as usize] = add_to_cart;
        let reach = Shares {
            view_item: views,
            add_to_cart,
            cart_page: cart,
            begin_checkout: checkout,
            checkout_details: details,
            purchase,
            micros,
        };
        self.reach.add(&reach, 1.0);
        self.sessions += visits;
        (saved - resumes) * (1.0 - path.views * path.earnest) + cart - purchase
    }
}
