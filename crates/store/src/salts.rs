//! Salts of daily pseudonyms: 32 random bytes for each site and local day, each in a file of its own that only its owner may
//! read, outside catalog and backups. Without a day's salt nobody can say whose its pseudonyms are, so what counts most
//! is that it goes. It must not know what is salted, nor when a day ends.
//!
//! A file has the 32 bytes and their CRC32C (little-endian); one of an earlier Waymark has no checksum.

use std::{
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use jiff::civil::Date;

use crate::{
    SiteId, lock,
    vfs::{SyncPoint, TEMPORARY_SUFFIX, Vfs, create_folder, write_atomic},
};

/// The folder of salts, below the data folder.
pub const SALTS: &str = "salts";

/// The salt of a site and day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; Self::LENGTH]);

impl Salt {
    /// Number of bytes.
    pub const LENGTH: usize = 32;

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// Why there is no salt, or why one is still there.
#[derive(Debug, thiserror::Error)]
pub enum SaltError {
    /// The system has no random numbers.
    #[error("no random numbers for a salt: {0}; no visitor can be told from another")]
    Random(getrandom::Error),
    /// The disk refused.
    #[error("cannot {action} {path}: {source}; salts that are due may still be there")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

/// What the disk has of a day's salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaltFile {
    /// It is what was written.
    Whole,
    /// There is none.
    Missing,
    /// It is something else.
    Damaged,
}

impl Salt {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(&crc32c::crc32c(&self.0).to_le_bytes());
        bytes
    }

    /// The salt in a file; `None` when it is not what was written.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (salt, checksum) = bytes.split_first_chunk::<{ Self::LENGTH }>()?;
        let is_whole = checksum.is_empty() || *checksum == crc32c::crc32c(salt).to_le_bytes();
        is_whole.then_some(Self(*salt))
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SaltError {
    let path = path.to_path_buf();
    move |source| SaltError::Io { action, path, source }
}

/// The salts of a data folder. Only who holds the folder's lock to write may use them.
#[derive(Debug)]
pub struct Salts {
    vfs: Arc<dyn Vfs>,
    folder: PathBuf,
    known: Mutex<HashMap<(SiteId, Date), Salt>>,
}

impl Salts {
    /// The salts below the data folder `root`.
    #[must_use]
    pub fn new(vfs: Arc<dyn Vfs>, root: &Path) -> Self {
        Self { vfs, folder: root.join(SALTS), known: Mutex::default() }
    }

    /// The salt of that day. It is made on first use, and is on the disk when this returns, so that a restart finds it. Blocks
    /// on the disk once a day.
    ///
    /// # Errors
    /// When there is none and none can be made.
    pub fn get_or_create(&self, site: &SiteId, day: Date) -> Result<Salt, SaltError> {
        let mut known = lock(&self.known);
        if let Some(salt) = self.look(&mut known, site, day)? {
            return Ok(salt);
        }
        let mut salt = Salt([0; Salt::LENGTH]);
        getrandom::fill(&mut salt.0).map_err(SaltError::Random)?;
        let path = self.path(site, day);
        let folder = self.folder.join(site.as_str());
        create_folder(&*self.vfs, &folder).map_err(failed("create the folder", &folder))?;
        write_atomic(&*self.vfs, &path, &salt.encode())
            .map_err(|error| failed("write the salt", &path)(error.into()))?;
        known.insert((site.clone(), day), salt);
        Ok(salt)
    }

    /// The salt of that day, if there is one: none is made.
    ///
    /// # Errors
    /// When the disk cannot say.
    pub fn kept(&self, site: &SiteId, day: Date) -> Result<Option<Salt>, SaltError> {
        self.look(&mut lock(&self.known), site, day)
    }

    /// What the disk has of the salt of that day.
    ///
    /// # Errors
    /// When the disk cannot say.
    pub fn examine(&self, site: &SiteId, day: Date) -> Result<SaltFile, SaltError> {
        let path = self.path(site, day);
        match self.vfs.read(&path) {
            Ok(bytes) if Salt::decode(&bytes).is_some() => Ok(SaltFile::Whole),
            Ok(_) => Ok(SaltFile::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(SaltFile::Missing),
            Err(error) => Err(failed("read the salt", &path)(error)),
        }
    }

    /// Removes the site's salts of the days before `day`, and gives their number. They do not come back after a power cut.
    ///
    /// # Errors
    /// When the disk refuses; some may be gone then.
    pub fn unlink_before(&self, site: &SiteId, day: Date) -> Result<u64, SaltError> {
        let mut known = lock(&self.known);
        known.retain(|(of, kept), _| of != site || *kept >= day);
        let folder = self.folder.join(site.as_str());
        let names = match self.vfs.list(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            names => names.map_err(failed("read the folder", &folder))?,
        };
        let due: Vec<_> = names.into_iter().filter(|name| is_due(name, day)).collect();
        for name in &due {
            let path = folder.join(name);
            self.vfs.remove(&path).map_err(failed("remove the salt", &path))?;
        }
        // Also when there was nothing to remove: the last sync may have failed.
        self.vfs.sync_dir(&folder, SyncPoint::Removal).map_err(failed("sync the folder", &folder))?;
        Ok(due.len() as u64)
    }

    fn look(
        &self,
        known: &mut HashMap<(SiteId, Date), Salt>,
        site: &SiteId,
        day: Date,
    ) -> Result<Option<Salt>, SaltError> {
        let key = (site.clone(), day);
        if let Some(salt) = known.get(&key) {
            return Ok(Some(*salt));
        }
        let path = self.path(site, day);
        let bytes = match self.vfs.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(failed("read the salt", &path))?,
        };
        // What is not a salt is replaced: the day gets a new one. `examine` says so.
        let salt = Salt::decode(&bytes);
        known.extend(salt.map(|salt| (key, salt)));
        Ok(salt)
    }

    fn path(&self, site: &SiteId, day: Date) -> PathBuf {
        self.folder.join(site.as_str()).join(day.to_string())
    }
}

/// Whether a file is a salt of a day before `day`, or what a crash left of the making of any.
fn is_due(name: &str, day: Date) -> bool {
    name.ends_with(TEMPORARY_SUFFIX) || name.parse::<Date>().is_ok_and(|of| of < day)
}
