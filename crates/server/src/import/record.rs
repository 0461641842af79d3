//! A row as the readers hand it on: texts by column, whatever the format. It knows no events.

use std::{
    fmt::{Display, Write},
    ops::Range,
};

/// Longest row that is read, in bytes.
pub(super) const LONGEST_ROW: usize = 1 << 20;
/// Most bytes of a rejected row that are kept to show it.
pub(super) const EXCERPT: usize = 1 << 10;

/// One row. Its buffers are used again for the next.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Where the row begins: line of the file, or number of the row where there are no lines; both from 1.
    pub(super) line: u64,
    text: String,
    cells: Vec<Range<usize>>,
    props: Vec<(Range<usize>, Range<usize>)>,
}

impl Record {
    /// Empties the record; it then has that many empty cells.
    pub(super) fn reset(&mut self, line: u64, columns: usize) {
        self.line = line;
        self.text.clear();
        self.props.clear();
        self.cells.clear();
        self.cells.resize(columns, 0..0);
    }

    /// Takes cells that follow one another in the text, each up to its end.
    pub(super) fn fill(&mut self, line: u64, text: &str, ends: &[usize]) {
        self.reset(line, 0);
        self.text.push_str(text);
        let mut start = 0;
        for end in ends {
            self.cells.push(start..*end);
            start = *end;
        }
    }

    /// Writes a cell; the last writing counts.
    pub(super) fn set(&mut self, column: usize, write: impl FnOnce(&mut String)) {
        let range = self.append(write);
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = range;
        }
    }

    /// Adds a property that no column stands for.
    pub(super) fn add_prop(&mut self, key: &str, write: impl FnOnce(&mut String)) {
        let key = self.append(|text| text.push_str(key));
        let value = self.append(write);
        self.props.push((key, value));
    }

    /// The text of a cell; empty when the row has none.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |range| self.slice(range))
    }

    /// How many cells there are.
    pub(super) fn columns(&self) -> usize {
        self.cells.len()
    }

    /// The properties that no column stands for.
    pub(super) fn props(&self) -> impl Iterator<Item = (&str, &str)> {
        self.props.iter().map(|(key, value)| (self.slice(key), self.slice(value)))
    }

    /// Whether any text has a NUL.
    pub(super) fn has_nul(&self) -> bool {
        self.text.as_bytes().contains(&0)
    }

    /// Whether all texts are ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    fn append(&mut self, write: impl FnOnce(&mut String)) -> Range<usize> {
        let start = self.text.len();
        write(&mut self.text);
        start..self.text.len()
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or("")
    }
}

/// Appends what a value looks like. Writing to a text cannot fail.
pub(super) fn push(text: &mut String, value: impl Display) {
    let _ = write!(text, "{value}");
}
