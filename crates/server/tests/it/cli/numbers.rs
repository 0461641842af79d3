//! Numbers that must be right whatever the surface: refunds, intervals of one share, many goals, and two pages that count
//! the same conversions.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Folder;

const ORDER: &str = "[site.shop]\ntimezone = \"UTC\"\n[[site.shop.goal]]\nname = \"order\"\nrole = \"macro\"\n\
                     headline = true\nevent = \"purchase\"\nkey = true\nvalue = \"event\"\n";

/// Two orders, 50 and 30 EUR.
const ORDERS: &str = "visitor,time,name,key,value,currency\n\
                      a,2026-06-01T10:00:00Z,purchase,1001,50.00,EUR\n\
                      b,2026-06-01T11:00:00Z,purchase,1002,30.00,EUR\n";

/// A shop with these definitions and rows.
fn shop(definitions: &str, csv: &str) -> Folder {
    let folder = Folder::new_shop();
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", definitions)]);
    let map = csv.lines().next().unwrap().split(',').map(|column| format!("{column}={column}"));
    let map = map.collect::<Vec<_>>().join(",");
    folder.ok(&["import", "--site", "shop", "--map", &map, &folder.file("events.csv", csv)]);
    folder
}

fn ask(folder: &Folder, query: &Value) -> Value {
    folder.json(&["query", "--site", "shop", &folder.file("q.json", &query.to_string())])
}

