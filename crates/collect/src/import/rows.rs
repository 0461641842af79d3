//! What readers of all formats have in common: a row at a time, with its beginning to show when it is rejected.

use std::borrow::Cow;

use super::{
    csv_rows::CsvRows,
    error::ImportError,
    json_rows::JsonRows,
    map::{ColumnMap, Layout},
    parquet_rows::ParquetRows,
    record::Record,
    reject::Reject,
    source::{Format, Source},
};

/// What a reader found next.
#[derive(Debug)]
pub(super) enum Step {
    /// A row, now in the record.
    Row,
    /// A line without anything.
    Blank,
    /// A row that has no cells to speak of. The record has its line.
    Rejected(Reject),
    /// Nothing more.
    End,
}

/// Rows of a file, in its order.
pub(super) trait Rows {
    /// Which column fills which field.
    fn layout(&self) -> &Layout;

    /// Reads the next row.
    fn next(&mut self, record: &mut Record) -> Result<Step, ImportError>;

    /// The beginning of the row last read, as it is in the file.
    fn excerpt(&self, record: &Record) -> Cow<'_, [u8]>;

    /// After the last row: what can only be said then, such as a column that no row had.
    fn finish(&self) -> Result<(), ImportError> {
        Ok(())
    }

    /// What the columns of a CSV file are separated by.
    fn delimiter(&self) -> Option<char> {
        None
    }
}

/// A reader at the beginning of the file.
pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Box<dyn Rows>, ImportError> {
    Ok(match source.format() {
        Format::Csv => Box::new(CsvRows::open(source, map)?),
        Format::Ndjson => Box::new(JsonRows::open(source, map)?),
        Format::Parquet => Box::new(ParquetRows::open(source, map)?),
    })
}

/// A row that is text must be UTF-8.
pub(super) fn utf8(row: &[u8]) -> Result<&str, Reject> {
    std::str::from_utf8(row).map_err(|error| {
        let at = error.valid_up_to();
        Reject::NotUtf8 { byte: row.get(at).copied().unwrap_or_default(), position: at + 1 }
    })
}
