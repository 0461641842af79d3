//! What a text must be like, as a definitions file states it: a text, a pattern, a list, or a table of tests.

use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    error::{Errors, suggest},
    fields::{self, Node},
};
use crate::predicate::Test;

/// How to state what was probably meant.
const EXAMPLE: &str = "\"text\"`, `[\"one\", \"two\"]` or `{ at_least = 10 }";

/// The tests that a value states; all of them must hold. None, and an error, if it states none.
pub(super) fn read(node: &Node<'_>, errors: &mut Errors) -> Vec<Test> {
    match node.get_ref() {
        DeValue::String(_) => {
            let one = fields::text(node, "{ missing = true }", errors).map(str::to_owned);
            one.map(|text| if text.contains('*') { Test::Like(text) } else { Test::In(vec![text]) })
                .into_iter()
                .collect()
        }
        DeValue::Array(_) => any_of(node, errors).into_iter().collect(),
        DeValue::Table(table) => {
            if table.is_empty() {
                let hint = format!("write {EXAMPLE}`");
                errors.push(node.span(), "a condition without a test", "empty", Some(hint));
            }
            let entries = fields::in_order(table);
            entries.into_iter().filter_map(|(key, node)| named(key, node, errors)).collect()
        }
        _ => fields::wrong_kind(node, "a text, a list or a table of tests", EXAMPLE, errors)
            .unwrap_or_default(),
    }
}

/// A list in short form: exact texts, or patterns as soon as one has a `*`.
fn any_of(node: &Node<'_>, errors: &mut Errors) -> Option<Test> {
    let texts = texts(node, errors)?;
    if texts.is_empty() {
        let hint = Some("an empty list matches nothing: name at least one text".to_owned());
        errors.push(node.span(), "a list without texts", "empty", hint);
    }
    Some(if texts.iter().any(|text| text.contains('*')) { Test::LikeAny(texts) } else { Test::In(texts) })
}

fn named(key: &Spanned<DeString<'_>>, node: &Node<'_>, errors: &mut Errors) -> Option<Test> {
    let name: &str = key.get_ref();
    match name {
        "in" => one_or_more(node, errors).map(Test::In),
        "not_in" => one_or_more(node, errors).map(Test::NotIn),
        "starts_with" => exact(node, errors).map(Test::StartsWith),
        "ends_with" => exact(node, errors).map(Test::EndsWith),
        "contains" => exact(node, errors).map(Test::Contains),
        "like" => match node.get_ref() {
            DeValue::Array(_) => texts(node, errors).map(Test::LikeAny),
            _ => exact(node, errors).map(Test::Like),
        },
        "at_least" => number(node, errors).map(Test::AtLeast),
        "at_most" => number(node, errors).map(Test::AtMost),
        "present" => flag(node, errors).map(|there| if there { Test::Present } else { Test::Missing }),
        "missing" => flag(node, errors).map(|absent| if absent { Test::Missing } else { Test::Present }),
        _ => {
            let message = format!("there is no test called `{name}`");
            errors.push(key.span(), message, "unknown test", Some(suggest(name, Test::NAMES)));
            None
        }
    }
}

fn one_or_more(node: &Node<'_>, errors: &mut Errors) -> Option<Vec<String>> {
    match node.get_ref() {
        DeValue::String(text) => Some(vec![text.to_string()]),
        _ => texts(node, errors),
    }
}

fn texts(node: &Node<'_>, errors: &mut Errors) -> Option<Vec<String>> {
    let nodes = fields::list(node, "[\"one\", \"two\"]", errors)?;
    Some(nodes.filter_map(|node| exact(node, errors)).collect())
}

/// A text as it stands, also an empty one.
fn exact(node: &Node<'_>, errors: &mut Errors) -> Option<String> {
    match node.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => {
            let example = format!("\"{}\"", number.as_str());
            fields::wrong_kind(node, "a text", &example, errors)
        }
        _ => fields::wrong_kind(node, "a text", "\"text\"", errors),
    }
}

fn flag(node: &Node<'_>, errors: &mut Errors) -> Option<bool> {
    match node.get_ref() {
        DeValue::Boolean(flag) => Some(*flag),
        _ => fields::wrong_kind(node, "`true` or `false`", "{ present = true }", errors),
    }
}

fn number(node: &Node<'_>, errors: &mut Errors) -> Option<f64> {
    #[allow(
        clippy::cast_precision_loss,
        reason = "bounds beyond 2^53 are compared as floating-point numbers"
    )]
    let number = match node.get_ref() {
        DeValue::Integer(_) => fields::integer(node).map(|number| number as f64),
        DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
        _ => return fields::wrong_kind(node, "a number", "{ at_least = 10 }", errors),
    };
    let finite = number.filter(|number| number.is_finite());
    if finite.is_none() {
        errors.push(node.span(), "a bound must be a finite number", "no bound", None);
    }
    finite
}
