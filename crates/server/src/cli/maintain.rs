//! `waymark maintain`: does what is left of erasures, removes what sites keep no longer, merges small files, and rewrites
//! files of an older format.

use serde::Serialize;
use waymark_analysis::Notice;
use waymark_store::{Clock as _, ClockDoubt, MaintainSummary, Removed, SystemClock};

use super::{Context, DONE, FOUND, data::Data, erase::carry_out, failure::CliError, memory, out, progress};
use crate::{
    retention,
    text::numbers::{count, counted},
};

/// What was done.
#[derive(Serialize)]
struct Done {
    merged: usize,
    written: usize,
    rows: u64,
    /// Files of an older format that were rewritten in the present one.
    rewritten: usize,
    /// Events that were older than their sites keep.
    removed: u64,
    /// Those of them that stay bare, since they have an order key.
    bare: u64,
    /// Why nothing was removed for its age, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    doubt: Option<String>,
}

/// What to do.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Confirm that this machine's clock is right, although it is far ahead of the last time in the data folder.
    #[arg(long)]
    clock_is_right: bool,
}

/// Ends with 1 when old events were not removed, for the clock may be wrong.
pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    memory::give_back_early();
    let data = Data::write(context, "maintain")?;
    if args.clock_is_right {
        data.store.confirm_clock()?;
    }
    let asked = data.wait(async |catalog| catalog.erasures(None).await)?;
    let waiting = asked.iter().filter(|erasure| erasure.done.is_none());
    // One that fails keeps nothing else from being done; it is said at the end, and tried again the next time.
    let failed: Vec<CliError> = waiting.filter_map(|erasure| carry_out(&data, erasure).err()).collect();
    data.store.flush_whole_log()?;
    let (old, doubt) = retain(&data)?;
    let merged = merge(&data)?;
    let Removed { rows: removed, bare, .. } = old;
    if context.json {
        let MaintainSummary { merged, written, rows, rewritten } = merged;
        let doubt = doubt.map(|doubt| doubt.to_string());
        out::json(context, &Done { merged, written, rows, rewritten, removed, bare, doubt })?;
    } else {
        out::text(context, &text(&old, &merged))?;
    }
    if let Some(doubt) = doubt {
        let hint = Some("if the clock is right, run `waymark maintain --clock-is-right`".to_owned());
        out::warnings(context, &[Notice { message: doubt.to_string(), hint }]);
    }
    match failed.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(if doubt.is_some() { FOUND } else { DONE }),
    }
}

/// Merges small files, and rewrites those of an older format, which may take minutes.
fn merge(data: &Data) -> Result<MaintainSummary, CliError> {
    let bar = progress::tasks("rewriting files of an older format", data.shows_progress);
    let summary = data.store.maintain_and_tell(&mut |at| bar.set(at.done, at.all));
    bar.clear();
    Ok(summary?)
}

/// Removes what sites keep no longer, unless the clock is doubtful and something would go.
fn retain(data: &Data) -> Result<(Removed, Option<ClockDoubt>), CliError> {
    let (sites, now) = (data.wait(async |catalog| catalog.sites().await)?, SystemClock.now());
    let mut old = Removed::default();
    let is_due = || sites.iter().any(|site| retention::is_due(&data.store, site, now));
    if let Some(doubt) = data.store.clock_doubt().filter(|_| is_due()) {
        return Ok((old, Some(doubt)));
    }
    for site in &sites {
        let removed = retention::retain(&data.store, site, now)?;
        (old.rows, old.bare) = (old.rows + removed.rows, old.bare + removed.bare);
    }
    data.store.note_time()?;
    Ok((old, None))
}

fn text(old: &Removed, merged: &MaintainSummary) -> String {
    let mut text = String::new();
    if old.rows + old.bare > 0 {
        text.push_str(&format!(
            "Removed {} older than their sites keep, and reduced {} more to their orders.\n",
            counted(old.rows, "event"),
            count(old.bare)
        ));
    }
    if merged.rewritten > 0 {
        let files = counted(merged.rewritten as u64, "file");
        text.push_str(&format!("Rewrote {files} of an older format.\n"));
    }
    text.push_str(&match merged.merged {
        0 => "Nothing to merge.\n".to_owned(),
        files => format!(
            "Merged {} into {}, {}.\n",
            counted(files as u64, "file"),
            count(merged.written as u64),
            counted(merged.rows, "row")
        ),
    });
    text
}
