//! Goes through a JSON object value by value. Numbers stay as they are written, so that none is rounded on its way
//! through a float.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{super::record::CellKind, Cells};

/// Deepest nesting of objects.
const DEEPEST: usize = waymark_model::normal::limits::JSON_DEPTH;

/// Puts the values of an object where they belong.
pub(super) fn object(text: &str, cells: &mut Cells<'_>, depth: usize) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Object { cells, depth })?;
    json.end()
}

struct Object<'a, 'c> {
    cells: &'a mut Cells<'c>,
    depth: usize,
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let length = self.cells.path.len();
        while map.next_key_seed(Key(&mut *self.cells.path))?.is_some() {
            let raw: &RawValue = map.next_value()?;
            value(raw.get(), self.cells, self.depth).map_err(de::Error::custom)?;
            self.cells.path.truncate(length);
        }
        Ok(())
    }
}

/// Appends a key to the path.
struct Key<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<(), E> {
        self.0.push_str(key);
        Ok(())
    }
}

/// Puts a value, whose syntax is known to be right, where the path says.
fn value(raw: &str, cells: &mut Cells<'_>, depth: usize) -> serde_json::Result<()> {
    match raw.as_bytes().first() {
        Some(b'{') if depth >= DEEPEST => {
            return Err(de::Error::custom(format_args!("nested deeper than {DEEPEST}")));
        }
        Some(b'{') => {
            cells.path.push('.');
            object(raw, cells, depth + 1)?;
        }
        Some(b'[') => {
            cells.put(CellKind::Text, raw);
            if let Ok(pairs) = serde_json::from_str::<Vec<Pair<'_>>>(raw) {
                list(&pairs, cells, depth)?;
            }
        }
        Some(b'"') => cells.put(CellKind::Text, &text(raw)),
        Some(b'n') => cells.put(CellKind::Text, ""),
        Some(b't' | b'f') => cells.put(CellKind::Text, raw),
        _ => cells.put(CellKind::Number, raw),
    }
    Ok(())
}

/// An entry of a list of keys and values, as some warehouses store maps.
#[derive(Deserialize)]
struct Pair<'a> {
    key: String,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Puts the values of a list where path and key say. A value that is an object, `{"string_value":…,"int_value":…}`,
/// is also the first of its members that is not null.
fn list(pairs: &[Pair<'_>], cells: &mut Cells<'_>, depth: usize) -> serde_json::Result<()> {
    cells.path.push('.');
    let length = cells.path.len();
    for Pair { key, value: raw } in pairs {
        cells.path.push_str(key);
        let end = cells.path.len();
        value(raw.get(), cells, depth)?;
        cells.path.truncate(end);
        if let Ok(Members(Some(first))) = serde_json::from_str(raw.get()) {
            value(first.get(), cells, depth)?;
        }
        cells.path.truncate(length);
    }
    Ok(())
}

/// The first member of an object that is not null.
struct Members<'a>(Option<&'a RawValue>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut first = None;
                while let Some((_, raw)) = map.next_entry::<de::IgnoredAny, &RawValue>()? {
                    let is_set = first.is_none() && raw.get() != "null";
                    first = if is_set { Some(raw) } else { first };
                }
                Ok(Members(first))
            }
        }
        deserializer.deserialize_map(First)
    }
}

/// The text of a JSON string. Half of a surrogate pair, which some programs cut through, becomes U+FFFD.
fn text(raw: &str) -> Cow<'_, str> {
    if let Some(plain) = raw.get(1..raw.len() - 1).filter(|inner| !inner.contains('\\')) {
        return Cow::Borrowed(plain);
    }
    let whole = serde_json::from_str::<String>(raw);
    whole.map_or_else(|_| Cow::Owned(mended(raw)), Cow::Owned)
}

/// The text of a JSON string with lone surrogates.
fn mended(raw: &str) -> String {
    serde_json::from_str::<Bytes>(raw).map_or_else(
        // Nothing else can be wrong with it.
        |_| raw.to_owned(),
        |Bytes(bytes)| {
            let mut text = String::new();
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                let is_first = !chunk.invalid().is_empty() && !text.ends_with(char::REPLACEMENT_CHARACTER);
                text.extend(is_first.then_some(char::REPLACEMENT_CHARACTER));
            }
            text
        },
    )
}

/// A string's bytes, as which `serde_json` gives lone surrogates too (WTF-8).
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Any)
    }
}
