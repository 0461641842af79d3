//! Setting up, signing in and out.

use std::{net::Ipv4Addr, time::Instant};

use serde_json::{Value, json};

use super::browser::{Browser, OWNER, PASSWORD, new_server, refusal, set_up, token_of};
use crate::{
    cli::Folder,
    serve::{client::Client, server::Server},
};

#[test]
fn the_link_that_is_printed_makes_the_first_account_once() {
    let folder = Folder::new();
    let (server, token) = new_server(&folder, &[]);
    let mut browser = Browser::of(&server);
    let state = browser.get("/session").json();
    assert_eq!((&state["state"], &state["account"]), (&json!("setup"), &Value::Null));
    let first = |token: &str, email: &str, password: &str| json!({ "token": token, "email": email, "name": "Ada", "password": password });
    let mut check = |body: Value, expected: (u16, &str)| {
        let answer = browser.ask("POST", "/setup", &body);
        assert_eq!(refusal(&answer), (expected.0, expected.1.to_owned()), "{body}");
    };
    check(first(&token[1..], OWNER, PASSWORD), (422, "bad_link"));
    check(first("", OWNER, PASSWORD), (422, "bad_link"));
    check(first(&token, "nonsense", PASSWORD), (422, "bad_email"));
    check(first(&token, OWNER, "short"), (422, "bad_password"));
    check(first(&token, " Ada@Shop.example ", PASSWORD), (201, ""));
    check(first(&token, "eve@shop.example", PASSWORD), (422, "bad_link"));
    let state = browser.get("/session").json();
    assert_eq!(state["state"], "signed_in");
    assert_eq!((&state["account"]["email"], &state["account"]["is_owner"]), (&json!(OWNER), &json!(true)));
    let sites = json!([{ "name": "other", "role": "owner" }, { "name": "shop", "role": "owner" }]);
    assert_eq!(state["sites"], sites);
    assert_eq!(Browser::of(&server).get("/session").json()["state"], "signed_out");
    server.stop();
    let (server, said) = Server::start(&folder, &[]).said_so_far();
    assert_eq!(token_of(&said, "setup"), None, "somebody has an account");
    Browser::of(&server).sign_in(OWNER, PASSWORD);
}

#[test]
fn each_start_prints_another_link() {
    let folder = Folder::new();
    let (server, first) = new_server(&folder, &[]);
    server.stop();
    let (server, said) = Server::start(&folder, &[]).said_so_far();
    let second = token_of(&said, "setup").unwrap();
    assert_ne!(first, second);
    let body = json!({ "token": first, "email": OWNER, "name": "Ada", "password": PASSWORD });
    assert_eq!(refusal(&Browser::of(&server).ask("POST", "/setup", &body)).1, "bad_link");
}

#[test]
fn a_session_lasts_until_it_is_ended() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut second = Browser::of(&server);
    second.sign_in(OWNER, PASSWORD);
    let mut kept = Browser::of(&server);
    kept.cookie = second.cookie.clone();
    assert_eq!(kept.get("/sites").status, 200);
    let answer = second.ask("DELETE", "/session", &Value::Null);
    assert_eq!((answer.status, &second.cookie), (204, &None), "the browser forgets it");
    assert_eq!(refusal(&kept.get("/sites")), (401, "not_signed_in".to_owned()), "the server too");
    assert_eq!(owner.get("/sites").status, 200, "another browser's lasts");
    drop(server.stop());
    let server = Server::start(&folder, &[]);
    let mut again = Browser::of(&server);
    again.cookie = owner.cookie.clone();
    assert_eq!(again.get("/sites").status, 200, "and a restart");
}

#[test]
fn signing_in_never_takes_over_what_the_browser_had() {
    let folder = Folder::new();
    let (server, owner) = set_up(&folder);
    for planted in ["waymark=planted", owner.cookie.as_deref().unwrap()] {
        let mut browser = Browser::of(&server);
        browser.cookie = Some(planted.to_owned());
        browser.sign_in(OWNER, PASSWORD);
        assert_ne!(browser.cookie.as_deref(), Some(planted));
        let mut attacker = Browser::of(&server);
        attacker.cookie = Some(planted.to_owned());
        assert_eq!(attacker.get("/sites").status, 401, "{planted}");
        assert_eq!(browser.get("/sites").status, 200);
    }
}

