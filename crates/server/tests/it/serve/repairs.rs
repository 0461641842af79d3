//! What cannot be kept of an event is left out or repaired alone: the event counts, and answer and properties say so.

use serde_json::{Value, json};

use super::server::{BROWSER, EVENTS, Server, stored};
use crate::cli::Folder;

fn shop() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    folder
}

/// Stores one body, which must be accepted; gives the answer and the events.
#[track_caller]
fn store(path: &str, body: &str) -> (Value, Vec<Value>) {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let headers = [("user-agent", BROWSER), ("authorization", "Basic c2hvcDo=")];
    let headers = if path == EVENTS { &headers[..1] } else { &headers[..] };
    let answer = server.client().ask("POST", path, headers, body.as_bytes()).unwrap();
    assert!(matches!(answer.status, 200 | 202), "{}: {body}", answer.text());
    let noted = json!(answer.header("x-waymark-noted"));
    let said = if path == EVENTS { answer.json() } else { json!({}) };
    server.stop();
    (json!({ "said": said, "noted": noted }), stored(&folder))
}

/// An order with these fields beside its name: what is stored of it, and the codes that the answer names.
#[track_caller]
fn check(fields: Value, expected: Value, noted: &[&str]) {
    let mut event = json!({ "site": "shop", "name": "purchase" });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (answer, events) = store(EVENTS, &event.to_string());
    assert_eq!(events.len(), 1, "{event}");
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&events[0][field], value, "{field} of {event}: {}", events[0]);
    }
    let remarks = answer["said"]["noted"].as_array().cloned().unwrap_or_default();
    let codes: Vec<String> = remarks
        .iter()
        .map(|remark| format!("{}:{}", remark["field"].as_str().unwrap(), remark["code"].as_str().unwrap()))
        .collect();
    assert_eq!(codes, noted, "{event}");
}

#[test]
fn amounts_in_usual_notations_are_read() {
    for (value, minor, currency) in [
        ("19,90 EUR", 1990, "EUR"),
        ("€19.90", 1990, "EUR"),
        ("1,299.00 USD", 129_900, "USD"),
        ("19.90EUR", 1990, "EUR"),
        ("EUR 19.90", 1990, "EUR"),
        ("1.299,00 €", 129_900, "EUR"),
    ] {
        check(json!({ "value": value }), json!({ "value_minor": minor, "currency": currency }), &[]);
    }
    check(json!({ "value": "", "key": "o2" }), json!({ "value_minor": null }), &[]);
}

#[test]
fn a_value_that_cannot_be_read_is_kept_as_a_text() {
    let kept = |value: &str| json!({ "value": value, "$left_out": "value" });
    check(
        json!({ "value": "free" }),
        json!({ "value_minor": null, "prop": kept("free") }),
        &["value:bad_value"],
    );
    check(
        json!({ "value": "1.299", "currency": "EUR" }),
        json!({ "value_minor": null, "currency": "EUR", "prop": kept("1.299") }),
        &["value:ambiguous_value"],
    );
    check(json!({ "value": "9e99" }), json!({ "prop": kept("9e99") }), &["value:large_value"]);
    check(
        json!({ "vaule": "5 EUR" }),
        json!({ "prop": { "vaule": "5 EUR", "$left_out": "vaule" } }),
        &["vaule:unknown_field"],
    );
    check(
        json!({ "value": 1.299, "currency": "EUR" }),
        json!({ "value_minor": 130, "prop": { "$repaired": "value" } }),
        &["value:rounded_value"],
    );
}

#[test]
fn addresses_are_resolved_kept_as_paths_or_left_out() {
    let host = "shop.example";
    check(json!({ "url": "/checkout/thanks" }), json!({ "host": host, "path": "/checkout/thanks" }), &[]);
    check(json!({ "url": "shop.example/a" }), json!({ "host": host, "path": "/a" }), &[]);
    check(json!({ "url": "https://Shop.Example./k%c3%a4se" }), json!({ "host": host, "path": "/käse" }), &[]);
    check(
        json!({ "url": "https://" }),
        json!({ "host": null, "prop": { "$left_out": "url" } }),
        &["url:bad_url"],
    );
    check(
        json!({ "url": "undefined" }),
        json!({ "path": null, "prop": { "$left_out": "url" } }),
        &["url:bad_url"],
    );
    let long = format!("https://shop.example/{}", "é".repeat(900));
    check(json!({ "url": long }), json!({ "prop": { "$repaired": "url" } }), &["url:repaired_text"]);
}

