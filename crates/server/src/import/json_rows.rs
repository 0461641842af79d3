//! Rows of NDJSON: one object a line. Objects within it are flattened to `outer.inner`; what is in `props` and has no
//! column of its own becomes a property.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    fmt,
};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{
    error::ImportError,
    field::Field,
    map::{ColumnMap, Layout},
    record::{EXCERPT, LONGEST_ROW, Record, push},
    reject::Reject,
    rows::{Rows, Step, utf8},
    source::Source,
    window::Window,
};

/// Most names of columns that are remembered, to suggest one.
const MOST_NAMES: usize = 1000;
/// Deepest nesting of objects and arrays.
const DEEPEST: usize = 8;
/// What begins the name of a property: our own objects, and our own columns.
const PROPS: [&str; 2] = ["props.", "prop."];

pub(super) struct JsonRows {
    window: Window,
    layout: Layout,
    names: Names,
    path: String,
    line: u64,
    used: usize,
    passed: Vec<u8>,
}

/// The columns wanted, and what the rows have.
struct Names {
    wanted: HashMap<String, usize>,
    seen: Vec<bool>,
    others: BTreeSet<String>,
}

impl JsonRows {
    pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Self, ImportError> {
        let layout = Layout::to_names(map);
        let wanted = layout.columns.iter().cloned().zip(0..).collect();
        let names = Names { wanted, seen: vec![false; layout.columns.len()], others: BTreeSet::new() };
        let window = Window::open(source)?;
        Ok(Self { window, layout, names, path: String::new(), line: 1, used: 0, passed: Vec::new() })
    }

    /// Bytes of the next line without its end, and with it; `None` when it is too long to be read.
    fn scan(&mut self) -> Result<Option<(usize, usize)>, ImportError> {
        let mut from = 0;
        loop {
            let data = self.window.data();
            if let Some(end) = data[from..].iter().position(|byte| *byte == b'\n') {
                let end = from + end;
                return Ok((end <= LONGEST_ROW).then_some((end, end + 1)));
            }
            from = data.len();
            if from > LONGEST_ROW {
                return Ok(None);
            }
            if !self.window.fill()? {
                return Ok(Some((from, from)));
            }
        }
    }

    fn parse(&mut self, record: &mut Record, length: usize) -> Result<(), Reject> {
        let text = utf8(&self.window.data()[..length])?;
        record.reset(record.line, self.layout.columns.len());
        self.path.clear();
        let not_json = |error: serde_json::Error| Reject::NotJson(error.to_string());
        let mut json = serde_json::Deserializer::from_str(text);
        let object = Object { names: &mut self.names, path: &mut self.path, record, depth: 1 };
        json.deserialize_map(object).and_then(|()| json.end()).map_err(not_json)
    }
}

impl Rows for JsonRows {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next(&mut self, record: &mut Record) -> Result<Step, ImportError> {
        self.window.consume(self.used);
        (self.used, record.line) = (0, self.line);
        self.passed.clear();
        if !self.window.any()? {
            return Ok(Step::End);
        }
        self.line += 1;
        let Some((length, with_end)) = self.scan()? else {
            self.passed.extend_from_slice(&self.window.data()[..EXCERPT]);
            self.window.skip_line()?;
            return Ok(Step::Rejected(Reject::TooLong));
        };
        self.used = with_end;
        if self.window.data()[..length].trim_ascii().is_empty() {
            return Ok(Step::Blank);
        }
        Ok(self.parse(record, length).map_or_else(Step::Rejected, |()| Step::Row))
    }

    fn excerpt(&self, _: &Record) -> Cow<'_, [u8]> {
        let row = if self.passed.is_empty() { &self.window.data()[..self.used] } else { &self.passed };
        Cow::Borrowed(&row[..row.len().min(EXCERPT)])
    }

    /// A column that the user named, or that every event needs, must be in some row.
    fn finish(&self) -> Result<(), ImportError> {
        let known = || -> Vec<String> {
            let seen = self.layout.columns.iter().zip(&self.names.seen).filter(|(_, seen)| **seen);
            seen.map(|(name, _)| name).chain(&self.names.others).cloned().collect()
        };
        for (field, column) in self.layout.slots.iter().filter(|(_, column)| !self.names.seen[*column]) {
            let name = &self.layout.columns[*column];
            if Field::REQUIRED.contains(field) && *name == field.name() {
                return Err(ImportError::missing_field(field, &known()));
            }
            if self.layout.named {
                return Err(ImportError::missing_column(field, name, &known()));
            }
        }
        Ok(())
    }
}

