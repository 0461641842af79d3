//! People, keys and links to ask by.

use serde_json::{Value, json};

use super::browser::{Browser, PASSWORD};
use crate::{cli::Folder, serve::server::Server};

/// Somebody who is invited by the owner, chooses a password, and signs in.
pub fn join(server: &Server, owner: &mut Browser, email: &str, site: Option<&str>, role: &str) -> Browser {
    let link = invite(owner, email, site, role);
    let mut browser = Browser::of(server);
    let token = link.split_once('#').unwrap().1;
    let answer = browser.ask("POST", "/recovery/finish", &json!({ "token": token, "password": PASSWORD }));
    assert_eq!((answer.status, &answer.json()["state"]), (200, &json!("signed_in")), "{}", answer.text());
    browser
}

/// The link that somebody who is invited gets.
pub fn invite(owner: &mut Browser, email: &str, site: Option<&str>, role: &str) -> String {
    let body = json!({ "email": email, "name": "Somebody", "site": site, "role": role });
    let answer = owner.ask("POST", "/members", &body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["link"].as_str().unwrap().to_owned()
}

/// A key, made on the command line.
pub fn key(folder: &Folder, site: &str, scope: &str) -> String {
    text(&folder.json(&["key", "add", site, "--scope", scope])["key"])
}

/// The token of a shared link.
pub fn share(owner: &mut Browser, site: &str) -> String {
    let answer = owner.ask("POST", &format!("/sites/{site}/shares"), &json!({ "name": "for the board" }));
    assert_eq!(answer.status, 201, "{}", answer.text());
    text(&answer.json()["link"]).split_once('#').unwrap().1.to_owned()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}
