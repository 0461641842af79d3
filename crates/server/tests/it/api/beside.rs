//! What is kept beside the numbers, what was seen, what happens now, and files to take away.

use serde_json::{Value, json};

use super::{Api, key, refusal};
use crate::{
    cli::Folder,
    serve::server::{BROWSER, EVENTS},
};

const SITE: &str = "/api/v1/sites/shop";

fn post(api: &Api, rest: &str, body: &Value) -> Value {
    let answer = api.ask("POST", &format!("{SITE}/{rest}"), &body.to_string());
    assert_eq!(answer.status, 201, "{rest}: {}", answer.text());
    answer.json()
}

#[test]
fn settings_are_changed_one_by_one() {
    let api = Api::shop();
    let before = api.get(SITE);
    assert_eq!(
        (&before["timezone"], &before["session_gap_ms"]),
        (&json!("Europe/Berlin"), &json!(1_800_000))
    );
    assert_eq!(
        before["snippet"],
        format!("<script defer src=\"http://{}/wm.js\" data-site=\"shop\"></script>", api.server.address)
    );
    assert!(before["events"].as_u64().unwrap() > 100);
    let change = |body: Value| api.ask("PATCH", SITE, &body.to_string());
    assert_eq!(before["retention"], "usual");
    for retention in ["14 months", "forever", "usual"] {
        let changed = change(json!({ "retention": retention })).json();
        assert_eq!(
            (&changed["retention"], &changed["timezone"]),
            (&json!(retention), &json!("Europe/Berlin"))
        );
    }
    let changed = change(json!({ "hosts": ["Shop.Example"], "collect": { "internal": ["203.0.113.0/24"] } }));
    assert_eq!(changed.status, 200, "{}", changed.text());
    let changed = changed.json();
    assert_eq!(
        (&changed["hosts"], &changed["collect"]["internal"]),
        (&json!(["shop.example"]), &json!(["203.0.113.0/24"]))
    );
    assert_eq!(
        (&changed["timezone"], &changed["collect"]["query_params"]),
        (&before["timezone"], &json!([]))
    );
    for (body, code) in [
        (json!({ "timezone": "Europe/Nowhere" }), "bad_timezone"),
        (json!({ "session_gap_ms": 0 }), "bad_value"),
        (json!({ "retention": "0 months" }), "bad_value"),
        (json!({ "hosts": ["a/b"] }), "definitions"),
        (json!({ "collect": { "internal": ["localhost"] } }), "definitions"),
    ] {
        assert_eq!(refusal(&change(body.clone())), (422, code.to_owned()), "{body}");
    }
    assert_eq!(refusal(&change(json!({ "name": "other" }))), (400, "bad_json".to_owned()));
    let read = key(&api.folder, "shop", "read");
    let answer = api.ask_as(&read, "PATCH", SITE, &[], "{}");
    assert_eq!(refusal(&answer), (403, "role_too_small".to_owned()));
}

