//! A JSON value of a client. Its texts borrow from the body wherever they hold no escape.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Number;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that is kept exactly.
    Number(Number),
    /// A text.
    Text(Cow<'t, str>),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Object<'t>),
}

/// The fields of a JSON object, sorted by name. Of a name that is there twice the last value counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'t>(Vec<Field<'t>>);

/// A name and its value.
pub type Field<'t> = (Cow<'t, str>, Value<'t>);

impl Value<'_> {
    /// The value, with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::List(list) => Value::List(list.into_iter().map(Value::into_owned).collect()),
            Self::Object(Object(fields)) => Value::Object(Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned()))
                    .collect(),
            )),
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        // Texts as keys and finite numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl<'t> Object<'t> {
    /// The object of fields in any order.
    pub(super) fn new(mut fields: Vec<Field<'t>>) -> Self {
        let is_sorted = fields.is_sorted_by(|(a, _), (b, _)| a < b);
        if !is_sorted {
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields.dedup_by(|later, kept| {
                let is_same = later.0 == kept.0;
                if is_same {
                    std::mem::swap(&mut later.1, &mut kept.1);
                }
                is_same
            });
        }
        Self(fields)
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Takes the value of a field out.
    pub fn take(&mut self, name: &str) -> Option<Value<'t>> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Sets the value of a field.
    pub fn insert(&mut self, name: impl Into<Cow<'t, str>>, value: Value<'t>) {
        let name = name.into();
        match self.0.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Whether it has no fields.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'t> IntoIterator for Object<'t> {
    type Item = Field<'t>;
    type IntoIter = std::vec::IntoIter<Field<'t>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

#[cfg(test)]
impl From<serde_json::Value> for Value<'static> {
    fn from(value: serde_json::Value) -> Self {
        super::parse(&value.to_string()).unwrap().into_owned()
    }
}
