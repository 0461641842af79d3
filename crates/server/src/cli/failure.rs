//! Why a command failed: what is said, what is suggested, and with which code the program ends.

use std::{ffi::OsString, io, path::PathBuf};

use waymark_analysis::QueryError;
use waymark_collect::import::ImportError;
use waymark_model::{DefinitionError, time::UnknownZone};
use waymark_store::{BadSiteId, FolderError, StoreError, catalog::CatalogError, columns::ColumnsError};

use super::out::Out;
use crate::{
    accounts::AccountError,
    config::ConfigError,
    export::ExportError,
    serve::ServeError,
    text::{
        pointed,
        style::{ERROR, HINT, shown, styled},
    },
};

/// Why a command failed. What it was to change is unchanged unless the message says otherwise.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalog refused or failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A column could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// A query has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// No site has that name.
    #[error("there is no site called `{name}`")]
    UnknownSite {
        /// The name given.
        name: String,
        /// What was probably meant.
        hint: String,
    },
    /// No key begins so.
    #[error("there is no key that begins with `{prefix}` and is not revoked; nothing was changed")]
    UnknownKey {
        /// What was given, cut short: it may be a whole key.
        prefix: String,
        /// What was probably meant.
        near: Option<String>,
    },
    /// Nobody has an account of that address.
    #[error("there is no account of `{email}`; nothing was changed")]
    UnknownAccount {
        /// The address given.
        email: String,
        /// What was probably meant.
        near: Option<String>,
    },
    /// Something about accounts was refused.
    #[error("{0}; nothing was changed")]
    Account(AccountError),
    /// A site cannot be called so.
    #[error(transparent)]
    SiteName(#[from] BadSiteId),
    /// No such zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// A length of time that is none, or too short.
    #[error("the session gap must be at least 1 ms: {0}")]
    SessionGap(String),
    /// A file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A definitions file with errors.
    #[error("{path} has {} {}: nothing was applied", errors.len(), if errors.len() == 1 { "error" } else { "errors" })]
    Definitions {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: String,
        /// What is wrong with it.
        errors: Vec<DefinitionError>,
    },
    /// A file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// A result could not be turned into JSON.
    #[error("the result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Events could not be written as Parquet.
    #[error("the events cannot be written as Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Events could not be put into columns.
    #[error("the events cannot be written as Parquet: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// A format cannot be told from a file's name.
    #[error("the format of {path} cannot be told from its name")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The demo found something in its place.
    #[error("the data folder {path} has a site called `{site}` already: nothing was changed")]
    DemoExists {
        /// The folder.
        path: PathBuf,
        /// The site.
        site: String,
    },
    /// The server could not start or go on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The server cannot be configured so.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No server has the folder open.
    #[error("no server has the data folder {path} open")]
    NotServed {
        /// The folder.
        path: PathBuf,
    },
    /// The server that a command was sent to has gone.
    #[error("the server went away before the command had ended: {0}; look whether it was done")]
    ServerGone(io::Error),
    /// An argument that cannot be sent to the server.
    #[error("the argument {} is no Unicode, and cannot be sent to the server", .0.display())]
    NotUnicode(OsString),
    /// The simulated shop cannot be.
    #[error(transparent)]
    Demo(#[from] waymark_sim::ConfigError),
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Output(error) => Self::Output(error),
            ExportError::Columns(error) => Self::Columns(error),
            ExportError::Parquet(error) => Self::Parquet(error),
            ExportError::Arrow(error) => Self::Arrow(error),
        }
    }
}

