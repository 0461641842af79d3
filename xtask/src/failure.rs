//! What can go wrong in a task, each with what to do next.

use std::path::PathBuf;

/// Why a task stopped. Messages name the command or file, so that they can be acted on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{step} failed\nhint: run it again by itself:\n  {command}")]
    Step { step: &'static str, command: String },
    #[error("cannot start `{command}`: {source}\nhint: is the program installed and on the PATH?")]
    NotStarted { command: String, source: std::io::Error },
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("cannot create {}: {source}", path.display())]
    NotCreated { path: PathBuf, source: std::io::Error },
    #[error("cannot understand {}: {source}", path.display())]
    NotToml { path: PathBuf, source: Box<toml::de::Error> },
    #[error("`cargo metadata` failed: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    #[error("{0} found by `cargo xtask check`; each is listed above with its reason")]
    Findings(String),
    #[error(
        "{peer} answers differently ({question}): the comparison is worth nothing until that is understood"
    )]
    Differ { peer: &'static str, question: &'static str },
    #[error("tests failed; the command to run them again stands above")]
    TestsFailed,
    #[error("{what} is not there\nhint: get it by `{get}`")]
    NotThere { what: &'static str, get: &'static str },
    #[error("no folder for the build cache\nhint: set CARGO_TARGET_DIR or HOME")]
    NoCacheFolder,
    #[error("the folder above xtask, which is the workspace, is missing: {}", .0.display())]
    NoWorkspace(PathBuf),
}
