//! The demonstration: a simulated shop, imported and shown by the real binary.

use std::env;
use std::fs;
use std::process;

use crate::build;
use crate::command::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// What the demonstration is told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `waymark demo`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
    rest: Vec<String>,
}

/// Builds the binary and runs its `demo` on a new data folder, which is left for questions of one's own.
///
/// # Errors
/// When the build fails, the folder cannot be made, or the demonstration ends with an error.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<(), Failure> {
    eprintln!("Building Waymark in release mode; the first build takes some minutes.");
    let binary = build::run(workspace)?;
    let data = env::temp_dir().join(format!("waymark-demo-{}", process::id()));
    fs::create_dir(&data).map_err(|source| Failure::NotCreated { path: data.clone(), source })?;
    let ask = Command::program(&binary).arg("--data").arg(data.display().to_string()).arg("--help");
    eprintln!("Simulating a shop in {}, where its data stays. To ask more of it:\n  {ask}\n", data.display());
    let demo = Command::program(&binary).arg("--data").arg(data.display().to_string()).arg("demo");
    let demo = args.rest.iter().fold(demo, Command::arg);
    demo.must("the demonstration", workspace)
}
