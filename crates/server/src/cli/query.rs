//! `waymark query`: a question written as JSON (`docs/query-json.md`).

use std::{
    io::{Read as _, stdin},
    path::{Path, PathBuf},
};

use super::{Context, data::Data, failure::CliError, out};

/// What stands for the input stream.
const INPUT: &str = "-";

/// A question to ask.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The file with the question; `-` for the input stream.
    file: PathBuf,
}

impl Args {
    /// Whether the question comes by the input stream.
    pub(super) fn reads_input(&self) -> bool {
        self.file == Path::new(INPUT)
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let query = waymark_analysis::read(&text(context, &args.file)?)?;
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    out::answer(context, &data.answer(&site, &query)?)
}

fn text(context: &Context, path: &Path) -> Result<String, CliError> {
    if let (true, Some(from)) = (path == Path::new(INPUT), &context.from) {
        return Ok(from.input.clone());
    }
    let mut text = String::new();
    let read = if path == Path::new(INPUT) {
        stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(context.path(path)).map(|read| text = read)
    };
    read.map_err(|source| CliError::Read { path: path.to_path_buf(), source })?;
    Ok(text)
}
