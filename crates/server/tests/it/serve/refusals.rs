//! What is refused is counted, by its reason, and said to those who ask: requests of which nothing is known too.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};

use super::server::{BROWSER, EVENTS, Server};
use crate::cli::Folder;

fn shop() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    folder
}

/// What the doctor says of the site. It ends with 1 while nothing was stored.
fn doctor(folder: &Folder) -> Value {
    serde_json::from_str(&folder.run(&["doctor", "--site", "shop", "--json"]).out).unwrap()
}

/// received = stored + duplicates + quarantined + rejected.
fn adds_up(found: &Value) {
    let number = |field: &str| found[field].as_u64().unwrap();
    let rejected: u64 = found["rejected"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(
        number("received"),
        number("stored") + number("duplicates") + number("quarantined") + rejected
    );
}

#[test]
fn whole_requests_are_counted_by_their_reason() {
    let folder = shop();
    let server = Server::start(&folder, &["--rate-limit", "600"]);
    let send = |headers: &[(&str, &str)], body: &[u8]| {
        let headers = [&[("user-agent", BROWSER)], headers].concat();
        server.client().ask("POST", EVENTS, &headers, body).unwrap().status
    };
    let origin = ("origin", "https://shop.example");
    let many = |events: usize| {
        json!({ "site": "shop", "events": vec![json!({ "name": "a" }); events] }).to_string().into_bytes()
    };
    assert_eq!(send(&[], br#"{"site":"shop","name":"#), 400, "it says the site, if not much more");
    assert_eq!(send(&[origin], b"nonsense"), 400);
    assert_eq!(send(&[origin], "[".repeat(20).as_bytes()), 400);
    assert_eq!(send(&[origin], &vec![b' '; (1 << 20) + 1]), 413);
    assert_eq!(send(&[origin, ("authorization", "Bearer wms_wrong")], br#"{"name":"a"}"#), 401);
    assert_eq!(send(&[], &many(501)), 413);
    assert_eq!(send(&[], br#"{"site":"shop","events":[]}"#), 400);
    assert_eq!(send(&[], br#"{"site":"shp","name":"a"}"#), 404);
    assert_eq!(send(&[], br#"{"name":"a"}"#), 400);
    assert_eq!(send(&[("origin", "https://stranger.example")], b"nonsense"), 400);
    // All that a network may send in a minute, and more.
    assert_eq!([send(&[], &many(400)), send(&[], &many(400))], [200, 429]);
    let rejected = json!({
        "bad_json": 2, "too_deep": 1, "body_too_large": 1, "bad_key": 1, "too_many_events": 501, "no_events": 1, "rate_limited": 400
    });
    let unknown = json!({ "unknown_site": 1, "no_site": 1, "bad_json": 1 });
    let page = |url: &str| server.client().ask("GET", &format!("/check?url={url}"), &[], &[]).unwrap().text();
    let text = page("https://shop.example/");
    for part in ["<code>bad_json</code> (1)", "<code>body_too_large</code> (1)", "<code>bad_key</code> (1)"] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(page("https://stranger.example/").contains("<code>bad_json</code> (1)"));
    let check = || {
        let found = doctor(&folder);
        assert_eq!((&found["rejected"], &found["stored"]), (&rejected, &json!(400)), "{found}");
        assert_eq!(found["refused_of_no_known_site"], unknown, "{found}");
        adds_up(&found);
    };
    check();
    let text = folder.ok(&["doctor", "--site", "shop"]);
    for part in ["501 too_many_events", "1 bad_key", "of no known site", "1 unknown_site"] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    server.stop();
    check();
}

#[test]
fn a_server_that_took_nothing_still_knows_what_it_refused() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post(br#"{"site":"shop",}"#).status, 400);
    server.stop();
    let found = doctor(&folder);
    assert_eq!((&found["received"], &found["rejected"]), (&json!(1), &json!({ "bad_json": 1 })));
}

#[test]
fn other_protocols_say_which_site_they_are_for() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    for (path, body) in [
        ("/v1/batch", r#"{"writeKey":"shop","batch":[}"#),
        ("/api/event", r#"{"n":"pageview","d":"shop.example",}"#),
        ("/v1/track", r#"{"writeKey":"shop","batch":7}"#),
    ] {
        let answer = server.client().ask("POST", path, &[("user-agent", BROWSER)], body.as_bytes()).unwrap();
        assert_eq!(answer.status, 400, "{path}");
    }
    let found = doctor(&folder);
    assert_eq!(found["rejected"], json!({ "bad_json": 3 }));
    server.stop();
}

#[test]
fn only_time_is_answered_as_time() {
    let folder = shop();
    let server = Server::start(&folder, &[]);
    let head = format!("POST {EVENTS} HTTP/1.1\r\nhost: a\r\norigin: https://shop.example\r\n");
    for rest in [
        "transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\nabc\r\n0\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(format!("{head}{rest}").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 400"), "{rest:?}\n{answer}");
    }
    let found = doctor(&folder);
    assert_eq!(found["rejected"], json!({ "body_broken_off": 2 }));
    server.stop();
}

/// Hosts of strangers, however many, do not take the place of a site's own.
#[test]
fn the_page_forgets_no_host_of_a_site() {
    let folder = shop();
    let server = Server::start(&folder, &["--rate-limit", "off"]);
    let mut client = server.client();
    let mut send = |host: &str| {
        let body = json!({ "site": "shop", "name": "view", "url": format!("https://{host}/") }).to_string();
        client.ask("POST", EVENTS, &[("user-agent", BROWSER)], body.as_bytes()).unwrap().status
    };
    for n in 0..1_500 {
        assert_eq!(send(&format!("junk{n}.example")), 400);
    }
    assert_eq!(send("shop.example"), 200);
    for n in 0..1_500 {
        assert_eq!(send(&format!("more{n}.example")), 400);
    }
    let page = |host: &str| {
        server.client().ask("GET", &format!("/check?url=https://{host}/"), &[], &[]).unwrap().text()
    };
    assert!(page("shop.example").contains("within the last"), "{}", page("shop.example"));
    assert!(page("more1499.example").contains("<code>host_not_listed</code> (1)"));
    assert!(!page("junk1.example").contains("host_not_listed"), "it is forgotten");
    server.stop();
}
