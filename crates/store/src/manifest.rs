//! The manifest file: one checksummed line and a JSON body, replaced as a whole. It must not know what the
//! body means.
//!
//! ```text
//! waymark-manifest 2 xxh3-128=<32 hex digits> length=<bytes of the body>
//! { …JSON… }
//! ```
//! The hash is XXH3-128 of the version in decimal, a line feed and the body. The first line keeps this form in
//! all versions, so that an older Waymark can tell a newer manifest from a damaged one. Version 2 names segments of the
//! second format beside those of the first.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use xxhash_rust::xxh3::Xxh3;

use crate::vfs::{AtomicWriteError, Vfs, write_atomic};

/// The version that this Waymark writes, and the newest that it reads.
pub const VERSION: u32 = 2;

const MAGIC: &str = "waymark-manifest";

/// Why there is no manifest to be had from a file, or why it could not be replaced.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no such file.
    #[error("no manifest at {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is sound, but of a version this Waymark does not know.
    #[error(
        "the manifest {path} has version {found}, but this Waymark knows only versions up to {VERSION}: upgrade Waymark; nothing was changed"
    )]
    NewerVersion {
        /// The manifest.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The file is not what was written.
    #[error("the manifest {path} is damaged: {damage}; the previous manifest is in {previous}", previous = previous_path(path).display())]
    Damaged {
        /// The manifest.
        path: PathBuf,
        /// In which way.
        damage: ManifestDamage,
    },
    /// The disk did not give it.
    #[error("cannot read the manifest {path}: {source}")]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The body could not be turned into JSON.
    #[error("cannot encode the manifest {path}: {source}; the one on disk is unchanged")]
    NotEncodable {
        /// The manifest.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The file could not be replaced.
    #[error("cannot write the manifest: {0}")]
    NotWritten(#[from] AtomicWriteError),
}

/// The ways in which a manifest can be damaged.
#[derive(Debug, thiserror::Error)]
pub enum ManifestDamage {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The first line does not end.
    #[error("the first line is cut off")]
    FirstLineCut,
    /// The first line is not one of a manifest.
    #[error("the first line is not the first line of a manifest")]
    FirstLine,
    /// The first line belongs to another body, or the body to another first line.
    #[error("the checksum in the first line does not match the body of {length} bytes")]
    Checksum {
        /// Bytes found after the first line.
        length: usize,
    },
    /// The body is what was written, but is not understood.
    #[error("the body cannot be read: {0}")]
    Body(serde_json::Error),
}

/// Reads the manifest at `path`.
pub fn read<T: DeserializeOwned>(vfs: &dyn Vfs, path: &Path) -> Result<T, ManifestError> {
    let bytes = vfs.read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ManifestError::Missing { path: path.to_path_buf() },
        _ => ManifestError::Unreadable { path: path.to_path_buf(), source },
    })?;
    let damaged = |damage| ManifestError::Damaged { path: path.to_path_buf(), damage };
    let (version, body) = open(&bytes).map_err(damaged)?;
    if version > VERSION {
        return Err(ManifestError::NewerVersion { path: path.to_path_buf(), found: version });
    }
    serde_json::from_slice(body).map_err(|error| damaged(ManifestDamage::Body(error)))
}

/// Replaces the manifest at `path`. What was there, if it was sound, is first copied to [`previous_path`].
///
/// After a crash at any point, and after any error, `path` holds what it held before or all of the new manifest; after `Ok` the
/// new one. The copy is itself written whole or not at all, and may be as new as the manifest.
pub fn write<T: Serialize>(vfs: &dyn Vfs, path: &Path, body: &T) -> Result<(), ManifestError> {
    let body = serde_json::to_vec_pretty(body)
        .map_err(|source| ManifestError::NotEncodable { path: path.to_path_buf(), source })?;
    match vfs.read(path) {
        // A damaged manifest must not replace the last sound copy.
        Ok(current) if open(&current).is_ok() => write_atomic(vfs, &previous_path(path), &current)?,
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(ManifestError::Unreadable { path: path.to_path_buf(), source }),
    }
    let mut bytes = first_line(VERSION, &body).into_bytes();
    bytes.extend_from_slice(&body);
    Ok(write_atomic(vfs, path, &bytes)?)
}

/// Where the manifest before the current one is kept: `MANIFEST.previous` beside `MANIFEST`.
pub fn previous_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".previous");
    PathBuf::from(name)
}

fn first_line(version: u32, body: &[u8]) -> String {
    let mut hash = Xxh3::new();
    hash.update(format!("{version}\n").as_bytes());
    hash.update(body);
    format!("{MAGIC} {version} xxh3-128={:032x} length={}\n", hash.digest128(), body.len())
}

/// The version and body of a sound manifest. The first line must be, byte for byte, the one that would be
/// written for them.
fn open(bytes: &[u8]) -> Result<(u32, &[u8]), ManifestDamage> {
    if bytes.is_empty() {
        return Err(ManifestDamage::Empty);
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(ManifestDamage::FirstLineCut)?;
    let (line, body) = bytes.split_at(end + 1);
    let words = str::from_utf8(line).map_err(|_| ManifestDamage::FirstLine)?;
    let mut words = words.split(' ');
    let version = match (words.next(), words.next()) {
        (Some(MAGIC), Some(version)) => version.parse().map_err(|_| ManifestDamage::FirstLine)?,
        _ => return Err(ManifestDamage::FirstLine),
    };
    if first_line(version, body).as_bytes() != line {
        return Err(ManifestDamage::Checksum { length: body.len() });
    }
    Ok((version, body))
}

#[cfg(test)]
mod tests;
