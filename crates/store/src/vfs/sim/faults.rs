//! What goes wrong on a simulated disk, and when. It knows no bytes and no names.

use std::path::Path;

use crate::vfs::SyncPoint;

/// The kinds of changing call on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Creating a file or folder.
    Create,
    /// Writing to a file.
    Append,
    /// Cutting a file.
    Truncate,
    /// Syncing a file's content.
    SyncData,
    /// Syncing a folder's names.
    SyncFolder,
    /// Renaming.
    Rename,
    /// Removing.
    Remove,
}

impl Operation {
    /// All kinds, for tests that go through them.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Append,
        Self::Truncate,
        Self::SyncData,
        Self::SyncFolder,
        Self::Rename,
        Self::Remove,
    ];
}

/// Decides which syncs the disk only pretends to do.
pub type IgnoreSync = fn(SyncPoint, &Path) -> bool;

/// The faults set on a disk.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Changing calls since the last power cut.
    pub(super) operations: u64,
    /// After so many of them the power is cut.
    pub(super) cut_after: Option<u64>,
    /// The power is off: every call fails.
    pub(super) power_off: bool,
    /// Calls that fail once: the kind, and how many of it succeed before.
    failing: Vec<(Operation, u64)>,
    /// Bytes that all files together may hold.
    pub(super) capacity: Option<u64>,
    /// Syncs that do nothing.
    pub(super) ignored: Option<IgnoreSync>,
}

/// What is to happen to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It succeeds.
    Done,
    /// It fails with an I/O error, done in part.
    Fails,
    /// The power goes while it runs.
    PowerCut,
}

impl Faults {
    pub(super) fn fail(&mut self, operation: Operation, after: u64) {
        self.failing.push((operation, after));
    }

    /// Counts one call and says what becomes of it.
    pub(super) fn next(&mut self, operation: Operation) -> Fate {
        self.operations += 1;
        if self.cut_after.is_some_and(|limit| self.operations > limit) {
            self.power_off = true;
            return Fate::PowerCut;
        }
        let mut fails = false;
        self.failing.retain_mut(|(kind, after)| {
            if *kind != operation {
                return true;
            }
            fails |= *after == 0;
            *after != 0 && {
                *after -= 1;
                true
            }
        });
        if fails { Fate::Fails } else { Fate::Done }
    }

    /// Ends what is over with a power cut.
    pub(super) fn power_back(&mut self) {
        let Self { capacity, ignored, .. } = std::mem::take(self);
        *self = Self { capacity, ignored, ..Self::default() };
    }

    pub(super) fn ignores(&self, point: SyncPoint, path: &Path) -> bool {
        self.ignored.is_some_and(|ignored| ignored(point, path))
    }
}
