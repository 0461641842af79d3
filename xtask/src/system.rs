//! Programs of the system that tests run. Continuous integration installs those that are missing.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::workspace::{Workspace, in_ci};

/// Where some systems keep servers, whether or not the `PATH` says so.
const SERVERS: &str = "/usr/sbin";

/// A program, and how it is installed on Debian and its kin.
pub(crate) struct Program {
    /// For what it is needed, with its name.
    what: &'static str,
    names: &'static [&'static str],
    install: &'static str,
}

/// The browser that the web tests run in.
pub(crate) const CHROMIUM: Program = Program {
    what: "Chromium, for the web tests",
    names: &["chromium", "chromium-browser", "google-chrome"],
    install: "apt-get install --yes --no-install-recommends chromium",
};
/// What tests of the server run beside it; each skips with its reason where its program is missing.
const BESIDE_THE_SERVER: [Program; 3] = [
    Program {
        what: "strace, which makes syncs fail",
        names: &["strace"],
        install: "apt-get install --yes --no-install-recommends strace",
    },
    Program {
        what: "nginx, a proxy",
        names: &["nginx"],
        install: "apt-get install --yes --no-install-recommends nginx-light",
    },
    Program {
        what: "Caddy, a proxy",
        names: &["caddy"],
        install: "apt-get install --yes --no-install-recommends caddy",
    },
];

impl Program {
    /// Finds it, after installing it if it is missing in continuous integration.
    ///
    /// # Errors
    /// When it is not there, with the command that installs it.
    pub(crate) fn find(&self, workspace: &Workspace) -> Result<PathBuf, Failure> {
        if let Some(found) = self.on_path() {
            return Ok(found);
        }
        if in_ci() {
            eprintln!("   {} is not there: {}", self.what, self.install);
            let (apt, args) = self.install.split_once(' ').unwrap_or_default();
            let apt = Command::program(Path::new(apt));
            apt.clone().arg("update").must("the list of system packages", workspace)?;
            apt.args(args).must("the installation of a system package", workspace)?;
        }
        self.on_path().ok_or(Failure::NotThere { what: self.what, get: self.install })
    }

    fn on_path(&self) -> Option<PathBuf> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&path).chain([PathBuf::from(SERVERS)]).collect();
        let found = |name: &&str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        self.names.iter().find_map(found)
    }
}

/// Has what tests of the server run beside it; says what is missing, as those tests skip without it.
pub(crate) fn beside_the_server(workspace: &Workspace) {
    for program in BESIDE_THE_SERVER {
        if let Err(failure) = program.find(workspace) {
            eprintln!("   some tests will be skipped: {failure}");
        }
    }
}
