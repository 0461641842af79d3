//! Conditions on events in JSON: the same words and short forms as in `waymark.toml`.

mod written;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use waymark_model::{Condition, Dimension, Predicate, Test, TextColumn, nearest, normal::condition};

use crate::error::QueryError;

/// What the event's own value must be like.
pub(crate) const AMOUNT: &str = "amount";
/// Only events whose value can be trusted.
pub(crate) const VERIFIED: &str = "verified";
/// Further conditions on what is tested already.
pub(crate) const WHERE: &str = "where";

/// Conditions by column: a text, a list of texts, or an object of tests; all must hold. `*` in the short forms stands
/// for any run of characters. `amount` is a bound on the event's own value in minor units, `verified` asks for one that can
/// be trusted, and `where` holds further conditions on what is tested already.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Conditions(pub BTreeMap<String, Value>);

impl Conditions {
    /// The predicate that they state.
    pub fn predicate(&self) -> Result<Predicate, QueryError> {
        let mut all = Vec::new();
        for (name, value) in &self.0 {
            let refused = |reason: String| QueryError::Condition { of: name.clone(), reason };
            match name.as_str() {
                AMOUNT => all.push(amount(value).map_err(refused)?),
                VERIFIED if *value == Value::Bool(true) => all.push(Condition::Verified),
                VERIFIED => return Err(refused("say `true`, or leave it out".to_owned())),
                WHERE => {
                    let further: Vec<Self> = serde_json::from_value(value.clone())
                        .map_err(|_| refused("give a list of objects of conditions".to_owned()))?;
                    for conditions in further {
                        all.extend(conditions.predicate()?.all);
                    }
                }
                _ => {
                    let of = dimension(name)?;
                    for test in tests(value).map_err(refused)? {
                        condition::check(&of, &test)
                            .map_err(|error| refused(format!("{error}; {}", error.hint())))?;
                        all.push(Condition::Text { test: condition::test(&of, test), of: of.clone() });
                    }
                }
            }
        }
        Ok(Predicate { all })
    }
}

/// A bound on the event's own value.
fn amount(value: &Value) -> Result<Condition, String> {
    let wrong = "give whole numbers of minor units as `at_least` and `at_most`, or `{\"present\": true}`";
    let bounds = value.as_object().filter(|bounds| !bounds.is_empty()).ok_or(wrong)?;
    let (mut at_least, mut at_most) = (None, None);
    for (name, bound) in bounds {
        match name.as_str() {
            "at_least" => at_least = Some(bound.as_i64().ok_or(wrong)?),
            "at_most" => at_most = Some(bound.as_i64().ok_or(wrong)?),
            "present" if *bound == Value::Bool(true) => {}
            _ => return Err(wrong.to_owned()),
        }
    }
    Ok(Condition::Value { at_least, at_most })
}

/// The dimension of that name; `event` is the event's name, as in `waymark.toml`.
pub fn dimension(name: &str) -> Result<Dimension, QueryError> {
    if name == "event" {
        return Ok(Dimension::Column(TextColumn::Name));
    }
    Dimension::parse(name).map_err(|_| {
        let known = TextColumn::ALL.map(TextColumn::as_str);
        let hint = match nearest(name, known) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("a property is written `prop.{name}`; columns are {}", known.join(", ")),
        };
        QueryError::UnknownDimension { name: name.to_owned(), hint: Some(hint) }
    })
}

fn tests(value: &Value) -> Result<Vec<Test>, String> {
    match value {
        Value::String(text) if text.contains('*') => Ok(vec![Test::Like(text.clone())]),
        Value::String(text) => Ok(vec![Test::In(vec![text.clone()])]),
        Value::Array(_) => {
            let texts = texts(value)?;
            let is_pattern = texts.iter().any(|text| text.contains('*'));
            Ok(vec![if is_pattern { Test::LikeAny(texts) } else { Test::In(texts) }])
        }
        Value::Object(tests) if !tests.is_empty() => {
            tests.iter().map(|(name, value)| test(name, value)).collect()
        }
        _ => Err("give a text, a list of texts, or an object of tests such as {\"starts_with\": \"/shop/\"}"
            .to_owned()),
    }
}

