//! A run: a file of sorted identifiers, site by site, that is searched without reading all of it. It must not
//! know when runs are written or dropped.
//!
//! ```text
//! block, 4,096 bytes:  up to 255 identifiers, 16 bytes each, ascending | zeros | CRC32C of all before u32
//! index:               for each site: name | identifiers | first identifier of each block | filter
//! trailer, 24 bytes:   bytes of the index u64 | CRC32C of index and version u32 | version u32 | `WAYMKIDS`
//! ```
//! Each site begins with a new block. Numbers are little-endian. The index is read once and kept in memory.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::index::{self, SiteIndex};
use crate::{
    site::SiteId,
    vfs::{Vfs, VfsRead},
};

pub(super) const BLOCK_BYTES: usize = 4096;
pub(super) const BLOCK_IDS: usize = 255;
pub(super) const CHECKED_BYTES: usize = BLOCK_BYTES - 4;
pub(super) const TRAILER_BYTES: usize = 24;
pub(super) const MAGIC: &[u8; 8] = b"WAYMKIDS";
pub(super) const RUN_VERSION: u32 = 1;

/// A run as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    /// Its number.
    pub file: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Identifiers in it.
    pub ids: u64,
    /// When the first and the last of its events arrived, in ms since 1970-01-01 UTC; the last is
    /// [`RunEntry::FOR_EVER`] when they were imported.
    pub arrived: (i64, i64),
}

impl RunEntry {
    /// Stands for the last arrival of a run that is past no window: a file that is imported again after years has
    /// the same identifiers.
    pub const FOR_EVER: i64 = i64::MAX;

    /// Whether the run is past no window.
    pub(crate) const fn is_kept(&self) -> bool {
        self.arrived.1 == Self::FOR_EVER
    }

    /// Where the file lies, below the data folder.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        Path::new(super::FOLDER).join(format!("{:016}.ids", self.file))
    }
}

/// Why a run cannot be written or searched.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The disk refused.
    #[error("cannot {action} the event identifiers in {path}: {source}; no event is lost")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error(
        "the event identifiers in {path} are damaged ({reason}): Waymark cannot tell whether an event was received before; no event is lost"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: &'static str,
    },
    /// A newer Waymark wrote the file.
    #[error(
        "the event identifiers in {path} have version {found}, but this Waymark knows only versions up to {RUN_VERSION}: upgrade Waymark; nothing was changed"
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

impl RunError {
    /// Whether the file itself is at fault: gone, cut, or other than what was written. It stays so.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        const EIO: i32 = 5;
        match self {
            Self::Damaged { .. } => true,
            Self::Io { source, .. } => {
                let gone = [io::ErrorKind::NotFound, io::ErrorKind::UnexpectedEof];
                gone.contains(&source.kind()) || source.raw_os_error() == Some(EIO)
            }
            Self::NewerVersion { .. } => false,
        }
    }

    /// What is wrong, in a few words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Damaged { reason, .. } => (*reason).to_owned(),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "the file is missing".to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// An open run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) entry: RunEntry,
    path: PathBuf,
    file: Box<dyn VfsRead>,
    /// Each with the number of its first block.
    sites: Vec<(u64, SiteIndex)>,
}

impl Run {
    /// Opens a run and reads its index.
    pub(super) fn open(vfs: &Arc<dyn Vfs>, root: &Path, entry: RunEntry) -> Result<Self, RunError> {
        let path = root.join(entry.path());
        let failed = |source| RunError::Io { action: "open", path: path.clone(), source };
        let file = vfs.open_read(&path).map_err(failed)?;
        if file.len().map_err(failed)? != entry.bytes {
            return Err(RunError::Damaged { path, reason: "its length has changed" });
        }
        let sites = read_index(&*file, &path, entry.bytes)?;
        Ok(Self { entry, path, file, sites })
    }

    /// The sites in it.
    pub(super) fn sites(&self) -> impl Iterator<Item = &SiteId> {
        self.sites.iter().map(|(_, index)| &index.site)
    }

    fn site(&self, site: &SiteId) -> Option<&(u64, SiteIndex)> {
        let at = self.sites.binary_search_by(|(_, index)| index.site.cmp(site)).ok()?;
        self.sites.get(at)
    }

    /// Number of a site's identifiers.
    pub(super) fn ids(&self, site: &SiteId) -> u64 {
        self.site(site).map_or(0, |(_, index)| index.ids)
    }

    /// Whether the site's identifier is in the run.
    pub(super) fn contains(&self, site: &SiteId, id: u128) -> Result<bool, RunError> {
        let Some((_, index)) = self.site(site).filter(|(_, index)| index.filter.may_contain(id)) else {
            return Ok(false);
        };
        match index.firsts.partition_point(|first| *first <= id).checked_sub(1) {
            Some(block) => Ok(self.block(site, block)?.binary_search(&id).is_ok()),
            None => Ok(false),
        }
    }

