//! One-time codes: needed once one was confirmed, taken once, and recovery codes in their place.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use waymark_server::accounts::totp;
use waymark_store::catalog::CodeSecret;

use super::{
    browser::{Browser, OWNER, PASSWORD, refusal, set_up, token_of},
    people::text,
};
use crate::cli::Folder;

/// RFC 4648, 6, read back.
fn decoded(text: &str) -> CodeSecret {
    let number = |sign: u8| match sign {
        b'A'..=b'Z' => sign - b'A',
        _ => sign - b'2' + 26,
    };
    let bits: Vec<u8> =
        text.bytes().flat_map(|sign| (0..5).rev().map(move |bit| number(sign) >> bit & 1)).collect();
    CodeSecret(bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect())
}

fn step() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs() as i64 / 30
}

#[test]
fn a_code_is_needed_and_taken_once() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    assert_eq!(refusal(&owner.ask("PUT", "/account/totp", &json!({ "code": "123456" }))).1, "no_codes");
    let offer = owner.ask("POST", "/account/totp", &Value::Null).json();
    let secret = decoded(&text(&offer["secret"]));
    assert_eq!(secret.0.len(), 20);
    assert!(text(&offer["uri"]).contains(&text(&offer["secret"])));
    let sign_in = |code: Option<&str>| {
        let body = json!({ "email": OWNER, "password": PASSWORD, "code": code });
        refusal(&Browser::of(&server).ask("POST", "/session", &body)).1
    };
    assert_eq!(sign_in(None), "", "none was confirmed yet");
    assert_eq!(refusal(&owner.ask("PUT", "/account/totp", &json!({ "code": "000000x" }))).1, "wrong_code");
    let now = step();
    let code = |step| totp::code(&secret, step);
    let confirmed = owner.ask("PUT", "/account/totp", &json!({ "code": code(now) }));
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let recovery: Vec<String> =
        confirmed.json()["recovery_codes"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(recovery.len(), 10);
    assert_eq!(owner.get("/session").json()["account"]["has_totp"], true);
    assert_eq!(sign_in(None), "code_needed");
    assert_eq!(sign_in(Some(" ")), "code_needed");
    assert_eq!(sign_in(Some(&code(now))), "wrong_code", "it was used to confirm");
    assert_eq!(sign_in(Some(&code(now + 1))), "");
    assert_eq!(sign_in(Some(&code(now + 1))), "wrong_code", "it was used");
    assert_eq!(sign_in(Some(&recovery[0].to_lowercase())), "");
    assert_eq!(sign_in(Some(&recovery[0])), "wrong_code", "it was used");
    let again = owner.ask("POST", "/account/totp", &Value::Null);
    assert_eq!(refusal(&again), (409, "no_codes".to_owned()), "another secret would be a way around");
    let wrong = owner.ask("DELETE", "/account/totp", &json!({ "password": "wrong wrong" }));
    assert_eq!(refusal(&wrong).1, "wrong_credentials");
    assert_eq!(owner.ask("DELETE", "/account/totp", &json!({ "password": PASSWORD })).status, 204);
    assert_eq!(sign_in(None), "");
}

#[test]
fn a_link_does_not_stand_for_a_code_and_the_command_line_drops_them() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let offer = owner.ask("POST", "/account/totp", &Value::Null).json();
    let code = totp::code(&decoded(&text(&offer["secret"])), step());
    assert_eq!(owner.ask("PUT", "/account/totp", &json!({ "code": code })).status, 200);
    let reset = |args: &[&str]| {
        let said = folder.ok(&[&["account", "reset", OWNER], args].concat());
        let body = json!({ "token": token_of(&said, "recover"), "password": PASSWORD });
        let answer = Browser::of(&server).ask("POST", "/recovery/finish", &body);
        (answer.json()["state"].clone(), answer.header("set-cookie").is_some())
    };
    assert_eq!(reset(&[]), (json!("signed_out"), false), "the code is still needed");
    assert_eq!(reset(&["--drop-codes"]), (json!("signed_in"), true));
}
