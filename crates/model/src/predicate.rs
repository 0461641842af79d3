//! What an event must be like: a conjunction of conditions, each on one column.
//!
//! A condition looks at one column only, so that a reader may evaluate it once for each distinct value
//! instead of once for each event.

use serde::{Deserialize, Serialize};

use crate::{
    event::{Event, TextColumn},
    normal::condition,
};

/// Something that events can be told apart by: a text column or a property.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Dimension {
    /// One of the fixed text columns.
    Column(TextColumn),
    /// The property of that key, written `prop.KEY`.
    Property(String),
}

/// A dimension that no event has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no column is called `{0}`: use one of the event's columns (name, path, source, …) or `prop.KEY` for a property"
)]
pub struct UnknownDimension(pub String);

impl Dimension {
    /// Reads `path` or `prop.plan`.
    ///
    /// # Errors
    /// When it is neither a text column nor `prop.` with a key.
    pub fn parse(text: &str) -> Result<Self, UnknownDimension> {
        match text.strip_prefix("prop.") {
            Some(key) if !key.is_empty() => Ok(Self::Property(key.to_owned())),
            _ => {
                TextColumn::from_name(text).map(Self::Column).ok_or_else(|| UnknownDimension(text.to_owned()))
            }
        }
    }

    /// The event's value in this dimension, if it has one.
    #[must_use]
    pub fn of<'a>(&self, event: &'a Event) -> Option<&'a str> {
        match self {
            Self::Column(column) => Some(event.text(*column)).filter(|text| !text.is_empty()),
            Self::Property(key) => event.prop(key),
        }
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Column(column) => f.write_str(column.as_str()),
            Self::Property(key) => write!(f, "prop.{key}"),
        }
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.to_string()
    }
}

impl TryFrom<String> for Dimension {
    type Error = UnknownDimension;

    fn try_from(text: String) -> Result<Self, UnknownDimension> {
        Self::parse(&text)
    }
}

/// What a text must be like. An absent text is like no text: only [`Test::Missing`] and [`Test::NotIn`] hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is one of these.
    In(Vec<String>),
    /// It is none of these (or absent).
    NotIn(Vec<String>),
    /// It begins with this.
    StartsWith(String),
    /// It ends with this.
    EndsWith(String),
    /// It contains this.
    Contains(String),
    /// It is like this pattern, in which `*` stands for any run of characters.
    Like(String),
    /// It is like one of these patterns.
    LikeAny(Vec<String>),
    /// It reads as a number of at least this.
    AtLeast(f64),
    /// It reads as a number of at most this.
    AtMost(f64),
    /// It is there.
    Present,
    /// It is absent.
    Missing,
}

impl Test {
    /// The names of the tests, where a test is written out as a name and what it compares with.
    pub const NAMES: [&str; 10] = [
        "in",
        "not_in",
        "starts_with",
        "ends_with",
        "contains",
        "like",
        "at_least",
        "at_most",
        "present",
        "missing",
    ];

    /// Whether the text passes; `None` is an absent text.
    #[must_use]
    pub fn passes(&self, text: Option<&str>) -> bool {
        let Some(text) = text else { return matches!(self, Self::Missing | Self::NotIn(_)) };
        match self {
            Self::In(any) => any.iter().any(|value| value == text),
            Self::NotIn(none) => none.iter().all(|value| value != text),
            Self::StartsWith(start) => text.starts_with(start.as_str()),
            Self::EndsWith(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::Like(pattern) => is_like(text, pattern),
            Self::LikeAny(patterns) => patterns.iter().any(|pattern| is_like(text, pattern)),
            Self::AtLeast(bound) => text.trim().parse::<f64>().is_ok_and(|number| number >= *bound),
            Self::AtMost(bound) => text.trim().parse::<f64>().is_ok_and(|number| number <= *bound),
            Self::Present => true,
            Self::Missing => false,
        }
    }

    /// Whether the name of an event passes. One that is stored under another name than its own, which is then
    /// [`OTHER_NAME`](crate::event::OTHER_NAME), is found by its own, and by that one where it is asked for in so many letters.
    #[must_use]
    pub fn passes_name(&self, stored: &str, own: &str) -> bool {
        let is_asked_for = || matches!(self, Self::In(any) if any.iter().any(|name| name == stored));
        self.passes(Some(own).filter(|own| !own.is_empty())) || (stored != own && is_asked_for())
    }
}

/// Whether the text is like the pattern, in which `*` stands for any run of characters, also an empty one.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut middle: Vec<&str> = parts.collect();
    let Some(last) = middle.pop() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A condition on one column of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A text column or property passes a test.
    Text {
        /// Where to look.
        of: Dimension,
        /// What it must be like.
        test: Test,
    },
    /// The event has a value, in minor units, within these bounds (inclusive).
    Value {
        /// At least this, if given.
        at_least: Option<i64>,
        /// At most this, if given.
        at_most: Option<i64>,
    },
    /// The event's value came by a signed webhook or a secret server key.
    Verified,
}

