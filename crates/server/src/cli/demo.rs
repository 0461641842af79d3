//! `waymark demo`: a simulated shop with planted truths, imported and reported.

use waymark_model::{Definitions, SiteDefinition};
use waymark_sim::{Shop, ShopConfig};
use waymark_store::{
    SiteId,
    catalog::{CatalogError, Site},
};

use super::{Context, data::Data, failure::CliError, import, out, progress, report};
use crate::{query_json::Over, text::numbers::counted};

/// The shop's goals and funnel.
const DEFINITIONS: &str = include_str!("demo.toml");
const SITE: &str = "shop";

/// A shop to simulate.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which of the possible shops: the same number gives the same events.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// About how many events; without it the demonstration's own shop, with what is planted in it.
    #[arg(long)]
    events: Option<u64>,
    /// Over how many days.
    #[arg(long, default_value_t = 90, requires = "events")]
    days: u32,
    /// Print as JSON what was planted, instead of the report.
    #[arg(long)]
    truths: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let shop = Shop::new(ShopConfig { seed: args.seed, ..config(args) })?;
    if args.truths {
        return out::json(context, &shop.truths());
    }
    let data = Data::create(context, "demo")?;
    let site = add_site(context, &data, &shop)?;
    fill(context, &data, &site, shop)?;
    let wanted = definitions()?;
    data.wait(async |catalog| catalog.apply(&wanted, &context.author()).await)?;
    let site = data.site(SITE)?;
    report::print(context, &data, &site, &Over::default())
}

fn config(args: &Args) -> ShopConfig {
    args.events.map_or_else(ShopConfig::demo, |events| ShopConfig::about(events, args.days))
}

fn definitions() -> Result<Definitions, CliError> {
    Definitions::parse(DEFINITIONS).map_err(|errors| CliError::Definitions {
        path: "demo.toml".into(),
        text: DEFINITIONS.to_owned(),
        errors,
    })
}

fn add_site(context: &Context, data: &Data, shop: &Shop) -> Result<Site, CliError> {
    let id = SiteId::parse(SITE)?;
    let definition = SiteDefinition::new(SITE, shop.config().zone.clone());
    data.wait(async |catalog| catalog.add_site(&id, &definition, &context.author()).await).map_err(|error| {
        match error {
            CliError::Catalog(CatalogError::SiteExists(site)) => {
                CliError::DemoExists { path: context.data.clone(), site }
            }
            error => error,
        }
    })
}

fn fill(context: &Context, data: &Data, site: &Site, mut shop: Shop) -> Result<(), CliError> {
    let mut importer = data.store.importer(site.id.clone())?;
    let bar = progress::counter("simulating", 0, data.shows_progress);
    while let Some(event) = shop.next_event() {
        importer.push(event)?;
        if importer.rows() % 65_536 == 0 {
            bar.at(importer.rows());
        }
    }
    let summary =
        importer.finish(&format!("demo seed {} over {} days", shop.config().seed, shop.config().days))?;
    bar.clear();
    let events = counted(summary.rows, "event");
    let days = shop.config().days;
    context.out.say(&format!("Simulated {events} over {days} days.\n{}\n", import::not_merged(&summary)));
    Ok(())
}
