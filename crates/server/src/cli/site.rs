//! `waymark site`: adds and lists sites.

use serde::Serialize;
use waymark_model::{Retention, SiteDefinition, Zone, duration, normal};
use waymark_store::{SiteId, catalog::Site};

use super::{Context, data::Data, failure::CliError, out};
use crate::text::{
    numbers::count,
    table::{Align, table},
};

/// What can be done with sites.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Add a site; the data folder is made if it is not there.
    Add(Add),
    /// List the sites.
    List,
}

/// A site to add.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its name: letters a-z, digits, `-` and `_`.
    name: String,
    /// The zone whose days results are shown by: `Europe/Berlin`, `UTC`, …
    #[arg(long, value_name = "ZONE")]
    timezone: String,
    /// A session ends when nothing happens for longer than this.
    #[arg(long, value_name = "TIME", default_value = "30m")]
    session_gap: String,
    /// How long events are kept: such as `14 months`, `forever`, or `usual`, which is 25 months for collected events, and for ever
    /// for imported ones.
    #[arg(long, value_name = "TIME", default_value_t, value_parser = Retention::parse)]
    retention: Retention,
    /// A host that events are taken from; may be given several times. Any unless given.
    #[arg(long = "host", value_name = "NAME", value_parser = normal::host)]
    hosts: Vec<String>,
    /// Take over the events of a site that the catalog has lost. It gets a new secret: visitors and orders of before are not
    /// recognised in later events.
    #[arg(long)]
    adopt: bool,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    timezone: String,
    session_gap_ms: i64,
    retention: Retention,
    hosts: Vec<String>,
    goals: usize,
    funnels: usize,
    events: u64,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), CliError> {
    match command {
        Command::Add(args) => add(context, args),
        Command::List => list(context),
    }
}

fn add(context: &Context, args: &Add) -> Result<(), CliError> {
    let id = SiteId::parse(&args.name)?;
    let gap = duration::parse(&args.session_gap).map_err(|error| CliError::SessionGap(error.to_string()))?;
    if gap < 1 {
        return Err(CliError::SessionGap(args.session_gap.clone()));
    }
    let zone = Zone::parse(&args.timezone)?;
    let definition = SiteDefinition {
        session_gap_ms: gap,
        retention: args.retention,
        hosts: args.hosts.clone(),
        ..SiteDefinition::new(&args.name, zone)
    };
    let data =
        if args.adopt { Data::adopt(context, "site add")? } else { Data::create(context, "site add")? };
    let site = data.wait(async |catalog| catalog.add_site(&id, &definition, &context.author()).await)?;
    if context.json {
        return out::json(context, &listed(&data, &site));
    }
    out::text(
        context,
        &format!(
            "Added the site {} ({}). Next: `waymark import --site {} FILE`.\n",
            site.id,
            site.definition.zone.name(),
            site.id
        ),
    )
}

fn list(context: &Context) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let sites = data.wait(async |catalog| catalog.sites().await)?;
    let listed: Vec<Listed> = sites.iter().map(|site| listed(&data, site)).collect();
    if context.json {
        return out::json(context, &listed);
    }
    let row = |site: &Listed| {
        vec![
            site.name.clone(),
            site.timezone.clone(),
            count(site.events),
            site.goals.to_string(),
            site.funnels.to_string(),
        ]
    };
    let rows: Vec<_> = listed.iter().map(row).collect();
    let right = Align::Right;
    let head = ["site", "timezone", "events", "goals", "funnels"];
    out::text(context, &table(&head, &[Align::Left, Align::Left, right, right, right], &rows))
}

fn listed(data: &Data, site: &Site) -> Listed {
    let definition = &site.definition;
    Listed {
        name: site.id.to_string(),
        timezone: definition.zone.name().to_owned(),
        session_gap_ms: definition.session_gap_ms,
        retention: definition.retention,
        hosts: definition.hosts.iter().map(|host| normal::shown_host(host).into_owned()).collect(),
        goals: definition.goals.len(),
        funnels: definition.funnels.len(),
        events: data.store.snapshot(&site.id).rows,
    }
}
