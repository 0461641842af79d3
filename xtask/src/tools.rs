//! Cargo subcommands that are not part of Rust: found, or installed beside the build cache, never into the user's home.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::workspace::Workspace;

/// A subcommand of cargo, and the package that brings it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    subcommand: &'static str,
    package: &'static str,
}

/// Runs tests side by side, each in its own process.
pub(crate) const NEXTEST: Tool = Tool { subcommand: "nextest", package: "cargo-nextest" };
/// Checks dependencies against `deny.toml` and the advisory database.
pub(crate) const DENY: Tool = Tool { subcommand: "deny", package: "cargo-deny" };

impl Tool {
    /// The subcommand with these arguments: the one installed here, or else the one on the `PATH`.
    pub(crate) fn command(self, workspace: &Workspace, args: &str) -> Command {
        let installed =
            folder(workspace).join("bin").join(format!("{}{}", self.package, env::consts::EXE_SUFFIX));
        let program = if installed.is_file() { installed.as_path() } else { Path::new("cargo") };
        Command::program(program).target(&workspace.target).arg(self.subcommand).args(args)
    }

    /// Whether it can be run here.
    pub(crate) fn is_there(self, workspace: &Workspace) -> bool {
        self.command(workspace, "--version").succeeds(workspace)
    }

    /// Builds and installs it; false, with cargo's own message shown, when that fails.
    pub(crate) fn install(self, workspace: &Workspace) -> bool {
        let folder = folder(workspace);
        eprintln!("   {} is not there: installing it into {}", self.package, folder.display());
        let root = folder.display().to_string();
        let install =
            Command::cargo(workspace, "install --locked --quiet").arg(self.package).arg("--root").arg(root);
        install.target(&folder.join("build")).run(workspace).unwrap_or(false) && self.is_there(workspace)
    }
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools")
}
