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
    let damaged = |reason: String| ColumnsError::Damaged { part: meta.file.clone(), reason };
    let bytes = vfs.read(path).map_err(|error| ColumnsError::Unreadable {
        part: meta.file.clone(),
        column: "all".to_owned(),
        reason: error.to_string(),
    })?;
    if bytes.len() as u64 != meta.bytes {
        return Err(damaged(format!("{} bytes instead of {}", bytes.len(), meta.bytes)));
    }
    let hash = FileHash(xxh3_128(&bytes));
    if hash != meta.hash {
        return Err(damaged(format!("its hash is {hash} instead of {}", meta.hash)));
    }
    Ok(bytes.into())
}
