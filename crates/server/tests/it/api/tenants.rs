//! Sites never mix: whoever may see one learns nothing of another, whatever they ask.

use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

use super::{Api, key, one};
use crate::cli::Folder;

/// Stands in every name of the other site, and in no question.
const CANARY: &str = "canary-of-the-other";
/// Requests of a run.
const REQUESTS: usize = 10_000;

fn two_shops() -> Api {
    let folder = Folder::new();
    for (site, mark) in [("one", "of-one"), ("other", CANARY)] {
        folder.ok(&["site", "add", site, "--timezone", "UTC"]);
        let rows: String = (0..40)
            .map(|visitor| {
                let time = 1_774_000_000_000_i64 + visitor * 60_000;
                format!(
                    "{time},{visitor},view,{mark}-{},\n{time},{visitor},buy {mark},{mark},{mark}-{visitor}\n",
                    visitor % 4
                )
            })
            .collect();
        let file =
            folder.file("rows.csv", &format!("timestamp,visitorid,event,itemid,transactionid\n{rows}"));
        folder.ok(&[
            "import",
            "--site",
            site,
            "--format",
            "csv",
            "--map",
            "visitor=visitorid,time=timestamp,name=event,key=transactionid,prop.item=itemid",
            &file,
        ]);
        let definitions = folder.file(
            "waymark.toml",
            &format!(
                "[site.{site}]\ntimezone = 'UTC'\nhosts = ['{mark}.example']\n\
                 [[site.{site}.goal]]\nname = 'bought {mark}'\nrole = 'macro'\nheadline = true\nevent = 'buy {mark}'\n\
                 [[site.{site}.funnel]]\nname = 'path {mark}'\nsteps = ['view', 'bought {mark}']\n"
            ),
        );
        folder.ok(&["goals", "apply", &definitions]);
    }
    let (key, server) = (key(&folder, "one", "admin"), crate::serve::server::Server::start(&folder, &[]));
    Api { folder, server, key }
}

fn over(dice: &mut Pcg64Mcg) -> Value {
    let mut over = json!({});
    match dice.random_range(0..4) {
        0 => over["range"] = json!({ "from": format!("2026-03-{:02}", dice.random_range(1..31)) }),
        // Within the day of the events.
        1 => {
            let (from, to) = (dice.random_range(0..60), dice.random_range(0..60));
            over["range"] = json!({ "from": format!("2026-03-20T09:{from:02}:00Z"),
                "to": format!("2026-03-20T10:{to:02}:00Z") });
        }
        _ => {}
    }
    if dice.random_bool(0.5) {
        let column = one(&["prop.item", "event", "device", "host"], dice);
        let test = [
            json!("of-one*"),
            json!({ "not_in": ["x"] }),
            json!({ "contains": "o" }),
            json!({ "missing": true }),
        ];
        over["filter"] = json!({ "where": { column: test.choose(dice).unwrap() },
            "select": one(&["visitors", "sessions"], dice) });
    }
    over
}

fn question(dice: &mut Pcg64Mcg) -> Value {
    let over = over(dice);
    let goal = one(&["bought of-one", "buy of-one", "view", "bought", "nothing"], dice);
    let base = one(&["visitor", "session", "user", "event"], dice);
    let by = one(&["prop.item", "event", "path", "host", "prop.none"], dice);
    match dice.random_range(0..6) {
        0 => json!({ "overview": { "days": dice.random_bool(0.5), "over": over } }),
        1 => json!({ "rate": { "goal": goal, "base": base, "over": over } }),
        2 => {
            json!({ "funnel": { "steps": ["view", goal], "count": one(&["visitor", "session", "total"], dice), "over": over } })
        }
        3 => json!({ "funnel": { "name": "path of-one", "over": over } }),
        4 => json!({ "breakdown": { "by": by, "unit": base, "top": dice.random_range(0..9), "over": over } }),
        _ => json!({ "conversion_time": { "goal": goal, "unit": base, "over": over } }),
    }
}

/// A path of the document with something in the place of its parameters.
fn path(template: &str, dice: &mut Pcg64Mcg) -> String {
    let site = [
        "one",
        "other",
        "OTHER",
        "one%2f..%2fother",
        "..%2fother",
        "other%00",
        "%6fther",
        "other%20",
        "of-one.example",
    ];
    let name = ["bought%20of-one", "path%20of-one", "1", "2", "x", "..", "%2e%2e%2f%2e%2e%2fother"];
    let mut filled = template.replace("{site}", site.choose(dice).unwrap());
    while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(from..=to, name.choose(dice).unwrap());
    }
    if dice.random_bool(0.3) {
        let asked = [
            "?site=other",
            "?what=events&format=ndjson",
            "?what=report&format=csv",
            "?kind=value&of=prop.item",
            "?kind=event",
            "?after=one",
            "?limit=1000",
        ];
        filled.push_str(asked.choose(dice).unwrap());
    }
    filled
}

/// The token of a shared link to the site that may be seen.
fn share_of_one(api: &Api) -> String {
    let made = api.ask("POST", "/api/v1/sites/one/shares", r#"{"name": "for the board"}"#);
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["link"].as_str().unwrap().rsplit_once('#').unwrap().1.to_owned()
}

#[test]
fn no_request_tells_anything_of_another_site() {
    let api = two_shops();
    let document: Value = serde_json::from_str(&api.folder.ok(&["openapi"])).unwrap();
    let operations: Vec<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
        })
        // A stream has no end.
        .filter(|(_, path)| !path.ends_with("/live"))
        .collect();
    let mut dice = Pcg64Mcg::seed_from_u64(2_026);
    let (read, share) = (key(&api.folder, "one", "read"), share_of_one(&api));
    let mut answered = 0;
    for _ in 0..REQUESTS {
        let (method, template) = operations.choose(&mut dice).unwrap();
        let template = if dice.random_bool(0.5) { "/api/v1/sites/{site}/query" } else { template };
        let method = if template.ends_with("/query") { "POST" } else { method };
        let (path, body) = (path(template, &mut dice), question(&mut dice).to_string());
        let key = *[&api.key, &read, &share].choose(&mut dice).unwrap();
        let answer = api.ask_as(key, method, &path, &[], &body);
        let text = answer.text();
        assert!(!text.contains(CANARY), "{method} {path} {body}: {text}");
        assert!(answer.status != 500, "{method} {path} {body}: {text}");
        let is_own = path.starts_with("/api/v1/sites/one/")
            || path.starts_with("/api/v1/sites/one?")
            || path.ends_with("/sites/one");
        if path.starts_with("/api/v1/sites/") && !is_own {
            assert!(answer.status >= 400, "{method} {path} {body}: {text}");
        }
        answered += usize::from(answer.status == 200);
    }
    assert!(answered > REQUESTS / 20, "{answered}: the requests ask for nothing");
    let other = api.folder.ok(&[
        "query",
        "--site",
        "other",
        &api.folder.file("q.json", r#"{"overview": {}}"#),
        "--json",
    ]);
    assert!(other.contains(CANARY), "the canary lives");
}
