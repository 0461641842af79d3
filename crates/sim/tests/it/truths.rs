//! What is planted can be counted in the stream: shares before and after lie within sampling error of the truth.

use waymark_sim::{
    FallingMicro, HollowUplift, Micro, Plant, SeasonalMicro, Segment, Shares, Shop, ShopConfig, Step,
    StepDrop, Truth,
};

use crate::tally::{Row, collect, sessions};

/// The stream of a shop of 40 days with that plant, and the truth about it.
struct Planted {
    sessions: Vec<Vec<Row>>,
    start: i64,
    first_period: Shares,
    truth: Truth,
}

impl Planted {
    fn new(plant: Plant, events: u64) -> Self {
        let (events, shop) =
            collect(ShopConfig { seed: 5, plants: vec![plant], ..ShopConfig::about(events, 40) });
        let start = shop.config().zone.start_of(shop.config().start);
        let truths = shop.truths();
        Self {
            sessions: sessions(&events, true),
            start,
            first_period: truths.periods[0].shares,
            truth: truths.plants.into_iter().next().unwrap(),
        }
    }

    /// Of the untagged sessions that begin on such days and are alike: how many are at `from` ("" for all), and how
    /// many of those reach `to`.
    fn count(
        &self,
        days: impl Fn(i64) -> bool,
        like: impl Fn(&Row) -> bool,
        from: &str,
        to: &str,
    ) -> (f64, f64) {
        let (mut at, mut through) = (0.0, 0.0);
        for session in &self.sessions {
            let has = |what: &str| session.iter().any(|event| is(event, what));
            let day = (session[0].time - self.start).div_euclid(86_400_000);
            // A purchase counts when its order is placed, which `checkout_details` precedes.
            let placed = to != "purchase" || has("checkout_details");
            if days(day) && like(&session[0]) && (from.is_empty() || has(from)) {
                at += 1.0;
                through += f64::from(u8::from(has(to) && placed));
            }
        }
        (at, through)
    }
}

fn is(event: &Row, what: &str) -> bool {
    event.name == what || event.path == what
}

/// The share is within 4.5 standard errors of the probability.
fn close((n, successes): (f64, f64), probability: f64, what: &str) {
    let error = (probability * (1.0 - probability) / n).sqrt();
    let share = successes / n;
    assert!(
        (share - probability).abs() < 4.5 * error + 1e-9,
        "{what}: {share:.5} of {n}, expected {probability:.5}"
    );
}

const ANY: fn(&Row) -> bool = |_| true;

#[test]
fn the_first_periods_shares_are_those_of_an_unplanted_shop() {
    let plant = Plant::StepDrop(StepDrop { from_day: 39, step: Step::Purchase, segment: None, factor: 1.0 });
    let planted = Planted::new(plant, 1_200_000);
    let shares = planted.first_period;
    let mut cases = vec![
        ("view_item", shares.view_item),
        ("/cart", shares.cart_page),
        ("begin_checkout", shares.begin_checkout),
        ("checkout_details", shares.checkout_details),
        ("purchase", shares.purchase),
    ];
    cases.extend(Micro::ALL.map(|micro| (micro.event(), shares.micro(micro))));
    for (what, probability) in cases {
        close(planted.count(|day| day < 39, ANY, "", what), probability, what);
    }
}

#[test]
fn a_step_drop_shows_in_its_segment_and_from_its_day() {
    let steps = [
        (Step::Cart, "view_item", "add_to_cart"),
        (Step::Checkout, "/cart", "begin_checkout"),
        (Step::Details, "begin_checkout", "checkout_details"),
        (Step::Purchase, "checkout_details", "purchase"),
    ];
    let segments = [None, Some(Segment::Device("mobile".into())), Some(Segment::Country("DE".into()))];
    for (at, (step, from, to)) in steps.into_iter().enumerate() {
        let segment = segments[at % 3].clone();
        let plant = StepDrop { from_day: 20, step, segment: segment.clone(), factor: 0.6 };
        let planted = Planted::new(Plant::StepDrop(plant), 500_000);
        let Truth::StepDrop { before: Some(before), after: Some(after), .. } = planted.truth else {
            panic!("{:?}", planted.truth)
        };
        assert!((after / before - 0.6).abs() < 0.02, "{before} {after}");
        let inside = |event: &Row| match &segment {
            Some(Segment::Device(device)) => event.device == device,
            Some(Segment::Country(country)) => event.country == country,
            _ => true,
        };
        close(planted.count(|day| day < 20, inside, from, to), before, "before");
        close(planted.count(|day| day >= 20, inside, from, to), after, "after");
        if segment.is_some() {
            let (n, k) = planted.count(|day| day >= 20, |event| !inside(event), from, to);
            let (m, j) = planted.count(|day| day < 20, |event| !inside(event), from, to);
            let (p, pooled) = (k / n - j / m, (k + j) / (n + m));
            let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
            assert!(p.abs() < 4.5 * error, "{step:?} outside the segment: {} then {}", j / m, k / n);
        }
    }
}