#[test]
fn the_cookie_is_as_safe_as_the_address_allows() {
    for (args, expected) in [
        (&[][..], "waymark=… HttpOnly SameSite=Lax"),
        (&["--public-url", "http://localhost:1"], "waymark=… HttpOnly SameSite=Lax"),
        (&["--public-url", "https://stats.shop.example"], "__Host-waymark=… Secure HttpOnly SameSite=Lax"),
        (&["--public-url", "http://stats.shop.example"], "__Host-waymark=… Secure HttpOnly SameSite=Lax"),
    ] {
        let folder = Folder::new();
        let (server, token) = new_server(&folder, args);
        let body = json!({ "token": token, "email": OWNER, "name": "Ada", "password": PASSWORD });
        let answer = Browser::of(&server).ask("POST", "/setup", &body);
        let cookie = answer.header("set-cookie").unwrap();
        let mut parts = cookie.split("; ");
        let name = parts.next().unwrap().split_once('=').unwrap().0;
        let (path_age, rest): (Vec<&str>, Vec<&str>) =
            parts.partition(|part| part.starts_with("Path=/") || part.starts_with("Max-Age="));
        assert_eq!((path_age.len(), format!("{name}=… {}", rest.join(" "))), (2, expected.to_owned()));
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[test]
fn who_has_an_account_is_not_told() {
    let folder = Folder::new();
    let (server, _) = set_up(&folder);
    let timed = |email: &str| {
        let begin = Instant::now();
        let body = json!({ "email": email, "password": "canary-wrong-9f2c" });
        let answer = Browser::of(&server).ask("POST", "/session", &body);
        (answer.text(), answer.status, begin.elapsed())
    };
    // The fastest of some: others use the processor too.
    let fastest = |email: &str| (0..5).map(|_| timed(email).2).min().unwrap();
    let (known, unknown) = (timed(OWNER), timed("nobody@shop.example"));
    assert_eq!((known.0, known.1), (unknown.0, unknown.1));
    assert_eq!(known.1, 401);
    let (known, unknown) = (fastest(OWNER), fastest("nobody@shop.example"));
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{known:?} {unknown:?}");
}

#[test]
fn who_tries_too_often_waits() {
    let folder = Folder::new();
    let (server, _) = set_up(&folder);
    let mut browser = Browser::of(&server);
    let mut attempt = |email: &str, password: &str| {
        browser.ask("POST", "/session", &json!({ "email": email, "password": password }))
    };
    for email in [OWNER, "nobody@shop.example"] {
        for number in 0..10 {
            assert_eq!(refusal(&attempt(email, "wrong wrong")).1, "wrong_credentials", "{number}");
        }
        let answer = attempt(email, PASSWORD);
        assert_eq!(refusal(&answer), (429, "too_many_tries".to_owned()), "whoever it is, and even if right");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let other = attempt("bob@shop.example", "wrong wrong");
    assert_eq!(refusal(&other).1, "wrong_credentials", "another account is not slowed");
}

/// A stranger who never stops trying locks nobody out: neither a browser that somebody signed in on before, even beside the
/// stranger, nor another network.
#[test]
fn a_stranger_who_tries_for_ever_locks_nobody_out() {
    let folder = Folder::new();
    let (server, _) = set_up(&folder);
    let wrong = json!({ "email": OWNER, "password": "wrong wrong" }).to_string();
    let right = json!({ "email": OWNER, "password": PASSWORD }).to_string();
    let origin = format!("http://{}", server.address);
    let ask = |client: &mut Client, body: &str, cookie: &str| {
        let headers = [("origin", origin.as_str()), ("cookie", cookie)];
        client.ask("POST", "/api/v1/session", &headers, body.as_bytes()).unwrap()
    };
    let (mut office, mut home) =
        (server.client(), Client::connect_from(Ipv4Addr::new(127, 9, 9, 9), server.address).unwrap());
    let answer = ask(&mut office, &right, "");
    let device = answer.cookies().find(|cookie| cookie.starts_with("waymark-device=")).unwrap();
    for number in 0..10 {
        assert_eq!(ask(&mut office, &wrong, "").status, 401, "{number}");
    }
    assert_eq!(ask(&mut office, &right, "").status, 429, "a stranger beside the stranger");
    assert_eq!(ask(&mut office, &right, "waymark-device=nonsense").status, 429);
    let again = ask(&mut office, &right, &device);
    assert_eq!(again.status, 200, "a known browser");
    assert!(!again.cookies().any(|cookie| cookie.starts_with("waymark-device=")), "it stays known");
    assert_eq!(ask(&mut home, &right, "").status, 200, "another network");
    // A known browser has tries of its own, and no more of them than others.
    for number in 0..10 {
        assert_eq!(ask(&mut office, &wrong, &device).status, 401, "{number}");
    }
    assert_eq!(ask(&mut office, &right, &device).status, 429);
    assert_eq!(ask(&mut home, &right, "").status, 200);
    // It is known for the account that signed in on it, and for no other.
    let other = json!({ "email": "bob@shop.example", "password": "wrong wrong" }).to_string();
    for number in 0..10 {
        assert_eq!(ask(&mut office, &other, &device).status, 401, "{number}");
    }
    assert_eq!(ask(&mut office, &other, &device).status, 429);
}
