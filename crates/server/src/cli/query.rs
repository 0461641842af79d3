//! `waymark query`: a question written as JSON (`docs/query-json.md`).

use std::{
    io::{Read as _, stdin},
    path::{Path, PathBuf},
};

use super::{Context, data::Data, failure::CliError, out};
use crate::query_json;

/// A question to ask.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The file with the question; `-` for the input stream.
    file: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let query = query_json::read(&text(&args.file)?)?;
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    out::answer(context, &data.answer(&site, &query)?)
}

fn text(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|source| CliError::Read { path: path.to_path_buf(), source })?;
    Ok(text)
}
