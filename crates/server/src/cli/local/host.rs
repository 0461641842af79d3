//! The server's side: takes commands from the socket, and runs each on the open store.

use std::{
    convert::Infallible,
    fs::{self, Permissions},
    io,
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use clap::Parser as _;
use tokio::{net::UnixListener, runtime::Handle, sync::Semaphore};

use super::{
    Remote, Request, SOCKET,
    frame::{self, Kind},
};
use crate::{
    cli::{
        Cli,
        context::{Context, From},
        end,
        out::Out,
        run,
    },
    serve::{App, Job},
};

/// Commands that run at a time; more wait.
const COMMANDS: usize = 4;
/// Longest wait for a command to be sent.
const COMMAND_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for the sender to take what is printed.
const PRINT_WAIT: Duration = Duration::from_secs(600);

/// The socket, removed when dropped.
#[derive(Debug)]
pub(crate) struct Host {
    listener: UnixListener,
    path: PathBuf,
}

impl Host {
    /// Opens the socket in the data folder, which the caller holds the lock of: what an earlier server left is removed.
    /// Only the server's own user and root may connect.
    pub(crate) fn open(data: &Path) -> io::Result<Self> {
        let path = data.join(SOCKET);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let host = Self { listener, path };
        fs::set_permissions(&host.path, Permissions::from_mode(0o600))?;
        Ok(host)
    }

    /// Takes commands for as long as it is polled.
    pub(crate) async fn serve(self, app: Arc<App>, data: PathBuf) {
        let room = Arc::new(Semaphore::new(COMMANDS));
        loop {
            let accepted = self.listener.accept().await;
            let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
            let Ok((stream, _)) = accepted else { continue };
            if !is_ours(&stream) {
                continue;
            }
            let (app, data) = (Arc::clone(&app), data.clone());
            let jobs = Arc::clone(&app.jobs);
            drop(jobs.spawn_blocking(Job::Commands, move || {
                let handled = stream.into_std().and_then(|stream| handle(stream, &app, data));
                if let Err(error) = handled {
                    tracing::debug!(%error, "a command was broken off");
                }
                drop(permit);
                Ok::<_, Infallible>(())
            }));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // What stays is removed by the next server.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the other end is of our own user, or of root. The file's mode says the same from the moment it is set.
fn is_ours(stream: &tokio::net::UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

fn handle(mut stream: UnixStream, app: &Arc<App>, data: PathBuf) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(COMMAND_WAIT))?;
    stream.set_write_timeout(Some(PRINT_WAIT))?;
    let (Kind::Command, payload) = frame::read(&mut stream)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let request: Request = serde_json::from_slice(&payload)?;
    let remote = Remote(Arc::new(Mutex::new(stream)));
    let code = if request.version == env!("CARGO_PKG_VERSION") {
        let code = command(request, app, data, &remote);
        // What it changed holds when it ends.
        if let Err(error) = Handle::current().block_on(app.reload()) {
            tracing::error!(%error, "what a command changed cannot be read; the server goes on with what it knew");
        }
        code
    } else {
        remote.say(&format!(
            "error: the server is Waymark {}, this is {}; nothing was changed\nhint: use the same program as the server\n",
            env!("CARGO_PKG_VERSION"),
            request.version
        ))?;
        1
    };
    remote.send(Kind::End, &[code])
}

fn command(request: Request, app: &Arc<App>, data: PathBuf, remote: &Remote) -> u8 {
    let cli = match Cli::try_parse_from(request.args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = remote.say(&error.render().ansi().to_string());
            return 2;
        }
    };
    let from = From {
        folder: request.folder,
        user: request.user,
        input: request.input,
        home: app.home().clone(),
        app: Arc::clone(app),
        runtime: Handle::current(),
    };
    let context = Context { data, json: cli.json, out: Out::Remote(remote.clone()), from: Some(from) };
    end(&context, run(&context, &cli.command))
}
