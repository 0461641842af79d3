//! Inviting people, and changing what they may do: within what one owns, and never more.

use serde_json::{Value, json};

use super::{
    browser::{Browser, OWNER, PASSWORD, refusal, set_up},
    people::{invite, join, text},
};
use crate::cli::Folder;

fn id_of(owner: &mut Browser, email: &str) -> i64 {
    let members = owner.get("/members").json();
    let found = members["items"].as_array().unwrap().iter().find(|member| member["email"] == email);
    found.unwrap_or_else(|| panic!("{email} is not in {members}"))["id"].as_i64().unwrap()
}

#[test]
fn somebody_who_is_invited_chooses_a_password_once() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let link = invite(&mut owner, "bob@shop.example", Some("shop"), "editor");
    assert!(link.starts_with(&format!("http://{}/welcome#", server.address)), "{link}");
    let token = link.split_once('#').unwrap().1;
    let mut bob = Browser::of(&server);
    let mut finish = |token: &str, password: &str| {
        refusal(&bob.ask("POST", "/recovery/finish", &json!({ "token": token, "password": password }))).1
    };
    assert_eq!(finish(&token[1..], PASSWORD), "bad_link");
    assert_eq!(finish(token, "short"), "bad_password");
    assert_eq!(finish(token, "bob@shop.example"), "bad_password", "everybody knows it");
    assert_eq!(finish(token, PASSWORD), "");
    assert_eq!(finish(token, "another password"), "bad_link");
    let state = bob.get("/session").json();
    assert_eq!(state["sites"], json!([{ "name": "shop", "role": "editor" }]));
    let members = owner.get("/members").json();
    let shown: Vec<_> = members["items"].as_array().unwrap().iter().map(|member| &member["roles"]).collect();
    let all = json!([{ "site": null, "role": "owner" }]);
    assert_eq!(shown, [&all, &json!([{ "site": "shop", "role": "editor" }])]);
}

#[test]
fn a_changed_role_holds_at_once_and_ends_the_session() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut bob = join(&server, &mut owner, "bob@shop.example", Some("shop"), "owner");
    assert_eq!(bob.get("/sites/shop/keys").status, 200);
    let path = format!("/members/{}", id_of(&mut owner, "bob@shop.example"));
    let answer = owner.ask("PATCH", &path, &json!({ "site": "shop", "role": "viewer" }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(refusal(&bob.get("/sites/shop/keys")), (401, "not_signed_in".to_owned()));
    bob.sign_in("bob@shop.example", PASSWORD);
    assert_eq!(refusal(&bob.get("/sites/shop/keys")), (403, "role_too_small".to_owned()));
    owner.ask("PATCH", &path, &json!({ "site": "shop", "role": "none" }));
    bob.sign_in("bob@shop.example", PASSWORD);
    assert_eq!(refusal(&bob.get("/sites/shop/keys")), (404, "unknown_site".to_owned()));
    assert_eq!(owner.ask("DELETE", &path, &Value::Null).status, 204);
    let answer = bob.ask("POST", "/session", &json!({ "email": "bob@shop.example", "password": PASSWORD }));
    assert_eq!(refusal(&answer).1, "wrong_credentials");
}

#[test]
fn an_owner_of_a_site_decides_about_it_and_nothing_else() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut bob = join(&server, &mut owner, "bob@shop.example", Some("shop"), "owner");
    join(&server, &mut owner, "eve@other.example", Some("other"), "owner");
    let (me, eve, ada) = (
        id_of(&mut owner, "bob@shop.example"),
        id_of(&mut owner, "eve@other.example"),
        id_of(&mut owner, OWNER),
    );
    let emails: Vec<String> = bob.get("/members").json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| text(&member["email"]))
        .collect();
    assert_eq!(emails, [OWNER, "bob@shop.example"], "not those of another site");
    let new = |site: Value, role: &str| json!({ "email": "new@shop.example", "name": "New", "site": site, "role": role });
    let role = |site: Value, role: &str| json!({ "site": site, "role": role });
    let mut check = |method: &str, path: &str, body: Value, expected: (u16, &str)| {
        let answer = bob.ask(method, path, &body);
        assert_eq!(refusal(&answer), (expected.0, expected.1.to_owned()), "{method} {path} {body}");
    };
    let too_small = (403, "role_too_small");
    check("POST", "/members", new(Value::Null, "viewer"), too_small);
    check("POST", "/members", new(json!("other"), "viewer"), (404, "unknown_site"));
    check("POST", "/members", new(json!("nowhere"), "viewer"), (404, "unknown_site"));
    check("PATCH", &format!("/members/{me}"), role(Value::Null, "owner"), too_small);
    check("PATCH", &format!("/members/{me}"), role(json!("other"), "viewer"), (404, "unknown_site"));
    check("PATCH", &format!("/members/{eve}"), role(json!("shop"), "viewer"), (404, "unknown_member"));
    check("PATCH", "/members/4711", role(json!("shop"), "viewer"), (404, "unknown_member"));
    check("PATCH", &format!("/members/{ada}"), role(Value::Null, "viewer"), too_small);
    check("DELETE", &format!("/members/{ada}"), Value::Null, too_small);
    check("POST", &format!("/members/{ada}/link"), Value::Null, too_small);
    check("GET", "/audit", Value::Null, too_small);
    check("GET", "/audit?site=other", Value::Null, (404, "unknown_site"));
    check("GET", "/audit?site=shop", Value::Null, (200, ""));
    check("POST", "/members", new(json!("shop"), "viewer"), (201, ""));
}

