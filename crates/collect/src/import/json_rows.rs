//! Rows of NDJSON: one object a line. Objects within it are flattened to `outer.inner`, and so are lists of keys and
//! values; what is in `props` and has no column of its own becomes a property.

mod walk;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use super::{
    error::ImportError,
    field::Field,
    map::{ColumnMap, Layout},
    record::{CellKind, EXCERPT, LONGEST_ROW, Record},
    reject::Reject,
    rows::{Rows, Step, utf8},
    source::Source,
    window::Window,
};

/// Most names of columns that are remembered, to suggest one.
const MOST_NAMES: usize = 1000;
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
        let mut cells = Cells { names: &mut self.names, path: &mut self.path, record };
        walk::object(text, &mut cells, 1).map_err(|error| Reject::NotJson(error.to_string()))
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

/// Where the values of a row go: `path` is what leads to the next.
struct Cells<'a> {
    names: &'a mut Names,
    path: &'a mut String,
    record: &'a mut Record,
}

impl Cells<'_> {
    /// Puts a value into the cell or property that the path names.
    fn put(&mut self, kind: CellKind, value: &str) {
        if let Some(column) = self.names.wanted.get(self.path.as_str()) {
            self.names.seen[*column] = true;
            self.record.set(*column, kind, |text| text.push_str(value));
        } else if let Some(key) = PROPS.iter().find_map(|prefix| self.path.strip_prefix(prefix)) {
            self.record.add_prop(key, |text| text.push_str(value));
        } else if self.names.others.len() < MOST_NAMES && !self.names.others.contains(self.path.as_str()) {
            self.names.others.insert(self.path.clone());
        }
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
    fn lists_of_keys_and_values_are_flattened() {
        for (line, expected) in [
            (r#"{"who":[{"key":"id","value":"a"},{"key":"x","value":1}]}"#, "||a"),
            (
                r#"{"who":[{"key":"id","value":{"string_value":null,"int_value":"7","float_value":1}}]}"#,
                "||7",
            ),
            (r#"{"who":[{"key":"id","value":{"string_value":"a"}},{"key":"id","value":{}}]}"#, "||a"),
            (
                r#"{"props":{"a":[{"key":"b.c","value":true}]}}"#,
                "|||a=[{\"key\":\"b.c\",\"value\":true}]|a.b.c=true",
            ),
            (r#"{"who":[{"key":"id","value":"a"},{"name":"x"}]}"#, "||"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn objects_are_flattened() {
        for (line, expected) in [
            (r#"{"n":"view","t":1,"who":{"id":"a"}}"#, "view|1|a"),
            (r#"{"who.id":"a","n":null,"t":1.50}"#, "|1.50|a"),
            (r#"{"t":100000000000000000001,"who":{"id":1001.0}}"#, "|100000000000000000001|1001.0"),
            (r#"{"n":"a","n":"b"}"#, "b||"),
            (
                r#"{"props":{"plan":"pro","tags":[1,"x"],"on":true,"n":8693.0}}"#,
                r#"|||plan=pro|tags=[1,"x"]|on=true|n=8693.0"#,
            ),
            (r#"{"prop.plan":"pro","props":{"a":{"b":-1}}}"#, "|||plan=pro|a.b=-1"),
            (r#"{"n":"\u0041\n"}"#, "A\n||"),
            (r#"{"n":"sale \ud83d","t":"\ud83d\ude00"}"#, "sale \u{fffd}|😀|"),
            (r#"{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":1}}}}}}}}"#, "||"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
        for line in [r#"{"n":"view""#, "{} {}", r#"{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":{}}}}}}}}}"#] {
            assert!(read(line).starts_with("Rejected(NotJson"), "{line}: {}", read(line));
        }
    }
}
