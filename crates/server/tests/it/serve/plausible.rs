//! Plausible's events API: what its bodies say, and what its clients are answered.

use serde_json::{Value, json};
use waymark_collect::protocol::plausible::decode;

use super::{
    decoded::shown,
    server::{BROWSER, Server, stored},
};
use crate::cli::Folder;

#[track_caller]
fn check(body: &Value, expected: &Value) {
    let decoded = shown(decode(&body.to_string()));
    let event = decoded["events"].get(0).unwrap_or(&decoded);
    assert_eq!(event, expected, "{body}");
}

#[test]
fn an_event_is_read_by_short_and_by_long_names() {
    let short = json!({
        "n": "Signup", "u": "https://shop.example/a#top", "d": "shop.example", "r": "https://news.example/",
        "p": { "plan": "pro", "seats": 3, "gift": true, "none": null }, "$": { "currency": "USD", "amount": "10.29" },
        "i": false, "h": 1, "v": 36, "w": 1280,
    });
    let long = json!({
        "name": "Signup", "url": "https://shop.example/a#top", "domain": "shop.example",
        "referrer": "https://news.example/", "props": r#"{"plan":"pro","seats":3,"gift":true}"#,
        "revenue": r#"{"currency":"USD","amount":10.29}"#, "interactive": false, "w": 1280,
    });
    let expected = json!({
        "name": "Signup", "url": "https://shop.example/a#top", "referrer": "https://news.example/",
        "value": 1029, "currency": "USD",
        "props": { "plan": "pro", "seats": "3", "gift": "true", "interactive": "false", "plausible.w": "1280" },
    });
    check(&short, &expected);
    check(&long, &expected);
    let short = short.to_string();
    let delivery = decode(&short).unwrap();
    assert_eq!(delivery.site.as_deref(), Some("shop.example"));
}

#[test]
fn bodies_are_read_or_refused() {
    let page = |more: Value| {
        let mut body = json!({ "n": "pageview", "u": "https://shop.example/", "d": "shop" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let read = |more: Value| {
        let mut event = json!({ "name": "pageview", "url": "https://shop.example/" });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    for (body, expected) in [
        (page(json!({})), read(json!({}))),
        (page(json!({ "r": null, "i": true, "h": 0 })), read(json!({}))),
        (page(json!({ "m": { "a": "1" } })), read(json!({ "props": { "a": "1" } }))),
        (page(json!({ "p": "" })), read(json!({}))),
        (
            page(json!({ "p": ["a"] })),
            read(json!({ "props": { "props": r#"["a"]"# }, "remarks": ["props: wrong_kind"] })),
        ),
        (page(json!({ "$": {} })), read(json!({}))),
        (
            page(json!({ "$": { "amount": 5 } })),
            read(json!({ "props": { "revenue": r#"{"amount":5}"# }, "remarks": ["revenue: wrong_kind"] })),
        ),
        (
            page(json!({ "$": { "amount": "5", "currency": "euro" } })),
            read(
                json!({ "props": { "revenue": r#"{"amount":"5","currency":"euro"}"# }, "remarks": ["revenue: bad_currency"] }),
            ),
        ),
        (
            page(json!({ "n": "engagement", "sd": 67, "e": 4210, "p": { "plan": "pro" } })),
            read(json!({ "name": "$engagement", "props": { "plan": "pro", "ms": "4210", "depth": "67" } })),
        ),
        (json!({ "n": "pageview", "d": "shop" }), json!("missing_field")),
        (json!({ "u": "https://shop.example/", "d": "shop" }), json!("missing_field")),
        (json!([]), json!("bad_json")),
        (json!("text"), json!("bad_json")),
    ] {
        check(&body, &expected);
    }
}

#[test]
fn clients_are_answered_as_they_expect() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    let server = Server::start(&folder, &[]);
    let check = |headers: &[(&str, &str)], body: Value, expected: (u16, &str, Option<&str>, Option<&str>)| {
        let answer = server.client().ask("POST", "/api/event", headers, body.to_string().as_bytes()).unwrap();
        let text = if answer.status == 202 {
            answer.text()
        } else {
            answer.json()["error"]["code"].as_str().unwrap().to_owned()
        };
        let said = (
            answer.status,
            text.as_str(),
            answer.header("x-plausible-dropped"),
            answer.header("x-waymark-not-counted"),
        );
        assert_eq!(said, expected, "{body}");
    };
    let browser =
        [("user-agent", BROWSER), ("content-type", "text/plain"), ("origin", "https://shop.example")];
    let page = json!({ "n": "pageview", "u": "https://shop.example/", "d": "other.example, shop.example" });
    check(&browser, page.clone(), (202, "ok", None, None));
    check(&[("user-agent", "curl/8.5.0")], page, (202, "ok", Some("1"), Some("crawler")));
    let elsewhere = json!({ "n": "pageview", "u": "https://copy.example/", "d": "shop.example" });
    check(&browser, elsewhere, (202, "ok", Some("1"), Some("host_not_listed")));
    let nowhere = json!({ "n": "pageview", "u": "https://shop.example/", "d": "shp.example" });
    check(&browser, nowhere, (404, "unknown_site", Some("1"), Some("unknown_site")));
    check(
        &browser,
        json!({ "n": "pageview", "d": "shop" }),
        (400, "missing_field", Some("1"), Some("missing_field")),
    );
    check(&browser, json!(7), (400, "bad_json", Some("1"), Some("bad_json")));
    let asks = [("origin", "https://shop.example"), ("access-control-request-headers", "content-type")];
    let answer = server.client().ask("OPTIONS", "/api/event", &asks, b"").unwrap();
    assert_eq!((answer.status, answer.header("access-control-allow-headers")), (204, Some("content-type")));
    server.stop();
    assert_eq!(stored(&folder).len(), 2);
}

#[test]
fn a_server_with_a_key_tells_its_visitors_surroundings() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let key = folder.json(&["key", "add", "shop", "--scope", "collect"])["key"].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[]);
    let body = json!({ "name": "Order", "url": "https://shop.example/", "domain": "shop", "revenue": { "currency": "EUR", "amount": 5 } });
    let bearer = format!("Bearer {key}");
    let headers =
        [("user-agent", BROWSER), ("x-forwarded-for", "203.0.113.7, 10.0.0.1"), ("authorization", &bearer)];
    for headers in [&headers[..], &headers[..2]] {
        assert_eq!(
            server.client().ask("POST", "/api/event", headers, body.to_string().as_bytes()).unwrap().status,
            202
        );
    }
    server.stop();
    let mut shown: Vec<_> = stored(&folder)
        .iter()
        .map(|event| (event["verified"] == true, event["browser"].clone(), event["value_minor"].clone()))
        .collect();
    shown.sort_by_key(|(verified, ..)| *verified);
    assert_eq!(shown, [false, true].map(|verified| (verified, json!("Chrome"), json!(500))));
}

#[test]
fn pages_may_be_in_fragments() {
    for (told, expected) in [
        (json!(1), true),
        (json!(true), true),
        (json!(0), false),
        (json!(false), false),
        (json!(null), false),
    ] {
        let body = json!({ "n": "pageview", "u": "https://shop.example/#cart", "d": "shop", "h": told });
        let body = body.to_string();
        let delivery = decode(&body).unwrap();
        assert_eq!(delivery.events[0].clone().unwrap().is_routed, expected, "{body}");
    }
}
