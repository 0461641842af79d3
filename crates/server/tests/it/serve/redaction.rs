//! What says who somebody is, sent by mistake, is not kept: in no escape, in no place, by no protocol.

use serde_json::{Value, json};

use super::server::{BROWSER, Server, stored};
use crate::cli::Folder;

/// Parts of what is sent that must not be found in what is kept.
const CANARIES: [&str; 5] = ["first", "last", "secret", "token", "mail.example"];

fn check(path: &str, body: &Value, expected: &Value) {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    let body = body.to_string();
    let answer = server.client().ask("POST", path, &[("user-agent", BROWSER)], body.as_bytes()).unwrap();
    assert!(matches!(answer.status, 200 | 202), "{}", answer.text());
    server.stop();
    let event = &stored(&folder)[0];
    let text = event.to_string();
    for canary in CANARIES {
        assert!(!text.contains(canary), "`{canary}` is in {text}");
    }
    let [path, referrer, props] = ["path", "referrer", "prop"].map(|field| event[field].clone());
    assert_eq!(&json!([path, referrer, props]), expected);
}

#[test]
fn of_waymarks_own_protocol() {
    check(
        "/v1/events",
        &json!({
            "site": "shop",
            "name": "view",
            "url": "https://shop.example/u/first.last%2Bx%40mail%2Eexample/x?token=1",
            "referrer": "https://other.example/p/ann%2540mail.example?token=1",
            "props": {
                "who": "ann@xn--bcher-kva.de",
                "ann@mail.example": "1",
                "to": "https://ann:secret@x.example/p?token=1&utm_source=b#token",
                "image": "hero@2x.png",
            },
        }),
        &json!([
            "/u/[email]/x",
            "other.example/p/[email]",
            { "who": "[email]", "[email]": "1", "to": "https://x.example/p?utm_source=b", "image": "hero@2x.png" },
        ]),
    );
}

#[test]
fn of_segments() {
    check(
        "/v1/track",
        &json!({
            "writeKey": "shop",
            "event": "view",
            "anonymousId": "x",
            "properties": {
                "url": "https://shop.example/a?email=ann%40mail.example&utm_term=tea",
                "referrer": "https://other.example/?q=secret",
                "search": "?token=1",
                "path": "/a?token=1",
            },
            "context": { "page": { "url": "https://shop.example/a?token=1" } },
        }),
        &json!([
            "/a",
            null,
            { "url": "https://shop.example/a?utm_term=tea", "referrer": "https://other.example/", "path": "/a" },
        ]),
    );
}

#[test]
fn of_plausibles() {
    check(
        "/api/event",
        &json!({
            "n": "view",
            "d": "shop",
            "u": "https://shop.example/first%252Elast%2540mail.example",
            "p": { "link": "https://shop.example/b?token=1#token", "mail": "mailto:ann@mail.example" },
        }),
        &json!(["/[email]", null, { "link": "https://shop.example/b", "mail": "mailto:[email]" }]),
    );
}