/// The order goal's net in cents by currency, and the refunds without an order.
fn check_refunds(refunds: &str, net: &Value, without_order: &Value) {
    let folder = shop(ORDER, &format!("{ORDERS}{refunds}"));
    let total = ask(&folder, &json!({ "overview": {} }))["total"].clone();
    let values = total["goals"][0]["value"].as_array().unwrap();
    let found: Value = values
        .iter()
        .map(|value| (value["currency"].as_str().unwrap().to_owned(), value["net"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!((&found, &total["refunds_without_order"]), (net, without_order), "{refunds}");
    let text = folder.ok(&["report", "--site", "shop"]);
    assert_eq!(text.contains("without an order"), without_order["count"] != 0, "{text}");
}

#[test]
fn refunds_lower_the_net_of_their_order() {
    let none = json!({ "count": 0, "value": {} });
    for (refund, net) in [
        ("1001,20.00,EUR", 6_000),
        ("1001,-20.00,EUR", 6_000),
        ("1001,-20.00,", 6_000),
        ("1001,20.00,", 6_000),
        ("1001,,", 3_000),
        ("1001,,EUR", 3_000),
    ] {
        check_refunds(&format!("a,2026-06-02T10:00:00Z,$refund,{refund}\n"), &json!({ "EUR": net }), &none);
    }
    let two = "a,2026-06-02T10:00:00Z,$refund,1001,20.00,EUR\na,2026-06-03T10:00:00Z,$refund,1001,,\n";
    check_refunds(two, &json!({ "EUR": 3_000 }), &none);
}

#[test]
fn refunds_without_an_order_are_reported() {
    let one = |value: Value| json!({ "count": 1, "value": value });
    let net = json!({ "EUR": 8_000 });
    check_refunds("a,2026-06-02T10:00:00Z,$refund,9999,20.00,EUR\n", &net, &one(json!({ "EUR": -2_000 })));
    check_refunds("a,2026-06-02T10:00:00Z,$refund,,-20.00,EUR\n", &net, &one(json!({ "EUR": -2_000 })));
    check_refunds("a,2026-06-02T10:00:00Z,$refund,9999,,\n", &net, &one(json!({})));
}

/// Sixty visitors with ten sessions each: every fourth converts in all of them.
#[test]
fn one_share_has_one_interval() {
    let mut csv = "visitor,time,name,item\n".to_owned();
    for visitor in 0..60 {
        for session in 0..10 {
            let _ = writeln!(csv, "v{visitor},2026-06-{:02}T10:00:00Z,view,i{session}", session + 1);
            if visitor % 4 == 0 {
                let _ = writeln!(csv, "v{visitor},2026-06-{:02}T10:01:00Z,buy,i{session}", session + 1);
            }
        }
    }
    let folder = Folder::new_shop();
    let map = "visitor=visitor,time=time,name=name,prop.item=item";
    folder.ok(&["import", "--site", "shop", "--map", map, &folder.file("e.csv", &csv)]);
    let rate = folder.json(&["rate", "--site", "shop", "--goal", "buy", "--base", "session"]);
    let interval = &rate["interval"];
    let rounded = |bound: &str| (interval[bound].as_f64().unwrap() * 100.0).round();
    assert_eq!((rate["share"].as_f64(), rounded("low"), rounded("high")), (Some(0.25), 16.0, 37.0));
    for (count, same) in [("session", None), ("pair", Some("prop.item")), ("total", None)] {
        let funnel = json!({ "steps": ["view", "buy"], "count": count, "same": same, "window": "1h" });
        let answer = ask(&folder, &json!({ "funnel": funnel }));
        for share in ["share_of_first", "share_of_previous"] {
            let found = &answer["steps"][1][share];
            assert_eq!((&found["share"], &found["interval"]), (&rate["share"], interval), "{count} {share}");
        }
    }
}

#[test]
fn seventy_goals_get_all_their_answers() {
    let mut definitions = ORDER.to_owned();
    for goal in 0..69 {
        let _ = write!(
            definitions,
            "[[site.shop.goal]]\nname = \"g{goal}\"\nrole = \"milestone\"\nevent = \"e{goal}\"\n"
        );
    }
    definitions.push_str("[[site.shop.funnel]]\nname = \"all\"\nsteps = [\"g0\", \"g68\", \"order\"]\n");
    let mut csv = ORDERS.to_owned();
    for goal in 0..69 {
        let _ = writeln!(csv, "a,2026-06-01T09:{:02}:00Z,e{goal},,,", goal % 60);
    }
    let folder = shop(&definitions, &csv);
    let answer = ask(&folder, &json!({ "overview": { "days": true, "then": true, "compare": "previous" } }));
    let goals = answer["total"]["goals"].as_array().unwrap();
    let expected = |name: &str| if name == "order" { (2, 2) } else { (1, 1) };
    for goal in goals {
        let found =
            (goal["conversions"].as_u64().unwrap(), goal["rates"]["visitor"]["numerator"].as_u64().unwrap());
        assert_eq!(found, expected(goal["name"].as_str().unwrap()), "{goal}");
        let then = goal["then_headline"]["numerator"].as_u64();
        assert_eq!(then, (goal["role"] == "milestone").then_some(1), "{goal}");
    }
    assert_eq!((goals.len(), &answer["total"]["visitors"]), (70, &json!(2)));
    for query in [
        json!({ "breakdown": { "by": "event", "top": 3 } }),
        json!({ "paths": { "to": "order", "by": "goal", "depth": 2 } }),
        json!({ "sequences": { "goal": "order" } }),
        json!({ "funnel": { "name": "all" } }),
    ] {
        assert!(ask(&folder, &query)["warnings"].is_array(), "{query}");
    }
    let path = ask(&folder, &json!({ "paths": { "to": "order", "by": "goal", "depth": 1 } }));
    let labels: Vec<&Value> = path["nodes"].as_array().unwrap().iter().map(|node| &node["label"]).collect();
    assert!(labels.contains(&&json!("g59")), "{labels:?}");
    let report = folder.ok(&["report", "--site", "shop"]);
    assert!(report.contains("g68") && report.contains("Funnel all"), "{report}");
}

/// An order that is loaded again in a later session, and by somebody else, is one.
#[test]
fn paths_and_sequences_have_the_conversions_of_the_overview() {
    let csv = format!(
        "{ORDERS}a,2026-06-01T18:00:00Z,view,,,\na,2026-06-01T18:01:00Z,purchase,1001,50.00,EUR\n\
         c,2026-06-02T10:00:00Z,view,,,\nc,2026-06-02T10:01:00Z,purchase,1001,50.00,EUR\n"
    );
    let folder = shop(ORDER, &csv);
    let overview = ask(&folder, &json!({ "overview": {} }))["total"]["goals"][0].clone();
    assert_eq!((&overview["conversions"], &overview["repeats_removed"]), (&json!(2), &json!(2)));
    for after in ["to", "from"] {
        let paths = ask(&folder, &json!({ "paths": { after: "order", "by": "event" } }));
        assert_eq!(paths["units"], overview["rates"]["session"]["numerator"], "{after}");
        assert_eq!(paths["gross"], json!({ "EUR": 8_000 }), "{after}");
    }
    let sequences = ask(&folder, &json!({ "sequences": { "goal": "order", "by": "event", "length": 1 } }));
    assert_eq!(sequences["converters"], overview["rates"]["visitor"]["numerator"]);
    assert_eq!(sequences["others"], json!(1));
}

/// Three amounts of nearly all that 64 bits hold.
#[test]
fn sums_of_money_exceed_sixty_four_bits() {
    let amount = "92233720368547758.07";
    let mut csv = "visitor,time,name,key,value,currency\n".to_owned();
    for order in 1..=3 {
        let _ = writeln!(csv, "v{order},2026-06-01T10:00:00Z,purchase,{order},{amount},EUR");
    }
    let folder = shop(ORDER, &csv);
    let query = folder.file("q.json", &json!({ "overview": {} }).to_string());
    let answer = folder.ok(&["query", "--json", "--site", "shop", &query]);
    assert!(answer.contains("27670116110564327421"), "{answer}");
    let text = folder.ok(&["report", "--site", "shop"]);
    assert!(text.contains("276,701,161,105,643,274.21 EUR"), "{text}");
}

#[test]
fn a_day_that_never_was_is_not_listed() {
    let definitions = ORDER.replace("\"UTC\"", "\"Pacific/Apia\"");
    let csv = ORDERS.replace("2026-06-01T10", "2011-12-30T08").replace("2026-06-01T11", "2011-12-30T12");
    let folder = shop(&definitions, &csv);
    let range = json!({ "from": "2011-12-29", "to": "2011-12-31" });
    let answer = ask(&folder, &json!({ "overview": { "days": true, "over": { "range": range } } }));
    let dates: Vec<&Value> = answer["days"].as_array().unwrap().iter().map(|day| &day["date"]).collect();
    assert_eq!(dates, [&json!("2011-12-29"), &json!("2011-12-31")]);
    let orders: Vec<&Value> =
        answer["days"].as_array().unwrap().iter().map(|day| &day["conversions"]["order"]).collect();
    assert_eq!(orders, [&json!(1), &json!(1)]);
}

/// Events whose names found no place are stored as `(other)`, which is also what answers call all that they do not show.
#[test]
fn what_is_stored_as_other_is_with_all_others() {
    let mut csv = "visitor,time,name,key,value,currency\n".to_owned();
    let mut journey = |visitor: String, names: &[&str]| {
        for (name, second) in names.iter().zip(10..) {
            let _ = writeln!(csv, "{visitor},2026-06-01T10:00:{second}Z,{name},,,");
        }
    };
    for (name, visitors) in [("(other)", 4), ("a", 3), ("b", 2)] {
        for number in 0..visitors {
            journey(format!("{name}{number}"), &["start", name, "purchase"]);
            journey(format!("{name}{number} lost"), &["start", name]);
        }
    }
    let folder = shop(ORDER, &csv);
    let list = |of: &Value, field: &str, label: &str, count: &str| -> Vec<(String, u64)> {
        let rows = of[field].as_array().unwrap().iter();
        rows.map(|row| (row[label].as_str().unwrap().to_owned(), row[count].as_u64().unwrap())).collect()
    };
    let expected = |rows: &[(&str, u64)]| -> Vec<(String, u64)> {
        rows.iter().map(|(label, count)| ((*label).to_owned(), *count)).collect()
    };
    let paths = |top: usize| {
        let asked = json!({ "paths": { "to": "order", "by": "event", "depth": 1, "top": top } });
        list(&ask(&folder, &asked), "nodes", "label", "sessions")
    };
    assert_eq!(paths(1), expected(&[("order", 9), ("a", 3), ("(other)", 6)]));
    assert_eq!(paths(9), expected(&[("order", 9), ("a", 3), ("b", 2), ("(other)", 4)]));
    let drop_off = |top: usize| {
        let asked =
            json!({ "drop_off": { "funnel": { "steps": ["start", "order"] }, "after": 1, "top": top } });
        list(&ask(&folder, &asked), "next", "label", "units")
    };
    assert_eq!(drop_off(1), expected(&[("a", 3), ("(other)", 6)]));
    assert_eq!(drop_off(9), expected(&[("a", 3), ("b", 2), ("(other)", 4)]));
    let breakdown = |top: usize| {
        let asked = json!({ "breakdown": { "by": "event", "touch": "last", "top": top,
            "over": { "filter": { "where": { "event": { "not_in": ["purchase"] } }, "touch": "last" } } } });
        list(&ask(&folder, &asked), "buckets", "value", "units")
    };
    assert_eq!(breakdown(1), expected(&[("a", 3), ("(other)", 6)]));
    assert_eq!(breakdown(9), expected(&[("a", 3), ("b", 2), ("(other)", 4)]));
}

#[test]
fn sequences_have_one_label_for_all_others() {
    let mut csv = "visitor,time,name,key,value,currency\n".to_owned();
    // Of sequences of five, 14 names are told apart: these thirteen, and one of those that come at the end.
    let known: Vec<String> = (10..23).map(|number| format!("n{number}")).collect();
    for (end, visitors) in [("(other)", 20), ("yy", 20), ("zz", 20), ("", 10)] {
        for number in 0..visitors {
            for does in ["", "buys"] {
                let more = [end, if does.is_empty() { "" } else { "purchase" }];
                let names = known.iter().map(String::as_str).chain(more).filter(|name| !name.is_empty());
                for (name, second) in names.zip(10..) {
                    let _ = writeln!(csv, "v{end}{number}{does},2026-06-01T10:00:{second}Z,{name},,,");
                }
            }
        }
    }
    let folder = shop(ORDER, &csv);
    let answer =
        ask(&folder, &json!({ "sequences": { "goal": "order", "by": "event", "length": 5, "top": 50 } }));
    let items = answer["items"].as_array().unwrap().iter();
    let last: Vec<(&Value, &Value)> = items
        .filter(|item| item["sequence"][3] == "n22")
        .map(|item| (&item["sequence"][4], &item["converters"]["numerator"]))
        .collect();
    assert_eq!(last, [(&json!("(other)"), &json!(40)), (&json!("yy"), &json!(20))], "{answer:#}");
}
