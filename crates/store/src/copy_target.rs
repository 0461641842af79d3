//! The folder that a copy goes to: taken for the copy, taken over from one that was broken off, and given free when the copy is
//! whole. It must not know what is copied.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use crate::{
    error::StoreError,
    folder::{FORMAT, UNFINISHED_COPY, close_to_others},
    vfs::{SyncPoint, TEMPORARY_SUFFIX, Vfs, create_folder, write_atomic},
};

/// What a copy makes, and so what one that was broken off may have left. Anything else is somebody's own.
const MADE: [&str; 7] =
    ["segments", "dedup", "log", "MANIFEST", "MANIFEST.previous", "catalog.sqlite", "catalog.sum"];

/// A folder that a copy grows in.
pub(crate) struct CopyTarget<'a> {
    vfs: &'a dyn Vfs,
    to: &'a Path,
    /// Locked until the copy is whole, so that two copies do not mix.
    _marker: Option<File>,
}

impl<'a> CopyTarget<'a> {
    /// Takes the folder `to`: one that is empty or not there, or what an earlier copy left.
    pub(crate) fn claim(
        vfs: &'a dyn Vfs,
        from: &Path,
        to: &'a Path,
        local: bool,
    ) -> Result<Self, StoreError> {
        if local && lies_in(to, from) {
            return Err(StoreError::CopyIntoItself { path: to.to_path_buf(), from: from.to_path_buf() });
        }
        let names = match vfs.list(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names.map_err(StoreError::io("read the folder", to))?,
        };
        let marker = to.join(UNFINISHED_COPY);
        let is_left_over = names.iter().any(|name| name == UNFINISHED_COPY);
        if names.iter().any(|name| !may_go(name, is_left_over)) {
            return Err(StoreError::NotEmpty { path: to.to_path_buf() });
        }
        create_folder(vfs, to).map_err(StoreError::io("create the folder", to))?;
        if local {
            close_to_others(to);
        }
        if !is_left_over {
            let text = b"A copy was begun here and is not whole yet. Do the same again: it takes over.\n";
            write_atomic(vfs, &marker, text)
                .map_err(|error| StoreError::io("write", marker.clone())(error.into()))?;
        }
        let held = local.then(|| hold(&marker)).transpose()?;
        for name in names.iter().filter(|name| *name != UNFINISHED_COPY) {
            remove(vfs, &to.join(name))?;
        }
        Ok(Self { vfs, to, _marker: held })
    }

    /// Gives the folder free: the copy is whole.
    pub(crate) fn finish(self) -> Result<(), StoreError> {
        let marker = self.to.join(UNFINISHED_COPY);
        self.vfs.remove(&marker).map_err(StoreError::io("remove", &marker))?;
        self.vfs.sync_dir(self.to, SyncPoint::Removal).map_err(StoreError::io("sync the folder", self.to))
    }
}

/// Whether something of that name in the folder may go for a copy.
fn may_go(name: &str, is_left_over: bool) -> bool {
    let plain = name.trim_end_matches(TEMPORARY_SUFFIX).trim_end_matches("-journal");
    match is_left_over {
        true => plain == UNFINISHED_COPY || MADE.contains(&plain) || (plain == FORMAT && name != FORMAT),
        // The marker itself may not have got its name.
        false => name != UNFINISHED_COPY && plain == UNFINISHED_COPY,
    }
}

/// Locks the marker, as long as the file is open.
fn hold(marker: &Path) -> Result<File, StoreError> {
    let file = File::open(marker).map_err(StoreError::io("open", marker))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let path = marker.parent().unwrap_or(marker).to_path_buf();
            Err(StoreError::CopyUnderWay { path })
        }
        Err(error) => Err(StoreError::io("lock", marker)(error.into())),
    }
}

/// Removes a file, or all files below a folder: folders stay, and are used again.
fn remove(vfs: &dyn Vfs, path: &Path) -> Result<(), StoreError> {
    match vfs.list(path) {
        Ok(names) => names.iter().try_for_each(|name| remove(vfs, &path.join(name))),
        Err(_) => match vfs.remove(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(StoreError::io("remove what an earlier copy left", path)),
        },
    }
}

/// Whether a path, of which only the beginning need exist, lies in a folder or is that folder.
fn lies_in(path: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let real = |ancestor: &Path| -> Option<PathBuf> {
        Some(ancestor.canonicalize().ok()?.join(absolute.strip_prefix(ancestor).ok()?))
    };
    absolute.ancestors().find_map(real).is_some_and(|real| real.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_a_folder_whatever_way_it_is_named() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        std::fs::create_dir_all(data.join("inner")).unwrap();
        std::os::unix::fs::symlink(&data, root.path().join("link")).unwrap();
        for (path, expected) in [
            ("data", true),
            ("data/copy", true),
            ("data/inner/a/b", true),
            ("link/copy", true),
            ("data/../copy", false),
            ("copy", false),
            ("data-copy", false),
        ] {
            assert_eq!(lies_in(&root.path().join(path), &data), expected, "{path}");
        }
    }
}
