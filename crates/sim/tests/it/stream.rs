//! The stream as such: fixed by its seed, in order of arrival, within its days, in bounded memory.

use std::hash::{DefaultHasher, Hash, Hasher};

use waymark_model::{
    TextColumn, Zone,
    time::{DAY, HOUR},
};
use waymark_sim::{Shop, ShopConfig};

/// A hash over all fields of all events, in order.
fn fingerprint(config: ShopConfig) -> u64 {
    let mut hasher = DefaultHasher::new();
    Shop::new(config).unwrap().for_each(|event| {
        for column in TextColumn::ALL {
            event.text(column).hash(&mut hasher);
        }
        (event.visitor, event.time, event.user, event.event_id, event.value).hash(&mut hasher);
        (event.key, event.verified, event.tag, event.identity, &event.props).hash(&mut hasher);
    });
    hasher.finish()
}

#[test]
fn the_seed_fixes_the_stream() {
    let config = |seed| ShopConfig { seed, ..ShopConfig::about(60_000, 8) };
    assert_eq!(fingerprint(config(7)), fingerprint(config(7)));
    assert_ne!(fingerprint(config(7)), fingerprint(config(8)));
    let planted = |plants| ShopConfig { plants, days: 62, visitors_per_day: 50.0, ..ShopConfig::demo() };
    let demo = || planted(ShopConfig::demo().plants);
    assert_eq!(fingerprint(demo()), fingerprint(demo()));
    assert_ne!(fingerprint(demo()), fingerprint(planted(Vec::new())));
}

#[test]
fn events_come_in_order_of_arrival_within_the_days() {
    for zone in ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"] {
        let zone = Zone::parse(zone).unwrap();
        let start = jiff::civil::date(2026, 3, 2);
        let config = ShopConfig { zone: zone.clone(), start, ..ShopConfig::about(150_000, 35) };
        let mut shop = Shop::new(config).unwrap();
        let (mut before, mut dates) = (i64::MIN, std::collections::BTreeSet::new());
        while let Some(event) = shop.next_event() {
            let time = event.time;
            let arrived = shop.arrived().unwrap();
            assert!(before <= arrived && time <= arrived && arrived - time < 72 * HOUR);
            dates.insert(zone.date(time));
            before = arrived;
        }
        let expected: Vec<_> = start.series(jiff::Span::new().days(1)).take(35).collect();
        assert_eq!(dates.into_iter().collect::<Vec<_>>(), expected);
        assert!(shop.next_event().is_none(), "a stream that has ended stays at its end");
    }
}

#[test]
fn memory_does_not_grow_with_the_days() {
    let mut shop = Shop::new(ShopConfig::about(900_000, 90)).unwrap();
    let (mut most, mut late_most) = ((0, 0), (0, 0));
    let mut seen = 0_u64;
    let half = shop.range().start + 45 * DAY;
    while let Some(time) = shop.next_event().map(|event| event.time) {
        seen += 1;
        let held = shop.held();
        let into = if time < half { &mut most } else { &mut late_most };
        *into = (into.0.max(held.people), into.1.max(held.events));
    }
    let visitors_per_day = shop.config().visitors_per_day;
    assert!(seen > 800_000);
    assert!((late_most.0 as f64) < 1.5 * visitors_per_day, "{late_most:?} with {visitors_per_day} a day");
    assert!((late_most.1 as f64) < 0.5 * 10_000.0, "{late_most:?} of 10,000 events a day");
    assert!((late_most.0 as f64) < 1.2 * most.0 as f64, "{late_most:?} after {most:?}");
}

#[test]
fn events_taken_one_by_one_are_those_of_the_stream() {
    let shop = || Shop::new(ShopConfig::about(5_000, 3)).unwrap();
    let mut seen = Vec::new();
    shop().for_each(|event| seen.push(event.clone()));
    assert!(seen.len() > 3_000);
    assert_eq!(shop().into_events().collect::<Vec<_>>(), seen);
}
