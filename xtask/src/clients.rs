//! Other products, unmodified: clients send to the real server, and what they send is compared with what is
//! stored; engines read the files that hold the events.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::web;
use crate::workspace::Workspace;

/// Installs the clients and engines where they are missing, builds the server, and has every client send to
/// it and every engine read its files.
///
/// # Errors
/// When something cannot be installed or built, or an event is stored differently.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    web::install(workspace)?;
    let python = python(workspace)?;
    let browser = web::chromium(workspace)?;
    Command::cargo(workspace, "build --workspace --bin waymark")
        .must("the build of the server", workspace)?;
    let binary = workspace.target.join("debug").join(format!("waymark{}", env::consts::EXE_SUFFIX));
    web::npm("run --silent clients")
        .var("CHROMIUM", browser.display().to_string())
        .var("WAYMARK_BIN", binary.display().to_string())
        .var("WAYMARK_PYTHON", python.display().to_string())
        .must("the test of other products", workspace)
}

/// Python with the clients and engines for it, in an environment of their own below the target folder.
fn python(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let environment = workspace.target.join("tools").join("python");
    let python = environment.join("bin").join("python");
    let all = "import rudderstack.analytics, segment.analytics, chdb, duckdb, polars, pyarrow, pyiceberg";
    if !Command::program(&python).args("-c").arg(all).succeeds(workspace) {
        let step = "the installation of Python's clients and engines";
        let make = Command::program(Path::new("python3")).args("-m venv");
        make.arg(environment.display().to_string()).must(step, workspace)?;
        let install = "-m pip install --quiet -r web/tests/clients/requirements.txt";
        Command::program(&python).args(install).must(step, workspace)?;
    }
    Ok(python)
}
