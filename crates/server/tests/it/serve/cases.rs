//! Requests as clients send them, through the real server: `testdata/cases`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::server::{BROWSER, EVENTS, Server, stored};
use crate::cli::Folder;

/// The tests that use files of `testdata/cases`.
const USED_BY: [&str; 3] = [
    "crates/server/tests/it/import/cases.rs",
    "crates/server/tests/it/serve/cases.rs",
    "web/tests/server/pages.test.js",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn case(name: &str) -> String {
    std::fs::read_to_string(root().join("testdata/cases").join(name)).unwrap()
}

/// Sends these bodies to a site whose goal `order` is that event, and compares the goal: conversions, repeats and gross by
/// currency.
#[track_caller]
fn check(path: &str, bodies: &[String], name: &str, expected: &Value) -> Vec<Value> {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    let goal =
        case("goal-order.toml").replace("SITE", "shop").replace("\"purchase\"", &format!("\"{name}\""));
    folder.ok(&["goals", "apply", &folder.file("goal.toml", &goal)]);
    let server = Server::start(&folder, &[]);
    let headers = [("user-agent", BROWSER), ("authorization", "Basic c2hvcDo=")];
    let headers = if path == EVENTS { &headers[..1] } else { &headers[..] };
    for body in bodies {
        let answer = server.client().ask("POST", path, headers, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    }
    server.stop();
    let query = folder.file("q.json", &json!({ "overview": {} }).to_string());
    let goal = folder.json(&["query", "--site", "shop", &query])["total"]["goals"][0].clone();
    let values = goal["value"].as_array().unwrap().iter();
    let gross: Value = values
        .map(|value| (value["currency"].as_str().unwrap().to_owned(), value["gross"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let found = json!([goal["conversions"], goal["repeats_removed"], gross]);
    assert_eq!(&found, expected, "{bodies:?}\n{goal:#}");
    stored(&folder)
}

/// The lines of a file, each a body.
fn lines(name: &str) -> Vec<String> {
    case(name).lines().map(str::to_owned).collect()
}

#[test]
fn orders_count_however_their_fields_are_written() {
    for (file, expected) in [
        // Two keys of 21 digits are two; a blank at the end of a key is no part of it.
        ("collect-big-int-key.ndjson", json!([2, 0, { "EUR": 3_000 }])),
        ("collect-key-blank.ndjson", json!([1, 1, { "EUR": 1_000 }])),
        ("collect-empty-value.json", json!([1, 0, {}])),
        ("collect-lone-surrogate.json", json!([1, 0, { "EUR": 1_990 }])),
    ] {
        check(EVENTS, &lines(file), "purchase", &expected);
    }
    // Each line is the value of an order.
    let orders: Vec<String> = (1..)
        .zip(case("collect-bad-values.txt").lines())
        .map(|(key, value)| {
            format!(r#"{{"site":"shop","name":"purchase","key":"b{key}","value":{value},"url":"https://shop.example/"}}"#)
        })
        .collect();
    check(EVENTS, &orders, "purchase", &json!([6, 0, { "EUR": 4 * 1_990, "USD": 129_900 }]));
}

#[test]
fn half_an_emoji_costs_nothing_else() {
    let events = check(EVENTS, &lines("collect-lone-surrogate.json"), "view_item", &json!([1, 0, {}]));
    let viewed = events.iter().find(|event| event["name"] == "view_item").unwrap();
    assert_eq!(viewed["prop"], json!({ "title": "Sale \u{FFFD}", "$repaired": "title" }));
}

#[test]
fn a_page_with_prototype_js_is_heard() {
    let events = check(EVENTS, &lines("collect-prototype-js.json"), "pageview", &json!([1, 0, {}]));
    assert_eq!((&events[0]["host"], &events[0]["path"]), (&json!("shop.example"), &json!("/")));
}

#[test]
fn orders_of_segment_count_with_what_cannot_be_kept() {
    let long = check(
        "/v1/track",
        &[case("segment-long-text.json")],
        "Order Completed",
        &json!([1, 0, { "EUR": 500 }]),
    );
    assert_eq!(long[0]["prop"]["note"], "y".repeat(1_024));
    assert_eq!(long[0]["prop"]["$repaired"], "note");
    let relative = [case("segment-relative-url.json")];
    let found = check("/v1/track", &relative, "Order Completed", &json!([1, 0, { "EUR": 1_990 }]));
    assert_eq!(found[0]["path"], "/checkout/thanks");
}

#[test]
fn a_server_that_sends_seconds_is_told_so() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let key = folder.json(&["key", "add", "shop", "--scope", "collect"])["key"].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[]);
    let bearer = format!("Bearer {key}");
    let body = case("collect-seconds.json");
    let answer = server.client().ask("POST", EVENTS, &[("authorization", &bearer)], body.as_bytes()).unwrap();
    let refused = &answer.json()["refused"][0];
    assert_eq!((answer.status, &refused["code"]), (400, &json!("bad_time")));
    assert!(refused["message"].as_str().unwrap().contains("seconds"), "{refused}");
    server.stop();
    assert_eq!(stored(&folder).len(), 0);
}

#[test]
fn a_host_beyond_ascii_is_the_host_that_browsers_name() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder.ok(&["goals", "apply", &folder.file("site.toml", &case("waymark-idn.toml"))]);
    let server = Server::start(&folder, &[]);
    for (url, taken) in [
        ("https://xn--bcher-kva.example/kasse", true),
        ("https://bücher.example/kasse", true),
        ("https://BÜCHER.example/kasse", true),
        ("https://buecher.example/kasse", false),
    ] {
        let answer = server.post(json!({ "site": "shop", "name": "pageview", "url": url }).to_string());
        assert_eq!(answer.status == 200, taken, "{url}: {}", answer.text());
    }
    server.stop();
    let hosts: Vec<Value> = stored(&folder).iter().map(|event| event["host"].clone()).collect();
    assert_eq!(hosts, vec![json!("xn--bcher-kva.example"); 3]);
}

/// A file that no test names keeps nothing as it is.
#[test]
fn every_case_has_a_test() {
    let tests = USED_BY.map(|file| std::fs::read_to_string(root().join(file)).unwrap()).concat();
    let files = std::fs::read_dir(root().join("testdata/cases")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    // What imports of other tests write beside them.
    let names = names.filter(|name| !name.ends_with(".rejects.csv"));
    let is_named =
        |name: &String| ['"', '\''].iter().any(|quote| tests.contains(&format!("{quote}{name}{quote}")));
    let unused: Vec<String> = names.filter(|name| !is_named(name)).collect();
    assert!(unused.is_empty(), "no test uses these files: {unused:#?}");
}