#[test]
fn a_falling_micro_falls_day_by_day() {
    for micro in [Micro::Newsletter, Micro::AddToCart] {
        let plant = Plant::FallingMicro(FallingMicro { from_day: 10, micro, per_day: 0.03 });
        let planted = Planted::new(plant, 600_000);
        let Truth::FallingMicro { before, last_day, event, .. } = planted.truth else { panic!() };
        assert!((last_day / before - 0.97_f64.powi(30)).abs() < 0.02, "{before} {last_day}");
        close(planted.count(|day| day < 10, ANY, "", event), before, event);
        for from in [10, 20, 30] {
            let mean = (from - 9..=from).map(|since| 0.97_f64.powi(since)).sum::<f64>() / 10.0;
            let (n, k) =
                planted.count(|day| (i64::from(from)..i64::from(from) + 10).contains(&day), ANY, "", event);
            close((n, k), before * mean, event);
        }
    }
}

#[test]
fn a_hollow_uplift_raises_the_micro_and_not_the_macro() {
    for micro in [Micro::AddToCart, Micro::Newsletter] {
        let plant = Plant::HollowUplift(HollowUplift { from_day: 20, micro, lift: 0.4 });
        let planted = Planted::new(plant, 600_000);
        let Truth::HollowUplift { before, after, macro_before, macro_after, event, .. } = planted.truth
        else {
            panic!("{:?}", planted.truth)
        };
        assert!((1.3..=1.4001).contains(&(after / before)), "{before} {after}");
        assert!((macro_before / macro_after - 1.0).abs() < 0.005, "{macro_before} {macro_after}");
        for (days, share) in [(0..20, before), (20..40, after)] {
            close(planted.count(|day| days.contains(&day), ANY, "", event), share, event);
            close(planted.count(|day| days.contains(&day), ANY, "", "purchase"), macro_after, "purchase");
        }
    }
}

#[test]
fn a_seasonal_micro_swings_by_weekday_and_does_not_drift() {
    let weekdays = [0.5, 0.8, 1.0, 1.0, 1.2, 1.5, 1.0];
    let seasonal = SeasonalMicro { micro: Micro::Brochure, weekdays, yearly: 0.0, peak: 1 };
    let planted = Planted::new(Plant::SeasonalMicro(seasonal), 600_000);
    let Truth::SeasonalMicro { level, weekdays: shares, event, .. } = planted.truth else { panic!() };
    for (weekday, share) in (0..).zip(shares) {
        let share = share.unwrap();
        assert!((share / level - weekdays[weekday as usize]).abs() < 0.01, "{share} {level}");
        for half in [0..20, 20..40] {
            let on = |day: i64| day.rem_euclid(7) == weekday && half.contains(&day);
            close(planted.count(on, ANY, "", event), share, event);
        }
    }
}

#[test]
fn the_truths_of_the_demo_print_as_json() {
    let truths = Shop::new(ShopConfig::demo()).unwrap().truths();
    let json = serde_json::to_value(&truths).unwrap();
    let plant =
        |at: usize, path: &str| json["plants"][at].pointer(path).unwrap_or(&serde_json::Value::Null).clone();
    assert_eq!(json["zone"], "UTC");
    let kinds = ["step_drop", "hollow_uplift", "seasonal_micro", "falling_micro"];
    assert_eq!([0, 1, 2, 3].map(|at| plant(at, "/kind")), kinds);
    assert_eq!([0, 1, 3].map(|at| plant(at, "/date")), ["2026-03-06", "2026-02-04", "2026-03-02"]);
    assert_eq!(plant(0, "/plant/segment/device"), "mobile");
    let drop = ["/before", "/after"].map(|path| plant(0, path).as_f64().unwrap());
    assert!((drop[0] - 0.70).abs() < 1e-9 && (drop[1] - 0.35).abs() < 1e-9, "{drop:?}");
}

/// Fewer purchases leave more carts to take up, in visits that add nothing: what holds before a drop does not after.
#[test]
fn a_plant_is_told_up_to_the_next_one() {
    let truths = Shop::new(ShopConfig::demo()).unwrap().truths();
    assert_eq!(truths.periods.iter().map(|period| period.days).collect::<Vec<_>>(), [30, 26, 4, 30]);
    let cart = |period: usize| truths.periods[period].shares.add_to_cart;
    let Truth::HollowUplift { before, after, .. } = truths.plants[1] else { panic!("{truths:?}") };
    assert!((before - cart(0)).abs() < 1e-12 && (after - cart(1)).abs() < 1e-12, "{before} {after}");
    assert!((0.995..0.998).contains(&(cart(3) / after)), "{after} then {}", cart(3));
}

#[test]
fn a_step_that_nobody_gets_to_has_no_probability() {
    let drop = |step, factor| Plant::StepDrop(StepDrop { from_day: 1, step, segment: None, factor });
    let plants = vec![drop(Step::Checkout, 0.0), drop(Step::Details, 0.5)];
    let truths = Shop::new(ShopConfig { plants, ..ShopConfig::about(1_000, 2) }).unwrap().truths();
    let Truth::StepDrop { before, after, .. } = truths.plants[1] else { panic!("{truths:?}") };
    assert!(before.is_some() && after.is_none(), "{before:?} {after:?}");
}
