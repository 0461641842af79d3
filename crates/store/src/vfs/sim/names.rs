//! The names on a simulated disk: those the running system sees, those that are durable, and what a power cut
//! leaves. It knows no content, only file numbers.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::random::Random;
use crate::vfs::folder_of;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// The file of this number.
    File(usize),
    /// A folder.
    Folder,
}

/// All names, by full path.
#[derive(Debug, Default)]
pub(super) struct Names {
    seen: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Put(PathBuf, Node),
    Remove(PathBuf),
    Rename { from: PathBuf, to: PathBuf, node: Node },
}

impl Change {
    fn folder(&self) -> PathBuf {
        match self {
            Self::Put(path, _) | Self::Remove(path) | Self::Rename { to: path, .. } => folder_of(path),
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Self::Put(path, node) => {
                names.insert(path.clone(), *node);
            }
            Self::Remove(path) => {
                names.remove(path);
            }
            Self::Rename { from, to, node } => {
                if names.get(from) == Some(node) {
                    names.remove(from);
                }
                names.insert(to.clone(), *node);
            }
        }
    }
}

fn not_found(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{} does not exist", path.display()))
}

fn is_root(path: &Path) -> bool {
    [Path::new(""), Path::new("."), Path::new("/")].contains(&path)
}

impl Names {
    pub(super) fn get(&self, path: &Path) -> io::Result<Node> {
        if is_root(path) {
            return Ok(Node::Folder);
        }
        self.seen.get(path).copied().ok_or_else(|| not_found(path))
    }

    pub(super) fn file(&self, path: &Path) -> io::Result<usize> {
        match self.get(path)? {
            Node::File(number) => Ok(number),
            Node::Folder => Err(io::Error::new(io::ErrorKind::IsADirectory, path.display().to_string())),
        }
    }

    pub(super) fn files(&self) -> impl Iterator<Item = usize> {
        self.seen.values().filter_map(|node| match node {
            Node::File(number) => Some(*number),
            Node::Folder => None,
        })
    }

    pub(super) fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        if self.get(folder)? != Node::Folder {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, folder.display().to_string()));
        }
        let inside = self.seen.keys().filter(|path| folder_of(path) == folder);
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.seen);
        self.pending.push(change);
    }

    pub(super) fn create(&mut self, path: &Path, number: usize) -> io::Result<()> {
        if self.get(path).is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, path.display().to_string()));
        }
        self.get(&folder_of(path))?;
        self.change(Change::Put(path.to_path_buf(), Node::File(number)));
        Ok(())
    }

    pub(super) fn create_dir_all(&mut self, folder: &Path) -> io::Result<()> {
        if self.get(folder).is_ok() {
            return Ok(());
        }
        self.create_dir_all(&folder_of(folder))?;
        self.change(Change::Put(folder.to_path_buf(), Node::Folder));
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.get(from)?;
        if folder_of(from) != folder_of(to) {
            return Err(io::Error::new(io::ErrorKind::CrossesDevices, "renames stay within one folder"));
        }
        self.change(Change::Rename { from: from.to_path_buf(), to: to.to_path_buf(), node });
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.file(path)?;
        self.change(Change::Remove(path.to_path_buf()));
        Ok(())
    }

    pub(super) fn sync(&mut self, folder: &Path) {
        let changes = std::mem::take(&mut self.pending).into_iter();
        let (synced, pending): (Vec<_>, Vec<_>) = changes.partition(|change| change.folder() == folder);
        self.pending = pending;
        for change in synced {
            change.apply(&mut self.durable);
        }
    }

    /// Loses any of the unsynced changes, and with a folder's name all that is in it.
    pub(super) fn power_cut(&mut self, random: &mut Random) {
        let mode = random.below(4);
        for change in std::mem::take(&mut self.pending) {
            if mode == 1 || (mode > 1 && random.one_in(2)) {
                change.apply(&mut self.durable);
            }
        }
        self.seen.clear();
        // Parents sort before their children, so one pass suffices.
        for (path, node) in std::mem::take(&mut self.durable) {
            if self.get(&folder_of(&path)).is_ok() {
                self.seen.insert(path, node);
            }
        }
        self.durable = self.seen.clone();
    }
}
