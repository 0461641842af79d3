//! Orders that the browser and the shop's server both tell of.

use serde_json::{Value, json};

use super::server::{BROWSER, EVENTS, Server};
use crate::cli::Folder;

const GOALS: &str = r#"
[site.shop]
timezone = "UTC"

[[site.shop.goal]]
name = "purchase"
role = "macro"
headline = true
key = true
value = "event"
"#;

#[test]
fn the_browser_owns_the_order_and_the_server_tells_its_value() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", GOALS)]);
    let made = folder.json(&["key", "add", "shop", "--scope", "collect"]);
    let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
    let server = Server::start(&folder, &[]);
    let send = |headers: &[(&str, &str)], key: &str, value: &str| {
        let event = json!({ "site": "shop", "name": "purchase", "key": key, "value": value }).to_string();
        let answer = server.client().ask("POST", EVENTS, headers, event.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.json());
    };
    let browser = |key, value| send(&[("user-agent", BROWSER)], key, value);
    let webhook = |key, value| send(&[("authorization", &bearer)], key, value);
    browser("A-1", "5 EUR");
    webhook("A-1", "7 EUR");
    webhook("A-2", "20 EUR");
    browser("A-2", "1 EUR");
    webhook("A-3", "100 EUR");
    browser("A-4", "1000 EUR");
    server.stop();
    let asked = folder.file("q.json", r#"{"overview": {"goals": ["purchase"]}}"#);
    let answer = folder.json(&["query", "--site", "shop", &asked]);
    let goal = &answer["total"]["goals"][0];
    let counts = ["conversions", "repeats_removed", "unattributed"].map(|count| &goal[count]);
    assert_eq!(counts, [4, 2, 1].map(Value::from).each_ref(), "{goal}");
    let rate = &goal["rates"]["visitor"];
    assert_eq!((&rate["numerator"], &rate["denominator"]), (&json!(1), &json!(1)));
    let value =
        json!([{ "currency": "EUR", "gross": 112_700, "verified": 12_700, "refunds": 0, "net": 112_700 }]);
    assert_eq!(goal["value"], value);
    let said = folder.ok(&["query", "--site", "shop", &asked]);
    assert!(said.contains("1,127.00 EUR, 127.00 EUR verified"), "{said}");
}
