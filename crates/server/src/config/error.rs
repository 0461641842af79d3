//! Why the server cannot be configured so.

use std::{io, path::PathBuf};

use waymark_model::DefinitionError;

/// Why the server cannot be configured so. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read; one that was named must be there.
    #[error("cannot read the configuration {path}: {source}; nothing was started")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has errors.
    #[error("{path} has {} {}: nothing was started", errors.len(), if errors.len() == 1 { "error" } else { "errors" })]
    File {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// What is wrong with it.
        errors: Vec<DefinitionError>,
    },
    /// Values that do not go together.
    #[error("{0}; nothing was started")]
    Together(&'static str),
}