impl CliError {
    /// The code that the program ends with; `waymark help` says what each means.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Query(error) if error.is_unknown_name() => 3,
            Self::Query(error) if error.is_usage() => 2,
            Self::Account(AccountError::BadEmail | AccountError::BadName) => 2,
            Self::SiteName(_) | Self::Zone(_) | Self::SessionGap(_) | Self::Format { .. } => 2,
            Self::Import(ImportError::Map(_)) | Self::NotUnicode(_) => 2,
            Self::Config(ConfigError::Read { source, .. })
                if matches!(source.kind(), io::ErrorKind::NotFound) =>
            {
                3
            }
            Self::Config(_) => 2,
            Self::Import(ImportError::Missing { .. }) => 3,
            Self::UnknownSite { .. }
            | Self::UnknownKey { .. }
            | Self::UnknownAccount { .. }
            | Self::Catalog(CatalogError::UnknownSite(_)) => 3,
            Self::Read { source, .. } if matches!(source.kind(), io::ErrorKind::NotFound) => 3,
            Self::Store(StoreError::Folder(_)) | Self::Serve(ServeError::Store(StoreError::Folder(_))) => 4,
            Self::Catalog(error) | Self::Serve(ServeError::Catalog(error)) if is_unusable(error) => 4,
            _ => 1,
        }
    }

    /// Whether the data folder cannot be written to, and so only be read.
    pub(crate) fn is_read_only(&self) -> bool {
        let Self::Store(StoreError::Folder(FolderError::Io { source, .. }) | StoreError::Io { source, .. }) =
            self
        else {
            return false;
        };
        matches!(source.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
    }

    /// Whether the reader of the output has gone, which is no failure of ours.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Says on the error stream what happened and what to do.
    pub(crate) fn print(&self, out: &Out) {
        match self {
            Self::Definitions { path, text, errors }
            | Self::Config(ConfigError::File { path, text, errors }) => {
                out.say(&format!("{}\n\n", pointed::draw(errors, &path.display().to_string(), text)));
            }
            Self::Query(QueryError::Steps { text, errors }) => {
                out.say(&format!("{}\n\n", pointed::draw(errors, "--steps", text)));
            }
            _ => {}
        }
        out.say(&format!("{} {}\n", styled(ERROR, "error:"), shown(&self.to_string())));
        if let Some(hint) = self.hint() {
            out.say(&format!("{} {}\n", styled(HINT, "hint:"), shown(&hint)));
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Store(error) if error.is_disk_full() => {
                "the disk is full: make room and do the same again".to_owned()
            }
            Self::Query(error) => return error.hint(),
            Self::Import(error) => return error.hint(),
            Self::Catalog(error) | Self::Serve(ServeError::Catalog(error)) if is_lost(error) => {
                "without a backup, `waymark site add NAME --timezone ZONE --adopt` takes over the events of a site: goals are to be defined again, and visitors and orders of before are not recognised in later events".to_owned()
            }
            Self::UnknownSite { hint, .. } => hint.clone(),
            Self::UnknownKey { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownKey { near: None, .. } => "`waymark key list` shows the keys".to_owned(),
            Self::UnknownAccount { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownAccount { near: None, .. } => "`waymark account list` shows the accounts".to_owned(),
            Self::Catalog(CatalogError::UnknownSite(name)) => {
                format!(
                    "add it with `waymark site add {name} --timezone ZONE`, or correct the name in the file"
                )
            }
            Self::Store(StoreError::Folder(FolderError::Missing { .. })) => {
                "`waymark --data FOLDER site add NAME --timezone ZONE` makes a data folder".to_owned()
            }
            Self::NotServed { .. } => "`waymark serve` starts one".to_owned(),
            Self::Zone(_) => "look up the name of your zone in the IANA time zone database".to_owned(),
            Self::Format { .. } => "say `--format csv`, `--format ndjson` or `--format parquet`".to_owned(),
            Self::DemoExists { .. } => "give an empty folder: `waymark --data ./demo demo`".to_owned(),
            _ => return None,
        })
    }
}

/// Whether the catalog has lost sites.
const fn is_lost(error: &CatalogError) -> bool {
    matches!(error, CatalogError::Lost { .. } | CatalogError::SitesLost { .. })
}

/// Whether no catalog of this folder can be used by this program.
const fn is_unusable(error: &CatalogError) -> bool {
    is_lost(error) || matches!(error, CatalogError::Newer { .. })
}
