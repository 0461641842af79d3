//! Running the server: configuration, health, metrics, logs and the end.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::{Value, json};

use super::{
    client::Client,
    server::{BROWSER, EVENTS, Server, stored},
};
use crate::cli::Folder;

fn shop() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = Client::connect(address).unwrap().ask("GET", path, &[], &[]).unwrap();
    (answer.status, answer.text())
}

#[test]
fn the_configuration_is_a_file_the_environment_and_arguments() {
    let folder = shop();
    let file = folder.file("server.toml", "[paths]\nevents = '/collect'\npixel = '/p.gif'\n");
    let server = Server::start_with(&folder, &["--config", &file], &[("WAYMARK_PATHS_PIXEL", "/q.gif")]);
    let status = |method: &str, path: &str| server.client().ask(method, path, &[], b"").unwrap().status;
    assert_eq!(status("POST", "/collect"), 400);
    assert_eq!(status("POST", EVENTS), 404);
    assert_eq!(status("GET", "/p.gif"), 404, "the environment comes first");
    assert_ne!(status("GET", "/q.gif"), 404);
    server.stop();
    folder.fails(&["serve", "--config", "nowhere.toml"], 3, &["nowhere.toml", "nothing was started"]);
    let wrong = folder.file("wrong.toml", "lisen = 'x'\n");
    folder.fails(&["serve", "--config", &wrong], 2, &["did you mean `listen`?", "wrong.toml:1:1"]);
    folder.fails(&["serve", "--listen", "nowhere"], 2, &["no address"]);
    let server = Server::start(&folder, &["--public-url", "http://stats.shop.example"]);
    assert!(server.stop().contains("not https"));
}

#[test]
fn a_site_says_whose_events_and_which_parameters_are_its_own() {
    let folder = shop();
    let text = "[site.shop]\ntimezone = 'UTC'\nquery_params = ['size']\ninternal = ['198.51.100.0/24']\n\
        payment_hosts = ['pay.example']\n";
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", text)]);
    let server = Server::start(&folder, &["--trusted-proxies", "127.0.0.1"]);
    let send = |name: &str, from: &str| {
        let url = "https://shop.example/p?size=xl&colour=red";
        let event =
            json!({ "site": "shop", "name": name, "url": url, "referrer": "https://pay.example/done" });
        let headers = [("user-agent", BROWSER), ("x-forwarded-for", from)];
        let answer = server.client().ask("POST", EVENTS, &headers, event.to_string().as_bytes()).unwrap();
        answer.header("x-waymark-not-counted").map(str::to_owned)
    };
    assert_eq!(send("ours", "198.51.100.7").as_deref(), Some("internal"));
    assert_eq!(send("theirs", "203.0.113.7"), None);
    server.stop();
    let events = stored(&folder);
    let event = |name: &str| events.iter().find(|event| event["name"] == name).unwrap();
    assert_eq!((&event("ours")["tag"], &event("theirs")["tag"]), (&json!("internal"), &Value::Null));
    assert_eq!(event("theirs")["channel"], "internal", "from the payment service");
    let shown = event("theirs").to_string();
    assert!(shown.contains("xl") && !shown.contains("red"), "{shown}");
}

