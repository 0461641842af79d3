//! The seam between the store and the disk: every byte that must survive goes through [`Vfs`].
//! It knows files and folders; it must not know what is in them.

mod atomic;
mod real;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
mod sync_point;

use std::{
    fmt::Debug,
    io,
    path::{Path, PathBuf},
};

pub use atomic::{AtomicWriteError, TEMPORARY_SUFFIX, create_folder, is_disk_full, write_atomic};
pub use real::RealVfs;
pub(crate) use real::{leads_to, private_folder};
pub use sync_point::SyncPoint;

/// A disk as the store uses it. All calls block.
///
/// # What survives a power cut
/// - Bytes survive once [`VfsFile::sync_data`] has returned `Ok` after they were written.
/// - A name (created, renamed or removed) survives once [`Vfs::sync_dir`] of *its folder* has returned `Ok`.
/// - A rename is atomic: after a cut there is the old name or the new one, never neither.
/// - Writing after the end of a file never harms bytes of it that were synced before.
///
/// Nothing else may be assumed, the order of two unsynced changes least of all.
pub trait Vfs: Debug + Send + Sync {
    /// Creates an empty file that only its owner may read, and opens it for appending. Fails with `AlreadyExists`
    /// if the name is taken, so that nothing is ever overwritten by mistake.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn VfsFile>>;

    /// Opens an existing file for appending. Fails with `NotFound` if there is none.
    fn open_append(&self, path: &Path) -> io::Result<Box<dyn VfsFile>>;

    /// Opens an existing file for reading at any offset.
    fn open_read(&self, path: &Path) -> io::Result<Box<dyn VfsRead>>;

    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Exactly `length` bytes from `offset` on; `UnexpectedEof` if the file ends before.
    fn read_range(&self, path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.open_read(path)?.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// Names in a folder, files and folders alike, in byte order. Names that are not UTF-8 are none of ours
    /// and are left out.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Creates a folder and those above it, open to their owner only. The names survive only after their folders are synced: see
    /// [`create_folder`].
    fn create_dir_all(&self, folder: &Path) -> io::Result<()>;

    /// Renames a file within one folder, replacing what bore the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_dir(&self, folder: &Path, point: SyncPoint) -> io::Result<()>;

    /// Length of a file in bytes; `NotFound` if there is none.
    fn len(&self, path: &Path) -> io::Result<u64>;

    /// Whether a file or folder of this name exists.
    fn exists(&self, path: &Path) -> io::Result<bool> {
        match self.len(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A file opened for appending.
pub trait VfsFile: Debug + Send {
    /// Writes all of `bytes` at the end. After an error any part of them may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes the content and length of the file durable (`fdatasync`). `point` says which of the store's syncs
    /// this is. After an error it is unknown what survives, and a second call proves nothing.
    fn sync_data(&mut self, point: SyncPoint) -> io::Result<()>;

    /// Cuts the file to `length` bytes; later appends go there. Durable only after a sync.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Whether `path` still leads to this file: not when somebody has removed, replaced or moved it or a folder
    /// above it since it was opened.
    fn is_at(&self, path: &Path) -> io::Result<bool>;
}

/// So that encoders which want a `Write` can write to a [`Vfs`].
impl io::Write for dyn VfsFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file opened for reading.
pub trait VfsRead: Debug + Send + Sync {
    /// Fills `buffer` from `offset` on; `UnexpectedEof` if the file ends before.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Length in bytes when it was opened or since.
    fn len(&self) -> io::Result<u64>;

    /// Whether there is nothing in it.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// The folder a path lies in; `.` for a bare name.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests;
