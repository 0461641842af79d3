//! What the truths state is what streams have: over many seeds, every share lies within sampling error of it.

use std::{collections::BTreeMap, ops::Range};

use waymark_model::time::DAY;
use waymark_sim::{
    FallingMicro, HollowUplift, Micro, Plant, SeasonalMicro, Segment, Shares, ShopConfig, Step, StepDrop,
    Truth, Truths,
};

use crate::tally::{Row, collect, sessions};

const SEEDS: Range<u64> = 1..41;
/// No share of any of the seeds lies further from the truth than so many standard errors.
const MOST: f64 = 4.0;
/// What a session reaches; `""` is every session.
const WHAT: [&str; 12] = [
    "",
    "view_item",
    "add_to_cart",
    "/cart",
    "begin_checkout",
    "checkout_details",
    "purchase",
    "newsletter_signup",
    "account_created",
    "brochure_download",
    "$video",
    "social_follow",
];

/// How many untagged sessions reach [`WHAT`], by the day on which they begin: all, and those on mobile devices.
type Reached = Vec<[[f64; WHAT.len()]; 2]>;

/// A shop in which plants follow each other so fast that carts saved under one are taken up under the next.
fn hasty(seed: u64) -> ShopConfig {
    let mobile = Some(Segment::Device("mobile".to_owned()));
    let plants = vec![
        Plant::FallingMicro(FallingMicro { from_day: 7, micro: Micro::AddToCart, per_day: 0.15 }),
        Plant::StepDrop(StepDrop { from_day: 9, step: Step::Checkout, segment: mobile, factor: 0.2 }),
        Plant::HollowUplift(HollowUplift { from_day: 12, micro: Micro::Newsletter, lift: 0.5 }),
        Plant::HollowUplift(HollowUplift { from_day: 0, micro: Micro::AddToCart, lift: 0.4 }),
        Plant::SeasonalMicro(SeasonalMicro {
            micro: Micro::Brochure,
            weekdays: [0.5, 0.8, 1.0, 1.0, 1.2, 2.0, 1.0],
            yearly: 0.0,
            peak: 1,
        }),
    ];
    ShopConfig { seed, plants, ..ShopConfig::about(100_000, 16) }
}

fn reached(config: ShopConfig) -> Reached {
    let (rows, shop) = collect(config);
    let mut days = vec![[[0.0; WHAT.len()]; 2]; shop.config().days as usize];
    for session in sessions(&rows, true) {
        let day = &mut days[((session[0].time - shop.range().start) / DAY) as usize];
        let reaches = WHAT.map(|what| f64::from(u8::from(session_reaches(&session, what))));
        let mobile = session[0].device == "mobile";
        for (counts, _) in day.iter_mut().zip([true, mobile]).filter(|&(_, member)| member) {
            counts.iter_mut().zip(reaches).for_each(|(count, reached)| *count += reached);
        }
    }
    days
}

fn session_reaches(session: &[Row], what: &str) -> bool {
    let has = |what: &str| session.iter().any(|event| event.name == what || event.path == what);
    // A purchase counts when its order is placed, which `checkout_details` precedes.
    what.is_empty() || has(what) && (what != "purchase" || has("checkout_details"))
}

/// A share that is stated: of the sessions of a group that reach `from` on those days, those that reach `to`.
struct Stated {
    name: String,
    days: Vec<u32>,
    group: usize,
    from: &'static str,
    to: &'static str,
    share: f64,
}

impl Stated {
    /// By how many standard errors the streams' share lies above the stated one; each stream is one observation.
    fn z(&self, streams: &[Reached]) -> f64 {
        let position = |what| WHAT.iter().position(|&known| known == what).unwrap();
        let (from, to) = (position(self.from), position(self.to));
        let above = |days: &Reached| -> f64 {
            let day = |&day: &u32| days[day as usize][self.group];
            self.days.iter().map(day).map(|at| at[to] - self.share * at[from]).sum()
        };
        let above: Vec<f64> = streams.iter().map(above).collect();
        let n = above.len() as f64;
        let mean = above.iter().sum::<f64>() / n;
        let variance = above.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        mean / (variance / n).sqrt()
    }
}

