//! Attacks on accounts: an owner of one site who tries to become an owner of all by an account of somebody else's address. Each
//! goes the whole way through the API.

use serde_json::{Value, json};

use super::{
    browser::{Browser, OWNER, PASSWORD, refusal, set_up, token_of},
    mail::{mail_server, sends_mail_to},
    oidc::{come_back, leave, service, signs_in_by},
    people::{invite, join, text},
};
use crate::{cli::Folder, serve::server::Server};

const BOB: &str = "bob@shop.example";
const MALLORYS: &str = "mallory chose this one";

/// Mallory, who owns the site `shop` alone.
fn mallory(server: &Server, owner: &mut Browser) -> Browser {
    join(server, owner, "mallory@shop.example", Some("shop"), "owner")
}

/// Mallory invites Bob to her site, and signs in as him by the link that she is shown.
fn takes_bobs_place(server: &Server, mallory: &mut Browser) -> Browser {
    let link = invite(mallory, BOB, Some("shop"), "viewer");
    use_link(server, &link, MALLORYS)
}

/// Chooses a password by a link, which signs in.
fn use_link(server: &Server, link: &str, password: &str) -> Browser {
    let mut browser = Browser::of(server);
    let token = link.split_once('#').unwrap().1;
    let answer = browser.ask("POST", "/recovery/finish", &json!({ "token": token, "password": password }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    browser
}

fn new_role(email: &str, site: Option<&str>, role: &str) -> Value {
    json!({ "email": email, "name": "Bob", "site": site, "role": role })
}

/// The members as they are listed, by e-mail address.
fn listed(browser: &mut Browser, email: &str) -> Value {
    let members = browser.get("/members").json();
    let found = members["items"].as_array().unwrap().iter().find(|member| member["email"] == email);
    found.unwrap_or_else(|| panic!("{email} is not in {members}")).clone()
}

/// Mallory's Bob may do nothing but what she could give him.
fn is_confined(server: &Server, bob: &mut Browser) {
    let mut again = Browser::of(server);
    for browser in [bob, &mut again] {
        if browser.cookie.is_none() {
            browser.sign_in(BOB, MALLORYS);
        }
        let state = browser.get("/session").json();
        assert_eq!(state["account"]["is_owner"], false, "{state}");
        let names: Vec<&Value> =
            state["sites"].as_array().unwrap().iter().map(|site| &site["name"]).collect();
        assert_eq!(names, ["shop"], "{state}");
        assert_eq!(refusal(&browser.get("/audit")), (403, "role_too_small".to_owned()));
        assert_eq!(refusal(&browser.get("/sites/other")), (404, "unknown_site".to_owned()));
    }
}

/// Nothing that Mallory chose opens anything any more, and Bob has what he was given.
fn is_bobs_own(server: &Server, mallorys: &mut Browser, bobs: &mut Browser) {
    assert_eq!(mallorys.get("/session").json()["state"], "signed_out", "her session ends");
    let tried = json!({ "email": BOB, "password": MALLORYS });
    assert_eq!(refusal(&Browser::of(server).ask("POST", "/session", &tried)).1, "wrong_credentials");
    let state = bobs.get("/session").json();
    assert_eq!(
        (&state["account"]["email"], &state["account"]["is_owner"]),
        (&json!(BOB), &json!(true)),
        "{state}"
    );
}

/// The fault as it was found: the later invitation of an owner of all sites takes the account as Mallory made it.
#[test]
fn an_invitation_gives_nothing_to_whoever_made_the_account_before() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut mallory = mallory(&server, &mut owner);
    let mut mallorys = takes_bobs_place(&server, &mut mallory);
    let answer = owner.ask("POST", "/members", &new_role(BOB, None, "owner"));
    let invited = answer.json();
    assert_eq!(answer.status, 201, "{invited}");
    let shop = json!([{ "site": "shop", "role": "viewer" }]);
    let all = json!([{ "site": null, "role": "owner" }]);
    let member = &invited["member"];
    assert_eq!((&member["roles"], &member["waiting"]), (&shop, &all), "{invited}");
    let who = (&member["confirmed"], &member["invited_by"]);
    assert_eq!(who, (&json!(false), &json!("mallory@shop.example")), "the owner is shown who made it");
    is_confined(&server, &mut mallorys);
    let seen = listed(&mut owner, BOB);
    assert_eq!((&seen["confirmed"], &seen["waiting"]), (&json!(false), &all));
    assert_eq!(listed(&mut mallory, BOB)["confirmed"], false, "Mallory is shown so too");
    let mut bobs = use_link(&server, &text(&invited["link"]), PASSWORD);
    is_bobs_own(&server, &mut mallorys, &mut bobs);
    let seen = listed(&mut owner, BOB);
    assert_eq!((&seen["confirmed"], &seen["waiting"]), (&json!(true), &json!([])));
}

/// The same by every other way to a greater role, and with everything that Mallory can do with the account before and after.
#[test]
fn no_greater_role_goes_to_an_account_that_is_not_confirmed() {
    type Gives = fn(&Folder, &mut Browser, &Value);
    let ways: [(&str, Gives); 4] = [
        ("PATCH", |_, owner, bob| {
            let path = format!("/members/{}", bob["id"]);
            let answer = owner.ask("PATCH", &path, &json!({ "site": null, "role": "owner" }));
            assert_eq!(answer.status, 200, "{}", answer.text());
        }),
        ("POST", |_, owner, _| {
            assert_eq!(owner.ask("POST", "/members", &new_role(BOB, None, "owner")).status, 201);
        }),
        ("account role", |folder, _, _| {
            let said = folder.ok(&["account", "role", BOB, "owner"]);
            assert!(said.contains("never confirmed") && said.contains("/welcome#"), "{said}");
        }),
        ("account add", |folder, _, _| {
            let said = folder.ok(&["account", "add", BOB, "--role", "owner"]);
            assert!(said.contains("mallory@shop.example") && said.contains("/welcome#"), "{said}");
        }),
    ];
    for (way, give) in ways {
        let folder = Folder::new();
        let (server, mut owner) = set_up(&folder);
        let mut mallory = mallory(&server, &mut owner);
        let mut mallorys = takes_bobs_place(&server, &mut mallory);
        // She makes the account as much hers as she can.
        let secret = mallorys.ask("POST", "/account/totp", &Value::Null).json();
        assert!(secret["secret"].is_string(), "{secret}");
        let bob = listed(&mut owner, BOB);
        give(&folder, &mut owner, &bob);
        is_confined(&server, &mut mallorys);
        let another = json!({ "password": { "old": MALLORYS, "new": "mallory's next one" } });
        assert_eq!(mallorys.ask("PATCH", "/account", &another).status, 200, "{way}");
        let back = json!({ "password": { "old": "mallory's next one", "new": MALLORYS } });
        assert_eq!(mallorys.ask("PATCH", "/account", &back).status, 200, "{way}");
        is_confined(&server, &mut mallorys);
        // She cannot make a link, nor confirm it by inviting once more, nor take the role for confirmed.
        let path = format!("/members/{}", bob["id"]);
        assert_eq!(refusal(&mallory.ask("POST", &format!("{path}/link"), &Value::Null)).0, 403, "{way}");
        let again = mallory.ask("POST", "/members", &new_role(BOB, Some("shop"), "owner"));
        assert_eq!((again.status, &again.json()["link"]), (201, &Value::Null), "{way}");
        mallorys.sign_in(BOB, MALLORYS);
        is_confined(&server, &mut mallorys);
        let link = owner.ask("POST", &format!("{path}/link"), &Value::Null).json();
        let mut bobs = use_link(&server, &text(&link["link"]), PASSWORD);
        is_bobs_own(&server, &mut mallorys, &mut bobs);
    }
}

/// Mallory keeps her link until Bob has been given more.
#[test]
fn an_old_link_opens_nothing_that_was_given_since() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut mallory = mallory(&server, &mut owner);
    let first = invite(&mut mallory, BOB, Some("shop"), "viewer");
    let invited = owner.ask("POST", "/members", &new_role(BOB, None, "owner")).json();
    let finish = |link: &str| {
        let body = json!({ "token": link.split_once('#').unwrap().1, "password": MALLORYS });
        refusal(&Browser::of(&server).ask("POST", "/recovery/finish", &body)).1
    };
    assert_eq!(finish(&first), "bad_link", "the newer link takes its place");
    let mut bobs = use_link(&server, &text(&invited["link"]), PASSWORD);
    assert_eq!(bobs.get("/session").json()["account"]["is_owner"], true);
    assert_eq!(finish(&first), "bad_link");
}

