//! `waymark maintain`: merges small files.

use super::{Context, data::Data, failure::CliError, out};
use crate::text::numbers::{count, counted};

pub(super) fn run(context: &Context) -> Result<(), CliError> {
    let data = Data::write(context, "maintain")?;
    let done = data.store.maintain()?;
    if context.json {
        let merged = [("merged", done.merged as u64), ("written", done.written as u64), ("rows", done.rows)];
        return out::json(context, &std::collections::BTreeMap::from(merged));
    }
    if done.merged == 0 {
        return out::text(context, "Nothing to merge.\n");
    }
    out::text(
        context,
        &format!(
            "Merged {} into {}, {}.\n",
            counted(done.merged as u64, "file"),
            count(done.written as u64),
            counted(done.rows, "row")
        ),
    )
}