#[test]
fn texts_are_cut_and_never_refused() {
    let long = "y".repeat(2_000);
    let cut = &long[..1024];
    check(
        json!({ "props": { "note": long } }),
        json!({ "prop": { "note": cut, "$repaired": "note" } }),
        &["note:repaired_text"],
    );
    check(
        json!({ "props": { "a": "x\0" } }),
        json!({ "prop": { "a": "x\u{FFFD}", "$repaired": "a" } }),
        &["a:repaired_text"],
    );
    check(
        json!({ "props": { "a\0": "x", "b": 1 } }),
        json!({ "prop": { "b": "1", "$left_out": "a\u{FFFD}" } }),
        &["a\0:bad_property"],
    );
    let props: serde_json::Map<String, Value> =
        (0..52).map(|number| (format!("k{number:02}"), json!(1))).collect();
    let (answer, events) = store(EVENTS, &json!({ "site": "shop", "name": "a", "props": props }).to_string());
    assert_eq!(answer["noted"], "many_properties");
    assert_eq!(events[0]["prop"]["$left_out"], "k50,k51");
}

#[test]
fn nobody_sets_what_only_waymark_sets() {
    let props = json!({ "$clock": "clamped", "$name": "x", "$left_out": "value", "$repaired": "a", "$other": "x", "plan": "pro" });
    let (answer, events) = store(EVENTS, &json!({ "site": "shop", "name": "a", "props": props }).to_string());
    assert_eq!(answer["noted"], "reserved_property");
    assert_eq!(
        events[0]["prop"],
        json!({ "plan": "pro", "$left_out": "$clock,$left_out,$name,$other,$repaired" })
    );
}

#[test]
fn placeholders_are_no_identifiers() {
    for text in ["undefined", "null", "(not set)", "0", "-", "00000000-0000-0000-0000-000000000000"] {
        let fields = json!({ "key": text, "user": text, "id": text });
        check(
            fields,
            json!({ "key": null, "user": null, "prop": { "$left_out": "user,key,id" } }),
            &["user:placeholder", "key:placeholder", "id:placeholder"],
        );
    }
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let order = |key: &str| json!({ "name": "purchase", "key": key, "id": "undefined" });
    let body = json!({ "site": "shop", "events": [order("undefined"), order("UNDEFINED"), order("n/a"), order("1")] });
    assert_eq!(
        server.post(body.to_string()).json()["stored"],
        4,
        "a placeholder is not a repeated identifier"
    );
    let noted = folder.json(&["doctor", "--site", "shop"])["noted"].clone();
    let text = folder.ok(&["doctor", "--site", "shop"]);
    assert!(text.contains("2 events with the placeholder `undefined` instead of a key"), "{text}");
    for (reason, events) in
        [("placeholder_key.undefined", 2), ("placeholder_key.n/a", 1), ("placeholder_id.undefined", 4)]
    {
        assert_eq!(noted[reason], events, "{reason}: {noted}");
    }
    server.stop();
}