/// An owner of another site gets no link to the account either: it would open Mallory's site to them.
#[test]
fn what_an_owner_of_another_site_gives_waits_too() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut mallory = mallory(&server, &mut owner);
    let mut eve = join(&server, &mut owner, "eve@other.example", Some("other"), "owner");
    let mut mallorys = takes_bobs_place(&server, &mut mallory);
    let invited = eve.ask("POST", "/members", &new_role(BOB, Some("other"), "editor")).json();
    let editor = json!([{ "site": "other", "role": "editor" }]);
    assert_eq!((&invited["link"], &invited["mailed"]), (&Value::Null, &json!(false)));
    assert_eq!((&invited["member"]["roles"], &invited["member"]["waiting"]), (&json!([]), &editor));
    assert_eq!(invited["member"]["invited_by"], Value::Null, "Eve does not know Mallory");
    is_confined(&server, &mut mallorys);
    // She may still take it back.
    let path = format!("/members/{}", listed(&mut eve, BOB)["id"]);
    let answer = eve.ask("PATCH", &path, &json!({ "site": "other", "role": "none" }));
    assert_eq!((answer.status, &answer.json()["waiting"]), (200, &json!([])));
    assert!(!eve.get("/members").text().contains(BOB));
}

#[test]
fn a_lost_password_chosen_by_e_mail_confirms_the_account() {
    let folder = Folder::new();
    let (address, received) = mail_server();
    let (server, mut owner) = sends_mail_to(&folder, address);
    let mut mallory = mallory(&server, &mut owner);
    let mut mallorys = takes_bobs_place(&server, &mut mallory);
    let invited = owner.ask("POST", "/members", &new_role(BOB, None, "owner")).json();
    assert_eq!((&invited["link"], &invited["mailed"]), (&Value::Null, &json!(true)), "to the address alone");
    let mail = received.recv_timeout(std::time::Duration::from_secs(30)).unwrap().join("\n");
    assert!(mail.contains(&format!("RCPT TO:<{BOB}>")), "{mail}");
    is_confined(&server, &mut mallorys);
    let link = format!("x#{}", token_of(&mail, "welcome").unwrap());
    // What a stranger asks for takes it away from nobody.
    assert_eq!(Browser::of(&server).ask("POST", "/recovery", &json!({ "email": BOB })).status, 202);
    let lost = received.recv_timeout(std::time::Duration::from_secs(30)).unwrap().join("\n");
    let mut bobs = use_link(&server, &link, PASSWORD);
    is_bobs_own(&server, &mut mallorys, &mut bobs);
    let body = json!({ "token": token_of(&lost, "recover").unwrap(), "password": MALLORYS });
    assert_eq!(refusal(&Browser::of(&server).ask("POST", "/recovery/finish", &body)).1, "bad_link");
}

