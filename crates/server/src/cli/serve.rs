//! `waymark serve`: takes events until it is told to end.

use std::{net::SocketAddr, sync::Arc};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use waymark_store::{SystemClock, vfs::RealVfs};

use super::{Context, failure::CliError};
use crate::serve::{App, ServeError, Settings, housekeeping, serve};

/// Where to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on.
    #[arg(long, env = "WAYMARK_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Move events from memory into segments once there are so many.
    #[arg(long, env = "WAYMARK_FLUSH_ROWS", default_value_t = Settings::default().flush_rows, value_name = "EVENTS")]
    flush_rows: u64,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Start)?;
    Ok(runtime.block_on(until_told(context, args))?)
}

async fn until_told(context: &Context, args: &Args) -> Result<(), ServeError> {
    let settings = Settings { flush_rows: args.flush_rows, ..Settings::default() };
    let app = App::open(Arc::new(RealVfs), &context.data, Arc::new(SystemClock), settings).await?;
    let app = Arc::new(app);
    let failed = |source| ServeError::Listen { address: args.listen, source };
    let listener = TcpListener::bind(args.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    anstream::eprintln!("Waymark listens on http://{address}");
    let keeping = tokio::spawn(housekeeping(Arc::clone(&app)));
    serve(Arc::clone(&app), listener, told_to_end()).await;
    keeping.abort();
    if let Err(error) = app.keys.note(&app.catalog).await {
        tracing::warn!(%error, "the last use of keys could not be noted");
    }
    Ok(())
}

/// Done when the process is told to end, by SIGTERM or from the keyboard.
async fn told_to_end() {
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
