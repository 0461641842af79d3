//! A row as the readers hand it on: texts by column, whatever the format. It knows no events.

use std::{
    fmt::{Display, Write},
    ops::Range,
};

use crate::formula::unguarded;

/// Longest row that is read, in bytes.
pub(super) const LONGEST_ROW: usize = 1 << 20;
/// Most bytes of a rejected row that are kept to show it.
pub(super) const EXCERPT: usize = 1 << 10;

/// One row. Its buffers are used again for the next.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Where the row begins: line of the file, or number of the row where there are no lines; both from 1.
    pub(super) line: u64,
    /// Line in which a quoted field with separators and line ends begins.
    pub(super) long_field: Option<u64>,
    /// A field begins and ends with a quote, which is data here.
    pub(super) quoted: bool,
    text: String,
    cells: Vec<Cell>,
    props: Vec<(Range<usize>, Range<usize>)>,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    text: Range<usize>,
    kind: CellKind,
}

/// What a format says of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    /// The format has no types: it may be a number or a text.
    #[default]
    Untyped,
    /// A text.
    Text,
    /// A number, written with a point.
    Number,
}

impl Record {
    /// Empties the record; it then has that many empty cells.
    pub(super) fn reset(&mut self, line: u64, columns: usize) {
        (self.line, self.long_field, self.quoted) = (line, None, false);
        self.text.clear();
        self.props.clear();
        self.cells.clear();
        self.cells.resize_with(columns, Cell::default);
    }

    /// Takes cells that follow one another in the text, each up to its end.
    pub(super) fn fill(&mut self, line: u64, text: &str, ends: &[usize]) {
        self.reset(line, 0);
        self.text.push_str(text);
        let mut start = 0;
        for end in ends {
            let cell = text.get(start..*end).unwrap_or("");
            let guard = cell.len() - unguarded(cell).len();
            self.cells.push(Cell { text: start + guard..*end, kind: CellKind::Untyped });
            start = *end;
        }
    }

    /// Writes a cell; the last writing counts.
    pub(super) fn set(&mut self, column: usize, kind: CellKind, write: impl FnOnce(&mut String)) {
        let text = self.append(write);
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = Cell { text, kind };
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
        self.cells.get(column).map_or("", |cell| self.slice(&cell.text))
    }

    /// What the format says of a cell.
    pub(super) fn kind(&self, column: usize) -> CellKind {
        self.cells.get(column).map_or(CellKind::Untyped, |cell| cell.kind)
    }

    /// Whether a cell begins and ends with a quote.
    pub(super) fn is_quoted(&self) -> bool {
        let is_quoted = |text: &str| text.len() > 1 && text.starts_with('"') && text.ends_with('"');
        self.text.contains('"') && self.cells.iter().any(|cell| is_quoted(self.slice(&cell.text)))
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
