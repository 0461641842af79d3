//! The test command: what a contributor runs before a commit and what continuous integration runs.

use crate::check;
use crate::clients;
use crate::command::Command;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::system;
use crate::tools::{DENY, NEXTEST};
use crate::web;
use crate::workspace::{Workspace, in_ci};

/// Format, own checks, lints, documentation, dependencies, examples in documentation, what is written in TypeScript,
/// and last all tests of Rust, so that their summary ends the output. The first failure stops.
///
/// # Errors
/// The step that failed, with the command that runs it again.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    eprintln!("target folder: {}", workspace.target.display());
    // Elsewhere a change of dependencies may update the lock file; here it must have been committed.
    let locked = if in_ci() { " --locked" } else { "" };
    let cargo = |args: &str| Command::cargo(workspace, &format!("{args}{locked}"));
    let mut steps = Steps::new(workspace, 14);
    steps.run("format", &Command::cargo(workspace, "fmt --all --check"))?;
    steps.timed("project checks", || check::run(workspace))?;
    let clippy = cargo("clippy --workspace --all-targets").arg("--").arg("-D").arg("warnings");
    steps.run("lints", &clippy)?;
    // The crates are not published: their pages are for those who work on them, so private items are in.
    let doc = cargo("doc --workspace --no-deps --document-private-items")
        .var("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links");
    steps.run("documentation", &doc)?;
    dependencies(workspace, &mut steps)?;
    steps.run("examples in documentation", &cargo("test --doc --workspace --quiet"))?;
    steps.timed("web packages", || web::install(workspace))?;
    steps.timed("web types, build and size", || web::build(workspace))?;
    web::test(workspace, &mut steps, locked)?;
    steps.timed("other products' clients and engines", || clients::run(workspace))?;
    tests(workspace, &mut steps, locked)
}

/// By cargo-deny, which continuous integration installs. The project checks have already held licences and bans
/// against the same `deny.toml`, so that a machine without cargo-deny misses only licence texts and advisories.
fn dependencies(workspace: &Workspace, steps: &mut Steps<'_>) -> Result<(), Failure> {
    let step = "dependencies";
    if !(DENY.is_there(workspace) || (in_ci() && DENY.install(workspace))) {
        steps.heading(step);
        eprintln!("   skipped: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    // The advisory database comes from the network; without one, what is in the lock file cannot be held against it.
    let fetched = DENY.command(workspace, "fetch db").succeeds(workspace);
    let advisories = if fetched { " advisories" } else { "" };
    let checks =
        format!("--offline --log-level error check --hide-inclusion-graph bans licenses sources{advisories}");
    steps.run(step, &DENY.command(workspace, &checks))?;
    if !fetched {
        eprintln!("   skipped: advisories, as their database could not be fetched (cargo deny fetch db)");
    }
    Ok(())
}

fn tests(workspace: &Workspace, steps: &mut Steps<'_>, locked: &str) -> Result<(), Failure> {
    let step = "tests";
    steps.heading(step);
    system::beside_the_server(workspace);
    if NEXTEST.is_there(workspace) || NEXTEST.install(workspace) {
        let profile = if in_ci() { "ci" } else { "default" };
        let nextest = NEXTEST.command(workspace, &format!("run --workspace --profile {profile}{locked}"));
        return nextest.must(step, workspace);
    }
    eprintln!("   cargo-nextest could not be installed: running the tests by `cargo test`, which is slower");
    let test =
        Command::cargo(workspace, &format!("test --workspace --lib --bins --tests --no-fail-fast{locked}"));
    let (succeeded, output) = test.capture(workspace)?;
    let (passed, failed) = counted(&output);
    if !succeeded {
        eprintln!("\n{}", Failure::Step { step, command: test.to_string() });
    }
    println!("{passed} passed, {failed} failed");
    if succeeded { Ok(()) } else { Err(Failure::TestsFailed) }
}

/// Passed and failed tests over all `test result:` lines of `cargo test`.
fn counted(output: &str) -> (u64, u64) {
    let number_before = |line: &str, word: &str| -> u64 {
        let words: Vec<&str> = line.split([' ', ';']).filter(|part| !part.is_empty()).collect();
        let at = words.iter().position(|part| *part == word);
        at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
    };
    output.lines().filter(|line| line.starts_with("test result:")).fold((0, 0), |(passed, failed), line| {
        (passed + number_before(line, "passed"), failed + number_before(line, "failed"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_summed_over_test_binaries() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test a failed thing ... ok\n\
            test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(counted(output), (13, 2));
        assert_eq!(counted(""), (0, 0));
    }
}
