//! What is written in TypeScript: its packages, its build, and its tests. It knows the names of npm's scripts, and not
//! what they do (`web/package.json`).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::system::CHROMIUM;
use crate::workspace::Workspace;

/// Installs the locked packages, unless that was done since the lock file changed.
///
/// # Errors
/// When npm is missing, Node is older than the packages ask for, or the installation fails.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let folder = workspace.root.join("web");
    let (lock, installed) =
        (folder.join("package-lock.json"), folder.join("node_modules/.waymark-lock.json"));
    let locked = fs::read(&lock).map_err(|source| Failure::Unreadable { path: lock, source })?;
    if fs::read(&installed).is_ok_and(|known| known == locked) {
        return Ok(());
    }
    npm("ci --no-progress").must("the installation of web packages", workspace)?;
    fs::write(&installed, locked).map_err(|source| Failure::NotCreated { path: installed, source })
}

/// Checks the types and bundles: what the binary needs of this folder.
///
/// # Errors
/// When a script fails.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Failure> {
    ["check", "build", "size"]
        .into_iter()
        .try_for_each(|script| npm("run --silent").arg(script).must("the build of web packages", workspace))
}

/// Runs the tests, those against the real binary too, which is built for that. Pictures of the dashboard are left in
/// `pictures` of the target folder.
///
/// # Errors
/// When there is no browser, the binary cannot be built, or a test fails.
pub(crate) fn test(workspace: &Workspace, steps: &mut Steps<'_>, locked: &str) -> Result<(), Failure> {
    let browser = chromium(workspace)?.display().to_string();
    let binary = Command::cargo(workspace, &format!("build --workspace --bin waymark{locked}"));
    steps.run("the binary for web tests", &binary)?;
    let binary = workspace.target.join("debug").join(format!("waymark{}", env::consts::EXE_SUFFIX));
    let script = |name: &str| {
        let test = npm("run --silent").arg(name).var("CHROMIUM", &browser);
        test.var("WAYMARK_BIN", binary.display().to_string())
    };
    steps.run("web tests", &script("test"))?;
    steps.run("web tests with the binary", &script("test:server"))?;
    let pictures = workspace.target.join("pictures");
    let dashboard = script("test:dashboard").var("WAYMARK_PICTURES", pictures.display().to_string());
    steps.run("tests of the dashboard", &dashboard)
}

/// Measures the dashboard of this binary on so many simulated events, and prints what it took.
///
/// # Errors
/// When there is no browser, or the dashboard does not come up.
pub(crate) fn bench(workspace: &Workspace, binary: &Path, events: u64, runs: usize) -> Result<(), Failure> {
    npm("run --silent bench:dashboard")
        .var("CHROMIUM", chromium(workspace)?.display().to_string())
        .var("WAYMARK_BIN", binary.display().to_string())
        .var("WAYMARK_EVENTS", events.to_string())
        .var("WAYMARK_RUNS", runs.to_string())
        .must("the benchmark of the dashboard", workspace)
}

/// A command of npm for this folder.
pub(crate) fn npm(args: &str) -> Command {
    Command::program(Path::new("npm")).args("--loglevel error --prefix web").args(args)
}

/// The browser: `CHROMIUM`, or one of the system.
///
/// # Errors
/// When there is none.
pub(crate) fn chromium(workspace: &Workspace) -> Result<PathBuf, Failure> {
    env::var_os("CHROMIUM").map_or_else(|| CHROMIUM.find(workspace), |given| Ok(given.into()))
}
