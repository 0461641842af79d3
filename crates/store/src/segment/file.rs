//! Hashes a file while it is written, and checks the hash before anyone reads it. It knows nothing of what the
//! bytes mean.

use std::{
    io::{self, Write},
    path::Path,
};

use bytes::Bytes;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{FileHash, SegmentMeta};
use crate::{
    columns::ColumnsError,
    vfs::{Vfs, VfsFile},
};

/// A file that is hashed as it grows.
pub(super) struct HashingFile {
    pub(super) file: Box<dyn VfsFile>,
    hash: Xxh3,
    pub(super) bytes: u64,
}

impl HashingFile {
    pub(super) fn new(file: Box<dyn VfsFile>) -> Self {
        Self { file, hash: Xxh3::new(), bytes: 0 }
    }

    pub(super) fn hash(&self) -> FileHash {
        FileHash(self.hash.digest128())
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.append(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a segment, known to be those that were written.
///
/// They are read into memory, not mapped, so that what was checked is what is parsed even if the medium changes
/// its mind, and so that a file cut short behind our back is an error and not a signal.
pub(super) fn read_checked(vfs: &dyn Vfs, path: &Path, meta: &SegmentMeta) -> Result<Bytes, ColumnsError> {
    let bytes = vfs.read(path).map_err(|error| unreadable(meta, &error))?;
    has_length(meta, bytes.len() as u64)?;
    has_hash(meta, FileHash(xxh3_128(&bytes)))?;
    Ok(bytes.into())
}

/// Bytes hashed at a time.
const CHUNK_BYTES: u64 = 1 << 20;

/// Checks every byte of a segment without keeping them.
///
/// # Errors
/// When the file cannot be read, or is not what was written.
pub fn check_bytes(vfs: &dyn Vfs, path: &Path, meta: &SegmentMeta) -> Result<(), ColumnsError> {
    let failed = |error: io::Error| unreadable(meta, &error);
    let file = vfs.open_read(path).map_err(failed)?;
    has_length(meta, file.len().map_err(failed)?)?;
    let (mut hash, mut buffer, mut at) = (Xxh3::new(), Vec::new(), 0);
    while at < meta.bytes {
        let size = CHUNK_BYTES.min(meta.bytes - at);
        #[allow(clippy::cast_possible_truncation, reason = "at most a chunk")]
        buffer.resize(size as usize, 0);
        file.read_exact_at(&mut buffer, at).map_err(failed)?;
        hash.update(&buffer);
        at += size;
    }
    has_hash(meta, FileHash(hash.digest128()))
}

/// Checks that a segment's file is there and has its length: sees files that are gone or cut, and reads nothing.
///
/// # Errors
/// When it is not, or the disk cannot say.
pub fn check_length(vfs: &dyn Vfs, path: &Path, meta: &SegmentMeta) -> Result<(), ColumnsError> {
    has_length(meta, vfs.len(path).map_err(|error| unreadable(meta, &error))?)
}

fn has_length(meta: &SegmentMeta, bytes: u64) -> Result<(), ColumnsError> {
    if bytes == meta.bytes {
        Ok(())
    } else {
        Err(damaged(meta, format!("{bytes} bytes instead of {}", meta.bytes)))
    }
}

fn has_hash(meta: &SegmentMeta, hash: FileHash) -> Result<(), ColumnsError> {
    if hash == meta.hash {
        Ok(())
    } else {
        Err(damaged(meta, format!("its hash is {hash} instead of {}", meta.hash)))
    }
}

fn damaged(meta: &SegmentMeta, reason: String) -> ColumnsError {
    ColumnsError::Damaged { part: meta.file.clone(), reason }
}

/// What the disk said: a file that is gone, or that the disk cannot read, is damaged; anything else may pass.
fn unreadable(meta: &SegmentMeta, error: &io::Error) -> ColumnsError {
    const EIO: i32 = 5;
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            damaged(meta, "the file is missing".to_owned())
        }
        _ if error.raw_os_error() == Some(EIO) => damaged(meta, format!("the disk cannot read it: {error}")),
        _ => ColumnsError::Unreadable {
            part: meta.file.clone(),
            column: "all".to_owned(),
            reason: error.to_string(),
        },
    }
}
