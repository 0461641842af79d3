//! Requests of foreign pages: refused whatever they know.

use serde_json::{Value, json};

use super::browser::{OWNER, PASSWORD, refusal, set_up};
use crate::cli::Folder;

#[test]
fn only_pages_of_ours_change_something() {
    let folder = Folder::new();
    let (server, owner) = set_up(&folder);
    let (cookie, csrf) = (owner.cookie.unwrap(), owner.csrf.unwrap());
    let own = format!("http://{}", server.address);
    let path = "/api/v1/sites/shop/query";
    let question = json!({ "kind": "overview" }).to_string();
    let check = |headers: &[(&str, &str)], expected: &str| {
        let headers: Vec<_> = [("cookie", cookie.as_str())].iter().chain(headers).copied().collect();
        let answer = server.client().ask("POST", path, &headers, question.as_bytes()).unwrap();
        let code = refusal(&answer).1;
        assert_eq!(code == "csrf", expected == "csrf", "{headers:?}: {}", answer.text());
        assert_eq!(code == "csrf", answer.status == 403, "{headers:?}: {}", answer.text());
    };
    let (token, origin) = (("x-waymark-csrf", csrf.as_str()), ("origin", own.as_str()));
    check(&[token, origin], "");
    check(&[token, ("sec-fetch-site", "same-origin")], "");
    check(&[token, origin, ("sec-fetch-site", "same-origin")], "");
    check(&[token], "csrf");
    check(&[origin], "csrf");
    check(&[("x-waymark-csrf", ""), origin], "csrf");
    check(&[("x-waymark-csrf", &csrf[1..]), origin], "csrf");
    for foreign in ["https://evil.example", "null", "http://127.0.0.1:1", &format!("{own}.evil.example")] {
        check(&[token, ("origin", foreign)], "csrf");
        check(&[token, ("origin", foreign), ("sec-fetch-site", "same-origin")], "csrf");
    }
    for foreign in ["cross-site", "same-site", "none"] {
        check(&[token, origin, ("sec-fetch-site", foreign)], "csrf");
    }
}

#[test]
fn foreign_pages_sign_nobody_in_or_out() {
    let folder = Folder::new();
    let (_server, mut owner) = set_up(&folder);
    let body = json!({ "email": OWNER, "password": PASSWORD });
    for (method, path, body) in [
        ("POST", "/session", &body),
        ("DELETE", "/session", &Value::Null),
        ("POST", "/setup", &json!({})),
        ("POST", "/recovery", &body),
    ] {
        let answer = owner.ask_from("https://evil.example", method, path, body);
        assert_eq!(refusal(&answer), (403, "csrf".to_owned()), "{method} {path}");
    }
    assert_eq!(owner.get("/session").json()["state"], "signed_in");
}

#[test]
fn what_one_session_knows_is_no_use_in_another() {
    let folder = Folder::new();
    let (server, owner) = set_up(&folder);
    let mut second = super::browser::Browser::of(&server);
    second.sign_in(OWNER, PASSWORD);
    assert_ne!(owner.csrf, second.csrf);
    second.csrf = owner.csrf;
    assert_eq!(refusal(&second.ask("DELETE", "/session", &Value::Null)).1, "csrf");
}