#[test]
fn another_service_confirms_the_account_and_ends_the_password() {
    let shared = service();
    let (folder, server) = signs_in_by(&shared, "");
    let mut owner = Browser::of(&server);
    owner.sign_in(OWNER, PASSWORD);
    let mut mallory = mallory(&server, &mut owner);
    let mut mallorys = takes_bobs_place(&server, &mut mallory);
    owner.ask("POST", "/members", &new_role(BOB, None, "owner"));
    is_confined(&server, &mut mallorys);
    shared.lock().unwrap().claims = json!({ "email": BOB, "email_verified": true });
    let mut bobs = Browser::of(&server);
    let state = leave(&mut bobs, &shared);
    come_back(&mut bobs, "good", &state);
    is_bobs_own(&server, &mut mallorys, &mut bobs);
    drop(folder);
}

/// Whoever owns one site signs nobody out of others, and an owner of all not at all.
#[test]
fn an_owner_of_a_site_signs_nobody_out_elsewhere() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut mallory = mallory(&server, &mut owner);
    let mut eve = join(&server, &mut owner, "eve@other.example", Some("other"), "owner");
    for email in [OWNER, "eve@other.example"] {
        for role in ["viewer", "editor", "owner"] {
            assert_eq!(mallory.ask("POST", "/members", &new_role(email, Some("shop"), role)).status, 201);
        }
        let path = format!("/members/{}", listed(&mut mallory, email)["id"]);
        let none = json!({ "site": "shop", "role": "none" });
        assert_eq!(mallory.ask("PATCH", &path, &none).status, 200);
    }
    assert_eq!(owner.get("/session").json()["account"]["is_owner"], true, "still signed in");
    assert_eq!(eve.get("/sites/other/keys").status, 200, "still signed in");
    assert_eq!(refusal(&eve.get("/sites/shop")).0, 404, "what was taken away is gone at once");
}
