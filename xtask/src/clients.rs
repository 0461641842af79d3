//! Other products' clients, unmodified, against the real server: what they send is compared with what is stored.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Installs the clients where they are missing, builds the server, and has every client send to it.
///
/// # Errors
/// When something cannot be installed or built, or an event is stored differently.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    if !has_browser() {
        return Err(Failure::NotThere { what: "Chromium", get: "apt-get install chromium" });
    }
    for install in missing(workspace) {
        step("the installation of clients", &install, workspace)?;
    }
    let build = Command::cargo(workspace, "build --package waymark-server --bin waymark");
    step("the build of the server", &build, workspace)?;
    let binary = workspace.target.join("debug").join(format!("waymark{}", env::consts::EXE_SUFFIX));
    let clients = npm("run --silent clients")
        .var("WAYMARK_BIN", binary.display().to_string())
        .var("WAYMARK_PYTHON", python(workspace).display().to_string());
    step("the test of other products' clients", &clients, workspace)
}

/// Whether there is a browser for those that run in one.
pub(crate) fn has_browser() -> bool {
    env::var_os("CHROMIUM")
        .map_or_else(|| Path::new("/usr/bin/chromium").to_path_buf(), PathBuf::from)
        .is_file()
}

/// The commands that install what is missing, in their order.
pub(crate) fn missing(workspace: &Workspace) -> Vec<Command> {
    let mut commands = Vec::new();
    if !npm("ls --silent").succeeds(workspace) {
        commands.push(npm("ci"));
    }
    let python = python(workspace);
    let asked = "import rudderstack.analytics, segment.analytics";
    if !Command::program(&python).arg("-c").arg(asked).succeeds(workspace) {
        commands.push(Command::program(Path::new("python3")).args("-m venv").arg(environment(workspace)));
        commands.push(
            Command::program(&python).args("-m pip install --quiet -r web/tests/clients/requirements.txt"),
        );
    }
    commands
}

fn step(step: &'static str, command: &Command, workspace: &Workspace) -> Result<(), Failure> {
    if command.run(workspace)? { Ok(()) } else { Err(Failure::Step { step, command: command.to_string() }) }
}

fn npm(args: &str) -> Command {
    Command::program(Path::new("npm")).args("--prefix web").args(args)
}

/// Python's packages live in the target folder, which outlives the checkout.
fn environment(workspace: &Workspace) -> String {
    workspace.target.join("tools").join("python").display().to_string()
}

fn python(workspace: &Workspace) -> PathBuf {
    Path::new(&environment(workspace)).join("bin").join("python")
}
