//! What the API promises: its document, its page, and the form of its refusals.

use std::path::Path;

use super::{Api, refusal};
use crate::cli::Folder;

#[test]
fn the_document_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let generated = Folder::new().ok(&["openapi"]);
    assert!(
        committed == generated,
        "the API has changed: `cargo run -p waymark-server -- openapi > crates/server/openapi.json` writes its document"
    );
}

#[test]
fn the_document_and_its_page_are_served_and_kept() {
    let api = Api::shop();
    for (path, kind) in [("/api/v1/openapi.json", "application/json"), ("/api", "text/html; charset=utf-8")] {
        let ask = |headers: &[(&str, &str)]| api.server.client().ask("GET", path, headers, b"").unwrap();
        let answer = ask(&[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        let tag = answer.header("etag").unwrap();
        assert_eq!(ask(&[("if-none-match", tag)]).status, 304, "{path}");
        assert_eq!(ask(&[("if-none-match", &format!("\"other\", W/{tag}"))]).status, 304, "{path}");
        assert_eq!(ask(&[("if-none-match", "\"other\"")]).status, 200, "{path}");
    }
    let page = api.server.client().ask("GET", "/api", &[], b"").unwrap().text();
    let document: serde_json::Value = serde_json::from_str(&api.folder.ok(&["openapi"])).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let title = format!("<h3 id=\"{id}\"><code>{} {path}</code></h3>", method.to_uppercase());
            assert!(page.contains(&title), "{title} is not on the page");
        }
    }
    assert!(!page.contains("<script") && !page.contains("style="), "the policy would stop it");
}

#[test]
fn the_page_of_the_api_lists_every_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("| code | status |").unwrap();
    let listed = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: Vec<&str> = listed.map(|(code, _)| code).collect();
    let document: serde_json::Value = serde_json::from_str(&Folder::new().ok(&["openapi"])).unwrap();
    let known = document["components"]["schemas"]["ErrorDetail"]["properties"]["code"]["enum"].clone();
    assert_eq!(
        serde_json::json!(listed),
        known,
        "`docs/api.md` lists the codes in the order of the document"
    );
}

#[test]
fn refusals_of_every_kind_have_one_form() {
    let api = Api::shop();
    let query = "/api/v1/sites/shop/query";
    let long = format!("\"{}\"", "x".repeat(2 << 20));
    for (method, path, body, status, code) in [
        ("GET", "/api/v1/nowhere", "", 404, "unknown_path"),
        ("GET", "/api/v1/sites/nowhere/live", "", 404, "unknown_site"),
        ("PUT", query, "", 405, "method_not_allowed"),
        ("GET", "/api/v1/sites?limit=none", "", 400, "bad_parameter"),
        ("GET", "/api/v1/sites?limit=0", "", 400, "bad_parameter"),
        ("GET", "/api/v1/sites?limt=1", "", 400, "bad_parameter"),
        ("GET", "/api/v1/sites/%ff/live", "", 400, "bad_parameter"),
        ("POST", query, "", 400, "bad_json"),
        ("POST", query, "\u{0}", 400, "bad_json"),
        ("POST", query, &long, 413, "body_too_large"),
        ("POST", query, r#"{"rat": {"goal": "purchase"}}"#, 400, "bad_json"),
        ("POST", query, r#"{"rate": {"goal": "purchas"}}"#, 422, "unknown_goal"),
        ("POST", query, r#"{"funnel": {"name": "chekout"}}"#, 422, "unknown_funnel"),
        ("POST", query, r#"{"funnel": {"steps": ["view"]}}"#, 422, "bad_funnel"),
        ("POST", query, r#"{"funnel": {"steps": ["view", "cart"], "window": "soon"}}"#, 422, "bad_duration"),
        ("POST", query, r#"{"breakdown": {"by": "devise"}}"#, 422, "unknown_dimension"),
        (
            "POST",
            query,
            r#"{"overview": {"over": {"range": {"from": "2026-03-02", "to": "2026-03-01"}}}}"#,
            422,
            "bad_range",
        ),
        (
            "POST",
            query,
            r#"{"rate": {"goal": "purchase", "over": {"filter": {"where": {"path": []}}}}}"#,
            422,
            "bad_condition",
        ),
        ("POST", query, r#"{"conversion_time": {"goal": "purchase", "unit": "event"}}"#, 422, "bad_question"),
        (
            "POST",
            query,
            r#"{"compare": {"from": {"goal": "purchase"}, "to": {"goal": "cart"}}}"#,
            422,
            "incomparable_rates",
        ),
    ] {
        let answer = api.ask(method, path, body);
        assert_eq!(
            refusal(&answer),
            (status, code.to_owned()),
            "{method} {path} {}: {}",
            &body[..body.len().min(99)],
            answer.text()
        );
    }
    let misspelt = api.query(r#"{"rat": {"goal": "purchase"}}"#).json();
    assert_eq!(misspelt["error"]["hint"], "did you mean `rate`?");
}
