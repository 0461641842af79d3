//! Whether a site's events arrive: on the command line, and in a browser.

use serde_json::json;

use super::server::{BROWSER, EVENTS, Server};
use crate::cli::Folder;

#[test]
fn the_doctor_says_what_arrives_of_a_site_and_what_does_not() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    assert_eq!(folder.run(&["doctor", "--site", "shop"]).code, 1, "nothing was ever stored");
    folder.fails(&["doctor", "--site", "shp"], 3, &["did you mean `shop`?"]);
    let server = Server::start(&folder, &[]);
    let events = json!({ "site": "shop", "events": [
        { "id": "1", "name": "view" }, { "id": "2", "name": "buy" }, { "id": "3", "name": "buy", "test": true }, {}, { "id": "1", "name": "view" },
    ] });
    assert_eq!(server.post(events.to_string()).status, 200);
    let found = folder.json(&["doctor", "--site", "shop"]);
    for (field, expected) in [
        ("events", json!(2)),
        ("visitors", json!(1)),
        ("left_out", json!(1)),
        ("identities", json!(["audience"])),
        ("names", json!(2)),
        ("received", json!(5)),
        ("stored", json!(3)),
        ("duplicates", json!(1)),
        ("rejected", json!({ "missing_field": 1 })),
    ] {
        assert_eq!(found[field], expected, "{field} in {found}");
    }
    let text = folder.ok(&["doctor", "--site", "shop"]);
    for part in
        ["less than a minute ago", "2 events of 1 visitor; 1 more left out", "1 missing_field", "audience"]
    {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    server.stop();
}

#[test]
fn the_page_says_whether_events_of_a_host_arrive_and_nothing_else() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--host", "shop.example"]);
    let server = Server::start(&folder, &[]);
    let page = |url: &str| {
        let answer = server.client().ask("GET", &format!("/check?url={url}"), &[], &[]).unwrap();
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        let text = answer.text();
        assert!(!text.contains("<script"), "{text}");
        text
    };
    let shop = "https://shop.example/p";
    assert!(page(shop).contains("No event from there was stored"));
    let send = |agent: &str, name: &str| {
        let event = json!({ "name": name, "url": "https://shop.example/secret-page" }).to_string();
        server.client().ask("POST", EVENTS, &[("user-agent", agent)], event.as_bytes()).unwrap().status
    };
    assert_eq!((send(BROWSER, "secret-event"), send("curl/8", "view")), (200, 200));
    let text = page(shop);
    for part in
        ["host of the site shop", "within the last minute", "<code>crawler</code>", "data-site=\"shop\""]
    {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("left out or repaired"), "{text}");
    for value in ["free", "nothing"] {
        let event =
            json!({ "name": "buy", "url": shop, "value": value, "secret-field": 1, "secret-other": 2 });
        assert_eq!(server.post(event.to_string()).status, 200);
    }
    let text = page(shop);
    let noted = "a part left out or repaired: <code>bad_value</code> (2), <code>unknown_field</code> (2).";
    assert!(text.contains(noted) && !text.contains("secret"), "{text}");
    assert!(page("https://other.example/").contains("No site lists the host other.example"));
    let hostile = page("https://a.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(hostile.contains("&quot;&gt;&lt;script&gt;"), "{hostile}");
    server.stop();
}