fn test(name: &str, value: &Value) -> Result<Test, String> {
    Ok(match name {
        "in" => Test::In(texts(value)?),
        "not_in" => Test::NotIn(texts(value)?),
        "starts_with" => Test::StartsWith(text(value)?),
        "ends_with" => Test::EndsWith(text(value)?),
        "contains" => Test::Contains(text(value)?),
        "like" if value.is_array() => Test::LikeAny(texts(value)?),
        "like" => Test::Like(text(value)?),
        "at_least" => Test::AtLeast(number(value)?),
        "at_most" => Test::AtMost(number(value)?),
        "present" if flag(value)? => Test::Present,
        "missing" if !flag(value)? => Test::Present,
        "present" | "missing" => Test::Missing,
        _ => {
            let meant = nearest(name, Test::NAMES);
            let hint =
                meant.map_or_else(|| Test::NAMES.join(", "), |known| format!("did you mean `{known}`?"));
            return Err(format!("there is no test called `{name}`: {hint}"));
        }
    })
}

/// Most texts of a list: each is held against every text that the column has.
const MOST_TEXTS: usize = 1_000;

fn text(value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{value} is no text"))
}

/// One text or a list of them; an empty list would match nothing.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(values) if values.is_empty() => Err("the list is empty".to_owned()),
        Value::Array(values) if values.len() > MOST_TEXTS => {
            Err(format!("the list has {} texts, and may have {MOST_TEXTS}", values.len()))
        }
        Value::Array(values) => values.iter().map(text).collect(),
        _ => Ok(vec![text(value)?]),
    }
}

fn number(value: &Value) -> Result<f64, String> {
    value.as_f64().ok_or_else(|| format!("{value} is no number"))
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{value} is neither true nor false"))
}

#[cfg(test)]
mod tests_of_conditions {
    use super::*;

    fn check(json: &str, expected: Result<Test, &str>) {
        let conditions: Conditions = serde_json::from_str(&format!("{{\"path\": {json}}}")).unwrap();
        let found = conditions.predicate();
        match expected {
            Ok(test) => {
                let of = Dimension::Column(TextColumn::Path);
                assert_eq!(found.unwrap(), Predicate::default().and(of, test), "{json}");
            }
            Err(part) => {
                let message = found.unwrap_err().to_string();
                assert!(message.contains(part), "{json}: {message}");
            }
        }
    }

    #[test]
    fn conditions_read_as_in_definitions() {
        let any = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        check(r#""/a""#, Ok(Test::In(any(&["/a"]))));
        check(r#""/a/*""#, Ok(Test::Like("/a/*".to_owned())));
        check(r#"["/a", "/b"]"#, Ok(Test::In(any(&["/a", "/b"]))));
        check(r#"["/a*", "/b"]"#, Ok(Test::LikeAny(any(&["/a*", "/b"]))));
        check(r#"{"not_in": "/a"}"#, Ok(Test::NotIn(any(&["/a"]))));
        check(r#"{"at_least": 2}"#, Ok(Test::AtLeast(2.0)));
        check(r#"{"missing": true}"#, Ok(Test::Missing));
        check(r#"{"missing": false}"#, Ok(Test::Present));
        check(r#"{"present": true}"#, Ok(Test::Present));
        check(r#""/k%c3%a4se""#, Ok(Test::In(any(&["/käse"]))));
        check(r#""checkout""#, Err("a path begins with `/`; write `/checkout`"));
        check("[]", Err("empty"));
        check("{}", Err("object of tests"));
        check("3", Err("object of tests"));
        check(r#"{"starts_wth": "x"}"#, Err("did you mean `starts_with`?"));
        check(r#"{"at_least": "2"}"#, Err("no number"));
    }

    #[test]
    fn unknown_columns_are_named_with_the_nearest() {
        assert_eq!(dimension("devise").unwrap_err().hint().as_deref(), Some("did you mean `device`?"));
        assert!(dimension("item").unwrap_err().hint().is_some_and(|hint| hint.contains("prop.item")));
        assert!(dimension("event").is_ok());
    }
}