/// Whoever invites somebody else's account again gets no link to it.
#[test]
fn inviting_an_account_that_is_there_opens_it_to_nobody() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut bob = join(&server, &mut owner, "bob@shop.example", Some("shop"), "owner");
    invite(&mut owner, "eve@other.example", Some("other"), "owner");
    for email in ["eve@other.example", OWNER, " Ada@Shop.Example "] {
        let body = json!({ "email": email, "name": "X", "site": "shop", "role": "viewer" });
        let answer = bob.ask("POST", "/members", &body);
        assert_eq!((answer.status, &answer.json()["link"]), (201, &Value::Null), "{email}");
    }
    let seen = bob.get("/members").json();
    assert!(!seen.to_string().contains("\"other\""), "{seen}");
    owner.sign_in(OWNER, PASSWORD);
    assert_eq!(owner.get("/session").json()["account"]["is_owner"], true, "no role is taken away by it");
}

#[test]
fn somebody_always_owns_everything() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let ada = id_of(&mut owner, OWNER);
    let demote = json!({ "site": null, "role": "viewer" });
    for (method, body) in [("PATCH", &demote), ("DELETE", &Value::Null)] {
        let answer = owner.ask(method, &format!("/members/{ada}"), body);
        assert_eq!(refusal(&answer), (409, "last_owner".to_owned()));
    }
    assert_eq!(owner.get("/session").json()["state"], "signed_in", "nothing was changed");
    join(&server, &mut owner, "bob@shop.example", None, "owner");
    assert_eq!(owner.ask("PATCH", &format!("/members/{ada}"), &demote).status, 200);
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let (old, mut other) = (owner.cookie.clone(), Browser::of(&server));
    other.sign_in(OWNER, PASSWORD);
    let change = |old: &str, new: &str| json!({ "password": { "old": old, "new": new } });
    let answer = owner.ask("PATCH", "/account", &change("wrong wrong", "a new password"));
    assert_eq!(refusal(&answer).1, "wrong_credentials");
    assert_eq!(refusal(&owner.ask("PATCH", "/account", &change(PASSWORD, "short"))).1, "bad_password");
    assert_eq!(other.get("/sites").status, 200, "nothing was changed");
    assert_eq!(owner.ask("PATCH", "/account", &change(PASSWORD, "a new password")).status, 200);
    assert_ne!(owner.cookie, old, "a session of its own");
    assert_eq!((owner.get("/sites").status, other.get("/sites").status), (200, 401));
    other.sign_in(OWNER, "a new password");
    assert_eq!(owner.get("/account/sessions").json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(owner.ask("DELETE", "/account/sessions", &Value::Null).status, 200);
    assert_eq!((owner.get("/sites").status, other.get("/sites").status), (200, 401));
    assert_eq!(
        owner.ask("PATCH", "/account", &json!({ "name": "Ada L." })).json()["account"]["name"],
        "Ada L."
    );
}

#[test]
fn what_was_changed_is_on_record() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    join(&server, &mut owner, "bob@shop.example", Some("shop"), "viewer");
    let key = owner.ask("POST", "/sites/shop/keys", &json!({ "scope": "read" })).json();
    let prefix = text(&key["item"]["prefix"]);
    owner.ask("DELETE", &format!("/sites/shop/keys/{prefix}"), &Value::Null);
    let share = owner.ask("POST", "/sites/shop/shares", &json!({ "name": "board" })).json();
    owner.ask("DELETE", &format!("/sites/shop/shares/{}", share["share"]["id"]), &Value::Null);
    let shown = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| format!("{} {} {}", text(&item["by"]), text(&item["action"]), text(&item["subject"])))
            .collect()
    };
    let all = owner.get("/audit?site=shop").json();
    let expected = [
        format!("{OWNER} share_revoked board"),
        format!("{OWNER} share_added board"),
        format!("{OWNER} key_revoked {prefix}"),
        format!("{OWNER} key_added {prefix}"),
        format!("{OWNER} member_added bob@shop.example"),
        "ada site_added shop".to_owned(),
    ];
    assert_eq!(shown(&all), expected);
    let first = owner.get("/audit?site=shop&limit=4").json();
    let second = owner.get(&format!("/audit?site=shop&limit=4&after={}", text(&first["next"]))).json();
    assert_eq!([shown(&first), shown(&second)].concat(), expected);
    assert_eq!(second["next"], Value::Null);
}

#[test]
fn settings_are_the_owners_in_a_file_too() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let mut editor = join(&server, &mut owner, "eve@shop.example", Some("shop"), "editor");
    let path = "/api/v1/sites/shop/definitions.toml";
    let put = |browser: &mut Browser, text: &str| {
        let origin = format!("http://{}", server.address);
        let (cookie, csrf) = (browser.cookie.clone().unwrap(), browser.csrf.clone().unwrap());
        let headers = [("origin", origin.as_str()), ("cookie", &cookie), ("x-waymark-csrf", &csrf)];
        server.client().ask("PUT", path, &headers, text.as_bytes()).unwrap()
    };
    let goal = "[[site.shop.goal]]\nname = 'buy'\nrole = 'macro'\n";
    let with = |settings: &str| format!("[site.shop]\n{settings}\n{goal}");
    assert_eq!(put(&mut editor, &with("timezone = 'UTC'")).status, 200);
    for settings in [
        "timezone = 'Asia/Tokyo'",
        "timezone = 'UTC'\nsession_gap = '10m'",
        "timezone = 'UTC'\nhosts = ['shop.example']",
        "timezone = 'UTC'\nquery_params = ['token']",
    ] {
        let refused = put(&mut editor, &with(settings));
        assert_eq!(refusal(&refused), (403, "role_too_small".to_owned()), "{settings}");
        assert_eq!(put(&mut owner, &with(settings)).status, 200, "{settings}");
        assert_eq!(put(&mut owner, &with("timezone = 'UTC'")).status, 200);
    }
}
