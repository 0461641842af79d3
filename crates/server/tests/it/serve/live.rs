//! The stream of live events.

use serde_json::{Value, json};

use super::server::{BROWSER, EVENTS, Server};
use crate::cli::Folder;

fn key(folder: &Folder, site: &str, scope: &str) -> String {
    let made = folder.json(&["key", "add", site, "--scope", scope]);
    format!("Bearer {}", made["key"].as_str().unwrap())
}

#[test]
fn events_are_seen_as_they_are_stored_by_those_who_may() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder.ok(&["site", "add", "other", "--timezone", "UTC"]);
    let (reads, sends, other) =
        (key(&folder, "shop", "read"), key(&folder, "shop", "collect"), key(&folder, "other", "read"));
    let server = Server::start(&folder, &[]);
    let path = "/api/v1/sites/shop/live";
    for (headers, status) in [
        (&[][..], 401),
        (&[("authorization", sends.as_str())], 401),
        (&[("authorization", other.as_str())], 404),
    ] {
        assert_eq!(server.client().ask("GET", path, headers, b"").unwrap().status, status);
    }
    let mut watcher = server.client();
    let answer = watcher.ask("GET", path, &[("authorization", &reads)], b"").unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
    let post = |body: Value| {
        server.client().ask("POST", EVENTS, &[("user-agent", BROWSER)], body.to_string().as_bytes()).unwrap()
    };
    post(json!({ "site": "other", "name": "elsewhere" }));
    let event = json!({ "site": "shop", "id": "1", "name": "purchase", "url": "https://shop.example/thanks?token=1",
        "value": "5 EUR", "user": "ann", "visitor": "secret visitor" });
    post(event.clone());
    post(event);
    post(json!({ "site": "shop", "name": "second", "test": true }));
    let mut data = || loop {
        if let Some(data) = watcher.line().unwrap().strip_prefix("data: ") {
            return serde_json::from_str::<Value>(data).unwrap();
        }
    };
    let mut first = data();
    assert!(first.as_object_mut().unwrap().remove("time").is_some());
    let expected = json!({ "name": "purchase", "host": "shop.example", "path": "/thanks", "channel": "direct", "country": "",
        "device": "desktop", "value": 500, "currency": "EUR" });
    assert_eq!(first, expected);
    let second = data();
    assert_eq!(second["name"], "second", "a repeated delivery is no event");
    assert_eq!(second["tag"], "test");
    // A stream has no end of its own: it must not hold the server up.
    server.stop();
}

const GOALS: &str = r#"
[site.shop]
timezone = "UTC"
[[site.shop.goal]]
name = "purchase"
role = "macro"
headline = true
key = true
[[site.shop.goal]]
name = "thanks"
path = "/thanks"
event = "pageview"
role = "milestone"
counting = "once_per_session"
"#;

#[test]
fn what_was_counted_before_is_marked() {
    let folder = Folder::new_shop();
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", GOALS)]);
    let reads = key(&folder, "shop", "read");
    let page = |path: &str| json!({ "site": "shop", "name": "pageview", "url": format!("https://shop.example{path}") });
    let order = |key: &str| json!({ "site": "shop", "name": "purchase", "key": key, "value": "5 EUR" });
    let post = |server: &Server, event: &Value| {
        let answer =
            server.client().ask("POST", EVENTS, &[("user-agent", BROWSER)], event.to_string().as_bytes());
        assert_eq!(answer.unwrap().status, 200);
    };
    // What was stored before the start is known, too.
    let server = Server::start(&folder, &[]);
    post(&server, &order("A-1"));
    server.stop();
    let server = Server::start(&folder, &[]);
    let mut watcher = server.client();
    watcher.ask("GET", "/api/v1/sites/shop/live", &[("authorization", &reads)], b"").unwrap();
    let mut marks = |event: &Value| {
        post(&server, event);
        loop {
            if let Some(data) = watcher.line().unwrap().strip_prefix("data: ") {
                let seen: Value = serde_json::from_str(data).unwrap();
                return ["already_counted", "headline"].map(|mark| seen[mark] == true);
            }
        }
    };
    let (headline, repeat) = ([false, true], [true, true]);
    for (event, expected) in [
        (order("A-1"), repeat),
        (order("A-2"), headline),
        (order("A-2"), repeat),
        (page("/"), [false, false]),
        (page("/thanks"), [false, false]),
        (page("/thanks"), [true, false]),
    ] {
        assert_eq!(marks(&event), expected, "{event}");
    }
    server.stop();
}

#[test]
fn who_may_not_watch_any_more_does_not() {
    let folder = Folder::new_shop();
    let reads = key(&folder, "shop", "read");
    let server = Server::start(&folder, &[]);
    let mut watcher = server.client();
    let answer = watcher.ask("GET", "/api/v1/sites/shop/live", &[("authorization", &reads)], b"").unwrap();
    assert_eq!(answer.status, 200);
    let prefix = folder.json(&["key", "list"])[0]["prefix"].as_str().unwrap().to_owned();
    folder.ok(&["key", "revoke", &prefix]);
    // The stream ends; until then there is nothing to see.
    while let Ok(line) = watcher.line() {
        assert!(!line.starts_with("data: "), "{line}");
        if line == "0" {
            break;
        }
    }
    server.stop();
}
