//! `cargo xtask check`: what the compiler cannot hold. Each check is a function from plain input to findings.

mod addresses;
mod direction;
mod files;
mod licences;
mod names;
mod sources;
mod spawns;

use std::fmt;

use cargo_metadata::MetadataCommand;

use crate::failure::Failure;
use crate::workspace::Workspace;

use sources::Sources;

/// Whether a finding stops a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Warning,
    Error,
}

/// Something that does not hold, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    weight: Weight,
    place: String,
    text: String,
}

impl Finding {
    fn error(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight: Weight::Error, place: place.into(), text: text.into() }
    }

    fn warning(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, place: place.into(), text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        write!(f, "{weight}: {}: {}", self.place, self.text)
    }
}

/// Runs every check, prints all that they find.
///
/// # Errors
/// When a finding is an error, or the sources cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let metadata = MetadataCommand::new().current_dir(&workspace.root).exec()?;
    let sources = Sources::read(&workspace.root)?;
    let policy = licences::Policy::read(&workspace.root.join("deny.toml"))?;
    let findings: Vec<Finding> = [
        direction::check(&direction::crates(&metadata)),
        files::check(&sources),
        addresses::check(&sources),
        spawns::check(&sources),
        names::check("ARCHITECTURE.md", &sources),
        licences::check(&licences::dependencies(&metadata), &policy),
    ]
    .concat();
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.iter().filter(|finding| finding.weight == Weight::Error).count() {
        0 => {
            eprintln!("checked {} files and {} packages", sources.len(), metadata.packages.len());
            Ok(())
        }
        1 => Err(Failure::Findings("1 error".into())),
        several => Err(Failure::Findings(format!("{several} errors"))),
    }
}
