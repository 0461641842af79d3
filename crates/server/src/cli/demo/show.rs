//! The demonstration's server: where it listens, and what is said of it. It must not know what was simulated.

use std::{net::SocketAddr, process::Command};

use serde::Serialize;
use tracing_subscriber::filter::LevelFilter;

use super::Args;
use crate::{
    accounts::DemoAccount,
    cli::{Context, failure::CliError, out, serve},
    config::Config,
};

/// The port, unless another is asked for …
const PORT: u16 = 8090;
/// … and so many after it are tried while one is taken.
const SPARE: u16 = 20;

/// Where to look, as `--json` prints it.
#[derive(Serialize)]
struct Places<'a> {
    /// The dashboard.
    dashboard: String,
    /// Who to sign in as.
    account: Option<&'a DemoAccount>,
    /// The storefront.
    shop: String,
}

/// Serves the dashboard and the storefront until told to end.
pub(super) fn show(context: &Context, args: &Args) -> Result<(), CliError> {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], args.port.unwrap_or(PORT))),
        shop: true,
        demo: true,
        log_level: LevelFilter::WARN,
        ..Config::default()
    };
    let spare = if args.port.is_some() { 0 } else { SPARE };
    serve::serve(context, config, spare, |app, _| {
        let base = app.home().base();
        let places = Places {
            dashboard: format!("{base}/"),
            account: app.accounts.demo(),
            shop: format!("{base}/shop/"),
        };
        // Who cannot be told where it is can still look.
        if let Err(error) = say(context, &places) {
            error.print(&context.out);
        }
        if args.open {
            open(context, &places.dashboard);
        }
    })
}

fn say(context: &Context, places: &Places<'_>) -> Result<(), CliError> {
    if context.json {
        return out::json(context, places);
    }
    let Places { dashboard, account, shop } = places;
    let sign_in = account.map_or_else(String::new, |DemoAccount { email, password }| {
        format!("\n  sign in as      {email}\n  password        {password}")
    });
    out::text(
        context,
        &format!(
            "\n  The dashboard   {dashboard}{sign_in}\n  The shop        {shop}\n\n\
             Click through the shop, and see it counted in the dashboard. Ctrl-C ends both.\n"
        ),
    )
}

/// Opens a page as the system does it; where that fails, the address was printed.
fn open(context: &Context, url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if let Err(error) = Command::new(program).arg(url).spawn() {
        context.out.say(&format!("No browser was opened ({program}: {error}).\n"));
    }
}
