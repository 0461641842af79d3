//! The other engines: installed into an environment of their own from their package registry, run one after the other.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Peer, json_of, text};
use crate::{command::Command, failure::Failure, workspace::Workspace};

/// Runs each peer on the segments below `folder`.
pub(crate) fn run(
    workspace: &Workspace,
    folder: &Path,
    runs: usize,
) -> Result<Vec<(&'static str, Peer)>, Failure> {
    let python = environment(workspace)?;
    let script = workspace.root.join("xtask").join("src").join("bench").join("peers.py");
    let mut answers = Vec::new();
    for (name, engine) in [("ClickHouse", "clickhouse"), ("DuckDB", "duckdb")] {
        let scratch = folder.join(engine);
        if scratch.exists() {
            let remove = fs::remove_dir_all(&scratch);
            remove.map_err(|source| Failure::NotCreated { path: scratch.clone(), source })?;
        }
        fs::create_dir_all(&scratch)
            .map_err(|source| Failure::NotCreated { path: scratch.clone(), source })?;
        eprintln!("Asking {name}.");
        let command = Command::program(&python)
            .arg(text(&script))
            .arg(engine)
            .arg(text(&folder.join("data").join("segments")))
            .arg(text(&scratch))
            .arg(runs.to_string());
        answers.push((name, json_of(workspace, &command, "measuring a peer")?));
    }
    Ok(answers)
}

/// A Python with the peers in it, made on first use.
fn environment(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.target.join("bench").join("python");
    let python = folder.join("bin").join("python");
    let there = Command::program(&python).args("-c").arg("import chdb, duckdb").succeeds(workspace);
    if there {
        return Ok(python);
    }
    eprintln!("Installing the peers into {}.", folder.display());
    let make = Command::program(Path::new("python3")).args("-m venv").arg(text(&folder));
    let install = Command::program(&python).args("-m pip install --quiet chdb duckdb");
    for command in [make, install] {
        if !command.run(workspace)? {
            return Err(Failure::Step { step: "installing the peers", command: command.to_string() });
        }
    }
    Ok(python)
}