#[test]
fn notes_and_segments_are_kept() {
    let api = Api::shop();
    let later = post(&api, "notes", &json!({ "date": "2026-03-02", "text": " <b>sale</b> " }));
    post(&api, "notes", &json!({ "date": "2026-03-01", "text": "new shop" }));
    let texts = || {
        let listed = api.get(&format!("{SITE}/notes"));
        listed["items"].as_array().unwrap().iter().map(|note| note["text"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(texts(), ["new shop", "<b>sale</b>"]);
    let remove = |id: &Value| api.ask("DELETE", &format!("{SITE}/notes/{id}"), "");
    assert_eq!(remove(&later["id"]).status, 204);
    assert_eq!(refusal(&remove(&later["id"])), (404, "not_found".to_owned()));
    assert_eq!(texts(), ["new shop"]);
    for note in [json!({ "date": "yesterday", "text": "x" }), json!({ "date": "2026-03-01", "text": " " })] {
        let answer = api.ask("POST", &format!("{SITE}/notes"), &note.to_string());
        assert_eq!(refusal(&answer), (422, "bad_value".to_owned()), "{note}");
    }
    let phones = json!({ "name": "phones", "filter": { "where": { "device": "phone" }, "touch": "last" } });
    post(&api, "segments", &phones);
    let listed = api.get(&format!("{SITE}/segments"));
    assert_eq!(listed["items"][0]["filter"]["where"], phones["filter"]["where"]);
    let wrong = json!({ "name": "x", "filter": { "where": { "devise": "phone" } } });
    let answer = api.ask("POST", &format!("{SITE}/segments"), &wrong.to_string());
    assert_eq!(refusal(&answer), (422, "unknown_dimension".to_owned()));
    assert_eq!(api.ask("DELETE", &format!("{SITE}/segments/phones"), "").status, 204);
    assert_eq!(
        refusal(&api.ask("DELETE", &format!("{SITE}/segments/phones"), "")),
        (404, "not_found".to_owned())
    );
}

#[test]
fn what_was_seen_is_offered() {
    let api = Api::on(Folder::new_shop());
    let event = |name: &str, more: Value| {
        let mut event = json!({ "site": "shop", "name": name, "url": "https://shop.example/a" });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(api.server.post(event.to_string()).status, 200);
    };
    event("pageview", json!({}));
    event("pageview", json!({ "props": { "plan": "pro" } }));
    event("purchase", json!({ "key": "1", "value": "5 EUR", "props": { "plan": "=1+1" } }));
    event("add_to_cart", json!({}));
    let names = |query: &str| {
        let listed = api.get(&format!("{SITE}/names?{query}"));
        let items = listed["items"].as_array().unwrap().iter();
        items.map(|item| format!("{} {}", item["name"].as_str().unwrap(), item["events"])).collect::<Vec<_>>()
    };
    assert_eq!(names("kind=event"), ["pageview 2", "add_to_cart 1", "purchase 1"]);
    assert_eq!(names("kind=event&prefix=CART"), ["add_to_cart 1"]);
    assert_eq!(names("kind=event&limit=1"), ["pageview 2"]);
    assert_eq!(names("kind=path"), ["/a 4"]);
    assert_eq!(names("kind=property"), ["plan 2"]);
    assert_eq!(names("kind=value&of=prop.plan"), ["=1+1 1", "pro 1"]);
    for query in ["kind=value", "kind=events", "kind=event&limit=0"] {
        let answer = api.ask("GET", &format!("{SITE}/names?{query}"), "");
        assert_eq!(refusal(&answer), (400, "bad_parameter".to_owned()), "{query}");
    }
    let suggested = api.get(&format!("{SITE}/suggestions"));
    let shown: Vec<_> = suggested["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["goal"]["name"], &one["likely_headline"]))
        .collect();
    assert_eq!(shown, [(&json!("purchase"), &json!(true)), (&json!("add_to_cart"), &json!(false))]);
    let goal = &suggested["items"][0]["goal"];
    assert_eq!((&goal["counting"], &goal["value"]), (&json!("once_per_key"), &json!("from_event")));
    let answer = api.ask("PUT", &format!("{SITE}/goals/purchase"), &goal.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let now = api.get(&format!("{SITE}/live/now"));
    assert_eq!(now["visitors_now"], 1);
    assert_eq!(now["minutes"].as_array().unwrap().len(), 30);
    let events: u64 =
        now["minutes"].as_array().unwrap().iter().map(|minute| minute["events"].as_u64().unwrap()).sum();
    assert_eq!(events, 4);
    assert_eq!(
        now["steps"],
        json!([{ "goal": "purchase", "role": "macro", "headline": true, "visitors": 1 }])
    );
}

#[test]
fn files_hold_what_the_command_line_writes_and_no_formula() {
    let api = Api::on(Folder::new_shop());
    for name in ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "<script>alert(1)</script>", "\u{202e}x\"y,z"] {
        let event = json!({ "site": "shop", "name": name, "url": "https://shop.example/=a?ref=%3Cb%3E" });
        let answer =
            api.server.client().ask("POST", EVENTS, &[("user-agent", BROWSER)], event.to_string().as_bytes());
        assert_eq!(answer.unwrap().status, 200, "{name}");
        let goal = json!({ "name": name, "role": "secondary" });
        let path: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let answer = api.ask("PUT", &format!("{SITE}/goals/{path}"), &goal.to_string());
        let is_control = name.chars().any(char::is_control);
        assert_eq!(answer.status, if is_control { 422 } else { 200 }, "{name}: {}", answer.text());
    }
    let export = |query: &str| api.download(&format!("{SITE}/export?{query}"));
    for format in ["csv", "ndjson"] {
        let written = api.folder.ok(&["export", "--site", "shop", "--format", format]);
        assert_eq!(
            String::from_utf8(export(&format!("what=events&format={format}"))).unwrap(),
            written,
            "{format}"
        );
    }
    let parquet = export("what=events&format=parquet");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    for what in ["events", "report"] {
        let text = String::from_utf8(export(&format!("what={what}&format=csv"))).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for cell in
            reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell} in the {what}");
        }
    }
    let report: Value = serde_json::from_slice(&export("what=report&format=json")).unwrap();
    assert_eq!(report["total"]["events"], 6);
    for query in ["what=events&format=json", "what=report&format=parquet", "what=all&format=csv"] {
        let answer = api.ask("GET", &format!("{SITE}/export?{query}"), "");
        assert_eq!(refusal(&answer), (400, "bad_parameter".to_owned()), "{query}");
    }
    let answer = api.ask("GET", &format!("{SITE}/export?what=events&format=csv&from=soon"), "");
    assert_eq!(refusal(&answer), (422, "bad_range".to_owned()));
}

#[test]
fn what_arrives_and_what_does_not_is_told_with_reasons() {
    let api = Api::on(Folder::new_shop());
    let hosts = json!({ "hosts": ["shop.example"] });
    assert_eq!(api.ask("PATCH", SITE, &hosts.to_string()).status, 200);
    let arrivals = || api.get(&format!("{SITE}/arrivals"));
    let nothing = json!({ "last_event": null, "events": 0, "left_out": 0, "stored": 0, "duplicates": 0, "refused": [], "noted": [] });
    assert_eq!(arrivals(), nothing);
    let send = |url: &str, test: bool| {
        let event = json!({ "site": "shop", "name": "pageview", "url": url, "test": test, "id": url });
        api.server
            .client()
            .ask("POST", EVENTS, &[("user-agent", BROWSER)], event.to_string().as_bytes())
            .unwrap()
    };
    for (url, test) in [
        ("https://shop.example/", false),
        ("https://shop.example/", false),
        ("https://shop.example/try", true),
        ("https://elsewhere.example/", false),
    ] {
        send(url, test);
    }
    let repaired = json!({ "site": "shop", "name": "purchase", "url": "https://shop.example/done", "test": true,
        "key": "undefined", "value": "free", "vaule": 5, "colour": 1 });
    assert_eq!(api.server.post(repaired.to_string()).status, 200);
    let mut told = arrivals();
    assert!(told["last_event"].take().is_string());
    let expected = json!({ "last_event": null, "events": 1, "left_out": 2, "stored": 3, "duplicates": 1,
        "refused": [{ "code": "host_not_listed", "events": 1 }],
        "noted": [{ "code": "bad_value", "events": 1 }, { "code": "placeholder_key.undefined", "events": 1 },
            { "code": "unknown_field", "events": 1 }] });
    assert_eq!(told, expected);
    let other = key(&api.folder, "shop", "collect");
    assert_eq!(refusal(&api.ask_as(&other, "GET", &format!("{SITE}/arrivals"), &[], "")).0, 401);
}
