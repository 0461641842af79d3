//! The generator's own counts equal counts made from the stream, and the shop is like a shop.

use std::collections::{HashMap, HashSet};

use waymark_model::Tag;
use waymark_sim::{Counted, ShopConfig};

use crate::tally::{Row, by_name, collect, distinct, sessions};

fn count(events: &[Row], repeats: u64) -> Counted {
    let plain = || events.iter().filter(|event| event.tag == Tag::None);
    let tagged = |tag| events.iter().filter(|event| event.tag == tag).count() as u64;
    let purchases = || events.iter().filter(|event| event.name == "purchase");
    let orders: HashMap<_, _> = purchases().map(|e| (e.key.unwrap(), e)).collect();
    let untagged: Vec<_> = orders.values().filter(|e| e.tag == Tag::None).collect();
    Counted {
        events: events.len() as u64,
        late: events.iter().filter(|event| event.late).count() as u64,
        visitors: distinct(events.iter().map(|event| event.visitor)),
        visitors_untagged: distinct(plain().map(|event| event.visitor)),
        sessions: sessions(events, false).len() as u64,
        sessions_untagged: sessions(events, true).len() as u64,
        users: distinct(events.iter().filter_map(|event| event.user)),
        purchases: purchases().count() as u64,
        orders: orders.len() as u64,
        orders_untagged: untagged.len() as u64,
        value_untagged: untagged.iter().filter_map(|event| event.value).sum(),
        repeats,
        bots: tagged(Tag::Bot),
        internal: tagged(Tag::Internal),
        test: tagged(Tag::Test),
        by_name: by_name(events),
    }
}

/// Double clicks and purchases of orders reported before, in order of time.
fn repeats(events: &[Row]) -> u64 {
    let mut found = 0;
    for session in sessions(events, false) {
        let carts = session.windows(2).filter(|pair| pair.iter().all(|event| event.name == "add_to_cart"));
        found += carts.filter(|pair| pair[1].time - pair[0].time < 450).count() as u64;
    }
    let purchases: Vec<_> = events.iter().filter(|event| event.name == "purchase").collect();
    found + purchases.len() as u64 - distinct(purchases.iter().filter_map(|event| event.key))
}

#[test]
fn counted_equals_the_stream() {
    let berlin = waymark_model::Zone::parse("Europe/Berlin").unwrap();
    let clock_change = jiff::civil::date(2026, 3, 28);
    let configs = [
        ShopConfig::about(0, 3),
        ShopConfig::about(10, 1),
        ShopConfig { start: clock_change, zone: berlin, ..ShopConfig::about(30_000, 3) },
        ShopConfig { seed: 2, ..ShopConfig::bench(60_000) },
        ShopConfig::about(150_000, 12),
        ShopConfig { seed: 9, ..ShopConfig::demo() },
    ];
    for config in configs {
        let (events, shop) = collect(config);
        let counted = shop.counted();
        // A page opened again whose first opening lies before the stream is a repeat only to the generator.
        let repeats = repeats(&events);
        assert!(
            (repeats..repeats + repeats / 20 + 5).contains(&counted.repeats),
            "{repeats} {}",
            counted.repeats
        );
        assert_eq!(counted, count(&events, counted.repeats));
    }
}

#[test]
fn rates_are_those_of_a_shop() {
    let (events, _) = collect(ShopConfig::about(1_000_000, 28));
    let plain = || events.iter().filter(|event| event.tag == Tag::None);
    let visitors = distinct(plain().map(|event| event.visitor)) as f64;
    let with =
        |wanted: &str| distinct(plain().filter(|e| e.name == wanted).map(|e| e.visitor)) as f64 / visitors;
    let sessions = sessions(&events, true);
    let n = sessions.len() as f64;
    let single = sessions.iter().filter(|session| session.len() == 1).count() as f64;
    let minutes = |s: &Vec<Row>| (s[s.len() - 1].time - s[0].time) as f64 / 60_000.0;
    let bands = [
        ("view_item", with("view_item"), 0.50..0.62),
        ("add_to_cart", with("add_to_cart"), 0.08..0.10),
        ("purchase", with("purchase"), 0.02..0.03),
        ("newsletter", with("newsletter_signup"), 0.02..0.05),
        (
            "bot events",
            events.iter().filter(|e| e.tag == Tag::Bot).count() as f64 / events.len() as f64,
            0.05..0.15,
        ),
        ("sessions a visitor", n / visitors, 1.1..1.5),
        ("events a session", plain().count() as f64 / n, 4.0..8.0),
        ("single-event sessions", single / n, 0.10..0.30),
        ("minutes a session", sessions.iter().map(minutes).sum::<f64>() / n, 1.5..5.0),
    ];
    for (what, found, band) in bands {
        assert!(band.contains(&found), "{what}: {found:.4} not in {band:?}");
    }
}

#[test]
fn all_kinds_of_trouble_occur() {
    let (events, shop) = collect(ShopConfig { seed: 3, ..ShopConfig::about(400_000, 20) });
    assert!(events.iter().all(|event| event.visitor != 0));
    assert_eq!(events.iter().map(|e| e.id).collect::<HashSet<_>>().len(), events.len());

    let mut owners: HashMap<u64, HashSet<u64>> = HashMap::new();
    let mut users: HashMap<u64, HashSet<u64>> = HashMap::new();
    for event in &events {
        if let (Some(key), "purchase") = (event.key, event.name) {
            owners.entry(key).or_default().insert(event.visitor);
        }
        if let Some(user) = event.user {
            users.entry(user).or_default().insert(event.visitor);
        }
    }
    let shared = |of: &HashMap<u64, HashSet<u64>>| of.values().filter(|visitors| visitors.len() > 1).count();
    assert!(shared(&owners) > 0, "no order key with two visitors");
    assert!(shared(&users) > 50, "no user with two visitors");

    let of = |wanted: &'static str| events.iter().filter(move |event| event.name == wanted);
    let refunds: Vec<_> = of("$refund").collect();
    assert!(
        refunds.len() > 5 && refunds.iter().all(|e| e.value.unwrap() < 0 && e.key.is_some() && e.verified)
    );
    let verified = of("purchase").filter(|e| e.verified).count() as f64 / of("purchase").count() as f64;
    assert!((0.2..0.4).contains(&verified), "{verified}");
    assert!(of("purchase").all(|e| e.value.unwrap() > 0 && e.has_item));

    let ties = |session: &Vec<Row>| session.windows(2).filter(|pair| pair[0].time == pair[1].time).count();
    assert!(sessions(&events, true).iter().map(ties).sum::<usize>() > 1_000);
    let counted = shop.counted();
    for (what, n) in [("late", counted.late), ("repeats", counted.repeats), ("test", counted.test)] {
        assert!(n > 100, "{what}: {n}");
    }
    let (spread, _) = collect(ShopConfig::bench(200_000));
    assert_eq!(sessions(&spread, false).iter().map(ties).sum::<usize>(), 0);
}
