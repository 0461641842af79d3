//! The release build of the `waymark` binary.

use std::path::PathBuf;

use crate::command::Command;
use crate::failure::Failure;
use crate::web;
use crate::workspace::Workspace;

/// Bundles what browsers are given, builds the binary from the locked dependencies and says where it is.
///
/// # Errors
/// When a build fails.
pub(crate) fn run(workspace: &Workspace) -> Result<PathBuf, Failure> {
    web::install(workspace)?;
    web::build(workspace)?;
    let build = Command::cargo(workspace, "build --release --locked --package waymark-server --bin waymark");
    build.must("the release build", workspace)?;
    let binary = workspace.binary();
    eprintln!("built {}", binary.display());
    Ok(binary)
}
