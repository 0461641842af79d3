//! Segment's tracking API: what its bodies say, and what its clients and RudderStack's are answered.

use serde_json::{Value, json};
use waymark_collect::protocol::segment::{Call, decode};

use super::{
    decoded::shown,
    server::{BROWSER, Server, stored},
};
use crate::cli::Folder;

#[track_caller]
fn check(body: &Value, expected: &Value) {
    let decoded = shown(decode(&body.to_string(), None));
    let event = decoded["events"].get(0).unwrap_or(&decoded);
    assert_eq!(event, expected, "{body}");
}

/// A track call with these properties, and the event that it becomes.
#[track_caller]
fn check_track(name: &str, properties: Value, expected: Value) {
    let mut event = json!({ "name": name });
    event.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
    check(&json!({ "type": "track", "event": name, "properties": properties }), &event);
}

#[test]
fn calls_become_events() {
    let who = json!({ "anonymousId": "a-1", "userId": 42, "messageId": "m-1" });
    let call = |more: Value| {
        let mut body = who.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let event = |more: Value| {
        let mut event = json!({ "id": "m-1", "visitor": "a-1", "user": "42" });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    for (body, expected) in [
        (
            call(
                json!({ "type": "track", "event": "Signed Up", "properties": { "plan": "pro", "seats": 3, "from": null } }),
            ),
            event(json!({ "name": "Signed Up", "props": { "plan": "pro", "seats": "3" } })),
        ),
        (
            call(json!({ "type": "page", "name": "Home", "category": "Docs", "properties": {
                "url": "https://shop.example/?q=secret", "path": "/", "search": "?q=secret", "title": "Shop", "referrer": "https://news.example/", "ab": "b",
            } })),
            event(json!({
                "name": "pageview", "url": "https://shop.example/?q=secret", "referrer": "https://news.example/",
                "props": { "name": "Home", "category": "Docs", "title": "Shop", "ab": "b" },
            })),
        ),
        (
            call(json!({ "type": "screen", "name": "Cart", "properties": { "items": 2 } })),
            event(json!({ "name": "screen", "props": { "name": "Cart", "items": "2" } })),
        ),
        (
            call(json!({ "type": "identify", "traits": { "plan": "pro", "address": { "city": "Bonn" } } })),
            event(
                json!({ "name": "$identify", "props": { "plan": "pro", "address": r#"{"city":"Bonn"}"# } }),
            ),
        ),
        (
            call(
                json!({ "type": "identify", "traits": { "plan": "pro" }, "context": { "traits": { "plan": "free", "vip": true } } }),
            ),
            event(json!({ "name": "$identify", "props": { "plan": "pro", "vip": "true" } })),
        ),
        (
            call(json!({ "type": "group", "groupId": "g-1", "traits": { "name": "Acme" } })),
            event(json!({ "name": "$group", "props": { "groupId": "g-1", "name": "Acme" } })),
        ),
        (call(json!({ "type": "alias", "previousId": "a-0" })), event(json!({ "name": "$alias" }))),
        (
            json!({ "type": "alias", "previousId": "a-0", "userId": "u" }),
            json!({ "name": "$alias", "visitor": "a-0", "user": "u" }),
        ),
        (json!({ "type": "track" }), json!("missing_field")),
        (json!({ "type": "tracked", "event": "a" }), json!("wrong_kind")),
        (json!({ "event": "a" }), json!("missing_field")),
        (
            json!({ "type": "track", "event": "a", "properties": ["a"] }),
            json!({ "name": "a", "props": { "properties": r#"["a"]"# }, "remarks": ["properties: wrong_kind"] }),
        ),
        (
            json!({ "type": "track", "event": "a", "properties": r#"{"b":1}"# }),
            json!({ "name": "a", "props": { "b": "1" } }),
        ),
        (json!({ "type": "track", "event": "a", "timestamp": "soon" }), json!({ "name": "a" })),
        (json!({ "batch": {} }), json!("bad_json")),
        (json!([]), json!("bad_json")),
    ] {
        check(&body, &expected);
    }
}

#[test]
fn money_and_orders_are_found_among_properties() {
    check_track(
        "Order Completed",
        json!({ "order_id": "o-7", "revenue": 19.9, "currency": "eur", "total": 25, "coupon": "MAY" }),
        json!({ "key": "o-7", "value": 1990, "currency": "EUR", "props": { "total": "25", "coupon": "MAY" } }),
    );
    check_track(
        "Order Completed",
        json!({ "orderId": 7, "total": "25.5" }),
        json!({ "key": "7", "value": 2550 }),
    );
    check_track(
        "Upgraded",
        json!({ "value": "500", "currency": "JPY" }),
        json!({ "value": 500, "currency": "JPY" }),
    );
    check_track(
        "Searched",
        json!({ "total": 25, "value": "high" }),
        json!({ "props": { "total": "25", "value": "high" } }),
    );
    check_track(
        "Upgraded",
        json!({ "revenue": "much", "value": 5 }),
        json!({ "value": 500, "props": { "revenue": "much" } }),
    );
    check_track(
        "Upgraded",
        json!({ "value": 5, "currency": "euro" }),
        json!({ "props": { "value": "5", "currency": "euro" }, "remarks": ["value: bad_currency", "currency: bad_currency"] }),
    );
    check(
        &json!({ "type": "track", "event": "Order Refunded", "properties": { "order_id": "o-7", "total": 5, "currency": "EUR" } }),
        &json!({ "name": "$refund", "key": "o-7", "value": 500, "currency": "EUR" }),
    );
    let products: Vec<Value> = (0..40).map(|sku| json!({ "product_id": sku, "name": "A thing" })).collect();
    check_track(
        "Order Completed",
        json!({ "order_id": "o-8", "products": products }),
        json!({ "key": "o-8", "props": { "segment.left_out": "products" } }),
    );
    check_track(
        "Order Completed",
        json!({ "products": [{ "sku": "s" }], "notes": [] }),
        json!({ "props": { "products": r#"[{"sku":"s"}]"# } }),
    );
}

#[test]
fn the_context_says_page_campaign_and_surroundings() {
    let track = |context: Value| json!({ "type": "track", "event": "a", "context": context });
    for (context, expected) in [
        (
            json!({
                "page": { "url": "https://shop.example/a?utm_source=x", "path": "/a", "search": "?utm_source=x", "referrer": "https://news.example/", "title": "A" },
                "campaign": { "source": "x" },
                "userAgent": BROWSER, "userAgentData": { "mobile": false }, "ip": "203.0.113.7",
                "locale": "en", "timezone": "Europe/Berlin", "library": { "name": "analytics.js" },
            }),
            json!({
                "name": "a", "url": "https://shop.example/a?utm_source=x", "referrer": "https://news.example/", "ip": "203.0.113.7", "user_agent": BROWSER,
                "props": { "title": "A", "context.locale": "en", "context.timezone": "Europe/Berlin", "context.library": r#"{"name":"analytics.js"}"# },
            }),
        ),
        (
            json!({ "page": { "url": "https://shop.example/?a=1" }, "campaign": { "source": "x y", "name": "may" } }),
            json!({ "name": "a", "url": "https://shop.example/?a=1&utm_source=x+y&utm_campaign=may" }),
        ),
        (
            json!({ "campaign": { "source": "x", "medium": "email", "creative": "c" } }),
            json!({ "name": "a", "props": { "utm_source": "x", "utm_medium": "email", "segment.left_out": "context.campaign" } }),
        ),
        (
            json!({ "ip": "nowhere", "device": { "id": "d-1" }, "traits": {}, "page": { "path": "/a", "tab_url": "x" } }),
            json!({ "name": "a", "props": { "path": "/a", "segment.left_out": "context.page.tab_url,context.device" } }),
        ),
        (json!("none"), json!({ "name": "a" })),
    ] {
        check(&track(context), &expected);
    }
}

#[test]
fn what_has_no_place_is_kept_or_named() {
    let body = json!({
        "type": "track", "event": "a", "writeKey": "shop", "sentAt": "2025-11-20T16:00:01.500Z",
        "timestamp": "2025-11-20T15:59:00+00:00", "originalTimestamp": "2025-11-20T16:00:01Z",
        "integrations": { "All": true }, "_metadata": { "bundled": [] }, "channel": "server", "version": 2,
        "request_ip": "203.0.113.7", "extra": { "a": [1] }, "nothing": {}, "traits": { "long": "x".repeat(2_000) },
    });
    let delivery = shown(decode(&body.to_string(), None));
    assert_eq!((&delivery["site"], &delivery["sent_at"]), (&json!("shop"), &json!(1_763_654_401_500_i64)));
    let props = json!({ "segment.extra": r#"{"a":[1]}"#, "segment.left_out": "segment.traits" });
    assert_eq!(delivery["events"], json!([{ "name": "a", "time": 1_763_654_340_000_i64, "props": props }]));
    assert!(!delivery.to_string().contains("203.0.113.7"));
}

#[test]
fn a_batch_shares_its_context() {
    let batch = json!({ "writeKey": "shop", "context": { "locale": "en" }, "batch": [
        { "type": "track", "event": "a" },
        { "type": "track", "event": "b", "context": { "locale": "de" } },
        { "event": "c" }, 7,
    ] });
    let delivery = shown(decode(&batch.to_string(), Some(Call::Page)));
    let event = |name: &str, locale: &str| json!({ "name": name, "props": { "context.locale": locale } });
    assert_eq!(
        delivery["events"],
        json!([event("a", "en"), event("b", "de"), "missing_field", "not_an_object"])
    );
    let many = json!({ "batch": vec![json!({ "type": "page" }); 501] });
    check(&many, &json!("too_many_events"));
}

/// `Authorization: Basic`, as a client makes it of a write key.
fn basic(key: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

#[test]
fn every_path_takes_its_call() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    let auth = basic("shop");
    let headers = [("user-agent", BROWSER), ("authorization", auth.as_str()), ("content-type", "text/plain")];
    let mut calls = Vec::new();
    for call in Call::ALL {
        let name = call.as_str();
        calls.extend([
            (format!("/v1/{name}"), json!({ "event": "a" })),
            (format!("/v1/{}", &name[..1]), json!({ "event": "a" })),
        ]);
    }
    for path in ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"] {
        calls.push((path.to_owned(), json!({ "batch": [{ "type": "track", "event": "a" }] })));
    }
    for (path, body) in &calls {
        let answer = server.client().ask("POST", path, &headers, body.to_string().as_bytes()).unwrap();
        assert_eq!((answer.status, answer.json()), (200, json!({ "success": true })), "{path}");
        let asks = [
            ("origin", "https://shop.example"),
            ("access-control-request-headers", "anonymousid,authorization,content-type,sentat"),
        ];
        let answer = server.client().ask("OPTIONS", path, &asks, b"").unwrap();
        assert_eq!(
            (answer.status, answer.header("access-control-allow-headers")),
            (204, Some(asks[1].1)),
            "{path}"
        );
    }
    server.stop();
    let mut names: Vec<String> =
        stored(&folder).iter().map(|event| event["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    let twice = ["$alias", "$group", "$identify"].into_iter().flat_map(|name| [name; 2]);
    let expected: Vec<&str> = twice.chain(["a"; 6]).chain(["pageview"; 2]).chain(["screen"; 2]).collect();
    assert_eq!(names, expected);
}

#[test]
fn keys_are_names_hosts_or_secrets_and_refusals_have_a_code() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    let secret =
        folder.json(&["key", "add", "shop", "--scope", "collect"])["key"].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[]);
    let order = |id: &str| json!({ "type": "track", "event": "Order Completed", "messageId": id, "timestamp": "2020-01-01T00:00:00Z", "properties": { "revenue": 5 } });
    let send = |key: Option<&str>, body: &Value| {
        let auth = key.map(basic);
        let mut headers = vec![("user-agent", BROWSER)];
        headers.extend(auth.as_deref().map(|auth| ("authorization", auth)));
        let answer = server.client().ask("POST", "/v1/batch", &headers, body.to_string().as_bytes()).unwrap();
        let code = answer.json()["code"].as_str().map(str::to_owned);
        assert_eq!(answer.json()["success"], json!(answer.status == 200));
        assert_eq!(answer.json()["message"].is_string(), answer.status != 200);
        (answer.status, code.unwrap_or_default())
    };
    let batch = |id: &str| json!({ "batch": [order(id)] });
    for (key, body, status, code) in [
        (Some("shop"), batch("by name"), 200, ""),
        (Some("shop.example"), batch("by host"), 200, ""),
        (Some(secret.as_str()), batch("by key"), 200, ""),
        (None, json!({ "writeKey": "shop", "batch": [order("in the body")] }), 200, ""),
        (None, json!({ "writeKey": secret, "batch": [order("key in the body")] }), 200, ""),
        (Some("shp"), batch("x"), 404, "unknown_site"),
        (Some("wms_x"), batch("x"), 401, "bad_key"),
        (None, batch("x"), 400, "no_site"),
        (Some("shop"), json!({ "batch": [{ "type": "track" }] }), 400, "missing_field"),
        (Some("shop"), json!({ "batch": [{ "type": "track" }, order("beside")] }), 200, ""),
        (Some("shop"), json!({ "batch": [] }), 400, "no_events"),
        (Some("shop"), json!("x"), 400, "bad_json"),
    ] {
        assert_eq!(send(key, &body), (status, code.to_owned()), "{key:?} {body}");
    }
    server.stop();
    let verified: Vec<bool> = stored(&folder).iter().map(|event| event["verified"] == true).collect();
    assert_eq!((verified.len(), verified.iter().filter(|verified| **verified).count()), (6, 2));
}

#[test]
fn browsers_clients_learn_where_to_send() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    let ask = |path: &str, headers: &[(&str, &str)]| server.client().ask("GET", path, headers, b"").unwrap();
    let settings = ask("/v1/projects/shop/settings", &[("origin", "https://shop.example")]);
    let host = format!("{}/v1", server.address);
    let receiver = json!({ "apiKey": "shop", "apiHost": host, "protocol": "https" });
    assert_eq!(settings.json()["integrations"], json!({ "Segment.io": receiver }));
    assert_eq!(settings.header("access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(ask("/v1/projects/shp/settings", &[]).status, 404);
    let auth = basic("shop");
    for (path, headers) in [
        ("/sourceConfig/?p=web", &[("authorization", auth.as_str())][..]),
        ("/sourceConfig/?writeKey=shop", &[]),
    ] {
        let source = ask(path, headers).json()["source"].clone();
        assert_eq!(
            (&source["writeKey"], &source["enabled"], &source["destinations"]),
            (&json!("shop"), &json!(true), &json!([]))
        );
    }
    assert_eq!(ask("/sourceConfig/?writeKey=shp", &[]).status, 404);
    server.stop();
    let server = Server::start(&folder, &["--public-url", "http://stats.example:8080"]);
    let settings = server.client().ask("GET", "/v1/projects/shop/settings", &[], b"").unwrap().json();
    let receiver = json!({ "apiKey": "shop", "apiHost": "stats.example:8080/v1", "protocol": "http" });
    assert_eq!(settings["integrations"]["Segment.io"], receiver);
}
