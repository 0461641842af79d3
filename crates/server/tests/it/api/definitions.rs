//! What counts: read, tried, changed, refused, and as it once was.

use serde_json::{Value, json};

use super::{Api, key, refusal};

const SITE: &str = "/api/v1/sites/shop";

fn path(rest: &str) -> String {
    format!("{SITE}/{rest}")
}

/// The names of a list's items.
fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

fn put(api: &Api, rest: &str, body: &Value) -> Value {
    let answer = api.ask("PUT", &path(rest), &body.to_string());
    assert_eq!(answer.status, 200, "{rest}: {}", answer.text());
    answer.json()
}

#[test]
fn definitions_are_written_as_they_are_taken() {
    let api = Api::shop();
    let defined = api.get(&path("definitions"));
    assert_eq!(names(&defined["goals"]), ["purchase", "cart", "newsletter", "stayed ten minutes"]);
    assert_eq!(names(&defined["funnels"]), ["checkout"]);
    assert_eq!(
        defined["goals"][0],
        json!({ "name": "purchase", "version": 1, "role": "macro", "headline": true, "event": "transaction",
            "counting": "once_per_key" })
    );
    assert_eq!(defined["goals"][3]["duration_ms"], 600_000);
    assert_eq!(
        defined["funnels"][0]["steps"],
        json!(["view", "cart", { "goal": "newsletter", "optional": true }, "purchase"])
    );
    // What was read and is written back is no change.
    for (kind, items) in [("goals", &defined["goals"]), ("funnels", &defined["funnels"])] {
        for item in items.as_array().unwrap() {
            let name = item["name"].as_str().unwrap().replace(' ', "%20");
            assert_eq!(put(&api, &format!("{kind}/{name}"), item)["changes"], json!([]), "{item}");
        }
    }
    assert_eq!(api.get(&path("definitions"))["etag"], defined["etag"]);
}

