//! The lock on a data folder: one writer, or several readers. It must not know what they do.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use super::{Access, FolderError, LOCK, failed};
use crate::vfs::leads_to;

/// A lock on a data folder, held until dropped (or until the process ends, however it ends).
#[derive(Debug)]
pub(crate) struct Lock {
    /// `None` for a reader of a folder that nobody can write to and that has no LOCK file.
    file: Option<File>,
    path: PathBuf,
}

/// The LOCK file as it could be opened.
struct Opened {
    file: File,
    is_writable: bool,
}

impl Lock {
    /// Locks the folder for `access`; others who want it are told `doing`. A reader writes nothing where it may not:
    /// it then locks the file as it is, or goes without a lock if there is none.
    pub(crate) fn acquire(root: &Path, access: Access, doing: &str) -> Result<Self, FolderError> {
        let path = root.join(LOCK);
        loop {
            let Some(mut opened) = open(&path, access)? else { return Ok(Self { file: None, path }) };
            lock(&mut opened.file, root, access)?;
            // Somebody may have removed or replaced the file before it was locked.
            if !leads_to(&path, &opened.file).map_err(failed("look at", &path))? {
                continue;
            }
            if opened.is_writable {
                sign(&mut opened.file, doing).map_err(failed("write", &path))?;
            }
            return Ok(Self { file: Some(opened.file), path });
        }
    }

    /// Fails when the LOCK file was removed or replaced: another process may then use the folder too.
    pub(crate) fn check(&self) -> Result<(), FolderError> {
        let Some(file) = &self.file else { return Ok(()) };
        if leads_to(&self.path, file).map_err(failed("look at", &self.path))? {
            return Ok(());
        }
        Err(FolderError::LockLost { path: self.path.clone() })
    }

    /// Whether nothing keeps others from writing to the folder.
    pub(crate) fn is_missing(&self) -> bool {
        self.file.is_none()
    }
}

/// Opens the LOCK file. `None` for a reader where there is none and none can be made.
fn open(path: &Path, access: Access) -> Result<Option<Opened>, FolderError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    match options.open(path) {
        Ok(file) => return Ok(Some(Opened { file, is_writable: true })),
        Err(error) if access == Access::Read && may_not_write(&error) => {}
        Err(error) => return Err(failed("open", path)(error)),
    }
    match File::open(path) {
        Ok(file) => Ok(Some(Opened { file, is_writable: false })),
        Err(error) if error.kind() == io::ErrorKind::NotFound || may_not_write(&error) => Ok(None),
        Err(error) => Err(failed("open", path)(error)),
    }
}

/// Whether an error says that this process may not write there.
fn may_not_write(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

fn lock(file: &mut File, root: &Path, access: Access) -> Result<(), FolderError> {
    let wanted = match access {
        Access::Read => FlockOperation::NonBlockingLockShared,
        Access::Write => FlockOperation::NonBlockingLockExclusive,
    };
    match flock(&*file, wanted) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let holder = holder(file);
            Err(FolderError::Locked { path: root.to_path_buf(), holder })
        }
        Err(error) => Err(failed("lock", &root.join(LOCK))(error.into())),
    }
}

fn sign(file: &mut File, doing: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {} ({doing})", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(200).read_to_string(&mut text);
    match (read, text.trim()) {
        (Err(_), _) | (_, "") => "another process".to_owned(),
        (Ok(_), holder) => holder.to_owned(),
    }
}
