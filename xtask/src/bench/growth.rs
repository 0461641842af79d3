//! `cargo xtask bench growth`: how the time of each fold grows with one visitor's events.

use crate::{command::Command, failure::Failure, workspace::Workspace};

/// # Errors
/// When the measurement cannot be built, or a fold grows faster than n·log n.
pub(super) fn run(workspace: &Workspace, events: u64) -> Result<(), Failure> {
    let command =
        Command::cargo(workspace, "run --release --locked --package waymark-query --example growth --")
            .arg(events.to_string());
    if command.run(workspace)? {
        return Ok(());
    }
    Err(Failure::Step { step: "the growth of folds", command: command.to_string() })
}
