//! The calls of the first page, with figures that an independent script counted: on the tests' own shop, and on a public
//! shop's events where they are at hand.

use serde_json::{Value, json};

use super::{Folder, retailrocket, shop_csv};

const STEPS: &str = "view > addtocart > transaction";

/// Options of a funnel, what it reaches in the tests' own shop, and what in the public one.
const FUNNELS: [(&[&str], [u64; 3], [u64; 3]); 11] = [
    (&["--order", "any"], [60, 31, 24], [4_991, 136, 34]),
    (&[], [60, 30, 23], [4_991, 128, 32]),
    (&["--window", "7d", "--anchor", "any"], [60, 29, 22], [4_991, 128, 32]),
    (&["--window", "7d", "--anchor", "first"], [60, 27, 21], [4_991, 109, 28]),
    (&["--window", "1h", "--anchor", "any"], [60, 29, 19], [4_991, 125, 28]),
    (&["--window", "1h", "--anchor", "first"], [60, 23, 13], [4_991, 86, 20]),
    (&["--count", "session"], [88, 33, 20], [6_217, 134, 28]),
    (&["--scope", "session"], [60, 29, 18], [4_991, 125, 28]),
    (&["--same", "item", "--count", "pair"], [105, 31, 22], [7_331, 149, 34]),
    (&["--same", "item"], [60, 29, 22], [4_991, 118, 32]),
    (&["--order", "strict"], [60, 26, 20], [4_991, 128, 27]),
];

/// Goal and base, converters and units in the tests' own shop, and in the public one.
const RATES: [(&str, &str, [u64; 2], [u64; 2]); 6] = [
    ("transaction", "visitor", [26, 60], [39, 5_000]),
    ("transaction", "session", [30, 95], [40, 6_229]),
    ("transaction", "event", [31, 269], [46, 9_385]),
    ("addtocart", "visitor", [31, 60], [145, 5_000]),
    ("addtocart", "session", [35, 95], [156, 6_229]),
    ("addtocart", "user", [0, 0], [0, 0]),
];

fn reached(folder: &Folder, options: &[&str]) -> Vec<u64> {
    let args = [&["funnel", "--site", "shop", "--steps", STEPS], options].concat();
    let answer = folder.json(&args);
    answer["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect()
}

fn rate(folder: &Folder, goal: &str, base: &str) -> Value {
    folder.json(&["rate", "--site", "shop", "--goal", goal, "--base", base])
}

fn check(folder: &Folder, own: bool) {
    for (options, shop, public) in FUNNELS {
        assert_eq!(reached(folder, options), if own { shop } else { public }, "{options:?}");
    }
    for (goal, base, shop, public) in RATES {
        let found = rate(folder, goal, base);
        let counts = json!([found["numerator"], found["denominator"]]);
        assert_eq!(counts, json!(if own { shop } else { public }), "{goal} {base}");
        assert_eq!(found["base"], base);
        let share = found["share"].as_f64();
        let bound = |name: &str| found["interval"][name].as_f64();
        assert!(bound("low") <= share && share <= bound("high"), "{found}");
    }
}

/// A goal on orders, once for each.
fn once_per_key(folder: &Folder, conversions: u64, repeats: u64, visitors: u64, sessions: u64) {
    let text = "[site.shop]\ntimezone = 'UTC'\n[[site.shop.goal]]\nname = 'order'\nrole = 'macro'\nevent = \
                'transaction'\nkey = true\n";
    folder.ok(&["goals", "apply", &folder.file("once.toml", text)]);
    let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", r#"{"overview": {}}"#)]);
    let goal = &answer["total"]["goals"][0];
    let counts = json!([goal["conversions"], goal["repeats_removed"]]);
    assert_eq!(counts, json!([conversions, repeats]));
    let of = |base: &str| goal["rates"][base]["numerator"].as_u64();
    assert_eq!((of("visitor"), of("session")), (Some(visitors), Some(sessions)));
    assert_eq!(answer["goals"], json!([{ "name": "order", "version": 1 }]));
}

#[test]
fn the_own_shop() {
    let folder = Folder::with(&shop_csv());
    check(&folder, true);
    once_per_key(&folder, 28, 3, 25, 28);
}

#[test]
fn the_public_shop() {
    let Some(file) = retailrocket() else { return };
    let folder = Folder::with(&file);
    check(&folder, false);
    once_per_key(&folder, 40, 6, 39, 40);
    let interval = &rate(&folder, "transaction", "visitor")["interval"];
    // Wilson's bounds of 39 in 5,000.
    assert!((interval["low"].as_f64().unwrap() - 0.005_711).abs() < 1e-6);
    assert!((interval["high"].as_f64().unwrap() - 0.010_644).abs() < 1e-6);
}

#[test]
fn the_same_file_again_adds_nothing() {
    let folder = Folder::with(&shop_csv());
    let again = ["import", "--site", "shop", "--map", super::MAP];
    let file = shop_csv();
    let again = [&again[..], &[file.to_str().unwrap()]].concat();
    assert!(folder.ok(&again).contains("nothing was added"));
    assert_eq!(folder.json(&["site", "list"])[0]["events"], 269);
    assert_eq!(folder.json(&again)["already_imported"], true);
    folder.ok(&[&again[..], &["--again"]].concat());
    assert_eq!(folder.json(&["site", "list"])[0]["events"], 538);
}

#[test]
fn maintenance_changes_no_figure() {
    let folder = Folder::with(&shop_csv());
    let file = shop_csv();
    folder.ok(&["import", "--site", "shop", "--map", super::MAP, "--again", file.to_str().unwrap()]);
    let before = reached(&folder, &["--order", "strict", "--window", "1h"]);
    assert!(folder.json(&["maintain"])["merged"].is_u64());
    assert_eq!(reached(&folder, &["--order", "strict", "--window", "1h"]), before);
}

#[test]
fn ranges_and_filters_select_what_they_say() {
    let folder = Folder::with(&shop_csv());
    let visitors = |options: &[&str]| {
        let args = [&["rate", "--site", "shop", "--goal", "transaction"], options].concat();
        folder.json(&args)["denominator"].as_u64().unwrap()
    };
    let all = visitors(&[]);
    let (before, after) = (visitors(&["--to", "2026-03-15"]), visitors(&["--from", "2026-03-16"]));
    assert!(before < all && after < all && before + after >= all, "{before} {after} {all}");
    let lamp = visitors(&["--where", "prop.item=lamp"]);
    assert!(0 < lamp && lamp < all);
    assert_eq!(visitors(&["--where", "event=view"]) + visitors(&["--where", "event=transaction"]), all);
    assert_eq!(visitors(&["--where", "prop.item=*"]), all);
}
