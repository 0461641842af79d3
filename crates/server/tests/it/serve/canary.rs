//! What identifies people is never at rest: searched for in every file of the data folder, and in what the server says.

use std::{fs, path::Path};

use serde_json::json;

use super::server::{EVENTS, Server};
use crate::cli::Folder;

/// Each of these is sent, and must be found nowhere: as text, as bytes of numbers, or within compressed files.
const SECRETS: [&str; 8] = [
    "canary-agent-7f3a",
    "canary-visitor-7f3a",
    "canary-user-7f3a",
    "canary-order-7f3a",
    "canary-event-7f3a",
    "canary-token-7f3a",
    "canary.person@example.com",
    "198.51.100.77",
];

pub fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_none_or(|extension| extension != "sock") {
            found.push((path.display().to_string(), fs::read(&path).unwrap_or_default()));
        }
    }
}

fn check(what: &str, bytes: &[u8]) {
    for secret in SECRETS {
        let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_there, "{secret} is in {what}");
    }
}

#[test]
fn no_address_agent_or_identifier_is_at_rest() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let made = folder.json(&["key", "add", "shop", "--scope", "collect"]);
    let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
    let server = Server::start_with(&folder, &[], &[("WAYMARK_FLUSH_ROWS", "10")]);
    let event = |number: usize| {
        json!({ "name": "purchase", "id": format!("canary-event-7f3a-{number}"), "key": format!("canary-order-7f3a-{number}"),
            "visitor": "canary-visitor-7f3a", "user": "canary-user-7f3a",
            "url": "https://shop.example/thanks?token=canary-token-7f3a", "referrer": "https://x.example/?q=canary-token-7f3a",
            "props": { "note": "for canary.person@example.com" }, "ip": "198.51.100.77", "user_agent": "canary-agent-7f3a" })
    };
    let events: Vec<_> = (0..40).map(event).collect();
    let body = json!({ "site": "shop", "events": events }).to_string();
    let headers = [("user-agent", "Mozilla/5.0 canary-agent-7f3a"), ("x-forwarded-for", "198.51.100.77")];
    for headers in [headers.to_vec(), [&headers[..], &[("authorization", bearer.as_str())]].concat()] {
        let answer = server.client().ask("POST", EVENTS, &headers, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let broken = server.client().ask("POST", EVENTS, &headers, b"{canary-user-7f3a").unwrap();
    assert_eq!(broken.status, 400);
    let said = server.stop();
    check("what the server said", said.as_bytes());
    let mut found = Vec::new();
    files(&folder.path(), &mut found);
    assert!(found.len() > 4, "{found:?}");
    for (name, bytes) in &found {
        check(name, bytes);
    }
    // What is compressed is searched as it is read: every column of every event.
    check("the export", folder.ok(&["export", "--site", "shop", "--format", "ndjson"]).as_bytes());
    let unseen = SECRETS.iter().filter(|secret| !body.contains(**secret)).count();
    assert_eq!(unseen, 0, "each secret was sent");
}
