//! Waymark's own protocol, from a request to what is stored.

use std::io::Write as _;

use serde_json::json;

use super::server::{BROWSER, EVENTS, Server, stored};
use crate::cli::Folder;

fn shop() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder
}

#[test]
fn what_is_acknowledged_is_stored_once() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let body = json!({ "site": "shop", "events": [
        { "id": "a", "name": "pageview", "url": "https://shop.example/p/1?utm_source=news&token=1#top" },
        { "id": "b", "name": "purchase", "value": "19.90 EUR", "key": "order 7", "props": { "plan": "pro", "n": 3 } },
        { "id": "c", "nme": "typo" },
    ] });
    let first = server.post(body.to_string());
    assert_eq!(first.status, 200);
    assert_eq!(first.header("x-waymark-not-counted"), Some("missing_field"));
    let refused = json!([{ "index": 2, "code": "missing_field", "message": "an event needs a `name`" }]);
    assert_eq!(first.json(), json!({ "stored": 2, "duplicates": 0, "refused": refused }));
    let again = server.post(body.to_string());
    assert_eq!(again.json()["duplicates"], 2);
    server.stop();
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post(body.to_string()).json()["duplicates"], 2);
    server.stop();
    let events = stored(&folder);
    assert_eq!(events.len(), 2);
    let event = |name: &str| events.iter().find(|event| event["name"] == name).unwrap();
    let (page, buy) = (event("pageview"), event("purchase"));
    assert_eq!((&page["host"], &page["path"]), (&json!("shop.example"), &json!("/p/1")));
    assert_eq!((&page["source"], &page["browser"]), (&json!("news"), &json!("Chrome")));
    assert_eq!((&buy["value_minor"], &buy["currency"]), (&json!(1990), &json!("EUR")));
    assert_eq!(buy["prop"], json!({ "plan": "pro", "n": "3" }));
}

#[test]
fn requests_that_make_no_sense_are_refused_with_a_code() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let deep = "[".repeat(20);
    let long = format!(r#"{{"site":"shop","name":"{}"}}"#, "x".repeat(1 << 20));
    for (body, status, code) in [
        ("", 400, "bad_json"),
        ("{", 400, "bad_json"),
        (&deep, 400, "too_deep"),
        (&long, 413, "body_too_large"),
        (r#"{"name":"a"}"#, 400, "no_site"),
        (r#"{"site":"shp","name":"a"}"#, 404, "unknown_site"),
        (r#"{"site":"shop","events":[]}"#, 400, "no_events"),
        ("\u{1f}\u{8b}", 400, "bad_json"),
    ] {
        let answer = server.post(body);
        let shown: String = body.chars().take(40).collect();
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (status, Some(code)), "{shown}");
        assert!(
            answer.json()["error"]["message"]
                .as_str()
                .is_some_and(|text| text.ends_with("nothing was stored"))
        );
    }
}

#[test]
fn any_page_may_send_and_read_the_answer() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let origin = ("origin", "https://shop.example");
    let asks = [origin, ("access-control-request-headers", "authorization,content-type")];
    let answer = server.client().ask("OPTIONS", EVENTS, &asks, b"").unwrap();
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some(origin.1)));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,content-type"));
    let body = br#"{"site":"shop","name":"a"}"#;
    let answer = server.client().ask("POST", EVENTS, &[origin, ("user-agent", BROWSER)], body).unwrap();
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(origin.1)));
}

#[test]
fn bodies_come_compressed_and_mislabelled() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let body = br#"{"site":"shop","name":"a"}"#;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body).unwrap();
    assert_eq!(server.post(gzip.finish().unwrap()).status, 200);
    assert_eq!(server.post(zstd::encode_all(body.as_slice(), 1).unwrap()).status, 200);
    let mut client = server.client();
    let head = format!(
        "POST {EVENTS} HTTP/1.1\r\nhost: x\r\nuser-agent: {BROWSER}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    client.raw(head.as_bytes()).unwrap();
    client.raw(format!("{:x}\r\n", body.len()).as_bytes()).unwrap();
    client.raw(body).unwrap();
    client.raw(b"\r\n0\r\n\r\n").unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
    server.stop();
    assert_eq!(stored(&folder).len(), 3);
}

#[test]
fn a_picture_takes_events_where_no_script_runs() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let page = ("referer", "https://shop.example/mail");
    let ask = |query: &str| {
        let path = format!("/v1/pixel?{query}");
        server.client().ask("GET", &path, &[("user-agent", BROWSER), page], b"").unwrap()
    };
    let answer = ask("site=shop&prop.list=weekly");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
    assert!(answer.body.starts_with(b"GIF89a"));
    assert_eq!(ask("site=shp").header("x-waymark-not-counted"), Some("unknown_site"));
    assert_eq!(ask("site=shop&name=open&lst=x").header("x-waymark-noted"), Some("unknown_field"));
    server.stop();
    let mut events = stored(&folder);
    events.retain(|event| event["name"] == "pageview");
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["name"], &events[0]["path"]), (&json!("pageview"), &json!("/mail")));
    assert_eq!(events[0]["prop"], json!({ "list": "weekly" }));
}

#[test]
fn what_is_left_out_of_results_is_kept_and_said() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let body = br#"{"site":"shop","name":"pageview","url":"https://shop.example/"}"#;
    let robot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let answer = server.client().ask("POST", EVENTS, &[("user-agent", robot)], body).unwrap();
    assert_eq!((answer.status, answer.header("x-waymark-not-counted")), (200, Some("crawler")));
    let answer = server.post(r#"{"site":"shop","name":"pageview","url":"http://localhost:3000/"}"#);
    assert_eq!((answer.status, answer.header("x-waymark-not-counted")), (200, Some("local_host")));
    let answer = server.post(r#"{"site":"shop","name":"pageview","test":true}"#);
    assert_eq!(answer.header("x-waymark-not-counted"), Some("test"));
    server.stop();
    let mut tags: Vec<_> = stored(&folder).iter().map(|event| event["tag"].to_string()).collect();
    tags.sort();
    assert_eq!(tags, ["\"bot\"", "\"test\"", "\"test\""]);
}