/// All conditions hold. A predicate without conditions matches every event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Predicate {
    /// The conditions, in no particular order.
    pub all: Vec<Condition>,
}

impl Predicate {
    /// Events of that name.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self::default().and(Dimension::Column(TextColumn::Name), Test::In(vec![name.to_owned()]))
    }

    /// This, and a test on one dimension more.
    #[must_use]
    pub fn and(mut self, of: Dimension, test: Test) -> Self {
        self.all.push(Condition::Text { of, test });
        self
    }

    /// Whether the event matches. The meaning that every faster way of evaluating must agree with: hosts, paths and referrers
    /// are compared in their normal form.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        self.all.iter().all(|condition| match condition {
            Condition::Text { of: Dimension::Column(TextColumn::Name), test } => {
                test.passes_name(event.text(TextColumn::Name), event.own_name())
            }
            Condition::Text { of, test } => {
                let text = of.of(event).map(|text| condition::shown_in(of, text));
                condition::test(of, test.clone()).passes(text.as_deref())
            }
            Condition::Value { at_least, at_most } => event.value.is_some_and(|value| {
                at_least.is_none_or(|bound| value >= bound) && at_most.is_none_or(|bound| value <= bound)
            }),
            Condition::Verified => event.verified,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_on_text() {
        let any = |values: &[&str]| values.iter().map(|&v| v.to_owned()).collect::<Vec<_>>();
        let cases = [
            (Test::In(any(&["a", "b"])), Some("b"), true),
            (Test::In(any(&["a"])), None, false),
            (Test::NotIn(any(&["a"])), Some("a"), false),
            (Test::NotIn(any(&["a"])), None, true),
            (Test::Like("/blog/*".into()), Some("/blog/x"), true),
            (Test::Like("/blog/*".into()), Some("/blog"), false),
            (Test::Like("*/pay/*/done".into()), Some("/de/pay/7/done"), true),
            (Test::Like("a*a".into()), Some("a"), false),
            (Test::Like("*".into()), Some(""), true),
            (Test::LikeAny(any(&["/a/*", "/b"])), Some("/b"), true),
            (Test::LikeAny(any(&["/a/*", "/b"])), Some("/b/c"), false),
            (Test::LikeAny(any(&["*"])), None, false),
            (Test::AtLeast(2.0), Some("10"), true),
            (Test::AtLeast(2.0), Some("ten"), false),
            (Test::AtMost(2.0), Some("1.5"), true),
            (Test::Missing, None, true),
            (Test::Missing, Some("x"), false),
            (Test::Present, None, false),
        ];
        for (test, text, expected) in cases {
            assert_eq!(test.passes(text), expected, "{test:?} on {text:?}");
        }
    }

    #[test]
    fn dimensions_read_as_they_print() {
        for text in ["path", "prop.plan", "prop.a.b", "os"] {
            assert_eq!(Dimension::parse(text).map(|d| d.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "prop.", "visitor", "Path"] {
            assert!(Dimension::parse(text).is_err(), "{text}");
        }
    }
}
