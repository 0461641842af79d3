//! `waymark backup` and `waymark restore`: a data folder to a copy, and a copy to a new data folder.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::json;
use waymark_analysis::Notice;
use waymark_store::{
    Access,
    backup::{self, CopySummary},
    catalog::{BlockingCatalog, CATALOG},
    vfs::{RealVfs, Vfs},
};

use super::{Context, data::Data, failure::CliError, out};
use crate::text::numbers::counted;

/// A copy to make.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// Where the copy goes: a folder that is empty or not there, outside of the data folder.
    to: PathBuf,
}

/// A copy to take back.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The copy. `--data` names the folder that it becomes, which must be empty or not there.
    from: PathBuf,
}

/// Ends with the code of damage when something could not be copied that can be made again.
pub(super) fn backup(context: &Context, args: &BackupArgs) -> Result<u8, CliError> {
    let data = match Data::write(context, "backup") {
        // A folder that cannot be written to is copied as it is.
        Err(error) if error.is_read_only() => Data::read(context)?,
        opened => opened?,
    };
    let copied = data.store.backup(&context.path(&args.to), &mut |to| copy_catalog(&data.catalog, to))?;
    said(context, copied, &args.to)
}

pub(super) fn restore(context: &Context, args: &RestoreArgs) -> Result<u8, CliError> {
    let vfs: Arc<dyn Vfs> = Arc::new(RealVfs);
    let copied = backup::restore(&vfs, &args.from, &context.data, true, &mut |to| {
        let catalog = BlockingCatalog::open(&args.from, Access::Read).map_err(io::Error::other)?;
        copy_catalog(&catalog, to)
    })?;
    said(context, copied, &context.data)
}

fn copy_catalog(catalog: &BlockingCatalog, to: &Path) -> io::Result<()> {
    catalog.wait(async |catalog| catalog.backup(&to.join(CATALOG)).await).map_err(io::Error::other)
}

fn said(context: &Context, copied: CopySummary, to: &Path) -> Result<u8, CliError> {
    let CopySummary { files, bytes, rows, left_out } = copied;
    if context.json {
        out::json(context, &json!({ "files": files, "bytes": bytes, "events": rows, "left_out": left_out }))?;
    } else {
        let (events, files) = (counted(rows, "event"), counted(files, "file"));
        out::text(context, &format!("Copied {events} in {files} and the catalog to {}.\n", to.display()))?;
    }
    let code = out::code(&left_out);
    let notice = |message| Notice { message, hint: None };
    out::warnings(context, &left_out.into_iter().map(notice).collect::<Vec<_>>());
    Ok(code)
}