/// Everything that is stated about a stream.
fn stated(truths: &Truths) -> Vec<Stated> {
    let mut all = Vec::new();
    let mut bounds = vec![0];
    bounds.extend(truths.periods.iter().scan(0, |day, period| {
        *day += period.days;
        Some(*day)
    }));
    shares(&mut all, "first day", 0..1, &truths.first_day);
    shares(&mut all, "last day", truths.days - 1..truths.days, &truths.last_day);
    for (period, days) in truths.periods.iter().zip(bounds.windows(2)) {
        shares(&mut all, &format!("from {}", period.date), days[0]..days[1], &period.shares);
    }
    for truth in &truths.plants {
        plant(&mut all, truth, truths, &bounds);
    }
    all
}

fn shares(all: &mut Vec<Stated>, name: &str, days: Range<u32>, shares: &Shares) {
    let mut stated = BTreeMap::from([
        ("view_item", shares.view_item),
        ("/cart", shares.cart_page),
        ("begin_checkout", shares.begin_checkout),
        ("checkout_details", shares.checkout_details),
        ("purchase", shares.purchase),
    ]);
    stated.extend(Micro::ALL.map(|micro| (micro.event(), shares.micro(micro))));
    assert!((stated["add_to_cart"] - shares.add_to_cart).abs() < 1e-12);
    for (to, share) in stated {
        let days = days.clone().collect();
        all.push(Stated { name: format!("{name}: {to}"), days, group: 0, from: "", to, share });
    }
}

fn plant(all: &mut Vec<Stated>, truth: &Truth, truths: &Truths, bounds: &[u32]) {
    let around = |first: u32| {
        let at = bounds.iter().position(|&bound| bound == first).unwrap();
        let before = if at > 0 { bounds[at - 1]..first } else { 0..0 };
        [before, first..bounds[at + 1]].map(Vec::from_iter)
    };
    let mut push = |name: &str, days: Vec<u32>, group, from, to, share| {
        all.push(Stated { name: format!("{name}: {from} to {to}"), days, group, from, to, share });
    };
    match truth {
        Truth::StepDrop { plant, before, after, .. } => {
            let days = around(plant.from_day);
            for (name, days, share) in [("before", &days[0], before), ("after", &days[1], after)] {
                push(name, days.clone(), 1, "/cart", "begin_checkout", share.unwrap());
            }
        }
        Truth::FallingMicro { plant, event, before, last_day, .. } => {
            let [days, _] = around(plant.from_day);
            push("before", days, 0, "", event, *before);
            push("last day", vec![truths.days - 1], 0, "", event, *last_day);
        }
        Truth::HollowUplift { plant, event, before, after, macro_before, macro_after, .. } => {
            let [days_before, days_after] = around(plant.from_day);
            push("after", days_after.clone(), 0, "", event, *after);
            push("after", days_after, 0, "", "purchase", *macro_after);
            if plant.from_day > 0 {
                push("before", days_before.clone(), 0, "", event, *before);
                push("before", days_before, 0, "", "purchase", *macro_before);
            }
        }
        Truth::SeasonalMicro { event, weekdays, .. } => {
            for (weekday, share) in (0..).zip(weekdays) {
                let days = (0..truths.days).filter(|day| day % 7 == weekday).collect();
                push("weekday", days, 0, "", event, share.unwrap());
            }
        }
    }
}

#[test]
fn streams_have_the_shares_that_are_stated() {
    let truths = waymark_sim::Shop::new(hasty(1)).unwrap().truths();
    let streams: Vec<Reached> = SEEDS.map(|seed| reached(hasty(seed))).collect();
    let mut far = Vec::new();
    for stated in stated(&truths) {
        let z = stated.z(&streams);
        if z.abs() > MOST {
            far.push(format!("{} {:.5}, z {z:.1}", stated.name, stated.share));
        }
    }
    assert!(far.is_empty(), "{far:#?}");
}
