//! Rows of CSV: header, quoted fields, a delimiter found from the header. Memory is bounded, whatever the file holds.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
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
    delimiter: u8,
    parser: Reader,
    layout: Layout,
    /// The fields of a row one after another, and where each ends.
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// Line in which the next row begins.
    line: u64,
    /// Bytes of the row last read: they stay in the window until the next is read.
    used: usize,
    /// The beginning of a row that is no longer in the window.
    passed: Vec<u8>,
    /// The row last read ended in CR: an LF that follows belongs to it.
    carriage: bool,
}

/// A row's extent, as the parser sees it.
enum Found {
    Row { fields: usize, bytes: usize },
    TooLong,
    UnclosedQuote,
    End,
}

impl CsvRows {
    /// Reads the header and binds the map to it.
    pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Self, ImportError> {
        let mut window = Window::open(source)?;
        while !window.data().contains(&b'\n') && window.data().len() <= LONGEST_ROW && window.fill()? {}
        let delimiter = delimiter(window.data());
        let mut rows = Self {
            window,
            delimiter,
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            layout: Layout { columns: Vec::new(), slots: Vec::new(), named: false },
            fields: vec![0; 4096],
            ends: vec![0; 64],
            line: 1,
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

    /// Lets the parser run over the next row.
    fn scan(&mut self) -> Result<Found, ImportError> {
        let (mut bytes, mut text, mut fields) = (0, 0, 0);
        loop {
            let input = &self.window.data()[bytes..];
            // To the parser no input is the end of the file, which would also end a quoted field.
            let (result, read, written, ended) = if input.is_empty() {
                (ReadRecordResult::InputEmpty, 0, 0, 0)
            } else {
                self.parser.read_record(input, &mut self.fields[text..], &mut self.ends[fields..])
            };
            (bytes, text, fields) = (bytes + read, text + written, fields + ended);
            match result {
                ReadRecordResult::Record if bytes > LONGEST_ROW => return Ok(self.overlong(bytes)),
                ReadRecordResult::Record => return Ok(Found::Row { fields, bytes }),
                ReadRecordResult::End => return Ok(Found::End),
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty if bytes > LONGEST_ROW => return Ok(self.overlong(bytes)),
                ReadRecordResult::InputEmpty if self.window.fill()? => {}
                ReadRecordResult::InputEmpty if bytes == 0 => return Ok(Found::End),
                ReadRecordResult::InputEmpty => return Ok(self.last(bytes, text, fields)),
            }
        }
    }

    /// The last row has no line end: the parser is given one, which ends the row unless it is within quotes.
    fn last(&mut self, bytes: usize, text: usize, fields: usize) -> Found {
        if self.fields.len() == text {
            self.fields.resize(text + 1, 0);
        }
        if self.ends.len() == fields {
            self.ends.resize(fields + 1, 0);
        }
        let (result, _, _, ended) =
            self.parser.read_record(b"\n", &mut self.fields[text..], &mut self.ends[fields..]);
        match result {
            ReadRecordResult::Record => Found::Row { fields: fields + ended, bytes },
            _ => Found::UnclosedQuote,
        }
    }

    /// A row that is longer than rows may be is a long line, or lines that a quote without end has swallowed.
    fn overlong(&self, bytes: usize) -> Found {
        let line = self.window.data()[..bytes].iter().position(|byte| *byte == b'\n');
        if line.is_some_and(|end| end <= LONGEST_ROW && end + 1 < bytes) {
            Found::UnclosedQuote
        } else {
            Found::TooLong
        }
    }

    /// Leaves out one line, and begins anew after it.
    fn skip_line(&mut self) -> Result<(), ImportError> {
        let data = self.window.data();
        self.passed.extend_from_slice(&data[..data.len().min(EXCERPT)]);
        self.window.skip_line()?;
        self.parser.reset();
        self.line += 1;
        Ok(())
    }

    fn fill(&mut self, record: &mut Record, fields: usize, bytes: usize) -> Step {
        self.used = bytes;
        let row = &self.window.data()[..bytes];
        self.carriage = row.last() == Some(&b'\r');
        let ends = &self.ends[..fields];
        let text = &self.fields[..ends.last().copied().unwrap_or(0)];
        let inner = row[..bytes.saturating_sub(1)].iter().filter(|byte| **byte == b'\n').count();
        self.line += inner as u64 + 1;
        // The row itself is looked at too, since fields that follow one another could make up a character.
        match utf8(row).and_then(|_| utf8(text)) {
            Ok(text) => record.fill(record.line, text, ends),
            Err(reject) => return Step::Rejected(reject),
        }
        let expected = self.layout.columns.len();
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
        let reject = match self.scan()? {
            Found::End => return Ok(Step::End),
            Found::Row { fields, bytes } => return Ok(self.fill(record, fields, bytes)),
            Found::TooLong => Reject::TooLong,
            Found::UnclosedQuote => Reject::UnclosedQuote,
        };
        self.skip_line()?;
        Ok(Step::Rejected(reject))
    }

    fn excerpt(&self, _: &Record) -> Cow<'_, [u8]> {
        let row = if self.passed.is_empty() { &self.window.data()[..self.used] } else { &self.passed };
        Cow::Borrowed(&row[..row.len().min(EXCERPT)])
    }

    fn delimiter(&self) -> Option<char> {
        Some(char::from(self.delimiter))
    }
}

/// The delimiter that the first line has most of outside quotes; a comma when it has none.
fn delimiter(data: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    let line = data.trim_ascii_start().split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    for byte in line {
        quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte && !quoted) {
            counts[at] += 1;
        }
    }
    let most = (0..counts.len()).rev().max_by_key(|at| counts[*at]).unwrap_or(0);
    DELIMITERS[most]
}
