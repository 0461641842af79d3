//! What opens an account is never at rest: searched for in every file of the data folder, and in what the server says.

use serde_json::json;

use super::{
    browser::{Browser, OWNER, PASSWORD, set_up},
    people::{invite, key, share, text},
};
use crate::{cli::Folder, serve::canary::files};

#[test]
fn no_password_token_cookie_or_key_is_at_rest() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut secrets = vec![PASSWORD.to_owned(), "canary-wrong-9f2c".to_owned()];
    let mut second = Browser::of(&server);
    second.sign_in(OWNER, PASSWORD);
    for browser in [&owner, &second] {
        secrets.extend([browser.csrf.clone().unwrap()]);
        secrets.push(browser.cookie.as_deref().unwrap().split_once('=').unwrap().1.to_owned());
    }
    let wrong = json!({ "email": OWNER, "password": "canary-wrong-9f2c" });
    second.ask("POST", "/session", &wrong);
    let link = invite(&mut owner, "bob@shop.example", None, "viewer");
    secrets.push(link.split_once('#').unwrap().1.to_owned());
    secrets.push(share(&mut owner, "shop"));
    secrets.push(key(&folder, "shop", "admin"));
    let made = owner.ask("POST", "/sites/shop/keys", &json!({ "scope": "collect" })).json();
    secrets.push(text(&made["key"]));
    let mut found = Vec::new();
    files(&folder.path(), &mut found);
    found.push(("what the server said".to_owned(), server.stop().into_bytes()));
    files(&folder.path(), &mut found);
    assert!(found.iter().any(|(name, _)| name.ends_with("catalog.sqlite")), "{found:?}");
    for secret in &secrets {
        assert!(secret.len() >= 16, "{secret}");
        for (name, bytes) in &found {
            let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_there, "{secret} is in {name}");
        }
    }
}
