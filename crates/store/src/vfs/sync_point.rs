//! The names of all syncs that the store relies on. The tests leave out each in turn and must then find a
//! loss, so a sync without effect has no place here. It knows nothing of how a disk syncs.

/// Which of the store's syncs a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncPoint {
    /// The content of a file that is about to be renamed to its final name.
    AtomicContent,
    /// The folder after that rename.
    AtomicRename,
    /// The parent of a folder that was created.
    NewFolder,
    /// The folder after something in it was removed for good.
    Removal,
    /// A group of records in the log, before it is acknowledged.
    LogCommit,
    /// The footer of a log file, before the next file is created.
    LogFooter,
    /// The log cut back after a full disk refused a group, before that group is refused to its writers.
    LogCutBack,
}
