//! Rows of CSV: header, quoted fields, a delimiter found from the header. Memory is bounded, whatever the file holds.

use std::borrow::Cow;

use super::{
    csv_split::{Dialect, Split, Splitter},
    error::ImportError,
    map::{ColumnMap, Layout},
    record::{EXCERPT, LONGEST_ROW, Record},
    reject::Reject,
    rows::{Rows, Step, utf8},
    source::Source,
    window::Window,
};

const DELIMITERS: &[u8] = b",;\t|";

pub(super) struct CsvRows {
    window: Window,
    splitter: Splitter,
    layout: Layout,
    /// Line in which the next row begins.
    line: u64,
    /// Bytes of the row last read: they stay in the window until the next is read.
    used: usize,
    /// The beginning of a row that is no longer in the window.
    passed: Vec<u8>,
    /// The row last read ended in CR: an LF that follows belongs to it.
    carriage: bool,
}

/// A row's extent.
enum Found {
    Row { bytes: usize },
    Bad(Reject),
    End,
}

impl CsvRows {
    /// Reads the header and binds the map to it.
    pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Self, ImportError> {
        let mut window = Window::open(source)?;
        while !window.data().contains(&b'\n') && window.data().len() <= LONGEST_ROW && window.fill()? {}
        let (delimiter, line) = match separator_line(window.data()) {
            Some(delimiter) => {
                window.skip_line()?;
                (delimiter, 2)
            }
            None => (delimiter(window.data()), 1),
        };
        let mut rows = Self {
            window,
            splitter: Splitter::new(Dialect { delimiter, quotes: delimiter != b'\t' }),
            layout: Layout::default(),
            line,
            used: 0,
            passed: Vec::new(),
            carriage: false,
        };
        let columns = rows.header(source)?;
        rows.layout = Layout::to_header(map, columns)?;
        Ok(rows)
    }

    fn header(&mut self, source: &Source) -> Result<Vec<String>, ImportError> {
        let mut record = Record::default();
        let bad = |reason: String| ImportError::Header { path: source.path().to_owned(), reason };
        loop {
            match self.next(&mut record)? {
                Step::Row if record.has_nul() => return Err(bad(Reject::Nul.to_string())),
                Step::Row => {
                    let name = |column| record.cell(column).trim().to_owned();
                    return Ok((0..record.columns()).map(name).collect());
                }
                Step::Blank => {}
                Step::Rejected(Reject::NotUtf8 { .. }) => {
                    return Err(ImportError::NotUtf8 {
                        path: source.path().to_owned(),
                        rows: 1,
                        line: record.line,
                    });
                }
                Step::Rejected(reason) => return Err(bad(reason.to_string())),
                Step::End => return Err(ImportError::Empty { path: source.path().to_owned() }),
            }
        }
    }

    /// Drops the row last read; true when a blank line follows, which is dropped too.
    fn advance(&mut self) -> Result<bool, ImportError> {
        self.window.consume(self.used);
        self.used = 0;
        self.passed.clear();
        if self.carriage && self.window.any()? && self.window.data()[0] == b'\n' {
            self.window.consume(1);
        }
        self.carriage = false;
        let blank = self.window.any()? && matches!(self.window.data()[0], b'\n' | b'\r');
        if blank {
            self.carriage = self.window.data()[0] == b'\r';
            self.window.consume(1);
            self.line += 1;
        }
        Ok(blank)
    }

    /// Splits the next row, after reading as much as it takes.
    fn scan(&mut self) -> Result<Found, ImportError> {
        let mut is_all = false;
        while !is_all && self.window.data().is_empty() {
            is_all = !self.window.fill()?;
        }
        if self.window.data().is_empty() {
            return Ok(Found::End);
        }
        loop {
            let data = self.window.data();
            return Ok(match self.splitter.split(data, is_all) {
                Split::Row(bytes) if bytes > LONGEST_ROW => Found::Bad(overlong(&data[..bytes])),
                Split::Row(bytes) => Found::Row { bytes },
                Split::StrayText { escaped } => Found::Bad(Reject::TextAfterQuote { escaped }),
                Split::UnclosedQuote => Found::Bad(Reject::UnclosedQuote),
                Split::More if data.len() > LONGEST_ROW => Found::Bad(overlong(data)),
                Split::More => {
                    is_all = !self.window.fill()?;
                    continue;
                }
            });
        }
    }

