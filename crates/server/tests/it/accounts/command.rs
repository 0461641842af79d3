//! Accounts from the command line, while the server runs and while it does not.

use serde_json::json;

use super::{
    browser::{Browser, OWNER, PASSWORD, new_server, refusal, set_up, token_of},
    people::text,
};
use crate::{cli::Folder, serve::server::Server};

#[test]
fn whoever_has_the_server_lets_people_in() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let said = folder.ok(&["account", "add", "Bob@shop.example", "--role", "editor", "--site", "shop"]);
    assert!(said.contains(&format!("http://{}/welcome#", server.address)), "{said}");
    let token = token_of(&said, "welcome").unwrap();
    let mut bob = Browser::of(&server);
    let finish = json!({ "token": token, "password": PASSWORD });
    assert_eq!(bob.ask("POST", "/recovery/finish", &finish).status, 200);
    let listed = folder.json(&["account", "list"]);
    let shown: Vec<_> =
        listed.as_array().unwrap().iter().map(|one| (text(&one["email"]), &one["roles"])).collect();
    let (all, shop) =
        (json!([{ "site": null, "role": "owner" }]), json!([{ "site": "shop", "role": "editor" }]));
    assert_eq!(shown, [(OWNER.to_owned(), &all), ("bob@shop.example".to_owned(), &shop)]);
    folder.ok(&["account", "role", "bob@shop.example", "viewer", "--site", "shop"]);
    assert_eq!(bob.get("/sites").status, 401, "it holds at once");
    let link = text(&folder.json(&["account", "reset", OWNER])["link"]);
    let token = link.split_once("/recover#").unwrap().1;
    let finish = json!({ "token": token, "password": "chosen anew" });
    assert_eq!(Browser::of(&server).ask("POST", "/recovery/finish", &finish).status, 200);
    assert_eq!(owner.get("/sites").status, 401);
    owner.sign_in(OWNER, "chosen anew");
    assert!(folder.ok(&["account", "remove", "bob@shop.example"]).contains("bob@shop.example"));
    let audit = owner.get("/audit").json();
    let by: Vec<String> = audit["items"].as_array().unwrap().iter().map(|item| text(&item["by"])).collect();
    assert_eq!(by[0], "ada", "the user of the system");
    let ran = folder.run(&["account", "list"]);
    assert!(ran.out.contains("owner of all sites"), "{}", ran.out);
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = Folder::new();
    let (server, _) = set_up(&folder);
    server.stop();
    let add = |email: &'static str, rest: &[&'static str]| [&["account", "add", email], rest].concat();
    folder.fails(&["account", "remove", OWNER], 1, &["last owner", "nothing was changed"]);
    folder.fails(&["account", "role", OWNER, "viewer"], 1, &["last owner"]);
    folder.fails(&["account", "reset", "ad@shop.example"], 3, &["did you mean `ada@shop.example`?"]);
    folder.fails(&add("nonsense", &["--role", "viewer"]), 2, &["not a valid e-mail address"]);
    folder.fails(&add("bob@shop.example", &["--role", "boss"]), 2, &["`owner`, `editor` or `viewer`"]);
    folder.fails(
        &add("bob@shop.example", &["--role", "viewer", "--site", "shp"]),
        3,
        &["did you mean `shop`?"],
    );
}

#[test]
fn an_account_made_without_the_server_closes_the_set_up() {
    let folder = Folder::new();
    let (server, token) = new_server(&folder, &[]);
    let said = folder.ok(&["account", "add", OWNER, "--role", "owner"]);
    let first = json!({ "token": token, "email": "eve@shop.example", "name": "Eve", "password": PASSWORD });
    let mut browser = Browser::of(&server);
    assert_eq!(refusal(&browser.ask("POST", "/setup", &first)).1, "bad_link");
    server.stop();
    let said_then = folder.ok(&["account", "reset", OWNER]);
    assert!(said_then.contains("http://127.0.0.1:8080/recover#"), "{said_then}");
    let server = Server::start(&folder, &[]);
    let mut browser = Browser::of(&server);
    assert_eq!(browser.get("/session").json()["state"], "signed_out");
    let finish = |token: &str| json!({ "token": token, "password": PASSWORD });
    let old = finish(&token_of(&said, "welcome").unwrap());
    assert_eq!(refusal(&browser.ask("POST", "/recovery/finish", &old)).1, "bad_link", "there is a newer one");
    let new = finish(&token_of(&said_then, "recover").unwrap());
    assert_eq!(browser.ask("POST", "/recovery/finish", &new).status, 200);
    browser.sign_in(OWNER, PASSWORD);
}
