//! `waymark demo`: a simulated shop with planted truths, imported, and then shown: the dashboard and a storefront on this
//! machine, or its report in the terminal.

mod fill;
mod show;

use waymark_analysis::Over;
use waymark_sim::{Shop, ShopConfig};
use waymark_store::{Clock as _, SystemClock};

use super::{Context, DONE, failure::CliError, out, report};

/// A shop to simulate, and how to look at it.
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
    /// Print the report and end, instead of serving: of days that are the same at every run.
    #[arg(long)]
    report: bool,
    /// Print as JSON what is planted in those days, and end.
    #[arg(long, conflicts_with = "report")]
    truths: bool,
    /// The port to listen on, on this machine alone [default: 8090, or the next one that is free].
    #[arg(long, conflicts_with_all = ["report", "truths"])]
    port: Option<u16>,
    /// Open the dashboard in a browser.
    #[arg(long, conflicts_with_all = ["report", "truths"])]
    open: bool,
}

impl Args {
    /// Whether it goes on until it is told to end.
    pub(super) const fn serves(&self) -> bool {
        !self.report && !self.truths
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let mut config = ShopConfig { seed: args.seed, ..config(args) };
    if args.truths {
        out::json(context, &Shop::new(config)?.truths())?;
        return Ok(DONE);
    }
    if args.report {
        let (data, site) = fill::fill(context, Shop::new(config)?, i64::MAX)?;
        return report::print(context, &data, &site, &Over::default());
    }
    let now = SystemClock.now();
    config.start = fill::start(&config, now);
    // The folder is opened anew by the server.
    drop(fill::fill(context, Shop::new(config)?, now)?);
    show::show(context, args)?;
    Ok(DONE)
}

fn config(args: &Args) -> ShopConfig {
    args.events.map_or_else(ShopConfig::demo, |events| ShopConfig {
        folder: ShopConfig::demo().folder,
        ..ShopConfig::about(events, args.days)
    })
}
