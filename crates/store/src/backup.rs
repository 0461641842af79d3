//! Copies a data folder: of a running store to a backup, and of a backup to a new folder. Every byte of a
//! segment is checked on the way, so that damage is never carried on. It must not know what other files lie
//! in the folder: their owners copy them.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use xxhash_rust::xxh3::Xxh3;

use crate::{
    columns::ColumnsError,
    commit::MANIFEST,
    copy_target::CopyTarget,
    dedup::{self, RunEntry},
    error::StoreError,
    folder::{self, Access, FolderError, Lock, State},
    live_set::{LiveSet, SEGMENTS},
    lock,
    log::LogPosition,
    manifest,
    open::LOG,
    publish::{publish, temporary},
    segment::FileHash,
    store::Store,
    vfs::{SyncPoint, Vfs, create_folder},
};

/// Bytes copied at a time.
const CHUNK_BYTES: u64 = 1 << 20;

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopySummary {
    /// Files of the store.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events in segments.
    pub rows: u64,
    /// What was damaged and is not in the copy, though the copy is whole without it.
    pub left_out: Vec<String>,
}

/// Copies what others keep in the folder, such as `catalog.sqlite`: is given the folder that the copy grows in.
pub type CopyOthers<'a> = &'a mut dyn FnMut(&Path) -> io::Result<()>;

impl Store {
    /// Copies the store into `to`, which must be empty, not there, or what a copy left that was broken off: all events
    /// acknowledged before the call. Appends and queries go on. Others are asked to copy theirs before the copy
    /// counts as whole.
    ///
    /// # Errors
    /// When `to` holds something else or lies in the folder itself, something cannot be read or written, or a segment is
    /// damaged. The copy is not one then: it lacks its FORMAT file, and no store opens it.
    pub fn backup(&self, to: &Path, others: CopyOthers<'_>) -> Result<CopySummary, StoreError> {
        let inner = &self.0;
        let is_writer = inner.log.is_some();
        if is_writer {
            self.flush()?;
        }
        // The files of this set stay until the guards are dropped.
        let (mut set, _files, _runs) = {
            let live = lock(&inner.live);
            let files: Vec<_> = live.segments().map(|(_, segment)| Arc::clone(&segment.guard)).collect();
            (live.set.clone().without_salts(), files, live.runs.clone())
        };
        let copy = Copy { vfs: &inner.vfs, from: &inner.root, to, local: inner.config.local };
        if !is_writer {
            // Nobody writes to the log now: it is copied as it is.
            return copy.all(&set, &log_files(&*inner.vfs, &inner.root)?, others);
        }
        // The copy has no log: what it held is in segments.
        (set.flushed, set.log) = (LogPosition::START, None);
        copy.all(&set, &[], others)
    }
}

/// Copies the backup `from` to `to`, which must be empty, not there, or what a copy left that was broken off, and becomes a
/// data folder.
///
/// # Errors
/// When `from` is not a data folder or damaged, `to` holds something else, or something cannot be read or written.
/// Nothing in `from` is changed, and `to` is not a data folder then.
pub fn restore(
    vfs: &Arc<dyn Vfs>,
    from: &Path,
    to: &Path,
    local: bool,
    others: CopyOthers<'_>,
) -> Result<CopySummary, StoreError> {
    if folder::inspect(&**vfs, from)? == State::New {
        return Err(FolderError::Missing { path: from.to_path_buf() }.into());
    }
    let _held = local.then(|| Lock::acquire(from, Access::Read, "restore")).transpose()?;
    let set = manifest::read::<LiveSet>(&**vfs, &from.join(MANIFEST))?.without_salts();
    let log = log_files(&**vfs, from)?;
    Copy { vfs, from, to, local }.all(&set, &log, others)
}