#[test]
fn a_goal_is_added_changed_renamed_and_retired() {
    let api = Api::shop();
    let change = |answer: &Value| {
        let changes = answer["changes"].as_array().unwrap().iter();
        let shown = changes.map(|change| {
            format!(
                "{} {} {}",
                change["name"].as_str().unwrap(),
                change["action"].as_str().unwrap(),
                change["version"]
            )
        });
        shown.collect::<Vec<_>>()
    };
    let lead = json!({ "name": "lead", "role": "macro", "event": ["lead", "form*"], "where": {
        "path": { "starts_with": "/a", "not_in": ["/a/b"] }, "amount": { "at_least": 500 } },
        "value": { "amount": 1_000, "currency": "EUR" } });
    assert_eq!(change(&put(&api, "goals/lead", &lead)), ["lead added 1"]);
    let mut headline = lead.clone();
    headline["headline"] = json!(true);
    let changed = put(&api, "goals/lead", &headline);
    assert_eq!(change(&changed), ["purchase changed 2", "lead changed 2"], "there is one headline");
    let cart = json!({ "name": "basket", "role": "milestone", "event": "addtocart" });
    let changed = put(&api, "goals/cart", &cart);
    assert_eq!(change(&changed), ["basket added 1", "cart retired 1", "checkout changed 2"]);
    assert_eq!(changed["definitions"]["funnels"][0]["steps"][1], "basket", "the step follows its goal");
    assert_eq!(names(&changed["definitions"]["goals"])[1], "basket", "in its place");
    let answer = api.ask("DELETE", &path("goals/newsletter"), "");
    assert_eq!(refusal(&answer), (422, "definitions".to_owned()), "a funnel asks for it");
    assert!(answer.json()["error"]["errors"][0]["message"].as_str().unwrap().contains("newsletter"));
    let gone = api.ask("DELETE", &path("goals/lead"), "").json();
    assert_eq!(change(&gone), ["lead retired 2"]);
    let versions = api.get(&path("goals/lead/versions"));
    let shown: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["version"], &one["goal"]["headline"]))
        .collect();
    assert_eq!(shown, [(&json!(2), &json!(true)), (&json!(1), &json!(false))]);
    let by = versions["items"][0]["by"].as_str().unwrap();
    assert!(by.starts_with("key wm"), "{by}");
    for field in ["event", "where", "value"] {
        assert_eq!(versions["items"][1]["goal"][field], lead[field], "{field}");
    }
    let made = api.get(&path("changes"));
    let last = made["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["name"], &last["action"], &last["by"]),
        (&json!("lead"), &json!("retired"), &json!(by))
    );
    let since = last["at"].as_str().unwrap();
    let later = api.get(&path(&format!("changes?since={since}")));
    assert!(later["items"].as_array().unwrap().contains(last));
    assert!(later["items"].as_array().unwrap().len() < made["items"].as_array().unwrap().len());
    // The command line sees the same, and questions use it at once.
    assert!(api.folder.ok(&["goals", "list"]).contains("basket"));
    assert_eq!(api.query(r#"{"rate": {"goal": "basket"}}"#).status, 200);
}

#[test]
fn a_funnel_is_added_changed_and_retired() {
    let api = Api::shop();
    let funnel = json!({ "name": "fast", "steps": ["view", { "goal": "cart", "within": "2h", "label": "in the cart" },
        { "event": "transaction", "where": { "prop.item": { "present": true } } }],
        "same": "prop.item", "count": "pair", "exclude": [{ "event": "logout", "after": "in the cart" }] });
    let added = put(&api, "funnels/fast", &funnel);
    assert_eq!(added["changes"][0]["action"], "added");
    let asked = api.query(r#"{"funnel": {"name": "fast"}}"#).json();
    assert_eq!(asked["funnel"]["version"], 1);
    assert_eq!(asked["count"], "pair");
    let mut other = funnel.clone();
    other["window"] = json!("7d");
    assert_eq!(put(&api, "funnels/fast", &other)["changes"][0]["version"], 2);
    let versions = api.get(&path("funnels/fast/versions"));
    assert_eq!(versions["items"][0]["funnel"]["window"], "7d");
    assert_eq!(versions["items"][1]["funnel"]["steps"][1], funnel["steps"][1]);
    assert_eq!(api.ask("DELETE", &path("funnels/fast"), "").status, 200);
    assert_eq!(refusal(&api.ask("DELETE", &path("funnels/fast"), "")), (404, "not_found".to_owned()));
}

#[test]
fn wrong_definitions_are_refused_and_change_nothing() {
    let api = Api::shop();
    let before = api.get(&path("definitions"));
    let goal = |body: Value| ("goals/x", body);
    let wrong = (422, "definitions");
    for ((rest, body), (status, code)) in [
        (goal(json!({ "name": "x", "role": "secondary", "headline": true })), wrong),
        (goal(json!({ "name": "x", "role": "macro", "pages": 0 })), wrong),
        (goal(json!({ "name": "x", "role": "macro", "duration_ms": -5 })), wrong),
        (goal(json!({ "name": "x", "role": "macro", "duration_ms": 5, "pages": 2 })), wrong),
        (goal(json!({ "name": "x", "role": "macro", "pages": 5, "value": "from_event" })), wrong),
        (goal(json!({ "name": "x", "role": "macro", "value": { "amount": -1, "currency": "EUR" } })), wrong),
        (
            goal(json!({ "name": "x", "role": "macro", "value": { "amount": 1, "currency": "'; DROP" } })),
            wrong,
        ),
        (goal(json!({ "name": "y", "role": "macro" })), (404, "not_found")),
        (("goals/cart", json!({ "name": "purchase", "role": "macro" })), wrong),
        (goal(json!({ "name": "x", "role": "micro" })), (400, "bad_json")),
        (goal(json!({ "name": "x", "role": "macro", "headlin": true })), (400, "bad_json")),
        (
            goal(json!({ "name": "x", "role": "macro", "where": { "devise": "x" } })),
            (422, "unknown_dimension"),
        ),
        (goal(json!({ "name": "x", "role": "macro", "where": { "path": [] } })), (422, "bad_condition")),
        (("funnels/x", json!({ "name": "x", "steps": ["a"] })), wrong),
        (("funnels/x", json!({ "name": "x", "steps": ["a", { "goal": "nothing" }] })), wrong),
        (("funnels/x", json!({ "name": "x", "steps": ["a", "b"], "count": "pair" })), wrong),
        (("funnels/x", json!({ "name": "x", "steps": ["a", "b"], "window": "soon" })), (422, "bad_duration")),
    ] {
        let answer = api.ask("PUT", &path(rest), &body.to_string());
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{body}: {}", answer.text());
    }
    let long = json!({ "name": "x".repeat(101), "role": "macro" });
    let answer = api.ask("PUT", &path(&format!("goals/{}", "x".repeat(101))), &long.to_string());
    assert_eq!(refusal(&answer), (422, "definitions".to_owned()));
    assert_eq!(api.get(&path("definitions")), before);
}

#[test]
fn who_comes_too_late_is_told() {
    let api = Api::shop();
    let tag = api.ask("GET", &path("definitions"), "").header("etag").unwrap().to_owned();
    let lead = json!({ "name": "lead", "role": "macro" }).to_string();
    let put = |tag: &str| api.ask_as(&api.key, "PUT", &path("goals/lead"), &[("if-match", tag)], &lead);
    let first = put(&tag);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(refusal(&put(&tag)), (412, "changed_meanwhile".to_owned()));
    let now = first.header("etag").unwrap();
    assert_eq!(put(now).status, 200);
    assert_eq!(put("*").status, 200);
    let kept = api.ask_as(&api.key, "GET", &path("definitions"), &[("if-none-match", now)], "");
    assert_eq!((kept.status, kept.body.len()), (304, 0));
    let read = key(&api.folder, "shop", "read");
    let answer = api.ask_as(&read, "PUT", &path("goals/lead"), &[], &lead);
    assert_eq!(refusal(&answer), (403, "role_too_small".to_owned()), "a key to read changes nothing");
}

#[test]
fn a_file_goes_out_and_in_again() {
    let api = Api::shop();
    let answer = api.ask("GET", &path("definitions.toml"), "");
    let text = answer.text();
    assert!(
        text.contains("[site.shop]")
            && answer.header("content-disposition").unwrap().contains("waymark.toml")
    );
    let take = |query: &str, text: &str| api.ask("PUT", &path(&format!("definitions.toml{query}")), text);
    assert_eq!(take("", &text).json()["changes"], json!([]));
    let more = format!("{text}\n[[site.shop.goal]]\nname = 'lead'\nrole = 'secondary'\n");
    let rehearsed = take("?dry_run=true", &more).json();
    assert_eq!(rehearsed["changes"][0]["name"], "lead");
    assert_eq!(names(&rehearsed["definitions"]["goals"]).last().unwrap(), "lead");
    assert_eq!(names(&api.get(&path("definitions"))["goals"]).len(), 4, "it was a rehearsal");
    assert_eq!(take("", &more).status, 200);
    assert_eq!(names(&api.get(&path("definitions"))["goals"]).len(), 5);
    let broken = take("", "[site.shop]\ntimezone = 'UTC'\n[[site.shop.goal]]\nname = 'x'\nrol = 'macro'\n");
    assert_eq!(refusal(&broken), (422, "definitions".to_owned()));
    let errors = broken.json()["error"]["errors"].clone();
    let found = errors.as_array().unwrap().iter().find(|error| error["line"] == 5).unwrap().clone();
    assert_eq!((&found["column"], &found["hint"]), (&json!(1), &json!("did you mean `role`?")));
    let other = text.replace("site.shop", "site.other");
    assert_eq!(refusal(&take("", &other)), (422, "definitions".to_owned()), "it is about another site");
}

#[test]
fn a_goal_is_tried_on_the_history_before_it_is_saved() {
    let api = Api::shop();
    let goal =
        json!({ "name": "purchase", "role": "macro", "event": "transaction", "counting": "once_per_key" });
    let range = json!({ "from": "2026-01-01", "to": "2026-12-31" });
    let tried = api.ask("POST", &path("goals/preview"), &json!({ "goal": goal, "range": range }).to_string());
    assert_eq!(tried.status, 200, "{}", tried.text());
    let tried = tried.json();
    let query = json!({ "overview": { "goals": ["purchase"], "over": { "range": range } } }).to_string();
    let total = api.query(&query).json()["total"].clone();
    assert_eq!(tried["conversions"], total["goals"][0]["conversions"]);
    assert_eq!(tried["repeats_removed"], total["goals"][0]["repeats_removed"]);
    assert_eq!(tried["rate"], total["goals"][0]["rates"]["visitor"]);
    assert_eq!(tried["sessions"], total["sessions"]);
    let examples = tried["examples"].as_array().unwrap();
    assert!(examples.len() == 10 && examples.iter().all(|event| event["name"] == "transaction"), "{tried}");
    let dead = json!({ "goal": { "name": "nobody", "role": "milestone" }, "range": range });
    let dead = api.ask("POST", &path("goals/preview"), &dead.to_string()).json();
    assert_eq!((&dead["conversions"], &dead["lints"][0]["code"]), (&json!(0), &json!("dead_goal")));
    assert_eq!(names(&api.get(&path("definitions"))["goals"]).len(), 4, "nothing was saved");
    let lints = api.get(&path("lints"));
    let checked = api.folder.json(&[
        "goals",
        "check",
        "--with-data",
        &api.folder.file("all.toml", &api.ask("GET", &path("definitions.toml"), "").text()),
    ]);
    let code =
        |list: &Value| list.as_array().unwrap().iter().map(|lint| lint["code"].clone()).collect::<Vec<_>>();
    assert_eq!(code(&lints["items"]), code(&checked["lints"]));
}

#[test]
fn goals_are_tried_on_and_names_are_of_a_history_that_ended_long_ago() {
    // The tests' own shop had its last event in spring 2026.
    let api = Api::shop();
    let goal = json!({ "goal": { "name": "transaction", "role": "macro" } });
    let tried = api.ask("POST", &path("goals/preview"), &goal.to_string()).json();
    assert!(tried["conversions"].as_u64().unwrap() > 0, "{tried}");
    assert!(tried["range"]["to"].as_str().unwrap().starts_with("2026-0"), "{tried}");
    assert!(names(&api.get(&path("names?kind=event"))["items"]).contains(&"transaction".to_owned()));
}
