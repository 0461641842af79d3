//! The release build of the `waymark` binary.

use std::path::PathBuf;

use crate::command::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Builds the binary from the locked dependencies and says where it is.
///
/// # Errors
/// When the build fails.
pub(crate) fn run(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let build = Command::cargo(workspace, "build --release --locked --package waymark-server --bin waymark");
    if !build.run(workspace)? {
        return Err(Failure::Step { step: "the release build", command: build.to_string() });
    }
    let binary = workspace.binary();
    eprintln!("built {}", binary.display());
    Ok(binary)
}
