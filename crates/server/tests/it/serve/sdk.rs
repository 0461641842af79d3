//! The Rust client against the real server.

use std::time::Duration;

use serde_json::json;
use waymark_client::{Client, Event, Options};

use super::server::{Server, stored};
use crate::cli::Folder;

#[test]
fn what_the_rust_client_tracks_is_stored_once() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let key = folder.json(&["key", "add", "shop", "--scope", "collect"])["key"].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[]);
    let options = Options { key: Some(key), ..Options::new(format!("http://{}", server.address), "shop") };
    let client = Client::new(options).unwrap();
    let order = || {
        let page = "https://shop.example/thanks?utm_source=news&secret=1";
        Event::new("purchase").id("order-event").visitor("v-17").key("A-1").value("19.90 EUR").url(page)
    };
    client.track(order()).unwrap();
    client.track(order()).unwrap();
    client.track(Event::new("view").visitor("v-17").property("plan", "pro")).unwrap();
    client.close(Duration::from_secs(30)).unwrap();
    server.stop();
    let mut events = stored(&folder);
    events.sort_by_key(|event| event["name"].to_string());
    let names: Vec<_> = events.iter().map(|event| event["name"].clone()).collect();
    assert_eq!(names, [json!("purchase"), json!("view")], "the repeated event is stored once");
    assert_eq!(events[0]["visitor"], events[1]["visitor"]);
    let shown =
        ["value_minor", "currency", "verified", "path", "source"].map(|field| events[0][field].clone());
    assert_eq!(shown, [json!(1990), json!("EUR"), json!(true), json!("/thanks"), json!("news")]);
    assert_eq!(events[1]["prop"]["plan"], json!("pro"));
}
