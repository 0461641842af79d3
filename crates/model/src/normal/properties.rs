//! An event's properties: the last of a key counts, an empty one is none, and what does not fit is left out alone.

use super::{
    limits::{KEY_BYTES, PROPERTIES},
    text,
};

/// The client's clock was out of bounds.
pub const CLOCK: &str = "$clock";
/// The fields that could not be used, separated by commas.
pub const LEFT_OUT: &str = "$left_out";
/// The fields that are not kept as they were sent, separated by commas.
pub const REPAIRED: &str = "$repaired";

/// What became of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is kept as it is.
    Kept,
    /// It is kept, cut or with U+FFFD where something unreadable was.
    Repaired,
    /// It has no value, or no key: there is nothing to keep.
    Nothing,
    /// It is left out: its key is too long or has control characters, or there are too many properties.
    LeftOut,
}

/// Properties in the making, in a list that can be used again for the next event: its texts keep their memory.
#[derive(Debug)]
pub struct Properties<'e> {
    list: &'e mut Vec<(String, String)>,
    used: usize,
}

impl<'e> Properties<'e> {
    /// No properties yet; what is in the list is written over.
    #[must_use]
    pub const fn over(list: &'e mut Vec<(String, String)>) -> Self {
        Self { list, used: 0 }
    }

    /// Sets a property.
    pub fn set(&mut self, key: &str, value: &str) -> Fit {
        let known = self.list[..self.used].iter().position(|(known, _)| known == key);
        if value.is_empty() || key.is_empty() {
            return Fit::Nothing;
        }
        let is_key = key.len() <= KEY_BYTES && !key.contains(char::is_control);
        let at = known.unwrap_or(self.used);
        if !is_key || at == PROPERTIES {
            return Fit::LeftOut;
        }
        if at == self.list.len() {
            self.list.push(<(String, String)>::default());
        }
        let fitted = text::fit(value);
        let (own_key, own_value) = &mut self.list[at];
        own_key.clear();
        own_key.push_str(key);
        own_value.clear();
        own_value.push_str(&fitted.text);
        self.used = self.used.max(at + 1);
        if fitted.is_repaired { Fit::Repaired } else { Fit::Kept }
    }

    /// Whether there is no room for another key.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.used == PROPERTIES
    }

    /// Ends the list after the properties that were set.
    pub fn finish(self) {
        self.list.truncate(self.used);
    }
}

/// The names of fields in a property of Waymark's own: each once, in their order, as far as they fit.
#[must_use]
pub fn names<'n>(fields: impl IntoIterator<Item = &'n str>) -> String {
    let mut list = String::new();
    let mut known: Vec<&str> = Vec::new();
    for field in fields {
        let field = &field[..field.floor_char_boundary(KEY_BYTES)];
        if known.contains(&field) {
            continue;
        }
        known.push(field);
        if !list.is_empty() {
            list.push(',');
        }
        list.extend(
            field.chars().map(|c| if c.is_control() || c == ',' { char::REPLACEMENT_CHARACTER } else { c }),
        );
    }
    text::fit(&list).text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal::limits::TEXT_BYTES;

    fn check(given: &[(&str, &str)], expected: &[(&str, &str)], fits: &[Fit]) {
        let mut list = vec![("old".to_owned(), "old".to_owned()); 3];
        let mut properties = Properties::over(&mut list);
        let found: Vec<Fit> = given.iter().map(|(key, value)| properties.set(key, value)).collect();
        properties.finish();
        assert_eq!(found, fits, "{given:?}");
        let list: Vec<_> = list.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(list, expected);
    }

    #[test]
    fn one_rule_for_all_ways_in() {
        let long = "x".repeat(TEXT_BYTES + 1);
        check(&[], &[], &[]);
        check(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "2")], &[Fit::Kept, Fit::Kept]);
        check(&[("a", "1"), ("a", "2")], &[("a", "2")], &[Fit::Kept, Fit::Kept]);
        check(&[("a", "1"), ("a", "")], &[("a", "1")], &[Fit::Kept, Fit::Nothing]);
        check(&[("", "1"), ("b", "2")], &[("b", "2")], &[Fit::Nothing, Fit::Kept]);
        check(
            &[(&long, "1"), ("a\0", "1"), ("b", "2")],
            &[("b", "2")],
            &[Fit::LeftOut, Fit::LeftOut, Fit::Kept],
        );
        check(&[("a", &long)], &[("a", &long[..TEXT_BYTES])], &[Fit::Repaired]);
        check(&[("a", "1\0")], &[("a", "1\u{FFFD}")], &[Fit::Repaired]);
    }

    #[test]
    fn the_fifty_first_is_left_out_and_known_ones_are_not() {
        let mut list = Vec::new();
        let mut properties = Properties::over(&mut list);
        for number in 0..PROPERTIES {
            assert_eq!(properties.set(&number.to_string(), "x"), Fit::Kept);
        }
        assert_eq!(properties.set("more", "x"), Fit::LeftOut);
        assert_eq!(properties.set("0", "y"), Fit::Kept);
        properties.finish();
        assert_eq!((list.len(), list[0].1.as_str()), (PROPERTIES, "y"));
    }

    #[test]
    fn fields_are_named_once() {
        assert_eq!(names(["value", "url", "value"]), "value,url");
        assert_eq!(names(["a,b\n"]), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(names([]), "");
        let many: Vec<String> = (0..100).map(|number| format!("{number:064}")).collect();
        assert!(names(many.iter().map(String::as_str)).len() <= TEXT_BYTES);
    }
}
