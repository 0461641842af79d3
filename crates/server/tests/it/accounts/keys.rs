//! Keys and shared links that people make: what they open, and when they stop.

use serde_json::{Value, json};

use super::{
    browser::{refusal, set_up},
    people::text,
};
use crate::{cli::Folder, serve::server::Server};

fn ask_by(server: &Server, token: &str, path: &str) -> (u16, String) {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    refusal(&server.client().ask("GET", &format!("/api/v1{path}"), &headers, b"").unwrap())
}

#[test]
fn a_key_opens_its_site_until_it_is_revoked() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let made = owner.ask("POST", "/sites/shop/keys", &json!({ "scope": "admin" })).json();
    let (key, prefix) = (text(&made["key"]), text(&made["item"]["prefix"]));
    assert_eq!(ask_by(&server, &key, "/sites/shop/shares").0, 200);
    let listed = owner.get("/sites/shop/keys");
    assert!(listed.text().contains(&prefix) && !listed.text().contains(&key));
    let other = format!("/sites/other/keys/{prefix}");
    assert_eq!(refusal(&owner.ask("DELETE", &other, &Value::Null)), (404, "unknown_key".to_owned()));
    let own = format!("/sites/shop/keys/{prefix}");
    assert_eq!(owner.ask("DELETE", &own, &Value::Null).status, 204);
    assert_eq!(ask_by(&server, &key, "/sites/shop/shares"), (401, "not_signed_in".to_owned()));
    assert_eq!(refusal(&owner.ask("DELETE", &own, &Value::Null)).1, "unknown_key");
    let over = json!({ "scope": "read", "expires": "2020-01-01T00:00:00Z" });
    assert_eq!(refusal(&owner.ask("POST", "/sites/shop/keys", &over)), (422, "bad_time".to_owned()));
}

#[test]
fn a_shared_link_shows_its_site_and_changes_nothing() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let made = owner.ask("POST", "/sites/shop/shares", &json!({ "name": "board" })).json();
    let link = text(&made["link"]);
    let (page, token) = link.split_once('#').unwrap();
    assert!(page.ends_with("/share") && token.starts_with("wmv_"), "{link}");
    assert!(!owner.get("/sites/shop/shares").text().contains(token), "it is shown once");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let session = server.client().ask("GET", "/api/v1/session", &headers, b"").unwrap().json();
    assert_eq!(session["state"], "shared");
    assert_eq!(session["sites"], json!([{ "name": "shop", "role": "viewer" }]));
    let path = format!("/sites/shop/shares/{}", made["share"]["id"]);
    assert_eq!(ask_by(&server, token, "/sites").0, 200);
    let answer = server.client().ask("DELETE", &format!("/api/v1{path}"), &headers, b"").unwrap();
    assert_eq!(refusal(&answer), (403, "role_too_small".to_owned()));
    let other = path.replace("shop", "other");
    assert_eq!(refusal(&owner.ask("DELETE", &other, &Value::Null)), (404, "unknown_share".to_owned()));
    assert_eq!(owner.ask("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(ask_by(&server, token, "/sites"), (401, "not_signed_in".to_owned()));
}
