//! Conditions on events, in the form that `condition_reader` reads as the same conditions in the same order.

use toml_writer::{ToTomlKey as _, ToTomlValue as _};

use crate::{
    event::TextColumn,
    money::{Money, is_currency},
    predicate::{Condition, Dimension, Predicate, Test},
};

/// A key and its value, both as TOML.
pub(super) type Pair = (String, String);

/// The predicate as pairs of one table. A key can stand there once only: from the first condition that would
/// repeat one, everything goes into `where`.
pub(super) fn pairs(predicate: &Predicate) -> Vec<Pair> {
    let mut tables: Vec<Vec<Pair>> = vec![Vec::new()];
    for pair in conditions(&predicate.all) {
        if tables.last().is_some_and(|table| table.iter().any(|(key, _)| *key == pair.0)) {
            tables.push(Vec::new());
        }
        tables.last_mut().into_iter().for_each(|table| table.push(pair.clone()));
    }
    let mut nested = tables.split_off(1);
    let mut pairs = tables.pop().unwrap_or_default();
    match nested.len() {
        0 if pairs.is_empty() => pairs.push(("where".to_owned(), "{}".to_owned())),
        0 => (),
        1 => pairs.extend(nested.pop().map(|table| ("where".to_owned(), inline_table(&table)))),
        _ => {
            let list = array(nested.iter().map(|table| inline_table(table)));
            pairs.push(("where".to_owned(), list));
        }
    }
    pairs
}

/// Each condition as a pair; several in a row on one dimension share a table of tests where they can.
fn conditions(all: &[Condition]) -> Vec<Pair> {
    let (mut found, mut rest) = (Vec::new(), all);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            Condition::Verified => found.push(("verified".to_owned(), "true".to_owned())),
            Condition::Value { at_least, at_most } => {
                let currency = after.first().and_then(one_currency);
                if currency.is_some() && (at_least.is_some() || at_most.is_some()) {
                    rest = &after[1..];
                    found.push(amount(*at_least, *at_most, currency));
                } else {
                    found.push(amount(*at_least, *at_most, None));
                }
            }
            Condition::Text { of, test } => {
                let mut tests = vec![named(test)];
                while let Some(test) = rest.first().and_then(|condition| test_of(condition, of)) {
                    let test = named(test);
                    if tests.iter().any(|(key, _)| *key == test.0) {
                        break;
                    }
                    tests.push(test);
                    rest = &rest[1..];
                }
                let value = if tests.len() == 1 { short(test) } else { inline_table(&tests) };
                found.push((dimension(of), value));
            }
        }
    }
    found
}

fn test_of<'c>(condition: &'c Condition, dimension: &Dimension) -> Option<&'c Test> {
    match condition {
        Condition::Text { of, test } if of == dimension => Some(test),
        _ => None,
    }
}

/// The code, if the condition asks for one currency and nothing else.
fn one_currency(condition: &Condition) -> Option<&str> {
    let Test::In(any) = test_of(condition, &Dimension::Column(TextColumn::Currency))? else { return None };
    match any.as_slice() {
        [code] if is_currency(code) => Some(code),
        _ => None,
    }
}

fn amount(at_least: Option<i64>, at_most: Option<i64>, currency: Option<&str>) -> Pair {
    let bound = |amount: i64| match currency {
        Some(code) => text(&Money { amount, currency: code.to_owned() }.to_string()),
        None => amount.to_string(),
    };
    let bounds = [("at_least", at_least), ("at_most", at_most)];
    let mut tests: Vec<Pair> =
        bounds.into_iter().filter_map(|(key, amount)| Some((key.to_owned(), bound(amount?)))).collect();
    if tests.is_empty() {
        tests.push(("present".to_owned(), "true".to_owned()));
    }
    ("amount".to_owned(), inline_table(&tests))
}

fn dimension(of: &Dimension) -> String {
    match of {
        Dimension::Column(TextColumn::Name) => "event".to_owned(),
        Dimension::Column(column) => column.as_str().to_owned(),
        Dimension::Property(key) => format!("prop.{}", key.as_str().to_toml_key()),
    }
}

/// A test standing alone: a text or a list where these are read as the same test.
fn short(test: &Test) -> String {
    let plain = |text: &String| !text.contains('*');
    match test {
        Test::In(any) => match any.as_slice() {
            [one] if plain(one) && !one.trim().is_empty() => text(one),
            [_, ..] if any.iter().all(plain) => texts(any),
            _ => inline_table(&[named(test)]),
        },
        Test::Like(pattern) if !plain(pattern) => text(pattern),
        Test::LikeAny(patterns) if !patterns.iter().all(plain) => texts(patterns),
        _ => inline_table(&[named(test)]),
    }
}

/// A test by its name.
fn named(test: &Test) -> Pair {
    let (name, value) = match test {
        Test::In(any) => ("in", texts(any)),
        Test::NotIn(none) => ("not_in", texts(none)),
        Test::StartsWith(start) => ("starts_with", text(start)),
        Test::EndsWith(end) => ("ends_with", text(end)),
        Test::Contains(part) => ("contains", text(part)),
        Test::Like(pattern) => ("like", text(pattern)),
        Test::LikeAny(patterns) => ("like", texts(patterns)),
        Test::AtLeast(bound) => ("at_least", number(*bound)),
        Test::AtMost(bound) => ("at_most", number(*bound)),
        Test::Present => ("present", "true".to_owned()),
        Test::Missing => ("missing", "true".to_owned()),
    };
    (name.to_owned(), value)
}

/// A bound, as a whole number where it is one (below 2^53, where every whole number is exact).
fn number(bound: f64) -> String {
    if bound.fract() == 0.0 && bound.abs() < 9_007_199_254_740_992.0 {
        format!("{bound:.0}")
    } else {
        format!("{bound:?}")
    }
}

/// A text as TOML.
pub(super) fn text(text: &str) -> String {
    text.to_toml_value()
}

/// A list of texts as TOML.
pub(super) fn texts(texts: &[String]) -> String {
    array(texts.iter().map(|one| text(one)))
}

/// A list of values that are TOML already.
pub(super) fn array(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

/// Pairs as a table in one line.
pub(super) fn inline_table(pairs: &[Pair]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", pairs.join(", "))
}
