//! What can go wrong with the catalog, each way by its name.

use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

/// Why the catalog could not do what it was asked to. In no case was anything in it changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is no catalog.
    #[error(
        "there is no catalog at {path}: this data folder has no sites yet; add one with `waymark site add`"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The catalog is gone, and with it what it knew of sites that have events.
    #[error(
        "the catalog {path} is gone, while the folder holds events of {sites}: lost with it are the sites' settings and secrets, goals, funnels, accounts and keys; the events are safe, and nothing was changed; put `catalog.sqlite` back from a backup"
    )]
    Lost {
        /// Where it was.
        path: PathBuf,
        /// The sites.
        sites: String,
    },
    /// The catalog does not know sites that have events.
    #[error(
        "the catalog {path} does not know {sites}, of which the folder holds events: it is older than the events, or not the one of this folder; nothing was changed; put the right `catalog.sqlite` back from a backup"
    )]
    SitesLost {
        /// The file.
        path: PathBuf,
        /// The sites.
        sites: String,
    },
    /// The disk refused.
    #[error("cannot use {path}: {source}; nothing was changed")]
    File {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: std::io::Error,
    },
    /// A newer Waymark wrote it.
    #[error("the catalog {path} was written by a newer Waymark: upgrade Waymark; nothing was changed")]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// It could not be brought to the form of this Waymark.
    #[error("the catalog {path} cannot be read or upgraded: {source}; nothing was changed")]
    Upgrade {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: MigrateError,
    },
    /// A site of that name is there.
    #[error("there is a site called `{0}` already; nothing was changed")]
    SiteExists(String),
    /// There is no site of that name.
    #[error("there is no site called `{0}`; nothing was changed")]
    UnknownSite(String),
    /// An account of that e-mail address is there.
    #[error("there is an account of `{0}` already; nothing was changed")]
    AccountExists(String),
    /// The account was removed meanwhile.
    #[error("the account of `{0}` was removed; nothing was changed")]
    NoAccount(String),
    /// Nobody would own everything any more.
    #[error("this is the last owner of all sites: make somebody else one first; nothing was changed")]
    LastOwner,
    /// Something stored is not what was written.
    #[error("The catalog is damaged: {0}. Restore `catalog.sqlite` from a backup.")]
    Damaged(String),
    /// No random numbers for a secret.
    #[error("the system gave no random numbers: {0}; nothing was changed")]
    NoRandomness(getrandom::Error),
    /// The catalog could not be opened or copied.
    #[error("Cannot {action} {path}: {source}. Nothing was changed.")]
    Unusable {
        /// What was tried.
        action: &'static str,
        /// On what file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// SQLite or the disk refused.
    #[error("Cannot use the catalog (`catalog.sqlite`): {0}. Nothing was changed.")]
    Database(sqlx::Error),
    /// The runtime that waits for SQLite could not be started.
    #[error("cannot start waiting for the catalog: {0}; nothing was changed")]
    Runtime(std::io::Error),
}

impl CatalogError {
    pub(super) fn file(action: &'static str, path: &Path) -> impl Fn(sqlx::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Unusable { action, path: path.clone(), source }
    }
}

/// A value that cannot be read is damage; anything else is SQLite or the disk refusing.
impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => Self::Damaged(format!("column {index}: {source}")),
            sqlx::Error::Decode(source) => Self::Damaged(source.to_string()),
            error => Self::Database(error),
        }
    }
}
