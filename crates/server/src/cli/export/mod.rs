//! `waymark export`: a site's events as CSV, NDJSON or Parquet, tagged ones included. It selects by time alone: filters
//! select units, never events.

mod csv;
mod ndjson;
mod parquet;
mod rows;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use waymark_model::{Event, TimeRange, time::timestamp};

use super::{Context, data::Data, failure::CliError, out::Out, over::TimeArgs, progress};
use crate::{query_json::Over, text::numbers::counted};

use rows::Rows;

/// Events to write.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The form; by the file's name unless given, NDJSON on the output stream.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The file; the output stream unless given. One that is there is not overwritten.
    file: Option<PathBuf>,
    #[command(flatten)]
    time: TimeArgs,
}

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Ndjson,
    Parquet,
}

/// What takes events, one by one, and ends.
trait EventWriter {
    fn write(&mut self, event: &Event) -> Result<(), CliError>;
    fn finish(self: Box<Self>) -> Result<(), CliError>;
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let format = format(args)?;
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    let snapshot = data.store.snapshot(&site.id);
    let over = Over { range: args.time.range(), ..Over::default() };
    let range = data.with_source(&site.definition, &snapshot, |source| {
        Ok(over.resolve(&site.definition.zone, source.all(), source.now)?.range)
    })?;
    let rows = Rows::new(&snapshot.parts)?;
    let file = args.file.as_deref().map(|file| context.path(file));
    let output = Output::open(context, file.as_deref())?;
    let properties = rows.properties().to_vec();
    let mut writer: Box<dyn EventWriter> = match format {
        Format::Csv => Box::new(csv::CsvWriter::new(output, properties)?),
        Format::Ndjson => Box::new(ndjson::NdjsonWriter::new(output)),
        Format::Parquet => Box::new(parquet::ParquetWriter::new(output, properties)?),
    };
    let bar = progress::counter("exporting", snapshot.rows, data.shows_progress);
    let written = copy(rows, range, &mut *writer, &|rows| bar.at(rows))?;
    writer.finish()?;
    bar.clear();
    if let Some(file) = &args.file {
        let events = counted(written, "event");
        context.out.say(&format!("Wrote {events} to {}.\n", file.display()));
    }
    Ok(())
}

fn format(args: &Args) -> Result<Format, CliError> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    let Some(path) = &args.file else { return Ok(Format::Ndjson) };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("ndjson" | "jsonl") => Ok(Format::Ndjson),
        Some("parquet") => Ok(Format::Parquet),
        _ => Err(CliError::Format { path: path.clone() }),
    }
}

/// Writes the events of the range; gives how many.
fn copy(
    mut rows: Rows,
    range: TimeRange,
    writer: &mut dyn EventWriter,
    at: &dyn Fn(u64),
) -> Result<u64, CliError> {
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
    Ok(written)
}

/// A new file, or the output stream.
enum Output {
    File(BufWriter<File>),
    Stream(BufWriter<Out>),
}

impl Output {
    fn open(context: &Context, path: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = path else {
            return Ok(Self::Stream(BufWriter::with_capacity(1 << 16, context.out.clone())));
        };
        let file = File::create_new(path);
        let file = file.map_err(|source| CliError::Write { path: path.to_path_buf(), source })?;
        Ok(Self::File(BufWriter::with_capacity(1 << 20, file)))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => {
                file.flush()?;
                file.get_ref().sync_all()
            }
            Self::Stream(stream) => stream.flush(),
        }
    }
}

/// A moment with milliseconds, in UTC.
fn moment(time: i64) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An event identifier in hexadecimal.
fn event_id(id: u128) -> String {
    format!("{id:032x}")
}
