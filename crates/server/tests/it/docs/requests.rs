//! Snippets of JSON: questions are answered, events are stored, and answers have the fields that are shown.

use serde_json::{Value, json};

use super::snippets::of;
use crate::{
    cli::Folder,
    serve::{client::Client, server::Server},
};

#[test]
fn questions_are_answered() {
    for snippet in of("docs/query-json.md", &["json"]) {
        let folder = Folder::shop();
        let file = folder.file("question.json", &snippet.text);
        let ran = folder.run(&["query", "--site", "shop", &file]);
        assert_eq!(ran.code, 0, "{}\n{}", snippet.place(), ran.err);
    }
}

#[test]
fn events_are_stored_and_answered_as_shown() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    for snippet in of("docs/collecting.md", &["json"]) {
        let shown: Value = serde_json::from_str(&snippet.text).unwrap();
        if shown["site"].is_string() {
            let events = shown["events"].as_array().map_or(1, Vec::len);
            let answer = server.post(&snippet.text);
            assert_eq!(answer.json()["stored"], events, "{}: {}", snippet.place(), answer.text());
        } else {
            let events = match shown["noted"].is_array() {
                true => json!([{ "name": "a", "vaule": "1 EUR" }]),
                false => json!([{ "name": "a" }, { "name": "" }]),
            };
            let answer = server.post(json!({ "site": "shop", "events": events }).to_string()).json();
            assert_eq!(fields(&answer), fields(&shown), "{}: {answer}", snippet.place());
        }
    }
}

#[test]
fn an_error_of_the_api_is_as_shown() {
    let folder = Folder::shop();
    let server = Server::start(&folder, &[]);
    let made = folder.json(&["key", "add", "shop", "--scope", "read"]);
    let authorization = format!("Bearer {}", made["key"].as_str().unwrap());
    let question = json!({ "rate": { "goal": "purchas" } }).to_string();
    let headers = [("authorization", authorization.as_str())];
    let mut client = Client::connect(server.address).unwrap();
    let answer = client.ask("POST", "/api/v1/sites/shop/query", &headers, question.as_bytes()).unwrap();
    let shown: Value = serde_json::from_str(&of("docs/api.md", &["json"])[0].text).unwrap();
    for field in ["code", "hint"] {
        assert_eq!(answer.json()["error"][field], shown["error"][field], "{}", answer.text());
    }
}

/// The names of all fields, also of those within.
fn fields(value: &Value) -> Vec<String> {
    let mut names: Vec<String> = match value {
        Value::Object(map) => {
            map.iter().flat_map(|(name, value)| [vec![name.clone()], fields(value)].concat()).collect()
        }
        Value::Array(all) => all.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    };
    names.sort();
    names.dedup();
    names
}