#[test]
fn health_says_whether_events_are_taken() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    assert_eq!(get(server.address, "/health/live").0, 200);
    let (status, body) = get(server.address, "/health/ready");
    let ready: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &ready), (200, &json!({ "ready": true, "reasons": [] })));
    assert_eq!(folder.json(&["health"]), ready);
    server.stop();
    folder.fails(&["health"], 1, &["no server", "waymark serve"]);
    // A byte of a record that was safe.
    let log = folder.path().join("log");
    let server = Server::start(&folder, &[]);
    for _ in 0..3 {
        assert_eq!(server.post(r#"{"site":"shop","name":"view"}"#).status, 200);
    }
    server.kill();
    let newest = std::fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    std::fs::write(&newest, bytes).unwrap();
    let server = Server::start(&folder, &[]);
    let (status, body) = get(server.address, "/health/ready");
    let ready: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &ready["reasons"][0]["code"]), (503, &json!("damage_found")), "{body}");
    assert_eq!(folder.run(&["health"]).code, 1);
    assert_eq!(server.post(r#"{"site":"shop","name":"view"}"#).status, 200, "events are taken all the same");
    server.stop();
}

/// The figures of a page in Prometheus' format.
fn figures(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect()
}

#[test]
fn metrics_count_what_was_answered_and_what_became_of_events() {
    let folder = shop();
    let (server, said) = Server::start(&folder, &["--metrics", "127.0.0.1:0"]).said_so_far();
    let at = said.split("metrics are at http://").nth(1).unwrap().split('/').next().unwrap();
    let at: SocketAddr = at.parse().unwrap();
    let body = json!({ "site": "shop", "events": [{ "id": "a", "name": "view" }, { "id": "b", "name": "buy" }, {}] });
    assert_eq!(server.post(body.to_string()).status, 200);
    assert_eq!(server.post(body.to_string()).json()["duplicates"], 2);
    assert_eq!(server.post("{").status, 400);
    assert_eq!(get(server.address, "/metrics").0, 404, "the public address has none");
    let (status, page) = get(at, "/metrics");
    assert_eq!(status, 200);
    let figures = figures(&page);
    let is = |name: &str, expected: f64| assert_eq!(figures.get(name), Some(&expected), "{name} in\n{page}");
    is(r#"waymark_requests_total{code="200"}"#, 2.0);
    is(r#"waymark_requests_total{code="400"}"#, 1.0);
    is(r#"waymark_refused_requests_total{code="bad_json"}"#, 1.0);
    is(r#"waymark_events_received_total{site="shop"}"#, 6.0);
    is(r#"waymark_events_total{site="shop",fate="stored",reason=""}"#, 2.0);
    is(r#"waymark_events_total{site="shop",fate="duplicate",reason=""}"#, 2.0);
    is(r#"waymark_events_total{site="shop",fate="rejected",reason="missing_field"}"#, 2.0);
    is("waymark_acknowledgement_seconds_count", 2.0);
    is(r#"waymark_acknowledgement_seconds_bucket{le="+Inf"}"#, 2.0);
    is("waymark_tail_rows", 2.0);
    is("waymark_log_failed", 0.0);
    is("waymark_waiting_requests", 0.0);
    is("waymark_body_bytes", 0.0);
    assert!(figures["process_resident_memory_bytes"] > 1e6);
    let fates: f64 =
        figures.iter().filter(|(name, _)| name.starts_with("waymark_events_total")).map(|(_, n)| n).sum();
    assert_eq!(fates, 6.0, "received = stored + duplicates + quarantined + rejected");
    assert_eq!(get(at, "/health/ready").0, 200);
    server.stop();
}

#[test]
fn log_lines_tell_nothing_of_who_sent_what() {
    let folder = shop();
    let args = ["--log-format", "json", "--log-level", "debug", "--trusted-proxies", "127.0.0.1"];
    let server = Server::start(&folder, &args);
    let headers = [
        ("user-agent", "canary-agent"),
        ("x-forwarded-for", "203.0.113.77"),
        ("referer", "https://canary-page.example/"),
        ("authorization", "Bearer wms_canary"),
    ];
    let body =
        br#"{"site":"canary-site","name":"canary-event","url":"https://shop.example/?q=canary-query"}"#;
    for path in [EVENTS, "/v1/events?canary-query", "/canary-path"] {
        let answer = server.client().ask("POST", path, &headers, body).unwrap();
        assert_ne!(answer.status, 200);
        assert!(answer.header("x-request-id").is_some());
    }
    let ok = server
        .client()
        .ask("POST", EVENTS, &headers[..3], br#"{"site":"shop","name":"canary-event"}"#)
        .unwrap();
    assert_eq!(ok.status, 200);
    let id = ok.header("x-request-id").unwrap().to_owned();
    let said = server.stop();
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let line = lines.iter().find(|line| line["span"]["id"] == id.as_str()).expect(&said);
    assert_eq!((&line["status"], &line["span"]["path"]), (&json!(200), &json!("/v1/events")));
    for canary in ["canary", "203.0.113.77", "127.0.0.1:4", "wms_"] {
        // The server's own address is in two lines, and its port may begin with a 4.
        let is_own = |line: &str| line.contains("listens on") || line.contains("/setup#");
        let found = said.lines().find(|line| line.contains(canary) && !is_own(line));
        assert_eq!(found, None, "{canary}");
    }
}

#[test]
fn the_end_waits_for_requests_and_a_second_signal_for_nothing() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let body = br#"{"site":"shop","name":"view"}"#;
    let mut half = server.client();
    let head = format!("POST {EVENTS} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", body.len());
    half.raw(head.as_bytes()).unwrap();
    half.raw(&body[..5]).unwrap();
    // An answer on another connection, and the first request is known to have been read.
    assert_eq!(get(server.address, "/health/live").0, 200);
    server.signal("TERM");
    while Client::connect(server.address).is_ok() {
        std::thread::yield_now();
    }
    half.raw(&body[5..]).unwrap();
    assert_eq!(half.answer().unwrap().status, 200, "what was under way is answered");
    server.wait();
    assert_eq!(stored(&folder).len(), 1);

    let mut server = Server::start(&folder, &[]);
    let mut half = server.client();
    half.raw(head.as_bytes()).unwrap();
    assert_eq!(get(server.address, "/health/live").0, 200);
    server.signal("TERM");
    while Client::connect(server.address).is_ok() {
        std::thread::yield_now();
    }
    server.signal("TERM");
    assert_eq!(server.code(), Some(130));
}
