//! The data folder: whether it is one of ours, and who may use it now. It must not know what the files in it
//! hold.

mod lock;

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

pub(crate) use lock::Lock;

use crate::vfs::{TEMPORARY_SUFFIX, Vfs, create_folder, write_atomic};

/// The newest form of data folder that this Waymark knows, and the one it writes.
pub const FORMAT_VERSION: u32 = 1;

pub(crate) const FORMAT: &str = "FORMAT";
/// What a folder holds that a copy grows in.
pub(crate) const UNFINISHED_COPY: &str = "UNFINISHED-COPY";
const LOCK: &str = "LOCK";
const MAGIC: &str = "waymark-data";
/// Files that an interrupted creation may leave behind, without content that counts …
const UNFINISHED_FILES: [&str; 4] = [LOCK, FORMAT, "MANIFEST", "MANIFEST.previous"];
/// … and folders, which are empty then.
const UNFINISHED_FOLDERS: [&str; 3] = ["segments", "dedup", "log"];

/// What a data folder is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read: beside other readers, not beside a writer. Nothing is created or changed.
    Read,
    /// To write, alone. The folder is created when it is not there.
    Write,
}

/// Why a folder cannot be used. In no case was anything in it changed.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is nothing at that path.
    #[error("there is no data folder at {path}: create one by adding a site, or name another with `--data`")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is something else than a folder.
    #[error("{path} is not a folder: name the data folder itself; nothing was changed")]
    NotAFolder {
        /// What was named.
        path: PathBuf,
    },
    /// The folder belongs to something else.
    #[error(
        "{path} is no Waymark data folder (it holds `{found}` and no FORMAT file): name an empty or new folder; nothing was changed"
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// One of the files in it.
        found: String,
    },
    /// A newer Waymark wrote it.
    #[error(
        "the data folder {path} has format {found}, this Waymark knows {FORMAT_VERSION}: upgrade Waymark; nothing was changed"
    )]
    NewerFormat {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The FORMAT file does not hold what it should.
    #[error(
        "{path} does not hold the line `{MAGIC} {FORMAT_VERSION}`: restore it from a backup; nothing was changed"
    )]
    FormatDamaged {
        /// The FORMAT file.
        path: PathBuf,
    },
    /// The folder holds data, but the FORMAT file is gone.
    #[error(
        "{path} has lost its FORMAT file: put one with the line `{MAGIC} {FORMAT_VERSION}` back; nothing was changed"
    )]
    FormatMissing {
        /// The folder.
        path: PathBuf,
    },
    /// A copy was broken off.
    #[error(
        "{path} holds a copy that was broken off: do the same `restore` or `backup` again, it takes over; nothing was changed"
    )]
    UnfinishedCopy {
        /// The folder.
        path: PathBuf,
    },
    /// Somebody else uses it.
    #[error(
        "the data folder {path} is in use by {holder}: wait for it to end or stop it; nothing was changed"
    )]
    Locked {
        /// The folder.
        path: PathBuf,
        /// Who holds it and what for, as far as is known.
        holder: String,
    },
    /// Somebody removed or replaced the LOCK file while the folder was in use.
    #[error(
        "the file {path} was removed or replaced while this process used the folder, so that another may use it too: nothing more is stored until a restart; what was acknowledged before is safe"
    )]
    LockLost {
        /// The LOCK file.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_path_buf();
    move |source| FolderError::Io { action, path, source }
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing, an empty folder, or what an interrupted creation left.
    New,
    /// A data folder of a format that is known.
    Ready,
}

/// Looks at what is at `root`, changing nothing.
pub(crate) fn inspect(vfs: &dyn Vfs, root: &Path) -> Result<State, FolderError> {
    let names = match vfs.list(root) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::New),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(FolderError::NotAFolder { path: root.to_path_buf() });
        }
        Err(error) => return Err(failed("read the folder", root)(error)),
    };
    if names.iter().any(|name| name == FORMAT) {
        return format(vfs, root);
    }
    if names.iter().any(|name| name == UNFINISHED_COPY) {
        return Err(FolderError::UnfinishedCopy { path: root.to_path_buf() });
    }
    let file = |name: &str| UNFINISHED_FILES.contains(&name.trim_end_matches(TEMPORARY_SUFFIX));
    for name in names {
        if UNFINISHED_FOLDERS.contains(&name.as_str()) {
            let folder = root.join(&name);
            if !vfs.list(&folder).map_err(failed("read the folder", &folder))?.is_empty() {
                return Err(FolderError::FormatMissing { path: root.to_path_buf() });
            }
        } else if !file(&name) {
            return Err(FolderError::Foreign { path: root.to_path_buf(), found: name });
        }
    }
    Ok(State::New)
}

fn format(vfs: &dyn Vfs, root: &Path) -> Result<State, FolderError> {
    let path = root.join(FORMAT);
    let bytes = vfs.read(&path).map_err(failed("read", &path))?;
    let number = str::from_utf8(&bytes).ok().and_then(|text| {
        text.strip_suffix('\n').unwrap_or(text).strip_prefix(MAGIC)?.strip_prefix(' ')?.parse().ok()
    });
    match number {
        Some(FORMAT_VERSION) => Ok(State::Ready),
        Some(found) if found > FORMAT_VERSION => {
            Err(FolderError::NewerFormat { path: root.to_path_buf(), found })
        }
        _ => Err(FolderError::FormatDamaged { path }),
    }
}

/// Creates the folder if need be. It is no data folder yet: [`mark`] makes it one.
pub(crate) fn create(vfs: &dyn Vfs, root: &Path) -> Result<(), FolderError> {
    create_folder(vfs, root).map_err(failed("create the folder", root))
}

/// Makes the folder a data folder: the last step of its creation.
pub(crate) fn mark(vfs: &dyn Vfs, root: &Path) -> Result<(), FolderError> {
    let path = root.join(FORMAT);
    write_atomic(vfs, &path, format!("{MAGIC} {FORMAT_VERSION}\n").as_bytes())
        .map_err(|error| failed("write", &path)(error.into()))
}

/// The mode of a folder that others than its owner may look into; `None` when nobody else may.
#[must_use]
pub fn open_to_others(root: &Path) -> Option<String> {
    let mode = fs::metadata(root).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("{mode:04o}"))
}

/// Closes a folder that has just become a data folder to all but its owner. What cannot be closed is said by
/// [`open_to_others`].
pub(crate) fn close_to_others(root: &Path) {
    let _ = fs::set_permissions(root, Permissions::from_mode(0o700));
}
