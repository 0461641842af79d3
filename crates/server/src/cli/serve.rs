//! `waymark serve`: takes events until it is told to end.

use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    runtime::Builder,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
};
use waymark_store::{SystemClock, folder::open_to_others, vfs::RealVfs};

use super::{Context, failure::CliError, local::Host};
use crate::{
    config::{Config, Flags, LogFormat},
    serve::{self, App, Endpoint, Job, Jobs, ServeError, Tls, log, metrics, open_files, run_schedule},
};

/// Longest wait at the end for commands that are under way. What they have not finished, they have not begun: imports
/// count as a whole.
const LAST_WAIT: Duration = Duration::from_secs(10);
/// How the process ends when it is told a second time.
const AT_ONCE: i32 = 130;

/// How to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    flags: Flags,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let config = args.flags.config(&context.data)?;
    let (format, is_tls) = (config.log_format, config.certificate.is_some());
    serve(context, config, 0, |_, address| said(format, address, is_tls))
}

/// Serves until the process is told to end. While the port is taken the next one is tried, `spare` times at most;
/// `begun` is told once where it is.
pub(super) fn serve(
    context: &Context,
    mut config: Config,
    spare: u16,
    begun: impl FnOnce(&App, &SocketAddr),
) -> Result<(), CliError> {
    log::begin(config.log_format, config.log_level);
    config.connections = open_files::for_connections(config.connections);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(ServeError::Start)?;
    let ended = runtime.block_on(until_told(context, config, spare, begun));
    runtime.shutdown_timeout(LAST_WAIT);
    Ok(ended?)
}

async fn until_told(
    context: &Context,
    config: Config,
    spare: u16,
    begun: impl FnOnce(&App, &SocketAddr),
) -> Result<(), ServeError> {
    let (format, listen, metrics_at) = (config.log_format, config.listen, config.metrics);
    let ending = Ending::listen()?;
    let tls = Tls::from_config(&config)?.map(Arc::new);
    let app = Arc::new(App::open(Arc::new(RealVfs), &context.data, Arc::new(SystemClock), config).await?);
    said_of_folder(&app, &context.data);
    let (listener, address) = bind(listen, spare).await?;
    let mut beside = JoinSet::new();
    if let Some(at) = metrics_at {
        let (listener, address) = bind(at, 0).await?;
        tracing::info!("metrics are at http://{address}/metrics");
        let work = metrics::serve(Arc::clone(&app), listener);
        let app = Arc::clone(&app);
        beside.spawn(async move { app.jobs.run_service(Job::Metrics, work).await });
    }
    work_beside(&mut beside, &app, context, tls.as_ref());
    app.listens(address);
    if app.settings.demo {
        app.accounts.begin_demo().await?;
    }
    if let Some(token) = app.accounts.open_setup().await? {
        invited(format, &app.home().link("setup", &token));
    }
    begun(&app, &address);
    let endpoint = Endpoint { listener, tls };
    serve::serve(Arc::clone(&app), endpoint, ending.told()).await;
    beside.shutdown().await;
    app.close().await;
    Ok(())
}

/// Starts the services beside the answers: commands, the scheduled jobs, and reloading the certificate.
fn work_beside(beside: &mut JoinSet<()>, app: &Arc<App>, context: &Context, tls: Option<&Arc<Tls>>) {
    match Host::open(&context.data) {
        Ok(host) => {
            let work = host.serve(Arc::clone(app), context.data.clone());
            let app = Arc::clone(app);
            beside.spawn(async move { app.jobs.run_service(Job::CommandSocket, work).await });
        }
        Err(error) => tracing::warn!(
            %error,
            "no socket in the data folder: commands must wait until the server has ended (its path may be too long)"
        ),
    }
    let scheduling = Arc::clone(app);
    beside.spawn(async move {
        scheduling.jobs.keep_running(Job::Schedule, || run_schedule(Arc::clone(&scheduling))).await;
    });
    if let Some(tls) = tls {
        let (app, tls) = (Arc::clone(app), Arc::clone(tls));
        beside.spawn(async move {
            app.jobs.keep_running(Job::Certificate, || reload(&app.jobs, &tls)).await;
        });
    }
}

/// Says what is wrong with the folder that is about to be served.
fn said_of_folder(app: &App, data: &Path) {
    for damaged in app.store.damage() {
        tracing::error!("{}", damaged.message);
    }
    if let Some(mode) = open_to_others(data) {
        let data = data.display();
        tracing::warn!(
            "other users of this machine may look into {data} (mode {mode}): `chmod -R go= {data}` closes it"
        );
    }
    if let Some(doubt) = app.store.clock_doubt() {
        tracing::warn!("{doubt}");
    }
}

/// Listens at the address, or at one of the `spare` ports after it while the one before is taken.
async fn bind(mut address: SocketAddr, spare: u16) -> Result<(TcpListener, SocketAddr), ServeError> {
    let last = address.port().saturating_add(spare);
    loop {
        let failed = |source| ServeError::Listen { address, source };
        match TcpListener::bind(address).await {
            Ok(listener) => {
                let address = listener.local_addr().map_err(failed)?;
                return Ok((listener, address));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && address.port() < last => {
                address.set_port(address.port() + 1);
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Says where the server listens, to people even if nothing else is logged.
fn said(format: LogFormat, address: &SocketAddr, is_tls: bool) {
    let scheme = if is_tls { "https" } else { "http" };
    match format {
        LogFormat::Text => anstream::eprintln!("Waymark listens on {scheme}://{address}"),
        LogFormat::Json => tracing::info!("Waymark listens on {scheme}://{address}"),
    }
}

/// Prints the link to create the first account. It works once, until the next start.
fn invited(format: LogFormat, link: &str) {
    match format {
        LogFormat::Text => anstream::eprintln!("No account exists yet. Create the first one at {link}"),
        // A warning, so that it is not lost where less is logged.
        LogFormat::Json => tracing::warn!("no account exists yet; create the first one at {link}"),
    }
}

/// Reloads the certificate at every SIGHUP.
async fn reload(jobs: &Jobs, tls: &Tls) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    while hangup.recv().await.is_some() {
        if jobs.run(Job::Certificate, || tls.reload()).is_some() {
            tracing::info!("the TLS certificate was reloaded");
        }
    }
}

/// The signals that tell the process to end: SIGTERM, and SIGINT from the keyboard.
struct Ending {
    term: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Listens for them from now on.
    fn listen() -> Result<Self, ServeError> {
        let listen = |kind| signal(kind).map_err(ServeError::Start);
        Ok(Self { term: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// Done when the process is told to end. Told again, it ends at once: what was acknowledged is stored.
    async fn told(mut self) {
        self.next().await;
        tracing::info!("ending: requests under way are answered first");
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(AT_ONCE);
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