#[test]
fn keys_have_one_spelling() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let send = |body: &str| assert_eq!(server.post(body).json()["stored"], 1, "{body}");
    for key in [r#""1001""#, r#""1001 ""#, "1001", "1001.0", r#""\u00a01001""#] {
        send(&format!(r#"{{"site":"shop","name":"purchase","key":{key},"value":"10 EUR"}}"#));
    }
    for key in ["100000000000000000001", "100000000000000000002", r#""100000000000000000002""#] {
        send(&format!(r#"{{"site":"shop","name":"purchase","key":{key},"value":"10 EUR"}}"#));
    }
    server.stop();
    let keys: std::collections::BTreeSet<String> =
        stored(&folder).iter().map(|event| event["key"].to_string()).collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
}

#[test]
fn a_batch_loses_nothing_by_one_value() {
    let order = r#"{"name":"purchase","key":"1","value":"19.90 EUR","url":"https://shop.example/"}"#;
    for bad in [
        r#"{"name":"view_item","props":{"title":"Sale \ud83d"}}"#,
        r#"{"name":"view_item","value":1e999}"#,
        "{\"name\":\"view_item\",\"props\":{\"a\":\"x\u{0}y\"}}",
        r#"{"name":"view_item","value":NaN}"#,
        r#"{"name":"view_item","props":[[[[[[[[[[[[1]]]]]]]]]]]]}"#,
        r#""{\"name\":\"view_item\"}""#,
    ] {
        let (answer, events) = store(EVENTS, &format!(r#"{{"site":"shop","events":[{order},{bad}]}}"#));
        assert_eq!(answer["said"]["stored"], 2, "{bad}: {answer}");
        assert!(events.iter().any(|event| event["value_minor"] == 1990), "{bad}");
    }
    // A page whose arrays have a `toJSON` of their own (Prototype.js).
    let wrapped = r#"{"site":"shop","sent_at":1796047155000,"load":"a","events":"[\"{\\\"id\\\":\\\"0f1e\\\",\\\"name\\\":\\\"pageview\\\",\\\"url\\\":\\\"https://shop.example/\\\"}\"]"}"#;
    let (answer, events) = store(EVENTS, wrapped);
    assert_eq!((&answer["said"]["stored"], &events[0]["name"]), (&json!(1), &json!("pageview")));
}

#[test]
fn segments_orders_count_with_long_texts_and_relative_addresses() {
    let order = |more: Value| {
        let mut properties = json!({ "order_id": "o1", "revenue": 19.9, "currency": "EUR" });
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "type": "track", "messageId": "m", "anonymousId": "a", "event": "Order Completed", "properties": properties })
    };
    let (answer, events) = store("/v1/track", &order(json!({ "note": "y".repeat(1_200) })).to_string());
    assert_eq!((&events[0]["value_minor"], &answer["noted"]), (&json!(1990), &json!("repaired_text")));
    let mut relative = order(json!({}));
    relative["context"] = json!({ "page": { "url": "/checkout/thanks", "path": "/checkout/thanks" } });
    let (_, events) = store("/v1/track", &relative.to_string());
    assert_eq!((&events[0]["value_minor"], &events[0]["path"]), (&json!(1990), &json!("/checkout/thanks")));
    let (answer, events) = store("/v1/track", &order(json!({ "revenue": "1.299" })).to_string());
    assert_eq!((&events[0]["value_minor"], &answer["noted"]), (&json!(null), &json!("ambiguous_value")));
}

#[test]
fn refunds_take_back_whatever_their_sign() {
    for value in ["20 EUR", "-20 EUR"] {
        let (_, events) = store(
            EVENTS,
            &json!({ "site": "shop", "name": "$refund", "key": "1", "value": value }).to_string(),
        );
        assert_eq!(events[0]["value_minor"], -2000, "{value}");
    }
    let refund = json!({ "type": "track", "event": "Order Refunded", "anonymousId": "a", "properties": { "order_id": "1", "total": 20, "currency": "EUR" } });
    let (_, events) = store("/v1/track", &refund.to_string());
    assert_eq!(events[0]["value_minor"], -2000);
}

#[test]
fn a_time_in_another_unit_is_refused_and_says_which() {
    let folder = shop();
    let key = folder.json(&["key", "add", "shop", "--scope", "collect"])["key"].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[]);
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str())];
    for (time, message) in [
        (json!(1_796_047_155), "seconds"),
        (json!("1796047155"), "seconds"),
        (json!(1_796_047_155_000_000_i64), "microseconds"),
        (json!(1_796_047_155_000_000_000_i64), "nanoseconds"),
        (json!(0), "1990 to 2100"),
        (json!("yesterday"), "RFC 3339"),
    ] {
        let body = json!({ "site": "shop", "name": "purchase", "key": "s1", "visitor": "v1", "value": "10 EUR", "time": time });
        let answer = server.client().ask("POST", EVENTS, &headers, body.to_string().as_bytes()).unwrap();
        let refused = &answer.json()["refused"][0];
        assert_eq!((answer.status, &refused["code"]), (400, &json!("bad_time")), "{time}");
        assert!(refused["message"].as_str().is_some_and(|text| text.contains(message)), "{time}: {refused}");
    }
    server.stop();
    assert_eq!(stored(&folder).len(), 0);
    check(
        json!({ "time": "yesterday" }),
        json!({ "prop": { "$left_out": "time" } }),
        &["time:unreadable_time"],
    );
}

#[test]
fn a_host_is_taken_in_every_spelling() {
    let folder = Folder::new();
    folder.ok(&[
        "site",
        "add",
        "shop",
        "--timezone",
        "UTC",
        "--host",
        "Bücher.example",
        "--host",
        "Shop.Example",
    ]);
    let server = Server::start(&folder, &[]);
    for url in [
        "https://bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://BÜCHER.example/",
        "https://shop.example/",
    ] {
        let answer = server.post(json!({ "name": "pageview", "url": url }).to_string());
        assert_eq!(answer.json()["stored"], 1, "{url}: {}", answer.text());
    }
    let site = json!({ "site": "Bücher.example", "name": "a" });
    assert_eq!(server.post(site.to_string()).json()["stored"], 1);
    server.stop();
    assert_eq!(stored(&folder).len(), 5);
}
