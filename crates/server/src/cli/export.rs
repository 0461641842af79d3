//! `waymark export`: a site's events in a file, or on the output stream.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use waymark_analysis::{Notice, Over};
use waymark_store::Damaged;

use super::{Context, data::Data, failure::CliError, out, over::TimeArgs, progress};
use crate::{
    export::{Format, Output, Rows, write},
    text::numbers::counted,
};

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

/// Ends with the code of damage when events may be missing.
pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let format = format(args)?;
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    let over = Over { range: args.time.range(), ..Over::default() };
    let range = data.with_source(&site, &site.definition, |source| {
        Ok(over.resolve(&site.definition.zone, source.all(), source.now)?.range)
    })?;
    let (rows, snapshot) = data
        .store
        .read(&site.id, |snapshot| Ok::<_, CliError>((Rows::new(&snapshot.parts)?, snapshot.clone())))?;
    let file = args.file.as_deref().map(|file| context.path(file));
    let output = output(context, file.as_deref())?;
    let bar = progress::counter("exporting", snapshot.rows, data.shows_progress);
    let written = write(rows, range, format, output, &|rows| bar.at(rows))?;
    bar.clear();
    if let Some(file) = &args.file {
        let events = counted(written, "event");
        context.out.say(&format!("Wrote {events} to {}.\n", file.display()));
    }
    let warning = |damaged: &Damaged| Notice {
        message: format!("the data folder is damaged, so the file may lack events: {}", damaged.message),
        hint: None,
    };
    out::warnings(context, &snapshot.damage.iter().map(warning).collect::<Vec<_>>());
    Ok(out::code(&snapshot.damage))
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

/// A new file, or the output stream.
fn output(context: &Context, path: Option<&Path>) -> Result<Output, CliError> {
    let Some(path) = path else {
        return Ok(Box::new(BufWriter::with_capacity(1 << 16, context.out.clone())));
    };
    let file = File::create_new(path);
    let file = file.map_err(|source| CliError::Write { path: path.to_path_buf(), source })?;
    Ok(Box::new(Synced(BufWriter::with_capacity(1 << 20, file))))
}

/// A file that is on the disk once it is flushed.
struct Synced(BufWriter<File>);

impl Write for Synced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.0.get_ref().sync_all()
    }
}
