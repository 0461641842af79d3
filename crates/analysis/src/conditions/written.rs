//! Conditions in the form of the query's JSON, written so that reading gives the same again.

use serde_json::{Map, Value, json};
use waymark_model::{Condition, Dimension, Predicate, Test, TextColumn};

use super::{AMOUNT, Conditions, VERIFIED, WHERE};

/// What an object of conditions can say of a name only once …
enum Said {
    /// … by a test of its own, beside others,
    Test(&'static str, Value),
    /// … or altogether.
    Whole(Value),
}

impl Conditions {
    /// The conditions of a predicate. A name can stand in an object once only: what would repeat one goes into `where`.
    pub fn of(predicate: &Predicate) -> Self {
        let mut tables: Vec<Map<String, Value>> = vec![Map::new()];
        for condition in &predicate.all {
            let (name, said) = said(condition);
            if !tables.iter_mut().any(|table| put(table, &name, &said)) {
                let mut table = Map::new();
                put(&mut table, &name, &said);
                tables.push(table);
            }
        }
        let mut tables = tables.into_iter().map(|table| table.into_iter().map(short).collect::<Map<_, _>>());
        let mut first = tables.next().unwrap_or_default();
        let further: Vec<Value> = tables.map(Value::Object).collect();
        if !further.is_empty() {
            first.insert(WHERE.to_owned(), Value::Array(further));
        }
        Self(first.into_iter().collect())
    }
}

/// Puts a condition into an object, if there is room for it.
fn put(table: &mut Map<String, Value>, name: &str, said: &Said) -> bool {
    match (said, table.get_mut(name)) {
        (Said::Whole(value), None) => _ = table.insert(name.to_owned(), value.clone()),
        (Said::Test(test, value), None) => _ = table.insert(name.to_owned(), json!({ *test: value })),
        (Said::Test(test, value), Some(Value::Object(tests))) if !tests.contains_key(*test) => {
            tests.insert((*test).to_owned(), value.clone());
        }
        _ => return false,
    }
    true
}

fn said(condition: &Condition) -> (String, Said) {
    match condition {
        Condition::Verified => (VERIFIED.to_owned(), Said::Whole(Value::Bool(true))),
        Condition::Value { at_least: None, at_most: None } => {
            (AMOUNT.to_owned(), Said::Whole(json!({ "present": true })))
        }
        Condition::Value { at_least, at_most } => {
            let bounds = [("at_least", at_least), ("at_most", at_most)];
            let bounds =
                bounds.into_iter().filter_map(|(name, bound)| Some((name.to_owned(), json!((*bound)?))));
            (AMOUNT.to_owned(), Said::Whole(Value::Object(bounds.collect())))
        }
        Condition::Text { of, test } => (name(of), test_of(test)),
    }
}

fn name(of: &Dimension) -> String {
    match of {
        Dimension::Column(TextColumn::Name) => "event".to_owned(),
        of => of.to_string(),
    }
}

fn test_of(test: &Test) -> Said {
    let (name, value) = match test {
        Test::In(texts) => ("in", json!(texts)),
        Test::NotIn(texts) => ("not_in", json!(texts)),
        Test::StartsWith(text) => ("starts_with", json!(text)),
        Test::EndsWith(text) => ("ends_with", json!(text)),
        Test::Contains(text) => ("contains", json!(text)),
        Test::Like(text) => ("like", json!(text)),
        Test::LikeAny(texts) => ("like", json!(texts)),
        Test::AtLeast(bound) => ("at_least", json!(bound)),
        Test::AtMost(bound) => ("at_most", json!(bound)),
        Test::Present => ("present", json!(true)),
        Test::Missing => ("missing", json!(true)),
    };
    Said::Test(name, value)
}

/// A single test in its short form, where it has one.
fn short((name, value): (String, Value)) -> (String, Value) {
    let has_star = |value: &Value| value.as_str().is_some_and(|text| text.contains('*'));
    let shortened = match value.as_object().filter(|tests| tests.len() == 1) {
        Some(tests) if name != AMOUNT => match (tests.get("in"), tests.get("like")) {
            (Some(Value::Array(texts)), _) if !texts.iter().any(has_star) => match texts.as_slice() {
                [one] => Some(one.clone()),
                texts => Some(Value::from(texts)),
            },
            (_, Some(one)) if has_star(one) => Some(one.clone()),
            (_, Some(Value::Array(texts))) if texts.iter().any(has_star) => Some(Value::from(texts.clone())),
            _ => None,
        },
        _ => None,
    };
    let value = shortened.unwrap_or(value);
    (name, value)
}

#[cfg(test)]
mod tests {
    use waymark_model::{Definitions, FunnelDefinition, Trigger};

    use super::*;
    use crate::questions::funnel::FunnelQuery;

    /// Written and read again, it is the same but for the order of conditions, which means nothing.
    fn check(conditions: &str) {
        let text = format!(
            "[site.s]\ntimezone = 'UTC'\n[[site.s.goal]]\nname = 'g'\nrole = 'macro'\n{conditions}\n\
             [[site.s.funnel]]\nname = 'f'\nsteps = ['view', {{ name = 'x', label = 'y', within = '1h' }}, \
             {{ pages = 3, optional = true }}, {{ goal = 'g' }}]\nexclude = [{{ event = 'z', after = 'y' }}]\n\
             same = 'prop.item'\ncount = 'pair'\nwindow = '7d'\n"
        );
        let site = Definitions::parse(&text).unwrap().sites.remove(0);
        let Trigger::Event(predicate) = &site.goals[0].trigger else { panic!("{text}") };
        let written = Conditions::of(predicate);
        let sorted = |predicate: &Predicate| {
            let mut all: Vec<String> = predicate.all.iter().map(|one| format!("{one:?}")).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(&written.predicate().unwrap()), sorted(predicate), "{written:?}");
        let json = serde_json::to_value(FunnelQuery::of(&site.funnels[0])).unwrap();
        let read: FunnelQuery = serde_json::from_value(json).unwrap();
        let (funnel, _) = read.definition(&site).unwrap();
        assert_eq!(FunnelDefinition { name: "f".to_owned(), ..funnel }, site.funnels[0]);
    }

    #[test]
    fn definitions_are_written_as_they_are_read() {
        check("event = 'buy'");
        check("event = ['buy', 'pay*']\npath = { starts_with = '/a', ends_with = '/b', not_in = ['/a/b'] }");
        check("event = { in = ['50*'] }\nprop.n = { at_least = 2, at_most = 3.5 }\nverified = true");
        check("amount = { at_least = '50 EUR' }\nwhere = { amount = { present = true } }");
        check(
            "path = { contains = 'a' }\nwhere = [{ path = { contains = 'b' } }, { path = { contains = 'c' } }]",
        );
        check(
            "prop.'a.b' = { present = true }\nsource = { missing = true }\ndevice = { like = ['a*', 'b'] }",
        );
    }
}
