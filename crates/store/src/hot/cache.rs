//! The cache folder as a whole: its budget, and which segments' columns make room for others. It must not know
//! how a column is laid out.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use hashbrown::{HashMap, HashSet};

use super::slot::Slot;
use crate::segment::FileHash;

/// Most bytes of columns kept in memory while the folder cannot take them.
const MEMORY_ALLOWANCE: u64 = 256 << 20;

/// The folder of hot columns, shared by all snapshots of a process.
///
/// Nothing in it is needed: it can be removed while no process runs. One process at a time uses it, which the
/// lock on the data folder sees to.
#[derive(Debug)]
pub struct HotCache {
    root: PathBuf,
    budget: u64,
    pub(super) threads: usize,
    slots: Mutex<HashMap<FileHash, Arc<Slot>>>,
    disk: AtomicU64,
    memory: AtomicU64,
    clock: AtomicU64,
    decoded: AtomicU64,
    failures: AtomicU64,
    note: Mutex<Option<String>>,
}

impl HotCache {
    /// The cache in this folder, which need not exist, with a budget in bytes; columns are decoded by at most
    /// that many threads. What is there from earlier is used again.
    #[must_use]
    pub fn open(root: PathBuf, budget: u64, threads: usize) -> Arc<Self> {
        // A folder that cannot be listed counts as empty: the first write says why.
        let mut found = earlier(&root).unwrap_or_default();
        found.sort_unstable_by_key(|(used, ..)| *used);
        let disk = found.iter().map(|(_, _, bytes)| bytes).sum();
        let clock = found.len() as u64;
        let slot = |(used, (_, hash, bytes)): (u64, (_, FileHash, u64))| {
            (hash, Arc::new(Slot::new(root.join(hash.to_string()), bytes, used)))
        };
        let slots = Mutex::new((0..).zip(found).map(slot).collect());
        let (disk, clock, memory) = (AtomicU64::new(disk), AtomicU64::new(clock), AtomicU64::new(0));
        let (decoded, failures, note) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::default());
        Arc::new(Self { root, budget, threads, slots, disk, memory, clock, decoded, failures, note })
    }

    /// Bytes of the files in the folder.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.disk.load(Ordering::Relaxed)
    }

    /// Why columns are kept in memory instead of in the folder, if that happened; for health and `doctor`.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        self.note.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Columns that were decoded so far, since they were neither mapped nor in memory.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Files that could not be written so far; why, the note says.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Whether the files of all columns of that segment are known to be there.
    pub(crate) fn is_known_ready(&self, segment: FileHash) -> bool {
        self.slots().get(&segment).is_some_and(|slot| slot.is_ready.load(Ordering::Relaxed))
    }

    pub(super) fn note_decoded(&self, columns: usize) {
        self.decoded.fetch_add(columns as u64, Ordering::Relaxed);
    }

    pub(super) fn note_failure(&self, note: String) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.set_note(note);
    }

    /// Removes what belongs to segments other than these, unless somebody holds them: a segment that is not live may be on
    /// its way, or be read by a snapshot.
    pub fn retain(&self, live: &HashSet<FileHash>) {
        self.slots().retain(|hash, slot| {
            let keep = live.contains(hash) || Arc::strong_count(slot) > 1;
            if !keep {
                self.empty(slot);
                self.memory.fetch_sub(slot.memory.swap(0, Ordering::Relaxed), Ordering::Relaxed);
            }
            keep
        });
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<FileHash, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a segment.
    pub(super) fn slot(&self, segment: FileHash) -> Arc<Slot> {
        let new = || Arc::new(Slot::new(self.root.join(segment.to_string()), 0, self.now()));
        Arc::clone(self.slots().entry(segment).or_insert_with(new))
    }

    /// The next moment of a clock that only orders uses.
    pub(super) fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn set_note(&self, note: String) {
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = Some(note);
    }

    /// Sets bytes of the budget aside for a file of `slot`, at the price of the segments used least recently
    /// that nobody reads now. `false` when there is not enough even so. The caller holds the slot's `loading`.
    pub(super) fn reserve(&self, slot: &Slot, bytes: u64) -> bool {
        let slots = self.slots();
        if self.bytes() + bytes > self.budget {
            let mut others: Vec<_> =
                slots.values().filter(|other| other.bytes.load(Ordering::Relaxed) > 0).collect();
            others.sort_unstable_by_key(|other| other.used());
            for other in others {
                // Whoever holds `loading` is about to use the segment, this slot's caller included.
                if let Ok(_loading) = other.loading.try_lock()
                    && !other.in_use()
                {
                    self.empty(other);
                }
                if self.bytes() + bytes <= self.budget {
                    break;
                }
            }
        }
        let room = self.bytes() + bytes <= self.budget;
        if room {
            self.disk.fetch_add(bytes, Ordering::Relaxed);
            slot.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        room
    }

    /// Sets bytes of the budget aside that nobody uses. `false` when there are not so many.
    pub(super) fn reserve_free(&self, slot: &Slot, bytes: u64) -> bool {
        let _no_other = self.slots();
        let is_free = self.has_free(bytes);
        if is_free {
            self.disk.fetch_add(bytes, Ordering::Relaxed);
            slot.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        is_free
    }

    /// Whether so many bytes of the budget are used by nobody.
    pub(super) fn has_free(&self, bytes: u64) -> bool {
        self.bytes() + bytes <= self.budget
    }

    /// Gives back bytes of a file that is gone.
    pub(super) fn release(&self, slot: &Slot, bytes: u64) {
        slot.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.disk.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether a column of that size may be kept in memory.
    pub(super) fn reserve_memory(&self, slot: &Slot, bytes: u64) -> bool {
        let within = |used: u64| (used + bytes <= MEMORY_ALLOWANCE).then_some(used + bytes);
        let reserved = self.memory.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok();
        if reserved {
            slot.memory.fetch_add(bytes, Ordering::Relaxed);
        }
        reserved
    }

    /// Removes all files of a segment. If that fails their bytes go on to count.
    fn empty(&self, slot: &Slot) {
        slot.unmap();
        slot.is_ready.store(false, Ordering::Relaxed);
        match fs::remove_dir_all(&slot.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                self.set_note(format!("cannot remove {}: {error}", slot.folder.display()));
            }
            _ => self.release(slot, slot.bytes.load(Ordering::Relaxed)),
        }
    }
}

/// Segments that have a folder, each with when it was last written to and the bytes of its files. Leftovers of
/// writes that a crash interrupted are removed.
fn earlier(root: &Path) -> io::Result<Vec<(SystemTime, FileHash, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let Some(hash) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let mut bytes = 0;
        for file in fs::read_dir(entry.path())? {
            let file = file?;
            if file.path().extension().is_some_and(|extension| extension == "tmp") {
                fs::remove_file(file.path())?;
            } else {
                bytes += file.metadata()?.len();
            }
        }
        found.push((entry.metadata()?.modified()?, hash, bytes));
    }
    Ok(found)
}
