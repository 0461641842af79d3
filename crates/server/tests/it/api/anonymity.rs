//! What those who see no small groups are shown.

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

use super::{Api, key, one, refusal};
use crate::{cli::Folder, serve::server::EVENTS};

const SITE: &str = "/api/v1/sites/shop";
/// Fewest visitors of a group that everybody may see.
const FEWEST: u64 = 10;

/// The token of a new link to the site.
pub fn share(api: &Api) -> String {
    let made = api.ask("POST", &format!("{SITE}/shares"), r#"{"name": "for the board"}"#);
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    made["link"].as_str().unwrap().rsplit_once('#').unwrap().1.to_owned()
}

/// Units by value.
fn units(answer: &Value) -> BTreeMap<String, u64> {
    let buckets = answer["buckets"].as_array().unwrap().iter();
    let count = |bucket: &Value| match bucket["units"].as_u64().unwrap() {
        0 => {
            bucket["goals"].as_array().unwrap().iter().map(|goal| goal["conversions"].as_u64().unwrap()).sum()
        }
        units => units,
    };
    buckets.map(|bucket| (bucket["value"].as_str().unwrap().to_owned(), count(bucket))).collect()
}

#[test]
fn no_group_of_a_few_is_shown_and_the_sums_hold() {
    let api = Api::shop();
    let share = share(&api);
    let mut dice = Pcg64Mcg::seed_from_u64(7);
    let (mut suppressed, mut whole) = (0, 0);
    for _ in 0..150 {
        let by = one(&["prop.item", "event", "device", "path"], &mut dice);
        let unit = one(&["visitor", "session", "event"], &mut dice);
        let day = dice.random_range(1..28);
        let query = json!({ "breakdown": { "by": by, "unit": unit, "top": dice.random_range(1..20),
            "touch": one(&["first", "last"], &mut dice),
            "over": { "range": { "from": format!("2026-03-{day:02}"), "to": "2026-04-30" } } } });
        let ask = |key: &str| {
            let answer = api.ask_as(key, "POST", &format!("{SITE}/query"), &[], &query.to_string());
            assert_eq!(answer.status, 200, "{query}: {}", answer.text());
            answer.json()
        };
        let (all, seen) = (ask(&api.key), ask(&share));
        assert!(all.get("suppressed").is_none(), "{all}");
        let (all, shown) = (units(&all), units(&seen));
        assert_eq!(all.values().sum::<u64>(), shown.values().sum::<u64>(), "{query}");
        let others = shown.iter().filter(|(value, _)| *value != "(other)");
        for (value, units) in others.clone() {
            assert!(*units >= FEWEST && all.get(value) == Some(units), "{value} {units} in {query}");
        }
        if let Some(other) = shown.get("(other)") {
            assert!(*other >= FEWEST || others.count() == 0, "{other} in {query}");
        }
        let is_suppressed = seen["suppressed"] == true;
        assert_eq!(is_suppressed, all != shown, "{query}");
        *(if is_suppressed { &mut suppressed } else { &mut whole }) += 1;
    }
    assert!(suppressed > 10 && whole > 10, "{suppressed} {whole}: the questions tell nothing");
}

#[test]
fn a_shared_link_shows_numbers_and_nobody() {
    let api = Api::shop();
    let share = share(&api);
    let ask = |method: &str, rest: &str, body: &str| {
        api.ask_as(&share, method, &format!("{SITE}{rest}"), &[], body)
    };
    for rest in [
        "",
        "/definitions",
        "/definitions.toml",
        "/lints",
        "/notes",
        "/segments",
        "/live/now",
        "/goals/cart/versions",
    ] {
        assert_eq!(ask("GET", rest, "").status, 200, "{rest}");
    }
    assert_eq!(ask("GET", "/export?what=report&format=csv", "").status, 200);
    let changes = ask("GET", "/changes", "").json();
    assert!(changes["items"].as_array().unwrap().iter().all(|change| change["by"].is_null()), "{changes}");
    let goal = r#"{"name": "x", "role": "macro"}"#;
    for (method, rest, body) in [
        ("GET", "/live", ""),
        ("GET", "/names?kind=event", ""),
        ("GET", "/suggestions", ""),
        ("GET", "/export?what=events&format=csv", ""),
        ("GET", "/keys", ""),
        ("POST", "/goals/preview", r#"{"goal": {"name": "x", "role": "macro"}}"#),
        ("PUT", "/goals/x", goal),
        ("DELETE", "/goals/cart", ""),
        ("PUT", "/funnels/x", r#"{"name": "x", "steps": ["a", "b"]}"#),
        ("PUT", "/definitions.toml", ""),
        ("POST", "/notes", r#"{"date": "2026-03-01", "text": "x"}"#),
        ("POST", "/segments", r#"{"name": "x", "filter": {"where": {}}}"#),
        ("PATCH", "", "{}"),
    ] {
        assert_eq!(refusal(&ask(method, rest, body)), (403, "role_too_small".to_owned()), "{method} {rest}");
    }
}

#[test]
fn the_last_half_hour_singles_out_nobody() {
    let api = Api::on(Folder::new_shop());
    let goals = "[site.shop]\ntimezone = \"UTC\"\n".to_owned()
        + &["view", "buy", "never"]
            .map(|name| format!("[[site.shop.goal]]\nname = \"{name}\"\nrole = \"milestone\"\n"))
            .concat();
    let goals = api.folder.file("goals.toml", &goals);
    api.folder.ok(&["goals", "apply", &goals]);
    let sender = key(&api.folder, "shop", "collect");
    let share = share(&api);
    let send = |visitor: u64, name: &str| {
        let event = json!({ "site": "shop", "name": name, "visitor": format!("v{visitor}") }).to_string();
        let answer = api.ask_as(&sender, "POST", EVENTS, &[], &event);
        assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
    };
    let look = |key: &str| {
        let answer = api.ask_as(key, "GET", &format!("{SITE}/live/now"), &[], "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let step = |now: &Value, name: &str| {
        let mut steps = now["steps"].as_array().unwrap().iter();
        steps.find(|step| step["goal"] == name).unwrap()["visitors"].clone()
    };
    let empty = look(&share);
    assert_eq!((&empty["visitors_now"], empty.get("suppressed")), (&json!(0), None));
    for visitor in 1..FEWEST {
        send(visitor, "view");
    }
    send(1, "buy");
    let few = look(&share);
    let names = ["view", "buy", "never"];
    assert_eq!((&few["visitors_now"], &few["suppressed"]), (&Value::Null, &json!(true)));
    assert_eq!(names.map(|name| step(&few, name)), [Value::Null, Value::Null, json!(0)]);
    for minute in few["minutes"].as_array().unwrap() {
        assert!(minute["visitors"].is_null() == minute["events"].is_null(), "{minute}");
        assert!(minute["visitors"].is_null() || minute["visitors"] == 0, "{minute}");
    }
    let all = look(&api.key);
    assert_eq!((&all["visitors_now"], all.get("suppressed")), (&json!(FEWEST - 1), None));
    assert_eq!(names.map(|name| step(&all, name)), [json!(FEWEST - 1), json!(1), json!(0)]);
    send(FEWEST, "view");
    let enough = look(&share);
    assert_eq!((&enough["visitors_now"], &enough["suppressed"]), (&json!(FEWEST), &json!(true)));
    assert_eq!(names.map(|name| step(&enough, name)), [json!(FEWEST), Value::Null, json!(0)]);
}

#[test]
fn nobody_stands_alone_behind_a_number() {
    let api = Api::shop();
    let share = share(&api);
    let ask = |key: &str, query: &str| {
        let answer = api.ask_as(key, "POST", &format!("{SITE}/query"), &[], query);
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    };
    let both = |query: &str| (ask(&api.key, query), ask(&share, query));
    let list = |answer: &Value, name: &str| answer[name].as_array().unwrap().clone();
    let number = |of: &Value, name: &str| of[name].as_u64().unwrap();
    let (all, seen) = both(r#"{"events": {"goal": "purchase"}}"#);
    assert!(!list(&all, "rows").is_empty() && list(&seen, "rows").is_empty() && seen["hidden"] == true);
    assert_eq!((&all["counted"], &all["matched"]), (&seen["counted"], &seen["matched"]));

    for query in
        [r#"{"paths": {"to": "purchase", "by": "event"}}"#, r#"{"paths": {"from": "view", "by": "event"}}"#]
    {
        let (all, seen) = both(query);
        assert_eq!(all["units"], seen["units"]);
        assert!(all.get("suppressed").is_none() && seen["suppressed"] == true, "{query}");
        let places = list(&seen, "nodes").into_iter().filter(|node| node["kind"] == "place");
        for group in places.chain(list(&seen, "links")) {
            assert!(number(&group, "sessions") >= FEWEST, "{query}: {group}");
        }
    }

    let (all, seen) = both(r#"{"drop_off": {"funnel": {"name": "checkout"}, "after": 1}}"#);
    let sum = |answer: &Value| list(answer, "next").iter().map(|next| number(next, "units")).sum::<u64>();
    assert_eq!((sum(&all), &all["left"]), (sum(&seen), &seen["left"]));
    assert!(
        list(&seen, "next").iter().all(|next| next["event"].is_null() || number(next, "units") >= FEWEST)
    );

    let (all, seen) = both(r#"{"exits": {"top": 3}}"#);
    let sum = |answer: &Value| {
        number(answer, "other_exits")
            + list(answer, "items").iter().map(|item| number(item, "exits")).sum::<u64>()
    };
    assert_eq!(sum(&all), sum(&seen));
    assert!(list(&seen, "items").iter().all(|item| number(item, "exits") >= FEWEST));

    let (all, seen) = both(r#"{"sequences": {"goal": "purchase", "by": "event", "length": 1}}"#);
    assert_eq!((&all["converters"], &all["others"]), (&seen["converters"], &seen["others"]));
    for item in list(&seen, "items") {
        assert!(
            ["converters", "others"].iter().all(|side| number(&item[side], "numerator") >= FEWEST),
            "{item}"
        );
    }
}

#[test]
fn a_question_that_picks_out_a_few_visitors_is_not_answered() {
    let api = Api::shop();
    let share = share(&api);
    let ask =
        |key: &str, query: &Value| api.ask_as(key, "POST", &format!("{SITE}/query"), &[], &query.to_string());
    let visitors = |over: &Value| {
        let answer = ask(&api.key, &json!({ "overview": { "goals": [], "over": over } }));
        assert_eq!(answer.status, 200, "{over}: {}", answer.text());
        answer.json()["total"]["visitors"].as_u64().unwrap()
    };
    let all = json!({ "from": "2026-03-01", "to": "2026-03-31" });
    let of_all = visitors(&json!({ "range": all }));
    let item = |item: &str| json!({ "range": all, "filter": { "where": { "prop.item": item } } });
    let items = ["vase", "lamp", "desk", "chair", "nothing like it"].map(item);
    let others = ["vase", "lamp"]
        .map(|item| json!({ "range": all, "filter": { "where": { "prop.item": { "not_in": [item] } } } }));
    let (mut refused, mut told) = (0, 0);
    for over in items.into_iter().chain(others) {
        let picked = visitors(&over);
        let is_told = [picked, of_all - picked].into_iter().all(|group| group == 0 || group >= FEWEST);
        *(if is_told { &mut told } else { &mut refused }) += 1;
        for query in [
            json!({ "overview": { "over": over } }),
            json!({ "rate": { "goal": "purchase", "base": "session", "over": over } }),
            json!({ "funnel": { "steps": ["view", "purchase"], "over": over } }),
            json!({ "conversion_time": { "goal": "purchase", "over": over } }),
            json!({ "events": { "goal": "purchase", "over": over } }),
        ] {
            let expected = if is_told { (200, String::new()) } else { (403, "few_visitors".to_owned()) };
            assert_eq!(refusal(&ask(&share, &query)), expected, "{picked} of {of_all} in {query}");
        }
    }
    assert!(refused > 2 && told > 2, "{refused} {told}: the questions tell nothing");
    let range = json!({ "from": "2026-03-01", "to": "2026-03-31" });
    let filter = |conditions: Value| json!({ "range": range, "filter": { "where": conditions } });
    let vase = filter(json!({ "prop.item": "vase" }));
    for (query, code) in [
        (json!({ "funnel": { "steps": ["view", { "where": { "prop.item": "vase" } }] } }), "role_too_small"),
        (
            json!({ "funnel": { "steps": ["view", "purchase"], "exclude": [{ "where": { "path": "/a" } }] } }),
            "role_too_small",
        ),
        (json!({ "events": { "where": { "prop.item": "vase" } } }), "role_too_small"),
        (json!({ "overview": { "over": { "include_tagged": true } } }), "role_too_small"),
        (
            json!({ "overview": { "over": filter(json!({ "prop.item": "vase", "event": "view" })) } }),
            "role_too_small",
        ),
        (json!({ "overview": { "over": filter(json!({ "amount": { "at_least": 5 } })) } }), "role_too_small"),
        (json!({ "overview": { "over": filter(json!({ "verified": true })) } }), "role_too_small"),
        (json!({ "exits": { "over": vase } }), "few_visitors"),
        (json!({ "paths": { "to": "purchase", "over": vase } }), "few_visitors"),
        (json!({ "sequences": { "goal": "purchase", "over": vase } }), "few_visitors"),
        (
            json!({ "drop_off": { "funnel": { "name": "checkout", "over": vase }, "after": 1 } }),
            "few_visitors",
        ),
    ] {
        assert_eq!(ask(&api.key, &query).status, 200, "{query}");
        assert_eq!(refusal(&ask(&share, &query)), (403, code.to_owned()), "{query}");
    }
    let days = json!({ "overview": { "days": true, "over": vase } });
    assert!(ask(&share, &days).json()["days"].is_null() && ask(&api.key, &days).json()["days"].is_array());
    let unknown = json!({ "rate": { "goal": "transactoin", "base": "session" } });
    assert!(ask(&api.key, &unknown).text().contains("transaction"));
    assert!(!ask(&share, &unknown).text().contains("`transaction`"), "names of events are not told");
}

/// However many visitors a part of a day has: another part that begins or ends a little later would tell of those between.
#[test]
fn whoever_sees_no_small_groups_asks_about_whole_days() {
    let api = Api::shop();
    let share = share(&api);
    let ask = |key: &str, range: &Value| {
        let query = json!({ "overview": { "goals": [], "over": { "range": range } } });
        let answer = api.ask_as(key, "POST", &format!("{SITE}/query"), &[], &query.to_string());
        (refusal(&answer), answer.json()["total"]["visitors"].clone())
    };
    let told = (200, String::new());
    for (from, to, is_told) in [
        ("2026-03-10", "2026-03-12", true),
        ("2026-03-10T00:00:00+01:00", "2026-03-13T00:00:00+01:00", true),
        ("2026-03-09T23:00:00Z", "2026-03-12T23:00:00Z", true),
        ("2026-03-10T00:00:00Z", "2026-03-13T00:00:00Z", false),
        ("1970-01-01T12:00:00Z", "2100-01-01T12:00:00Z", true),
        ("2026-03-10T00:00:00+01:00", "2026-03-12T23:59:59+01:00", false),
        ("2026-03-10T00:00:01+01:00", "2026-03-13T00:00:00+01:00", false),
        ("2026-03-10T12:00:00Z", "2026-03-20T12:00:00Z", false),
        ("2026-03-10T12:00:00Z", "2026-03-10T12:00:01Z", false),
    ] {
        let range = json!({ "from": from, "to": to });
        let (all, seen) = (ask(&api.key, &range), ask(&share, &range));
        assert_eq!(all.0, told, "{range}");
        let expected = if is_told { all } else { ((403, "few_visitors".to_owned()), Value::Null) };
        assert_eq!(seen, expected, "{range}");
    }
}

#[test]
fn a_funnel_of_the_site_and_a_lost_comparison_are_told_all_the_same() {
    let api = Api::shop();
    let share = share(&api);
    let steps = json!(["view", { "event": "transaction", "where": { "prop.item": "vase" } }]);
    let made = api.ask(
        "PUT",
        &format!("{SITE}/funnels/vases"),
        &json!({ "name": "vases", "steps": steps }).to_string(),
    );
    assert_eq!(made.status, 200, "{}", made.text());
    let ask = |query: Value| {
        let answer = api.ask_as(&share, "POST", &format!("{SITE}/query"), &[], &query.to_string());
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    };
    // As the dashboard asks for it, and by its name.
    let (stated, named) =
        (ask(json!({ "funnel": { "steps": steps } })), ask(json!({ "funnel": { "name": "vases" } })));
    assert_eq!(stated["steps"], named["steps"]);
    // A time before with few visitors takes the comparison away, and nothing else.
    let few = json!({ "from": "2026-03-10T00:00:00Z", "to": "2026-03-10T03:00:00Z" });
    let there = json!({ "overview": { "goals": [], "over": { "range": few } } }).to_string();
    let there = api.query(&there).json()["total"]["visitors"].as_u64().unwrap();
    assert!((1..FEWEST).contains(&there), "{there}");
    for query in [
        json!({ "overview": { "compare": { "range": few } } }),
        json!({ "funnel": { "name": "checkout", "compare": { "range": few } } }),
    ] {
        let answer = ask(query);
        assert!(answer.get("previous").is_none_or(Value::is_null), "{answer}");
        let told = answer["warnings"].as_array().unwrap().iter();
        assert!(
            told.clone().any(|notice| notice["message"].as_str().unwrap().contains("fewer than 10")),
            "{answer}"
        );
    }
}
