//! Files and folders that appear whole and durable, or not at all. It must not know what they hold.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{SyncPoint, Vfs, folder_of};

/// What a file is called until it is whole: its name with this after it. A file so called is left over from a
/// crash and holds nothing that counts.
pub const TEMPORARY_SUFFIX: &str = ".tmp";

/// Why a file was not replaced. In each case the name holds its old content or all of the new one, never a
/// part.
#[derive(Debug, thiserror::Error)]
pub enum AtomicWriteError {
    /// The new content could not be written: nothing has changed.
    #[error("cannot write {path}: {source}; the file it was to replace is unchanged")]
    Write {
        /// The temporary file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The new content could not be made durable: nothing has changed.
    #[error("cannot sync {path}: {source}; the file it was to replace is unchanged")]
    Sync {
        /// The temporary file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The new content could not get its name.
    #[error("cannot rename the new file to {path}: {source}; the file it was to replace is unchanged")]
    Rename {
        /// The final name.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The new content has its name, but a power cut may still bring the old one back.
    #[error(
        "cannot sync the folder of {path}: {source}; it may hold its old or its new content after a crash"
    )]
    SyncFolder {
        /// The final name.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl AtomicWriteError {
    /// Whether the disk is full and nothing has changed, so that the same write can succeed later.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Write { source, .. } if is_disk_full(source))
    }
}

impl From<AtomicWriteError> for io::Error {
    fn from(error: AtomicWriteError) -> Self {
        let kind = match &error {
            AtomicWriteError::Write { source, .. }
            | AtomicWriteError::Sync { source, .. }
            | AtomicWriteError::Rename { source, .. }
            | AtomicWriteError::SyncFolder { source, .. } => source.kind(),
        };
        Self::new(kind, error)
    }
}

/// Whether an error says that there is no space (or quota) left.
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Replaces `path` by `bytes`: temporary file, sync, rename, sync of the folder. After a crash at any point
/// the name holds what it held before or all of `bytes`; after `Ok` it holds `bytes`.
pub fn write_atomic(vfs: &dyn Vfs, path: &Path, bytes: &[u8]) -> Result<(), AtomicWriteError> {
    let temporary = temporary_name(path);
    write_synced(vfs, &temporary, bytes).inspect_err(|_| {
        // Best effort: what stays is recognised by its name and replaced the next time.
        let _ = vfs.remove(&temporary);
    })?;
    vfs.rename(&temporary, path)
        .map_err(|source| AtomicWriteError::Rename { path: path.to_path_buf(), source })?;
    vfs.sync_dir(&folder_of(path), SyncPoint::AtomicRename)
        .map_err(|source| AtomicWriteError::SyncFolder { path: path.to_path_buf(), source })
}

fn write_synced(vfs: &dyn Vfs, path: &Path, bytes: &[u8]) -> Result<(), AtomicWriteError> {
    let failed = |source| AtomicWriteError::Write { path: path.to_path_buf(), source };
    match vfs.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut file = vfs.create_new(path).map_err(failed)?;
    file.append(bytes).map_err(failed)?;
    file.sync_data(SyncPoint::AtomicContent)
        .map_err(|source| AtomicWriteError::Sync { path: path.to_path_buf(), source })
}

fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY_SUFFIX);
    PathBuf::from(name)
}

/// Creates a folder and those above it, and makes their names durable. The name of a folder that was there
/// already is synced too, since a crash may have come between its creation and its sync.
pub fn create_folder(vfs: &dyn Vfs, folder: &Path) -> io::Result<()> {
    let mut unsynced = vec![folder.to_path_buf()];
    let mut above = folder_of(folder);
    while !vfs.exists(&above)? {
        unsynced.push(above.clone());
        above = folder_of(&above);
    }
    vfs.create_dir_all(folder)?;
    for created in unsynced.iter().rev() {
        vfs.sync_dir(&folder_of(created), SyncPoint::NewFolder)?;
    }
    Ok(())
}
