//! `waymark maintain`: does what is left of erasures, removes what sites keep no longer, and merges small files.

use serde::Serialize;
use waymark_store::{Clock as _, MaintainSummary, Removed, SystemClock};

use super::{Context, data::Data, erase::carry_out, failure::CliError, out};
use crate::{
    text::numbers::{count, counted},
    upkeep,
};

/// What was done.
#[derive(Serialize)]
struct Done {
    merged: usize,
    written: usize,
    rows: u64,
    /// Events that were older than their sites keep.
    removed: u64,
    /// Those of them that stay bare, since they have an order key.
    bare: u64,
}

pub(super) fn run(context: &Context) -> Result<(), CliError> {
    let data = Data::write(context, "maintain")?;
    let asked = data.wait(async |catalog| catalog.erasures(None).await)?;
    for erasure in asked.iter().filter(|erasure| erasure.done.is_none()) {
        carry_out(&data, erasure)?;
    }
    data.store.flush_whole_log()?;
    let mut old = Removed::default();
    for site in data.wait(async |catalog| catalog.sites().await)? {
        let removed = upkeep::retain(&data.store, &site, SystemClock.now())?;
        (old.rows, old.bare) = (old.rows + removed.rows, old.bare + removed.bare);
    }
    let MaintainSummary { merged, written, rows } = data.store.maintain()?;
    if context.json {
        return out::json(context, &Done { merged, written, rows, removed: old.rows, bare: old.bare });
    }
    let mut text = String::new();
    if old.rows + old.bare > 0 {
        text.push_str(&format!(
            "Removed {} that were older than their sites keep them; of {} more only the order stays.\n",
            counted(old.rows, "event"),
            count(old.bare)
        ));
    }
    text.push_str(&match merged {
        0 => "Nothing to merge.\n".to_owned(),
        _ => format!(
            "Merged {} into {}, {}.\n",
            counted(merged as u64, "file"),
            count(written as u64),
            counted(rows, "row")
        ),
    });
    out::text(context, &text)
}
