//! The crash test at length: the real server, ended by `kill -9` under load, again and again.

use crate::failure::Failure;
use crate::tools::NEXTEST;
use crate::workspace::Workspace;

/// How often to kill.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Number of kills.
    #[arg(long, default_value_t = 1000)]
    runs: u64,
}

/// Runs the crash test of the server's tests with so many kills.
///
/// # Errors
/// When an acknowledged event is lost or doubled, or the test cannot be run.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<(), Failure> {
    let step = "the crash test";
    if !(NEXTEST.is_there(workspace) || NEXTEST.install(workspace)) {
        return Err(Failure::NotThere { what: "cargo-nextest", get: "cargo install --locked cargo-nextest" });
    }
    let test = "run --release --package waymark-server --test it --profile long --no-capture";
    let test = NEXTEST
        .command(workspace, test)
        .arg("serve::crash::acknowledged_events_survive_kills")
        .var("WAYMARK_CRASH_RUNS", args.runs.to_string());
    if test.run(workspace)? { Ok(()) } else { Err(Failure::Step { step, command: test.to_string() }) }
}
