//! Questions: the same answers as on the command line.

use serde_json::Value;

use super::{Api, refusal};
use crate::cli::{Folder, retailrocket};

/// One of each kind.
const QUERIES: [&str; 6] = [
    r#"{"overview": {"days": true}}"#,
    r#"{"rate": {"goal": "purchase", "base": "session"}}"#,
    r#"{"funnel": {"steps": ["view", "cart", "purchase"], "window": "7d"}}"#,
    r#"{"breakdown": {"by": "prop.item", "unit": "session", "top": 5}}"#,
    r#"{"conversion_time": {"goal": "purchase"}}"#,
    r#"{"compare": {"from": {"goal": "purchase", "over": {"range": {"to": "SPLIT"}}},
                    "to": {"goal": "purchase", "over": {"range": {"from": "SPLIT"}}}}}"#,
];

/// The answers are the same; the history reaches over the date.
fn check(api: &Api, split: &str) {
    for query in QUERIES.map(|query| query.replace("SPLIT", split)) {
        let answer = api.query(&query);
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        let file = api.folder.file("q.json", &query);
        // The server answers the command too: both are of one moment and one clock.
        let said: Value = api.folder.json(&["query", "--site", "shop", &file]);
        assert_eq!(answer.json(), said, "{query}");
    }
}

#[test]
fn numbers_are_those_of_the_command_line() {
    check(&Api::shop(), "2026-03-31");
}

#[test]
fn numbers_of_a_real_shop_are_those_of_the_command_line() {
    let Some(file) = retailrocket() else { return };
    let folder = Folder::with(&file);
    let definitions = folder.file(
        "waymark.toml",
        "[site.shop]\ntimezone = \"UTC\"\n\
         [[site.shop.goal]]\nname = \"purchase\"\nrole = \"macro\"\nheadline = true\nevent = \"transaction\"\nkey = true\n\
         [[site.shop.goal]]\nname = \"cart\"\nrole = \"milestone\"\nevent = \"addtocart\"\n",
    );
    folder.ok(&["goals", "apply", &definitions]);
    check(&Api::on(folder), "2015-07-01");
}

#[test]
fn who_may_go_on_before_the_night_is_in_progress() {
    let api = Api::on(Folder::new_shop());
    assert_eq!(api.server.post(r#"{"site": "shop", "name": "view"}"#).status, 200);
    let query =
        r#"{"funnel": {"steps": ["view", "cart"], "window": "1m", "over": {"range": {"last_days": 2}}}}"#;
    let answer = api.query(query).json();
    let step = &answer["steps"][0];
    assert_eq!((&step["in_progress"], &step["lost"]), (&1.into(), &0.into()), "{answer}");
}

#[test]
fn an_answer_that_nobody_waits_for_is_given_up() {
    let api = Api::shop();
    // More than are answered at a time, all of them left behind: later ones must still get their turn.
    let bearer = format!("Bearer {}", api.key);
    for _ in 0..20 {
        let mut client = api.server.client();
        let headers = [("authorization", bearer.as_str())];
        client.send("POST", "/api/v1/sites/shop/query", &headers, QUERIES[0].as_bytes()).unwrap();
    }
    assert_eq!(api.query(QUERIES[1]).status, 200);
}

/// One visitor with many events of distinct items.
#[test]
fn a_question_that_takes_too_long_is_stopped() {
    let folder = Folder::new_shop();
    let mut csv = "visitor,time,name,item\n".to_owned();
    for at in 0..200_000 {
        let name = if at % 2 == 0 { "view" } else { "cart" };
        csv.push_str(&format!("v,{},{name},i{at}\n", 1_780_000_000 + at));
    }
    let map = "visitor=visitor,time=time,name=name,prop.item=item";
    folder.ok(&["import", "--site", "shop", "--map", map, &folder.file("e.csv", &csv)]);
    let api = Api::with(folder, &["--question-time", "1ms"]);
    let query = r#"{"funnel": {"steps": ["view", "cart"], "same": "prop.item", "count": "pair"}}"#;
    for _ in 0..3 {
        let answer = api.query(query);
        assert_eq!(refusal(&answer), (422, "question_too_long".to_owned()), "{}", answer.text());
    }
}
