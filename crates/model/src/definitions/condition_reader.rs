//! Conditions on events, as a goal, a step, an exclusion or a `where` table states them.

use std::ops::Range;

use toml::de::DeValue;

use super::{
    error::Errors,
    fields::{self, Fields, Node},
    test_reader,
};
use crate::{
    event::TextColumn,
    money::Money,
    normal::condition,
    predicate::{Condition, Dimension, Predicate, Test},
};

/// Conditions that were read.
pub(super) struct Conditions {
    /// All of them, in the order of the text.
    pub(super) predicate: Predicate,
    /// Where the first stands; `None` when none is given.
    pub(super) first: Option<Range<usize>>,
}

/// What a key that states a condition looks at.
enum Subject {
    Text(Dimension),
    Amount,
    Verified,
    Props,
    Where,
}

/// The keys that state conditions; `prop.KEY` comes beside them.
const KEYS: [&str; 17] = [
    "event", "host", "path", "referrer", "channel", "source", "medium", "campaign", "country", "device",
    "browser", "os", "currency", "prop", "amount", "verified", "where",
];

impl Subject {
    fn of(key: &str) -> Option<Self> {
        match key {
            "amount" => Some(Self::Amount),
            "verified" => Some(Self::Verified),
            "prop" => Some(Self::Props),
            "where" => Some(Self::Where),
            "event" => Some(Self::Text(Dimension::Column(TextColumn::Name))),
            "name" => None,
            _ => Dimension::parse(key).ok().map(Self::Text),
        }
    }
}

/// Reads the conditions among a table's keys. `nested` are those in a `where` table, which holds no other.
pub(super) fn read<'t>(fields: &mut Fields<'t>, nested: bool, errors: &mut Errors) -> Conditions {
    KEYS.into_iter().filter(|key| !(nested && *key == "where")).for_each(|key| fields.know(key));
    let mut found = Vec::new();
    for (key, node) in fields.entries() {
        match Subject::of(key.get_ref()) {
            Some(Subject::Where) if nested => (),
            Some(Subject::Props) => found.extend(props(node, errors)),
            Some(subject) => {
                fields.know(key.get_ref());
                found.push((key.span(), subject, node));
            }
            None => (),
        }
    }
    found.sort_by_key(|(at, ..)| at.start);
    let first = found.first().map(|(at, ..)| at.clone());
    let all = found.into_iter().flat_map(|(_, subject, node)| conditions(subject, node, errors)).collect();
    Conditions { predicate: Predicate { all }, first }
}

fn conditions(subject: Subject, node: &Node<'_>, errors: &mut Errors) -> Vec<Condition> {
    match subject {
        Subject::Text(of) => {
            let tests = test_reader::read(node, errors);
            tests.into_iter().filter_map(|test| text(&of, test, node, errors)).collect()
        }
        Subject::Amount => amount(node, errors),
        Subject::Verified => verified(node, errors),
        Subject::Where => alternatives(node, errors),
        Subject::Props => Vec::new(),
    }
}

/// A test of a text, in normal form; an error if no event can meet it.
fn text(of: &Dimension, test: Test, node: &Node<'_>, errors: &mut Errors) -> Option<Condition> {
    match condition::check(of, &test) {
        Ok(()) => Some(Condition::Text { of: of.clone(), test: condition::test(of, test) }),
        Err(error) => {
            errors.push(node.span(), error.to_string(), "matches nothing", Some(error.hint()));
            None
        }
    }
}

/// The entries of `prop = { KEY = … }`, which is what `prop.KEY = …` means in TOML.
fn props<'t>(node: &'t Node<'t>, errors: &mut Errors) -> Vec<(Range<usize>, Subject, &'t Node<'t>)> {
    let DeValue::Table(table) = node.get_ref() else {
        return fields::wrong_kind(node, "a property's condition", "prop.plan = \"pro\"", errors)
            .unwrap_or_default();
    };
    let mut found = Vec::new();
    for (key, node) in fields::in_order(table) {
        if key.get_ref().is_empty() {
            let hint = Some("write `prop.plan` for the property `plan`".to_owned());
            errors.push(key.span(), "a property without a name", "no name", hint);
        }
        found.push((key.span(), Subject::Text(Dimension::Property(key.get_ref().to_string())), node));
    }
    found
}

/// A `where` table, or a list of them: all must hold.
fn alternatives(node: &Node<'_>, errors: &mut Errors) -> Vec<Condition> {
    let tables: Vec<_> = match node.get_ref() {
        DeValue::Array(array) => array.iter().collect(),
        _ => vec![node],
    };
    let mut all = Vec::new();
    for table in tables {
        let example = "where = { prop.plan = \"pro\" }";
        if let Some(mut fields) = Fields::of(table, "a condition", example, errors) {
            all.extend(read(&mut fields, true, errors).predicate.all);
            fields.finish(errors);
        }
    }
    all
}

fn verified(node: &Node<'_>, errors: &mut Errors) -> Vec<Condition> {
    match node.get_ref() {
        DeValue::Boolean(true) => vec![Condition::Verified],
        DeValue::Boolean(false) => {
            let hint = Some("leave the key out to take unverified events too".to_owned());
            errors.push(node.span(), "`verified` can only ask for verified events", "not true", hint);
            Vec::new()
        }
        _ => fields::wrong_kind(node, "`true`", "verified = true", errors).unwrap_or_default(),
    }
}

/// Bounds of the event's own value: whole minor units, or money, which asks for its currency too.
fn amount(node: &Node<'_>, errors: &mut Errors) -> Vec<Condition> {
    let example = "amount = { at_least = \"50 EUR\" }";
    let Some(mut fields) = Fields::of(node, "an amount", example, errors) else { return Vec::new() };
    let least = fields.get("at_least").and_then(|node| bound(node, errors));
    let most = fields.get("at_most").and_then(|node| bound(node, errors));
    let present = fields.flag("present", errors);
    let stated = fields.has("at_least") || fields.has("at_most");
    if !stated && !present {
        let message = "an amount needs a bound";
        errors.push(node.span(), message, "no bound", Some(format!("write `{example}`")));
    }
    fields.finish(errors);
    let currencies = [&least, &most].map(|bound| bound.as_ref().map(|(_, currency)| currency.clone()));
    let currency = match currencies {
        [Some(a), Some(b)] if a != b => {
            let hint = Some("currencies are never converted: state both bounds in one".to_owned());
            errors.push(node.span(), "the bounds differ in their currency", "not one currency", hint);
            None
        }
        [a, b] => a.or(b).flatten(),
    };
    let minor = |bound: Option<(i64, Option<String>)>| bound.map(|(amount, _)| amount);
    let value = Condition::Value { at_least: minor(least), at_most: minor(most) };
    let of = Dimension::Column(TextColumn::Currency);
    let currency = currency.map(|code| Condition::Text { of, test: Test::In(vec![code]) });
    std::iter::once(value).chain(currency).collect()
}

/// Minor units and, if stated, their currency.
fn bound(node: &Node<'_>, errors: &mut Errors) -> Option<(i64, Option<String>)> {
    if let Some(minor) = fields::integer(node) {
        return Some((minor, None));
    }
    let DeValue::String(text) = node.get_ref() else {
        return fields::wrong_kind(node, "money, or whole minor units", "at_least = \"50 EUR\"", errors);
    };
    match Money::parse(text) {
        Ok(money) => Some((money.amount, Some(money.currency))),
        Err(error) => {
            errors.push(node.span(), error.to_string(), "no money", None);
            None
        }
    }
}
