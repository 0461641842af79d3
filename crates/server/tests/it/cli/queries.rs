//! The JSON form of queries: each example of its page, and what comes back.

use std::path::Path;

use serde_json::Value;

use super::Folder;

/// The blocks of JSON on the page.
fn examples() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/query-json.md");
    let text = std::fs::read_to_string(page).unwrap();
    text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_examples_of_the_page_are_answered() {
    let folder = Folder::shop();
    let mut kinds = Vec::new();
    for example in examples() {
        let asked: Value = serde_json::from_str(&example).unwrap();
        let kind = asked.as_object().unwrap().keys().next().unwrap().clone();
        let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", &example)]);
        assert_eq!(answer["site"], "shop");
        assert!(answer["query"][&kind].is_object(), "{answer}");
        folder.ok(&["query", "--site", "shop", &folder.file("q.json", &example)]);
        kinds.push(kind);
    }
    kinds.dedup();
    let journeys = ["events", "paths", "drop_off", "exits", "sequences"];
    let numbers = ["overview", "rate", "funnel", "breakdown", "conversion_time", "compare"];
    assert_eq!(kinds, [&numbers[..], &journeys[..]].concat());
}

fn check(name: &str, query: &str) {
    let folder = Folder::shop();
    let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", query)]);
    insta::assert_json_snapshot!(name, rounded(answer));
}

/// The same with shares rounded: the last digits of logarithms and roots differ between systems.
fn rounded(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, rounded(value))).collect(),
        Value::Number(number) if number.is_f64() => {
            number.as_f64().map_or(Value::Null, |number| Value::from((number * 1e9).round() / 1e9))
        }
        other => other,
    }
}

