//! Fills an empty data folder with the simulated shop: its site, its events up to now, its goals and funnels.

use jiff::{ToSpan as _, civil::Date};
use waymark_model::{Definitions, SiteDefinition};
use waymark_sim::{Shop, ShopConfig, Truth};
use waymark_store::{
    SiteId,
    catalog::{Author, CatalogError, Site},
};

use crate::{
    cli::{Context, data::Data, failure::CliError, import, progress},
    text::numbers::counted,
};

/// The site's hosts, goals and funnel.
const DEFINITIONS: &str = include_str!("shop.toml");
/// Its name, which the storefront's pages name too.
const SITE: &str = "shop";

/// The first day of a shop whose last day is that of `now` (ms).
pub(super) fn start(config: &ShopConfig, now: i64) -> Date {
    let before = i64::from(config.days.saturating_sub(1)).days();
    config.zone.date(now).checked_sub(before).unwrap_or(config.start)
}

/// Makes the shop's site and simulates its events before `now` (ms). Who defined its goals did so when it opened.
pub(super) fn fill(context: &Context, shop: Shop, now: i64) -> Result<(Data, Site), CliError> {
    let data = Data::create(context, "demo")?;
    let opened = Author { at: shop.range().start, ..context.author() };
    let site = add_site(context, &data, &shop, &opened)?;
    let planted = shop.truths().plants;
    simulate(context, &data, &site, shop, now)?;
    let wanted = definitions()?;
    data.wait(async |catalog| catalog.apply(&wanted, &opened).await)?;
    for (date, text) in planted.iter().filter_map(told) {
        data.wait(async |catalog| catalog.add_note(&site, &date.to_string(), text, &opened).await)?;
    }
    let site = data.site(SITE)?;
    Ok((data, site))
}

/// The day from which something planted is in the numbers, and what a shop owner would note there.
const fn told(planted: &Truth) -> Option<(Date, &'static str)> {
    match planted {
        Truth::StepDrop { date, .. } => Some((*date, "New payment page for mobile devices")),
        Truth::HollowUplift { date, .. } => Some((*date, "Larger “Add to cart” button")),
        Truth::FallingMicro { date, .. } => Some((*date, "Newsletter form moved to the foot of the page")),
        Truth::SeasonalMicro { .. } => None,
    }
}

fn definitions() -> Result<Definitions, CliError> {
    Definitions::parse(DEFINITIONS).map_err(|errors| CliError::Definitions {
        path: "shop.toml".into(),
        text: DEFINITIONS.to_owned(),
        errors,
    })
}

fn add_site(context: &Context, data: &Data, shop: &Shop, by: &Author) -> Result<Site, CliError> {
    let id = SiteId::parse(SITE)?;
    let definition = SiteDefinition::new(SITE, shop.config().zone.clone());
    data.wait(async |catalog| catalog.add_site(&id, &definition, by).await).map_err(|error| match error {
        CliError::Catalog(CatalogError::SiteExists(site)) => {
            CliError::DemoExists { path: context.data.clone(), site }
        }
        error => error,
    })
}

fn simulate(context: &Context, data: &Data, site: &Site, mut shop: Shop, now: i64) -> Result<(), CliError> {
    let mut importer = data.store.importer(site.id.clone())?;
    let bar = progress::counter("simulating", 0, data.shows_progress);
    // Events come in the order in which they arrive: all that follow the first one of the future are of the future.
    while let Some(event) = shop.next_event().filter(|event| event.time < now) {
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