    /// Leaves out one line, and begins again after it.
    fn skip_line(&mut self) -> Result<(), ImportError> {
        let data = self.window.data();
        self.passed.extend_from_slice(&data[..data.len().min(EXCERPT)]);
        self.window.skip_line()?;
        self.line += 1;
        Ok(())
    }

    fn fill(&mut self, record: &mut Record, bytes: usize) -> Step {
        self.used = bytes;
        let row = &self.window.data()[..bytes];
        self.carriage = row.last() == Some(&b'\r');
        let Splitter { text, ends, long_field, .. } = &self.splitter;
        let inner = lines(&row[..bytes.saturating_sub(1)]);
        self.line += inner + 1;
        // The row itself is looked at too, since fields that follow one another could make up a character.
        match utf8(row).and_then(|_| utf8(text)) {
            Ok(text) => record.fill(record.line, text, ends),
            Err(reject) => return Step::Rejected(reject),
        }
        record.long_field = long_field.map(|start| record.line + lines(&row[..start]));
        record.quoted = !self.splitter.dialect().quotes && record.is_quoted();
        let (fields, expected) = (ends.len(), self.layout.columns.len());
        if expected > 0 && fields != expected {
            return Step::Rejected(Reject::FieldCount { found: fields, expected });
        }
        Step::Row
    }
}

impl Rows for CsvRows {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next(&mut self, record: &mut Record) -> Result<Step, ImportError> {
        if self.advance()? {
            return Ok(Step::Blank);
        }
        record.line = self.line;
        match self.scan()? {
            Found::End => Ok(Step::End),
            Found::Row { bytes } => Ok(self.fill(record, bytes)),
            Found::Bad(reject) => {
                self.skip_line()?;
                Ok(Step::Rejected(reject))
            }
        }
    }

    fn excerpt(&self, _: &Record) -> Cow<'_, [u8]> {
        let row = if self.passed.is_empty() { &self.window.data()[..self.used] } else { &self.passed };
        Cow::Borrowed(&row[..row.len().min(EXCERPT)])
    }

    fn delimiter(&self) -> Option<char> {
        Some(char::from(self.splitter.dialect().delimiter))
    }
}

/// A row that is longer than rows may be is a long line, or lines that a quote without end has swallowed.
fn overlong(row: &[u8]) -> Reject {
    let line = row.iter().position(|byte| *byte == b'\n');
    if line.is_some_and(|end| end <= LONGEST_ROW && end + 1 < row.len()) {
        Reject::UnclosedQuote
    } else {
        Reject::TooLong
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The delimiter of a first line `sep=;`, by which Excel is told it.
fn separator_line(data: &[u8]) -> Option<u8> {
    let line = first_line(data);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.get(..4).zip(line.get(4..)) {
        Some((name, [delimiter])) if name.eq_ignore_ascii_case(b"sep=") => {
            (delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() && *delimiter != b'"')
                .then_some(*delimiter)
        }
        _ => None,
    }
}

/// The delimiter that the first line has most of outside quotes; a comma when it has none.
fn delimiter(data: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in first_line(data.trim_ascii_start()) {
        quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte && !quoted) {
            counts[at] += 1;
        }
    }
    let most = (0..counts.len()).rev().max_by_key(|at| counts[*at]).unwrap_or(0);
    DELIMITERS[most]
}

fn first_line(data: &[u8]) -> &[u8] {
    data.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default()
}