#[test]
fn funnel_by_name() {
    check("funnel_by_name", r#"{"funnel": {"name": "checkout"}}"#);
}

#[test]
fn rate_by_session() {
    check("rate_by_session", r#"{"rate": {"goal": "purchase", "base": "session"}}"#);
}

#[test]
fn overview() {
    let range = r#"{"from": "2026-03-31", "to": "2026-04-01"}"#;
    check("overview", &format!(r#"{{"overview": {{"days": true, "over": {{"range": {range}}}}}}}"#));
}

#[test]
fn overview_since_the_week_before() {
    let asked = r#""goals": ["purchase", "cart"], "days": true, "compare": "previous", "then": true"#;
    let range = r#"{"from": "2026-03-31", "to": "2026-04-01"}"#;
    check("overview_compared", &format!(r#"{{"overview": {{{asked}, "over": {{"range": {range}}}}}}}"#));
}

#[test]
fn funnel_since_the_week_before() {
    let range = r#"{"from": "2026-03-31", "to": "2026-04-01"}"#;
    let asked = format!(r#""name": "checkout", "compare": "previous", "over": {{"range": {range}}}"#);
    check("funnel_compared", &format!(r#"{{"funnel": {{{asked}}}}}"#));
}

#[test]
fn funnels_that_do_not_compare_show_no_change() {
    let folder = Folder::shop();
    let check = |more: &str, why: &str| {
        let range = r#""over": {"range": {"from": "2026-03-31", "to": "2026-04-01"}}"#;
        let query = format!(r#"{{"funnel": {{"steps": ["view", "cart"], {range}, {more}}}}}"#);
        let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", &query)]);
        assert_eq!(answer["previous"]["steps"].as_array().unwrap().len(), 2, "{answer}");
        assert!(answer["steps"].as_array().unwrap().iter().all(|step| step["change_of_first"].is_null()));
        let warnings = answer["warnings"].to_string();
        assert!(warnings.contains(why), "{more}: {warnings}");
    };
    let longer = r#""compare": {"range": {"from": "2026-03-20", "to": "2026-03-30"}}"#;
    check(longer, "in the shorter time fewer had the time to go on");
    let same = r#"{"funnel": {"name": "checkout", "over": {"range": {"from": "2026-03-31", "to": "2026-04-01"}},
                   "compare": {"range": {"from": "2026-03-31", "to": "2026-04-01"}}}}"#;
    folder.fails(&["query", "--site", "shop", &folder.file("q.json", same)], 2, &["one and the same rate"]);
}

#[test]
fn breakdown() {
    check(
        "breakdown",
        r#"{"breakdown": {"by": "prop.item", "goals": ["purchase"], "unit": "session", "top": 2}}"#,
    );
}

#[test]
fn a_breakdown_sums_to_its_total() {
    let folder = Folder::shop();
    for (unit, units) in [("visitor", 60), ("session", 95)] {
        let query = format!(r#"{{"breakdown": {{"by": "prop.item", "unit": "{unit}", "top": 3}}}}"#);
        let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", &query)]);
        let buckets = answer["buckets"].as_array().unwrap();
        let sum: u64 = buckets.iter().map(|bucket| bucket["units"].as_u64().unwrap()).sum();
        assert_eq!((sum, buckets.last().unwrap()["value"].as_str()), (units, Some("(other)")), "{unit}");
        let conversions = |bucket: &Value| bucket["goals"][0]["conversions"].as_u64().unwrap();
        assert_eq!(buckets.iter().map(conversions).sum::<u64>(), 28);
    }
}

#[test]
fn a_list_has_as_many_events_as_the_number_says() {
    let folder = Folder::shop();
    let ask = |query: &str| folder.json(&["query", "--site", "shop", &folder.file("q.json", query)]);
    let overview = ask(r#"{"overview": {"goals": ["purchase"]}}"#);
    let goal = &overview["total"]["goals"][0];
    for (counted, number) in [(true, &goal["conversions"]), (false, &goal["repeats_removed"])] {
        let mut rows = 0;
        let mut before = Value::Null;
        loop {
            let list = ask(&format!(
                r#"{{"events": {{"goal": "purchase", "counted": {counted}, "limit": 10, "before": {before}}}}}"#
            ));
            let found = list["rows"].as_array().unwrap();
            assert_eq!(&list["counted"], &goal["conversions"]);
            assert!(found.iter().all(|row| row["counted"] == counted && row["reason"].is_null() == counted));
            rows += found.len();
            before = list["next"].clone();
            if before.is_null() {
                break;
            }
        }
        assert_eq!(rows as u64, number.as_u64().unwrap(), "counted: {counted}");
    }
}

#[test]
fn every_session_of_a_path_is_somewhere() {
    let folder = Folder::shop();
    for query in [
        r#"{"paths": {"to": "purchase", "by": "event", "depth": 3, "top": 2}}"#,
        r#"{"paths": {"from": "purchase", "by": "page"}}"#,
        r#"{"paths": {"to": "purchase", "by": "goal", "depth": 8}}"#,
    ] {
        let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", query)]);
        let (nodes, links) = (answer["nodes"].as_array().unwrap(), answer["links"].as_array().unwrap());
        let sum = |of: &[Value]| of.iter().map(|one| one["sessions"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(nodes[0]["sessions"], answer["units"], "{query}");
        let first: Vec<Value> =
            nodes.iter().filter(|node| node["step"].as_i64().unwrap().abs() == 1).cloned().collect();
        assert_eq!(sum(&first), answer["units"].as_u64().unwrap(), "{query}");
        let (near, far) = if query.contains("from") { ("from", "to") } else { ("to", "from") };
        for node in &nodes[1..] {
            let of = |end: &str| -> Vec<Value> {
                links.iter().filter(|link| link[end] == node["id"]).cloned().collect()
            };
            assert_eq!(sum(&of(far)), node["sessions"].as_u64().unwrap(), "{query} {node}");
            assert!(sum(&of(near)) <= node["sessions"].as_u64().unwrap(), "{query} {node}");
        }
    }
}

#[test]
fn the_lost_did_something_or_left() {
    let folder = Folder::shop();
    for after in [1, 2] {
        let query =
            format!(r#"{{"drop_off": {{"funnel": {{"name": "checkout"}}, "after": {after}, "top": 1}}}}"#);
        let answer = folder.json(&["query", "--site", "shop", &folder.file("q.json", &query)]);
        let funnel = folder.file("f.json", r#"{"funnel": {"name": "checkout"}}"#);
        let step = folder.json(&["query", "--site", "shop", &funnel])["steps"][after - 1].clone();
        let stopped = step["lost"].as_u64().unwrap() + step["not_reached"].as_u64().unwrap();
        let next = answer["next"].as_array().unwrap();
        let units: u64 = next.iter().map(|next| next["units"].as_u64().unwrap()).sum();
        assert_eq!(answer["lost"].as_u64(), Some(stopped));
        assert_eq!(answer["left"].as_u64().unwrap() + units, stopped, "after step {after}");
    }
}

#[test]
fn questions_about_journeys_that_make_no_sense_say_why() {
    let folder = Folder::shop();
    for (query, part) in [
        (r#"{"events": {"goal": "purchase", "where": {}}}"#, "not by both"),
        (r#"{"events": {"limit": 101}}"#, "`limit` is between 1 and 100"),
        (r#"{"events": {"before": "x"}}"#, "no place in a list"),
        (r#"{"paths": {}}"#, "give one of the two"),
        (r#"{"paths": {"to": "purchase", "depth": 9}}"#, "`depth` is between 1 and 8"),
        (r#"{"drop_off": {"funnel": {"name": "checkout"}, "after": 9}}"#, "`after` is between 1 and"),
        (
            r#"{"drop_off": {"funnel": {"steps": ["view", "purchase"], "order": "any"}, "after": 1}}"#,
            "cannot be `any`",
        ),
        (r#"{"sequences": {"goal": "purchase", "length": 6}}"#, "`length` is between 1 and 5"),
        (r#"{"exits": {"goal": "purchas"}}"#, "did you mean `purchase`?"),
        (r#"{"overview": {"compare": "before"}}"#, "previous"),
    ] {
        let ran = folder.run(&["query", "--site", "shop", &folder.file("q.json", query)]);
        assert!(ran.code != 0 && ran.err.contains(part), "{query}: {}", ran.err);
    }
}
