//! A table of a definitions file, read key by key: what is missing, of the wrong kind or unknown is an error.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    error::{Errors, suggest},
    words::Words,
};
use crate::duration;

/// A value with its place in the text.
pub(super) type Node<'t> = Spanned<DeValue<'t>>;

/// A key and its value.
pub(super) type Entry<'t> = (&'t Spanned<DeString<'t>>, &'t Node<'t>);

/// A table whose keys are taken one by one; [`Fields::finish`] reports those that nobody knows.
pub(super) struct Fields<'t> {
    /// What the table describes, with its article: `a goal`.
    what: &'static str,
    /// Where a missing key is reported.
    head: Range<usize>,
    table: &'t DeTable<'t>,
    known: Vec<&'t str>,
}

impl<'t> Fields<'t> {
    /// The fields of a table; an error and `None` for anything else.
    pub(super) fn of(
        node: &'t Node<'t>,
        what: &'static str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<Self> {
        match node.get_ref() {
            DeValue::Table(table) => Some(Self::root(table, node.span(), what)),
            _ => wrong_kind(node, "a table", example, errors),
        }
    }

    /// The fields of a table that is already one.
    pub(super) fn root(table: &'t DeTable<'t>, head: Range<usize>, what: &'static str) -> Self {
        Self { what, head, table, known: Vec::new() }
    }

    /// Where the table stands: its header, or all of an inline table.
    pub(super) fn head(&self) -> Range<usize> {
        self.head.clone()
    }

    /// The table's entries in the order of the text.
    pub(super) fn entries(&self) -> Vec<Entry<'t>> {
        in_order(self.table)
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Counts the key as known.
    pub(super) fn know(&mut self, key: &'t str) {
        self.known.push(key);
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&mut self, key: &'static str) -> Option<&'t Node<'t>> {
        self.know(key);
        self.table.get(key)
    }

    /// The place of a key's value, or of the table when the key is not there.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.head(), Spanned::span)
    }

    /// Reports the key if it is not there.
    pub(super) fn require(&mut self, key: &'static str, example: &str, errors: &mut Errors) {
        if !self.has(key) {
            let message = format!("{} needs a `{key}`", self.what);
            errors.push(self.head(), message, format!("no `{key}`"), Some(format!("add `{example}`")));
        }
    }

    /// A text that is not empty.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<Spanned<&'t str>> {
        let node = self.get(key)?;
        text(node, example, errors).map(|text| Spanned::new(node.span(), text))
    }

    /// `true` or `false`; false when the key is not there.
    pub(super) fn flag(&mut self, key: &'static str, errors: &mut Errors) -> bool {
        let Some(node) = self.get(key) else { return false };
        let flag = match node.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => wrong_kind(node, "`true` or `false`", &format!("{key} = true"), errors),
        };
        flag.unwrap_or(false)
    }

    /// One of the words.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: Words<T>,
        errors: &mut Errors,
    ) -> Option<T> {
        let example = format!("{key} = \"{}\"", words.first().map_or("", |(word, _)| word));
        let given = self.text(key, &example, errors)?;
        let found = words.iter().find(|(word, _)| word == given.get_ref()).map(|(_, value)| *value);
        if found.is_none() {
            let hint = suggest(given.get_ref(), words.iter().map(|(word, _)| *word));
            let message = format!("`{}` is no `{key}` of {}", given.get_ref(), self.what);
            errors.push(given.span(), message, "unknown", Some(hint));
        }
        found
    }

    /// A length of time in ms.
    pub(super) fn duration(&mut self, key: &'static str, errors: &mut Errors) -> Option<i64> {
        let given = self.text(key, &format!("{key} = \"30m\""), errors)?;
        duration::parse(given.get_ref())
            .map_err(|error| errors.push(given.span(), error.to_string(), "no duration", None))
            .ok()
    }

    /// Reports the keys that are not known.
    pub(super) fn finish(&self, errors: &mut Errors) {
        for (key, _) in self.entries() {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                let hint = suggest(name, self.known.iter().copied());
                let message = format!("{} has no key `{name}`", self.what);
                errors.push(key.span(), message, "unknown key", Some(hint));
            }
        }
    }
}

/// A table's entries in the order of the text.
pub(super) fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A text that is not empty, or an error.
pub(super) fn text<'t>(node: &'t Node<'t>, example: &str, errors: &mut Errors) -> Option<&'t str> {
    match node.get_ref() {
        DeValue::String(text) if text.trim().is_empty() => {
            errors.push(node.span(), "a text is empty", "empty", Some(format!("write `{example}`")));
            None
        }
        DeValue::String(text) => Some(text),
        _ => wrong_kind(node, "a text", example, errors),
    }
}

/// A whole number of 64 bits, if it is one.
pub(super) fn integer(node: &Node<'_>) -> Option<i64> {
    let number = node.get_ref().as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A list, or an error.
pub(super) fn list<'t>(
    node: &'t Node<'t>,
    example: &str,
    errors: &mut Errors,
) -> Option<impl ExactSizeIterator<Item = &'t Node<'t>> + use<'t>> {
    match node.get_ref() {
        DeValue::Array(array) => Some(array.iter()),
        _ => wrong_kind(node, "a list", example, errors),
    }
}

/// Reports a value of another kind than wanted; `None`, for the caller to return.
pub(super) fn wrong_kind<T>(node: &Node<'_>, wanted: &str, example: &str, errors: &mut Errors) -> Option<T> {
    let found = match node.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let (message, label) = (format!("this must be {wanted}"), format!("this is {found}"));
    errors.push(node.span(), message, label, Some(format!("write `{example}`")));
    None
}
