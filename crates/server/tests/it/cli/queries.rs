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
    assert_eq!(kinds, ["overview", "rate", "funnel", "breakdown", "conversion_time", "compare"]);
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