/// Reads an object into the record; `path` is what leads to it, with a dot at its end.
struct Object<'a> {
    names: &'a mut Names,
    path: &'a mut String,
    record: &'a mut Record,
    depth: usize,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let length = self.path.len();
        while map.next_key_seed(Key(&mut *self.path))?.is_some() {
            let value = Value {
                names: &mut *self.names,
                path: &mut *self.path,
                record: &mut *self.record,
                depth: self.depth,
            };
            map.next_value_seed(value)?;
            self.path.truncate(length);
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

/// Reads a value into the cell or property that the path names.
struct Value<'a> {
    names: &'a mut Names,
    path: &'a mut String,
    record: &'a mut Record,
    depth: usize,
}

impl Value<'_> {
    fn put(self, write: impl FnOnce(&mut String)) {
        if let Some(column) = self.names.wanted.get(self.path.as_str()) {
            self.names.seen[*column] = true;
            self.record.set(*column, write);
        } else if let Some(key) = PROPS.iter().find_map(|prefix| self.path.strip_prefix(prefix)) {
            self.record.add_prop(key, write);
        } else if self.names.others.len() < MOST_NAMES && !self.names.others.contains(self.path.as_str()) {
            self.names.others.insert(self.path.clone());
        }
    }

    fn put_number<E>(self, number: impl fmt::Display) -> Result<(), E> {
        self.put(|text| push(text, number));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or an object")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.put(|text| text.push_str(value));
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.put_number(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.put_number(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.put_number(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if value.abs() >= 18_446_744_073_709_551_616.0 {
            return Err(E::custom(format_args!(
                "the number at `{}` is too large to be kept exactly",
                self.path
            )));
        }
        // As other programs write it: 8693.0 keeps its point.
        self.put(|text| push(text, format_args!("{value:?}")));
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.put(|_| ());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        if self.depth >= DEEPEST {
            return Err(de::Error::custom(format_args!("nested deeper than {DEEPEST}")));
        }
        self.path.push('.');
        Object { names: self.names, path: self.path, record: self.record, depth: self.depth + 1 }
            .visit_map(map)
    }

    /// An array is kept as the JSON text that it is.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<serde_json::Value>()? {
            values.push(value);
        }
        self.put(|text| text.push_str(&serde_json::Value::Array(values).to_string()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(line: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.ndjson");
        fs::write(&path, line).unwrap();
        let map = ColumnMap::parse("visitor=who.id,time=t,name=n").unwrap();
        let mut rows = JsonRows::open(&Source::open(&path, None).unwrap(), &map).unwrap();
        let mut record = Record::default();
        match rows.next(&mut record).unwrap() {
            Step::Row => {
                let cells = (0..record.columns()).map(|column| record.cell(column).to_owned());
                let props = record.props().map(|(key, value)| format!("{key}={value}"));
                cells.chain(props).collect::<Vec<_>>().join("|")
            }
            step => format!("{step:?}"),
        }
    }

    #[test]
    fn objects_are_flattened() {
        for (line, expected) in [
            (r#"{"n":"view","t":1,"who":{"id":"a"}}"#, "view|1|a"),
            (r#"{"who.id":"a","n":null,"t":1.50}"#, "|1.5|a"),
            (r#"{"n":"a","n":"b"}"#, "b||"),
            (
                r#"{"props":{"plan":"pro","tags":[1,"x"],"on":true,"n":8693.0}}"#,
                r#"|||plan=pro|tags=[1,"x"]|on=true|n=8693.0"#,
            ),
            (r#"{"prop.plan":"pro","props":{"a":{"b":-1}}}"#, "|||plan=pro|a.b=-1"),
            (r#"{"n":"\u0041\n"}"#, "A\n||"),
            (r#"{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":1}}}}}}}}"#, "||"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
        for line in [
            r#"{"n":"view""#,
            "{} {}",
            r#"{"n":1e30}"#,
            r#"{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":{}}}}}}}}}"#,
        ] {
            assert!(read(line).starts_with("Rejected(NotJson"), "{line}: {}", read(line));
        }
    }
}
