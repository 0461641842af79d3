//! What conditions compare: texts of hosts, paths and referrers in the form in which people read them, on both sides.

use std::borrow::Cow;

use super::{
    host::{host, shown_host},
    path::{part, path},
};
use crate::{
    event::TextColumn,
    predicate::{Condition, Dimension, Predicate, Test},
};

/// A condition that no event can meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmatchable {
    /// A path that does not begin with a slash.
    #[error("`{0}` cannot match: a path begins with `/`")]
    NoSlash(String),
    /// A path with a query.
    #[error("`{0}` cannot match: the part of an address from `?` on is not kept")]
    Query(String),
    /// An address where a path is expected.
    #[error("`{0}` cannot match: a path has no host")]
    Address(String),
    /// A text that is not a host.
    #[error("`{0}` cannot match: it is not a host")]
    NotAHost(String),
}

impl Unmatchable {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoSlash(text) => format!("write `/{text}`, or `*{text}` for every path that ends so"),
            Self::Query(text) => match text.split('?').next().unwrap_or("") {
                "" => "leave that part out".to_owned(),
                path => format!("write `{path}`"),
            },
            Self::Address(text) => {
                let place = text.split_once("://").map_or(text.as_str(), |(_, place)| place);
                let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
                format!(
                    "write `{}`, and the host as a condition of its own: `host = \"{host}\"`",
                    path_of(path)
                )
            }
            Self::NotAHost(_) => "write the name alone, such as `shop.example`".to_owned(),
        }
    }
}

fn path_of(text: &str) -> &str {
    if text.is_empty() { "/" } else { text.split('?').next().unwrap_or(text) }
}

/// A column's text as conditions see it and people read it.
#[must_use]
pub fn shown(column: TextColumn, text: &str) -> Cow<'_, str> {
    match column {
        TextColumn::Path => path(text),
        TextColumn::Host => shown_name(text),
        TextColumn::Referrer => referrer(text),
        _ => Cow::Borrowed(text),
    }
}

/// A dimension's text as conditions see it and people read it.
#[must_use]
pub fn shown_in<'t>(of: &Dimension, text: &'t str) -> Cow<'t, str> {
    match of {
        Dimension::Column(column) => shown(*column, text),
        Dimension::Property(_) => Cow::Borrowed(text),
    }
}

/// Whether texts of the column have more than one spelling.
#[must_use]
pub const fn has_spellings(of: &Dimension) -> bool {
    matches!(of, Dimension::Column(TextColumn::Path | TextColumn::Host | TextColumn::Referrer))
}

fn shown_name(text: &str) -> Cow<'_, str> {
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if text.bytes().all(is_plain) && !text.contains("xn--") && !text.ends_with('.') {
        return Cow::Borrowed(text);
    }
    match host(text) {
        Ok(normal) => Cow::Owned(shown_host(&normal).into_owned()),
        Err(_) => Cow::Owned(text.to_lowercase()),
    }
}

/// Host and path of the page before.
fn referrer(text: &str) -> Cow<'_, str> {
    let (name, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
    match (shown_name(name), path(rest)) {
        (Cow::Borrowed(_), Cow::Borrowed(_)) => Cow::Borrowed(text),
        (name, rest) => Cow::Owned(format!("{name}{rest}")),
    }
}

/// The test as it is made on a dimension's shown texts, whether or not it can hold.
#[must_use]
pub fn test(of: &Dimension, test: Test) -> Test {
    if !has_spellings(of) {
        return test;
    }
    let whole = |text: String| shown_in(of, &text).into_owned();
    let part = |text: String| part_of(of, &text);
    let pattern = |text: String| text.split('*').map(|text| part_of(of, text)).collect::<Vec<_>>().join("*");
    let each = |texts: Vec<String>, spell: &dyn Fn(String) -> String| texts.into_iter().map(spell).collect();
    match test {
        Test::In(texts) => Test::In(each(texts, &whole)),
        Test::NotIn(texts) => Test::NotIn(each(texts, &whole)),
        Test::StartsWith(text) => Test::StartsWith(part(text)),
        Test::EndsWith(text) => Test::EndsWith(part(text)),
        Test::Contains(text) => Test::Contains(part(text)),
        Test::Like(text) => Test::Like(pattern(text)),
        Test::LikeAny(texts) => Test::LikeAny(each(texts, &pattern)),
        Test::AtLeast(_) | Test::AtMost(_) | Test::Present | Test::Missing => test,
    }
}

