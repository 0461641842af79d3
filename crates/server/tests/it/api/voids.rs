//! Voided orders, by the API and by the command line: one list, and the same answers.

use serde_json::json;

use super::{Api, key, refusal};

const VOIDS: &str = "/api/v1/sites/shop/voids";
/// A key of the tests' own shop that three of its events have.
const ORDER: &str = "A-2";

/// Conversions of `purchase`, and events left out; with tests asked for or without.
fn counts(api: &Api, tests: bool) -> (u64, u64) {
    let query = json!({ "overview": { "over": { "include_tagged": tests } } });
    let answer = api.query(&query.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let purchase = &answer["total"]["goals"][0];
    (purchase["conversions"].as_u64().unwrap(), answer["left_out"]["tagged_events"].as_u64().unwrap())
}

#[test]
fn a_voided_order_is_left_out_until_it_is_undone() {
    let api = Api::shop();
    let ((before, none), all) = (counts(&api, false), counts(&api, true));
    let body = json!({ "key": ORDER }).to_string();
    let made = api.ask("POST", VOIDS, &body);
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(!made.text().contains(ORDER), "{}", made.text());
    let (after, left_out) = counts(&api, false);
    assert_eq!(after, before - 1);
    assert_eq!(left_out, none + 3);
    assert_eq!(counts(&api, true), all, "tests are shown when asked for");
    assert_eq!(api.ask("POST", VOIDS, &body).json(), made.json(), "once is enough");

    let listed = api.get(VOIDS);
    assert_eq!(listed["items"], json!([made.json()]));
    let by_command = api.folder.json(&["void", "--site", "shop", "--list"]);
    assert_eq!(by_command[0]["key"], made.json()["key"]);
    let exported = api.folder.ok(&["export", "--site", "shop", "--format", "ndjson"]);
    let tests = exported.lines().filter(|line| line.contains(r#""tag":"test""#));
    assert_eq!(tests.count() as u64, left_out - none);

    let path = format!("{VOIDS}/{}", made.json()["id"]);
    assert_eq!(api.ask("DELETE", &path, "").status, 204);
    assert_eq!(counts(&api, false), (before, none));
    assert_eq!(refusal(&api.ask("DELETE", &path, "")), (404, "unknown_void".to_owned()));
    api.folder.ok(&["void", "--site", "shop", ORDER, "A-unheard-of"]);
    assert_eq!(counts(&api, false), (after, left_out), "by the command, while the server runs");
    assert_eq!(api.folder.json(&["void", "--site", "shop", ORDER, "--undo"]), json!({ "counted": 1 }));
    assert_eq!(counts(&api, false), (before, none));
}

#[test]
fn only_those_who_may_change_void() {
    let api = Api::shop();
    let read = key(&api.folder, "shop", "read");
    let ask = |body: &str| refusal(&api.ask_as(&read, "POST", VOIDS, &[], body));
    assert_eq!(ask(r#"{"key": "A-5"}"#), (403, "role_too_small".to_owned()));
    assert_eq!(api.ask_as(&read, "GET", VOIDS, &[], "").json()["items"], json!([]));
    assert_eq!(refusal(&api.ask("POST", VOIDS, r#"{"key": ""}"#)), (422, "bad_key".to_owned()));
    assert_eq!(refusal(&api.ask("POST", VOIDS, r#"{"kye": "A-5"}"#)), (400, "bad_json".to_owned()));
}