    /// Number of a site's blocks.
    pub(super) fn blocks(&self, site: &SiteId) -> usize {
        self.site(site).map_or(0, |(_, index)| index.firsts.len())
    }

    /// The identifiers in a site's block, ascending; none past the last block.
    pub(super) fn block(&self, site: &SiteId, block: usize) -> Result<Vec<u128>, RunError> {
        let Some((first, index)) = self.site(site).filter(|(_, index)| block < index.firsts.len()) else {
            return Ok(Vec::new());
        };
        let mut bytes = [0; BLOCK_BYTES];
        self.file
            .read_exact_at(&mut bytes, (first + block as u64) * BLOCK_BYTES as u64)
            .map_err(|source| RunError::Io { action: "read", path: self.path.clone(), source })?;
        let (content, checksum) = bytes.split_at(CHECKED_BYTES);
        if crc32c::crc32c(content).to_le_bytes() != *checksum {
            let reason = "a block does not match its checksum";
            return Err(RunError::Damaged { path: self.path.clone(), reason });
        }
        let before = block as u64 * BLOCK_IDS as u64;
        let held = usize::try_from(index.ids.saturating_sub(before)).unwrap_or(usize::MAX).min(BLOCK_IDS);
        let (ids, _) = content.as_chunks::<16>();
        Ok(ids.iter().take(held).map(|id| u128::from_le_bytes(*id)).collect())
    }

    /// Reads the index from the disk and every block, and so checks every byte.
    pub(super) fn check(&self, vfs: &dyn Vfs) -> Result<(), RunError> {
        // The file may be open and its name gone.
        let failed = |source| RunError::Io { action: "open", path: self.path.clone(), source };
        vfs.len(&self.path).map_err(failed)?;
        read_index(&*self.file, &self.path, self.entry.bytes)?;
        for (_, index) in &self.sites {
            let mut last = None;
            for block in 0..index.firsts.len() {
                for id in self.block(&index.site, block)? {
                    if last.is_some_and(|last| last >= id) {
                        let reason = "identifiers are not in order";
                        return Err(RunError::Damaged { path: self.path.clone(), reason });
                    }
                    last = Some(id);
                }
            }
        }
        Ok(())
    }
}

/// Reads the index and gives each site's with the number of its first block.
fn read_index(file: &dyn VfsRead, path: &Path, bytes: u64) -> Result<Vec<(u64, SiteIndex)>, RunError> {
    let failed = |source| RunError::Io { action: "read", path: path.to_path_buf(), source };
    let damaged = |reason| RunError::Damaged { path: path.to_path_buf(), reason };
    let end = bytes.checked_sub(TRAILER_BYTES as u64).ok_or_else(|| damaged("it is too short"))?;
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact_at(&mut trailer, end).map_err(failed)?;
    let (length, version, checksum) = read_trailer(&trailer).ok_or_else(|| damaged("it has no trailer"))?;
    if version > RUN_VERSION {
        return Err(RunError::NewerVersion { path: path.to_path_buf(), found: version });
    }
    let start = end.checked_sub(length).ok_or_else(|| damaged("its index is longer than the file"))?;
    let mut content = vec![0; usize::try_from(length).map_err(|_| damaged("its index is too long"))?];
    file.read_exact_at(&mut content, start).map_err(failed)?;
    if self::checksum(&content, version) != checksum {
        return Err(damaged("its index does not match its checksum"));
    }
    let sites = index::decode(&content).ok_or_else(|| damaged("its index cannot be read"))?;
    let mut block = 0;
    let sites: Vec<_> = sites
        .into_iter()
        .map(|site| {
            let first = block;
            block += site.firsts.len() as u64;
            (first, site)
        })
        .collect();
    if block * BLOCK_BYTES as u64 != start || !sites.is_sorted_by(|(_, a), (_, b)| a.site < b.site) {
        return Err(damaged("its index does not fit its blocks"));
    }
    Ok(sites)
}

/// What protects the index.
pub(super) fn checksum(index: &[u8], version: u32) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(index), &version.to_le_bytes())
}

/// Length of the index, version and checksum of both.
fn read_trailer(bytes: &[u8; TRAILER_BYTES]) -> Option<(u64, u32, u32)> {
    let rest = bytes.strip_suffix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (checksum, version) = rest.split_first_chunk::<4>()?;
    let version = u32::from_le_bytes(version.try_into().ok()?);
    Some((u64::from_le_bytes(*length), version, u32::from_le_bytes(*checksum)))
}
