//! Who may see what: keys, and sites that are not theirs.

use super::{Api, key, refusal};
use crate::cli::Folder;

fn two_sites() -> Api {
    let folder = Folder::shop();
    folder.ok(&["site", "add", "other", "--timezone", "UTC"]);
    Api::on(folder)
}

#[test]
fn a_key_reads_its_own_site_and_no_other() {
    let api = two_sites();
    let (read, collect, other) = (
        key(&api.folder, "shop", "read"),
        key(&api.folder, "shop", "collect"),
        key(&api.folder, "other", "read"),
    );
    let query = r#"{"rate": {"goal": "purchase"}}"#;
    let ask = |key: &str, site: &str| {
        refusal(&api.ask_as(key, "POST", &format!("/api/v1/sites/{site}/query"), &[], query))
    };
    assert_eq!(ask(&read, "shop"), (200, String::new()));
    let unknown = (404, "unknown_site".to_owned());
    assert_eq!(ask(&other, "shop"), unknown, "not theirs");
    assert_eq!(ask(&read, "elsewhere"), unknown, "not there");
    assert_eq!(ask(&read, "SHOP"), unknown);
    for nobody in ["", "wms_nonsense", &collect] {
        assert_eq!(ask(nobody, "shop"), (401, "not_signed_in".to_owned()));
        assert_eq!(ask(nobody, "elsewhere"), (401, "not_signed_in".to_owned()));
    }
    let names = |key: &str| {
        let listed = api.ask_as(key, "GET", "/api/v1/sites", &[], "").json();
        let items = listed["items"].as_array().unwrap().clone();
        items.iter().map(|site| (site["name"].clone(), site["role"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&read), [("shop".into(), "editor".into())]);
    assert_eq!(names(&api.key), [("shop".into(), "owner".into())]);
    assert_eq!(names(&other), [("other".into(), "editor".into())]);
}

#[test]
fn a_list_of_sites_says_what_there_is_of_each() {
    let api = two_sites();
    let listed = api.get("/api/v1/sites");
    assert_eq!(listed["next"], serde_json::Value::Null);
    let shop = &listed["items"][0];
    assert_eq!((&shop["headline"], &shop["timezone"]), (&"purchase".into(), &"Europe/Berlin".into()));
    for field in ["first_event", "last_event"] {
        assert!(shop[field].as_str().unwrap().ends_with('Z'), "{shop}");
    }
}

#[test]
fn no_key_changes_the_installation() {
    let api = two_sites();
    let read = key(&api.folder, "shop", "read");
    for key in [&api.key, &read] {
        let answer = api.ask_as(key, "POST", "/api/v1/sites", &[], r#"{"name": "third", "timezone": "UTC"}"#);
        assert_eq!(refusal(&answer), (403, "role_too_small".to_owned()));
    }
}
