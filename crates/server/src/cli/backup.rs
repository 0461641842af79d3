//! `waymark backup` and `waymark restore`: a data folder to a copy, and a copy to a new data folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde_json::json;
use waymark_store::{
    Access,
    backup::{self, CopySummary},
    catalog::{BlockingCatalog, CATALOG},
    vfs::RealVfs,
};

use super::{Context, data::Data, failure::CliError, out};
use crate::text::numbers::counted;

/// A copy to make.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// Where the copy goes: a folder that is empty or not there.
    to: PathBuf,
}

/// A copy to take back.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The copy. `--data` names the folder that it becomes, which must be empty or not there.
    from: PathBuf,
}

pub(super) fn backup(context: &Context, args: &BackupArgs) -> Result<(), CliError> {
    let data = Data::write(context, "backup")?;
    let copied = data.store.backup(&context.path(&args.to), &mut |to| copy_catalog(&data.catalog, to))?;
    said(context, copied, &args.to)
}

pub(super) fn restore(context: &Context, args: &RestoreArgs) -> Result<(), CliError> {
    let copied = backup::restore(&RealVfs, &args.from, &context.data, true, &mut |to| {
        let catalog = BlockingCatalog::open(&args.from, Access::Read).map_err(io::Error::other)?;
        copy_catalog(&catalog, to)
    })?;
    said(context, copied, &context.data)
}

fn copy_catalog(catalog: &BlockingCatalog, to: &Path) -> io::Result<()> {
    catalog.wait(async |catalog| catalog.backup(&to.join(CATALOG)).await).map_err(io::Error::other)
}

fn said(context: &Context, copied: CopySummary, to: &Path) -> Result<(), CliError> {
    if context.json {
        let CopySummary { files, bytes, rows } = copied;
        return out::json(context, &json!({ "files": files, "bytes": bytes, "events": rows }));
    }
    let (events, files) = (counted(copied.rows, "event"), counted(copied.files, "file"));
    out::text(context, &format!("Copied {events} in {files} and the catalog to {}.\n", to.display()))
}
