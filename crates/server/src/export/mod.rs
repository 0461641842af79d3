//! A site's events as CSV, NDJSON or Parquet, tagged ones included. It selects by time alone: filters select units, never
//! events. It must not know where the bytes go.

mod csv;
mod ndjson;
mod parquet;
mod rows;

use std::io::{self, Write};

use waymark_model::{Event, TimeRange, time::timestamp};
use waymark_store::columns::ColumnsError;

pub(crate) use rows::Rows;

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Csv,
    Ndjson,
    Parquet,
}

/// Why events could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The bytes could not be given away.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// A column could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// Events could not be written as Parquet.
    #[error("the events cannot be written as Parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// Events could not be put into columns.
    #[error("the events cannot be written as Parquet: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}

/// Where the bytes go.
pub(crate) type Output = Box<dyn Write + Send>;

/// What takes events, one by one, and ends.
trait EventWriter {
    fn write(&mut self, event: &Event) -> Result<(), ExportError>;
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Writes the events of the range, by visitor and time; gives how many. `at` is told how many were looked at. All was read before,
/// so that nothing is written of rows that cannot be read.
///
/// # Errors
/// When the output takes no more.
pub(crate) fn write(
    mut rows: Rows,
    range: TimeRange,
    format: Format,
    output: Output,
    at: &dyn Fn(u64),
) -> Result<u64, ExportError> {
    let properties = rows.properties().to_vec();
    let mut writer: Box<dyn EventWriter> = match format {
        Format::Csv => Box::new(csv::CsvWriter::new(output, properties)?),
        Format::Ndjson => Box::new(ndjson::NdjsonWriter::new(output)),
        Format::Parquet => Box::new(parquet::ParquetWriter::new(output, properties)?),
    };
    let (mut read, mut written) = (0_u64, 0);
    while let Some(event) = rows.next_event() {
        read += 1;
        if read % 65_536 == 0 {
            at(read);
        }
        if range.contains(event.time) {
            writer.write(event)?;
            written += 1;
        }
    }
    writer.finish()?;
    Ok(written)
}

/// A moment with milliseconds, in UTC.
fn moment(time: i64) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An event identifier in hexadecimal.
fn event_id(id: u128) -> String {
    format!("{id:032x}")
}
