//! Gives finished files their names. It must not know what is in them.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::vfs::{SyncPoint, TEMPORARY_SUFFIX, Vfs};

/// What a file is called until it is whole.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY_SUFFIX);
    PathBuf::from(name)
}

/// Renames a file whose content is synced from its temporary name to `path`, durably. When that fails the
/// file is removed as far as the disk allows.
pub(crate) fn publish(vfs: &dyn Vfs, path: &Path) -> io::Result<()> {
    let temporary = temporary(path);
    let named = vfs.rename(&temporary, path).inspect_err(|_| {
        // Best effort: what stays is in no live set, and is removed at the next start.
        let _ = vfs.remove(&temporary);
    });
    let folder = path.parent().unwrap_or(Path::new("."));
    named.and_then(|()| {
        vfs.sync_dir(folder, SyncPoint::AtomicRename).inspect_err(|_| {
            let _ = vfs.remove(path);
        })
    })
}
