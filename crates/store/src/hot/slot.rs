//! What is kept of one segment: mapped columns, shared by all snapshots. It decodes and writes nothing.

use std::{
    fmt, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use hashbrown::HashMap;
use memmap2::Mmap;

use super::{file::MappedColumn, name::Item};
use crate::{columns::Column, vfs::private_folder};

/// A segment's place in the cache.
pub(super) struct Slot {
    /// The segment's folder.
    pub(super) folder: PathBuf,
    /// Held while files of the folder are written or removed.
    pub(super) loading: Mutex<()>,
    /// Bytes of the folder's files.
    pub(super) bytes: AtomicU64,
    /// Bytes of the columns kept in memory.
    pub(super) memory: AtomicU64,
    /// Set while the files of all columns are known to be there.
    pub(super) is_ready: AtomicBool,
    used: AtomicU64,
    kept: Mutex<HashMap<Item, Kept>>,
}

struct Kept {
    column: Column,
    /// The map, and how many hold it when nobody but this slot does.
    map: Option<(Arc<Mmap>, usize)>,
}

impl Slot {
    pub(super) fn new(folder: PathBuf, bytes: u64, used: u64) -> Self {
        Self {
            folder,
            bytes: AtomicU64::new(bytes),
            used: AtomicU64::new(used),
            memory: AtomicU64::new(0),
            is_ready: AtomicBool::new(false),
            loading: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Item, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The column, if it is kept. `now` is when it was last of use.
    pub(super) fn get(&self, item: &Item, now: u64) -> Option<Column> {
        self.used.store(now, Ordering::Relaxed);
        self.kept().get(item).map(|kept| kept.column.clone())
    }

    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Keeps a mapped column and hands it out: its holders are counted before anyone else has it.
    pub(super) fn keep_mapped(&self, item: Item, MappedColumn { column, map }: MappedColumn) -> Column {
        let holders = Arc::strong_count(&map);
        let handed_out = column.clone();
        self.kept().insert(item, Kept { column, map: Some((map, holders)) });
        handed_out
    }

    pub(super) fn keep_in_memory(&self, item: Item, column: Column) {
        self.kept().insert(item, Kept { column, map: None });
    }

    /// Whether a reader holds one of the mapped columns.
    pub(super) fn in_use(&self) -> bool {
        let held =
            |kept: &Kept| kept.map.as_ref().is_some_and(|(map, holders)| Arc::strong_count(map) > *holders);
        self.kept().values().any(held)
    }

    /// Makes the segment's folder, readable for nobody else.
    pub(super) fn make_folder(&self) -> io::Result<()> {
        private_folder(&self.folder)
    }

    /// Lets go of all mapped columns. Readers that hold some keep them.
    pub(super) fn unmap(&self) {
        self.kept().retain(|_, kept| kept.map.is_none());
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("folder", &self.folder).finish_non_exhaustive()
    }
}
