//! Secret keys: made on the command line, used by programs.

use serde_json::json;

use super::server::{EVENTS, Server};
use crate::cli::Folder;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder.ok(&["site", "add", "other", "--timezone", "UTC"]);
    folder
}

fn add(folder: &Folder, site: &str, scope: &str) -> String {
    let made = folder.json(&["key", "add", site, "--scope", scope, "--expires", "90d"]);
    made["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_shown_once_listed_by_its_prefix_and_revoked() {
    let folder = folder();
    let said = folder.ok(&["key", "add", "shop", "--scope", "collect"]);
    let key = said.lines().next().unwrap();
    assert!(key.starts_with("wms_"), "{said}");
    let listed = folder.ok(&["key", "list"]);
    assert!(listed.contains(&key[..12]) && !listed.contains(key), "{listed}");
    let read = add(&folder, "other", "read");
    let keys = folder.json(&["key", "list"]);
    let shown: Vec<_> =
        keys.as_array().unwrap().iter().map(|key| (&key["site"], &key["scope"], &key["by"])).collect();
    let (ada, expected) =
        (json!("ada"), [("shop", "collect"), ("other", "read")].map(|(a, b)| (json!(a), json!(b))));
    assert_eq!(shown, expected.iter().map(|(a, b)| (a, b, &ada)).collect::<Vec<_>>());
    assert_eq!(folder.json(&["key", "list", "--site", "other"]).as_array().unwrap().len(), 1);
    folder.ok(&["key", "revoke", &read[..12]]);
    folder.fails(&["key", "revoke", &read[..12]], 3, &["no key", "key list"]);
    let wrong = if key[..12].ends_with('x') { 'y' } else { 'x' };
    folder.fails(
        &["key", "revoke", &format!("{}{wrong}", &key[..11])],
        3,
        &[&format!("did you mean `{}`", &key[..12])],
    );
    folder.fails(&["key", "add", "shp", "--scope", "collect"], 3, &["did you mean `shop`?"]);
    folder.fails(&["key", "add", "shop", "--scope", "write"], 2, &["collect"]);
    folder.fails(&["key", "add", "shop", "--scope", "read", "--expires", "0s"], 2, &["some time"]);
}

#[test]
fn a_key_is_for_its_site_and_its_scope() {
    let folder = folder();
    let (collect, read, admin) =
        (add(&folder, "shop", "collect"), add(&folder, "shop", "read"), add(&folder, "shop", "admin"));
    let revoked = add(&folder, "shop", "collect");
    folder.ok(&["key", "revoke", &revoked[..12]]);
    let server = Server::start(&folder, &[]);
    let send = |key: &str, site: Option<&str>| {
        let mut event = json!({ "name": "purchase", "time": "2020-01-01T00:00:00Z" });
        event["site"] = site.into();
        let (bearer, body) = (format!("Bearer {key}"), event.to_string());
        let headers = [("authorization", bearer.as_str())];
        let answer = server.client().ask("POST", EVENTS, &headers, body.as_bytes()).unwrap();
        (answer.status, answer.json()["error"]["code"].as_str().unwrap_or("").to_owned())
    };
    let refused = || (401, "bad_key".to_owned());
    assert_eq!(send(&collect, Some("shop")), (200, String::new()));
    assert_eq!(send(&admin, Some("shop")), (200, String::new()));
    assert_eq!(send(&collect, None), (200, String::new()), "the key says which site");
    assert_eq!(send(&collect, Some("other")), refused());
    assert_eq!(send(&read, Some("shop")), refused());
    assert_eq!(send(&revoked, Some("shop")), refused());
    assert_eq!(send("wms_nonsense", Some("shop")), refused());
    server.stop();
    let keys = folder.json(&["key", "list"]);
    let used: Vec<bool> = keys.as_array().unwrap().iter().map(|key| key["last_used"].is_string()).collect();
    assert_eq!(used, [true, false, true]);
}
