//! `waymark void`: takes orders out of results by their keys, lets them count again, and lists them.

use serde::Serialize;
use waymark_model::Zone;
use waymark_store::catalog::{IdentifierKind, Site, Void};

use super::{Context, data::Data, failure::CliError, out};
use crate::text::{numbers::counted, table::table};

/// Orders, and what to do with them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// Keys of orders, as the site sent them.
    #[arg(value_name = "KEY", required_unless_present = "list")]
    keys: Vec<String>,
    /// Let the orders count again.
    #[arg(long, conflicts_with = "list")]
    undo: bool,
    /// List the voided orders. Their keys are not kept: an order is known by the hash that exports have of it.
    #[arg(long, conflicts_with = "keys")]
    list: bool,
}

/// A voided order as it is listed.
#[derive(Serialize)]
struct Listed {
    key: String,
    at: String,
    by: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    if args.list {
        return list(context, &args.site);
    }
    let data = Data::write(context, "void")?;
    let site = data.site(&args.site)?;
    let by = context.author();
    let mut changed = 0;
    for key in &args.keys {
        let key = site.secret.pseudonym(IdentifierKind::Order, key.trim());
        changed += if args.undo {
            u64::from(data.wait(async |catalog| catalog.undo_void(&site, key, &by).await)?)
        } else {
            data.wait(async |catalog| catalog.void(&site, key, &by).await)?;
            1
        };
    }
    say(context, &site, args.undo, changed)
}

fn say(context: &Context, site: &Site, undo: bool, changed: u64) -> Result<(), CliError> {
    if context.json {
        let word = if undo { "counted" } else { "voided" };
        return out::json(context, &std::collections::BTreeMap::from([(word, changed)]));
    }
    let orders = counted(changed, "order");
    let text = match (undo, changed) {
        (true, 0) => "None of these orders was voided; nothing was changed.\n".to_owned(),
        (true, _) => format!("{orders} of the site {} count again.\n", site.id),
        (false, _) => format!(
            "Voided {orders} of the site {}: their events are left out of all results, as tests are, until \
             `waymark void --undo`.\n",
            site.id
        ),
    };
    out::text(context, &text)
}

fn list(context: &Context, site: &str) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let site = data.site(site)?;
    let voids = data.wait(async |catalog| catalog.voids(&site).await)?;
    let listed: Vec<Listed> = voids.iter().map(|void| listed(void, &site.definition.zone)).collect();
    if context.json {
        return out::json(context, &listed);
    }
    let row = |void: &Listed| vec![void.key.clone(), void.at.clone(), void.by.clone()];
    out::text(context, &table(&["order", "voided", "by"], &[], &listed.iter().map(row).collect::<Vec<_>>()))
}

fn listed(void: &Void, zone: &Zone) -> Listed {
    Listed { key: void.key.to_string(), at: zone.date(void.by.at).to_string(), by: void.by.name.clone() }
}