/// A part of a dimension's text.
fn part_of(of: &Dimension, text: &str) -> String {
    match of {
        Dimension::Column(TextColumn::Path) => part(text).into_owned(),
        Dimension::Column(TextColumn::Host) => part_of_name(text),
        _ => {
            let (name, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
            format!("{}{}", part_of_name(name), part(rest))
        }
    }
}

/// A part of a host: a label of Punycode is decoded where all of it is there.
fn part_of_name(text: &str) -> String {
    let labels = text.split('.').map(|label| match host(label) {
        Ok(normal) if label.to_ascii_lowercase().starts_with("xn--") => shown_host(&normal).into_owned(),
        _ => label.to_lowercase(),
    });
    labels.collect::<Vec<_>>().join(".")
}

/// The condition as it is made on shown texts, whether or not it can hold.
#[must_use]
pub fn condition(condition: Condition) -> Condition {
    match condition {
        Condition::Text { of, test: made } => Condition::Text { test: test(&of, made), of },
        other => other,
    }
}

/// The predicate as it is made on shown texts, whether or not it can hold.
#[must_use]
pub fn predicate(predicate: Predicate) -> Predicate {
    Predicate { all: predicate.all.into_iter().map(condition).collect() }
}

/// Checks that some event could make a difference to the test.
///
/// # Errors
/// When none can: a path without a slash, a host that is not a host.
pub fn check(of: &Dimension, test: &Test) -> Result<(), Unmatchable> {
    let Dimension::Column(column @ (TextColumn::Path | TextColumn::Host)) = of else { return Ok(()) };
    let is_path = *column == TextColumn::Path;
    let each = |texts: &[String], check: &dyn Fn(&str) -> Result<(), Unmatchable>| {
        texts.iter().try_for_each(|text| check(text))
    };
    match (test, is_path) {
        (Test::In(texts) | Test::NotIn(texts), true) => each(texts, &check_path),
        (Test::StartsWith(text), true) => check_start(text),
        (Test::Like(text), true) => check_pattern(text),
        (Test::LikeAny(texts), true) => each(texts, &check_pattern),
        (Test::EndsWith(text) | Test::Contains(text), true) => check_part(text),
        (Test::In(texts) | Test::NotIn(texts), false) => each(texts, &check_host),
        (Test::Like(text), false) => check_part_of_host(text),
        (Test::LikeAny(texts), false) => each(texts, &check_part_of_host),
        (Test::StartsWith(text) | Test::EndsWith(text) | Test::Contains(text), false) => {
            check_part_of_host(text)
        }
        (Test::AtLeast(_) | Test::AtMost(_) | Test::Present | Test::Missing, _) => Ok(()),
    }
}

fn check_path(text: &str) -> Result<(), Unmatchable> {
    check_part(text)?;
    if text.starts_with('/') { Ok(()) } else { Err(Unmatchable::NoSlash(text.to_owned())) }
}

fn check_start(text: &str) -> Result<(), Unmatchable> {
    if text.is_empty() { Ok(()) } else { check_path(text) }
}

fn check_pattern(text: &str) -> Result<(), Unmatchable> {
    if text.starts_with('*') { check_part(text) } else { check_path(text) }
}

fn check_part(text: &str) -> Result<(), Unmatchable> {
    match text {
        _ if text.contains("://") => Err(Unmatchable::Address(text.to_owned())),
        _ if text.contains('?') => Err(Unmatchable::Query(text.to_owned())),
        _ => Ok(()),
    }
}

fn check_host(text: &str) -> Result<(), Unmatchable> {
    host(text).map(|_| ()).map_err(|_| Unmatchable::NotAHost(text.to_owned()))
}

fn check_part_of_host(text: &str) -> Result<(), Unmatchable> {
    let is_not = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@' | '?' | '#');
    if text.contains(is_not) { Err(Unmatchable::NotAHost(text.to_owned())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: Dimension = Dimension::Column(TextColumn::Path);
    const HOST: Dimension = Dimension::Column(TextColumn::Host);
    const REFERRER: Dimension = Dimension::Column(TextColumn::Referrer);

    #[track_caller]
    fn matches(of: &Dimension, made: Test, stored: &str) -> bool {
        test(of, made).passes(Some(&shown_in(of, stored)))
    }

    #[test]
    fn a_page_is_found_in_every_spelling() {
        let spellings = ["/kasse/bestätigung", "/kasse/best%C3%A4tigung", "/kasse/best%c3%a4tigung"];
        for stored in spellings {
            for text in spellings {
                let text = || text.to_owned();
                for made in [
                    Test::In(vec![text()]),
                    Test::StartsWith(text()),
                    Test::EndsWith(text()),
                    Test::Contains(text()),
                    Test::Like(text()),
                    Test::LikeAny(vec!["/x".to_owned(), text()]),
                    Test::Like(text().replace("/kasse", "*")),
                ] {
                    assert!(matches(&PATH, made.clone(), stored), "{made:?} on {stored}");
                }
                assert!(!matches(&PATH, Test::NotIn(vec![text()]), stored));
            }
        }
        assert!(matches(&PATH, Test::Like("/kasse/best%C3%A4*".to_owned()), "/kasse/best%c3%a4tigung"));
        assert!(matches(&PATH, Test::Contains("100%".to_owned()), "/sale/100%25"));
        assert!(matches(&PATH, Test::Like("/a%2Ab".to_owned()), "/a*b"));
        assert!(!matches(&PATH, Test::Like("/a%2Ab".to_owned()), "/axb"));
        assert!(matches(&PATH, Test::In(vec!["/checkout".to_owned()]), "checkout"));
    }

    #[test]
    fn a_host_is_found_in_every_spelling() {
        let spellings =
            ["bücher.example", "Bücher.Example", "xn--bcher-kva.example", "XN--BCHER-KVA.example."];
        for stored in spellings {
            for text in spellings {
                assert!(matches(&HOST, Test::In(vec![text.to_owned()]), stored), "{text} on {stored}");
                assert!(matches(&REFERRER, Test::In(vec![format!("{text}/ä")]), &format!("{stored}/%C3%A4")));
            }
            for made in [Test::EndsWith(".Example".to_owned()), Test::Contains("ÜCHER".to_owned())] {
                assert!(matches(&HOST, made.clone(), stored), "{made:?} on {stored}");
            }
            assert!(matches(&HOST, Test::Like("xn--bcher-kva.*".to_owned()), stored), "{stored}");
        }
    }

    #[test]
    fn other_texts_are_as_they_are() {
        let name = Dimension::Column(TextColumn::Name);
        let made = Test::In(vec!["Kauf%20A*".to_owned()]);
        assert_eq!(test(&name, made.clone()), made);
        assert_eq!(shown_in(&Dimension::Property("path".to_owned()), "%41"), "%41");
    }

    #[test]
    fn what_cannot_match_is_an_error() {
        let text = |text: &str| text.to_owned();
        for (of, test, expected) in [
            (&PATH, Test::In(vec![text("checkout")]), Some("write `/checkout`")),
            (&PATH, Test::NotIn(vec![text("/a"), text("b")]), Some("write `/b`")),
            (&PATH, Test::StartsWith(text("shop")), Some("write `/shop`")),
            (&PATH, Test::Like(text("shop/*")), Some("write `/shop/*`")),
            (&PATH, Test::LikeAny(vec![text("/a"), text("b*")]), Some("write `/b*`")),
            (&PATH, Test::In(vec![text("")]), Some("write `/`")),
            (&PATH, Test::In(vec![text("/a?b=1")]), Some("write `/a`")),
            (&PATH, Test::In(vec![text("https://shop.example/a?b")]), Some("write `/a`, and the host")),
            (&PATH, Test::Like(text("https://shop.example*")), Some("and the host")),
            (&PATH, Test::Contains(text("?b")), Some("leave")),
            (&PATH, Test::In(vec![text("/a")]), None),
            (&PATH, Test::StartsWith(text("")), None),
            (&PATH, Test::EndsWith(text("thanks")), None),
            (&PATH, Test::Contains(text("thanks")), None),
            (&PATH, Test::Like(text("*thanks")), None),
            (&HOST, Test::In(vec![text("https://shop.example")]), Some("the name alone")),
            (&HOST, Test::NotIn(vec![text("shop example")]), Some("the name alone")),
            (&HOST, Test::Like(text("*.shop.example/")), Some("the name alone")),
            (&HOST, Test::In(vec![text("Bücher.example:8080")]), None),
            (&HOST, Test::Like(text("*.shop.example")), None),
            (&HOST, Test::EndsWith(text(".example")), None),
        ] {
            let hint = check(of, &test).err().map(|error| error.hint());
            match expected {
                None => assert_eq!(hint, None, "{test:?}"),
                Some(part) => {
                    assert!(hint.clone().is_some_and(|hint| hint.contains(part)), "{test:?}: {hint:?}");
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_test_in_normal_form_stays(text in "[/a%CF0-9äÜ.*-]{0,20}") {
            for of in [&PATH, &HOST, &REFERRER] {
                for made in [Test::In(vec![text.clone()]), Test::Like(text.clone()), Test::EndsWith(text.clone())] {
                    let once = test(of, made);
                    assert_eq!(test(of, once.clone()), once);
                }
                let once = shown_in(of, &text).into_owned();
                assert_eq!(shown_in(of, &once), once.as_str());
            }
        }
    }
}
