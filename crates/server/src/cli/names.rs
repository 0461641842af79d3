//! `waymark names`: lists the names of a site's events, frees the places of some, and keeps places for others.

use std::collections::BTreeSet;

use waymark_collect::names::decisions;
use waymark_model::Test;

use super::{Context, data::Data, failure::CliError, out};
use crate::{
    arrivals::event_names::{EventName, EventNames, event_names},
    text::{
        numbers::{count, counted},
        style::shown,
        table::{Align, table},
    },
};

/// Names of events, and what to do with them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Names of events. `*` stands for any characters, in names that the site has.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Forget the names: their places are free for others, and new events of them are called `(other)`.
    #[arg(long, requires = "names")]
    forget: bool,
    /// Keep a place for the names, whoever sends them.
    #[arg(long, requires = "names", conflicts_with = "forget")]
    admit: bool,
    /// Take back what was decided about the names.
    #[arg(long, requires = "names", conflicts_with_all = ["forget", "admit"])]
    undo: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let decision = match (args.forget, args.admit, args.undo) {
        (true, _, _) => Some(Some(false)),
        (_, true, _) => Some(Some(true)),
        (_, _, true) => Some(None),
        _ => None,
    };
    let data = if decision.is_some() { Data::write(context, "names")? } else { Data::read(context)? };
    let site = data.site(&args.site)?;
    let decided = decisions(data.wait(async |catalog| catalog.name_decisions(&site).await)?);
    let mut found =
        data.with_source(&site, &site.definition, |source| Ok(event_names(source, decided.clone())?))?;
    let Some(admit) = decision else {
        if !args.names.is_empty() {
            found.names.retain(|name| args.names.iter().any(|pattern| is_like(&name.name, pattern)));
        }
        return print(context, &found);
    };
    let names = meant(&args.names, &found);
    let by = context.author();
    data.wait(async |catalog| catalog.decide_names(&site, &names, admit, &by).await)?;
    say(context, admit, &names)
}

/// The names that are meant: those with `*` among the ones that the site has.
fn meant(given: &[String], found: &EventNames) -> Vec<String> {
    let mut names = BTreeSet::new();
    for one in given {
        if one.contains('*') {
            names
                .extend(found.names.iter().map(|name| &name.name).filter(|name| is_like(name, one)).cloned());
        } else {
            names.insert(one.clone());
        }
    }
    names.into_iter().collect()
}

fn is_like(name: &str, pattern: &str) -> bool {
    Test::Like(pattern.to_owned()).passes(Some(name))
}

fn print(context: &Context, found: &EventNames) -> Result<(), CliError> {
    if context.json {
        return out::json(context, found);
    }
    let row = |name: &EventName| {
        vec![shown(&name.name).to_string(), count(name.events), name.state.as_str().to_owned()]
    };
    let rows: Vec<_> = found.names.iter().map(row).collect();
    let mut text = table(&["name", "events", "state"], &[Align::Left, Align::Right], &rows);
    text.push_str(&format!(
        "{} of {} places are taken by names that senders without a key use.\n",
        count(found.taken),
        count(found.places)
    ));
    out::text(context, &text)
}

fn say(context: &Context, admit: Option<bool>, names: &[String]) -> Result<(), CliError> {
    if context.json {
        let word = match admit {
            Some(true) => "admitted",
            Some(false) => "forgotten",
            None => "undecided",
        };
        return out::json(context, &std::collections::BTreeMap::from([(word, names)]));
    }
    let what = counted(names.len() as u64, "name");
    out::text(
        context,
        &match admit {
            _ if names.is_empty() => {
                "No event of the site has such a name; nothing was changed.\n".to_owned()
            }
            Some(true) => format!("{what} always have a place now.\n"),
            Some(false) => format!(
                "Forgot {what}: their places are free. New events of them are stored as `(other)`, and a goal by such a name \
                 still counts them. `waymark names --undo` takes this back.\n"
            ),
            None => format!("{what} take a place again when somebody sends them.\n"),
        },
    )
}