/// The files of the log, below the data folder.
fn log_files(vfs: &dyn Vfs, root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let log = root.join(LOG);
    let names = match vfs.list(&log) {
        // The mark of the log's end says what is missing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        names => names.map_err(StoreError::io("read the folder", &log))?,
    };
    Ok(names.iter().filter(|name| name.ends_with(".wlog")).map(|name| Path::new(LOG).join(name)).collect())
}

struct Copy<'a> {
    vfs: &'a Arc<dyn Vfs>,
    from: &'a Path,
    to: &'a Path,
    local: bool,
}

impl Copy<'_> {
    fn all(&self, set: &LiveSet, log: &[PathBuf], others: CopyOthers<'_>) -> Result<CopySummary, StoreError> {
        let target = CopyTarget::claim(&**self.vfs, self.from, self.to, self.local)?;
        for name in [SEGMENTS, dedup::FOLDER, LOG] {
            self.folder(&self.to.join(name))?;
        }
        let mut summary = CopySummary::default();
        for (site, entry) in set.segments() {
            let path = entry.path(site);
            self.folder(self.to.join(&path).parent().unwrap_or(self.to))?;
            let (bytes, hash) = self.file(&path)?;
            if hash != entry.meta.hash {
                let reason = format!("its hash is {hash} instead of {}", entry.meta.hash);
                return Err(ColumnsError::Damaged { part: path.display().to_string(), reason }.into());
            }
            summary.rows += u64::from(entry.meta.bounds.rows);
            summary.add(bytes);
        }
        for run in &set.dedup {
            self.identifiers(run, &mut summary)?;
        }
        for path in log {
            summary.add(self.file(path)?.0);
        }
        others(self.to).map_err(StoreError::io("copy what else belongs to", self.to))?;
        manifest::write(&**self.vfs, &self.to.join(MANIFEST), set)?;
        folder::mark(&**self.vfs, self.to)?;
        target.finish()?;
        Ok(summary)
    }

    /// Copies identifiers that are sound. Damaged ones are left out: the first start makes them again.
    fn identifiers(&self, run: &RunEntry, summary: &mut CopySummary) -> Result<(), StoreError> {
        let (runs, mut damaged) = dedup::Runs::open(self.vfs, self.from, std::slice::from_ref(run))?;
        damaged.extend(runs.check(&**self.vfs));
        if let Some((_, error)) = damaged.first() {
            summary.left_out.push(format!(
                "the identifiers in {} are damaged ({}) and not in the copy: the first start on it makes them again from the segments",
                run.path().display(),
                error.reason()
            ));
            return Ok(());
        }
        summary.add(self.file(&run.path())?.0);
        Ok(())
    }

    fn folder(&self, path: &Path) -> Result<(), StoreError> {
        create_folder(&**self.vfs, path).map_err(StoreError::io("create the folder", path))
    }

    /// Copies one file durably; gives its length and hash.
    fn file(&self, path: &Path) -> Result<(u64, FileHash), StoreError> {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let source = self.vfs.open_read(&from).map_err(StoreError::io("open", &from))?;
        let length = source.len().map_err(StoreError::io("read", &from))?;
        let mut file = self.vfs.create_new(&temporary(&to)).map_err(StoreError::io("create", &to))?;
        let (mut hash, mut at, mut buffer) = (Xxh3::new(), 0, Vec::new());
        while at < length {
            let size = CHUNK_BYTES.min(length - at);
            #[allow(clippy::cast_possible_truncation, reason = "at most a chunk")]
            buffer.resize(size as usize, 0);
            source.read_exact_at(&mut buffer, at).map_err(StoreError::io("read", &from))?;
            hash.update(&buffer);
            file.append(&buffer).map_err(StoreError::io("write", &to))?;
            at += size;
        }
        file.sync_data(SyncPoint::AtomicContent).map_err(StoreError::io("sync", &to))?;
        publish(&**self.vfs, &to).map_err(StoreError::io("name", &to))?;
        Ok((length, FileHash(hash.digest128())))
    }
}

impl CopySummary {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}
