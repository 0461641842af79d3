//! What every command is told: about which folder, for whom, and where its results go.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use waymark_store::{Clock as _, SystemClock, catalog::Author};

use super::out::Out;
use crate::{accounts::Home, config::Flags, serve::App};

/// What every command is told.
pub(crate) struct Context {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Print JSON for programs instead of text for people.
    pub(crate) json: bool,
    /// Where results go.
    pub(crate) out: Out,
    /// The process that sent the command, when it is not this one.
    pub(crate) from: Option<From>,
}

/// A command of another process, run where the data folder is open.
pub(crate) struct From {
    /// The folder that its paths start from.
    pub(crate) folder: PathBuf,
    /// The user who gave it.
    pub(crate) user: String,
    /// What its input stream holds, if the command reads it.
    pub(crate) input: String,
    /// Where browsers reach the server.
    pub(crate) home: Home,
    /// The server, with the open data folder.
    pub(crate) app: Arc<App>,
    /// What waits for the catalog.
    pub(crate) runtime: tokio::runtime::Handle,
}

impl Context {
    /// What a command of this process is told.
    pub(crate) const fn of_process(data: PathBuf, json: bool) -> Self {
        Self { data, json, out: Out::Process, from: None }
    }

    /// A path as the user meant it.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.from.as_ref().map_or_else(|| path.to_owned(), |from| from.folder.join(path))
    }

    /// Where browsers reach the server of the folder, as far as is known: a running one says it, otherwise it is what the
    /// environment or the folder's configuration says.
    pub(crate) fn home(&self) -> Home {
        if let Some(from) = &self.from {
            return from.home.clone();
        }
        let config = Flags::of_environment().config(&self.data).unwrap_or_default();
        Home::of(&config, config.listen)
    }

    /// Who changes something now.
    pub(crate) fn author(&self) -> Author {
        let name = self.from.as_ref().map_or_else(user, |from| from.user.clone());
        Author { name, at: SystemClock.now() }
    }
}

/// The user of the system.
pub(crate) fn user() -> String {
    let name = ["USER", "USERNAME", "LOGNAME"].into_iter().find_map(|key| std::env::var(key).ok());
    name.unwrap_or_else(|| "command line".to_owned())
}
