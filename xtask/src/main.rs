//! The project's own tasks: `cargo xtask test | check | build | bench | clients | crash | demo`.
//!
//! One file a task. It knows how the project is built, tested and checked, and nothing of what Waymark counts.

mod bench;
mod build;
mod check;
mod clients;
mod command;
mod crash;
mod demo;
mod failure;
mod steps;
mod system;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Waymark's tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// To add a task: a file beside this one with `run`, a variant here, an arm in [`Task::run`].
#[derive(Subcommand)]
enum Task {
    /// Run all checks and tests, as continuous integration does.
    Test,
    /// Check what the compiler cannot: crate direction, file sizes, names in documents, licences.
    Check,
    /// Bundle the browser script, build the `waymark` binary in release mode and print where it is.
    Build,
    /// Measure Waymark beside other engines, on the same rows.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Have other products' clients send to the server, and compare what is stored.
    Clients,
    /// Kill the server under load, again and again, and look for lost or doubled events.
    Crash(crash::Args),
    /// Build everything, simulate a shop, and serve its dashboard and a storefront on this machine.
    Demo(demo::Args),
}

impl Task {
    fn run(&self, workspace: &Workspace) -> Result<(), Failure> {
        match self {
            Self::Test => test::run(workspace),
            Self::Check => check::run(workspace),
            Self::Bench(bench) => bench::run(workspace, bench),
            Self::Build => build::run(workspace).map(|_| ()),
            Self::Clients => clients::run(workspace),
            Self::Crash(args) => crash::run(workspace, args),
            Self::Demo(args) => demo::run(workspace, args),
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = Workspace::find().and_then(|workspace| cli.task.run(&workspace));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}
