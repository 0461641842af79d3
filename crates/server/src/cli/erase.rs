//! `waymark erase`: removes all that is stored of a visitor or user of a site.

use serde::Serialize;
use waymark_store::{
    Clock as _, Erased, SystemClock,
    catalog::{Erasure, ErasureOf},
};

use super::{Context, data::Data, failure::CliError, out};
use crate::{
    retention,
    text::numbers::{count, counted},
};

/// Who is to be forgotten.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// The visitor of that identifier: the one in the visitor's cookie, or the one that your own servers or files name.
    #[arg(long, value_name = "ID")]
    visitor: Option<String>,
    /// The user of that identifier, as your site names it: its events, and those of the same visitors that name no user.
    #[arg(long, value_name = "ID")]
    user: Option<String>,
}

/// Who is to be forgotten, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    #[command(flatten)]
    who: Who,
}

/// What was done.
#[derive(Serialize)]
struct Done {
    id: i64,
    events: u64,
    files: usize,
    put_aside: usize,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let data = Data::write(context, "erase")?;
    let site = data.site(&args.site)?;
    let (of, identifier) = match (&args.who.visitor, &args.who.user) {
        (Some(visitor), _) => (ErasureOf::Visitor, visitor.as_str()),
        (None, user) => (ErasureOf::User, user.as_deref().unwrap_or_default()),
    };
    let by = context.author();
    let asked = data.wait(async |catalog| catalog.add_erasure(&site, of, identifier, &by).await)?;
    let Erased { events, segments, put_aside } = carry_out(&data, &asked)?;
    if context.json {
        return out::json(context, &Done { id: asked.number, events, files: segments, put_aside });
    }
    let mut text = format!(
        "Removed {} of that {} from the site {}; {} written anew or removed.\n",
        counted(events, "event"),
        of.as_str(),
        site.id,
        counted(segments as u64, "file")
    );
    if put_aside > 0 {
        let files = count(put_aside as u64);
        text.push_str(&format!("Also removed {files} files of damaged records, which nobody can search.\n"));
    }
    if events == 0 {
        text.push_str("Is it the identifier as your site sends it? Visitors without one cannot be told apart after their day.\n");
    }
    text.push_str("Backups keep what they have: remove those that are older than this.\n");
    out::text(context, &text)
}

/// Does what a request asks for, and notes it.
pub(super) fn carry_out(data: &Data, erasure: &Erasure) -> Result<Erased, CliError> {
    let erased = retention::erase(&data.store, erasure)?;
    let at = SystemClock.now();
    data.wait(async |catalog| catalog.erasure_done(erasure.number, at, erased.events).await)?;
    Ok(erased)
}
