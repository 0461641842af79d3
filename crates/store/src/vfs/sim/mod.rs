//! A disk in memory that loses what it may lose: unsynced bytes and names at a power cut, calls that fail,
//! space that runs out, syncs that only pretend. Seeded, so every run can be repeated. For tests only.
//!
//! It is as hostile as the promises of [`Vfs`] allow: of unsynced bytes each 512-byte sector stays or not by
//! itself, or turns to zeros or garbage; of unsynced names each change stays or not, in no order. One thing it
//! grants, as drives do: a sector that was partly synced keeps the synced part.

mod content;
mod faults;
mod names;
mod random;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use content::Content;
use faults::{Fate, Faults};
use names::{Names, Node};

pub use faults::{IgnoreSync, Operation};
pub use random::Random;

use super::{SyncPoint, Vfs, VfsFile, VfsRead};

/// A simulated disk. Clones are handles of the same disk.
#[derive(Clone, Debug)]
pub struct SimDisk(Arc<Mutex<Disk>>);

#[derive(Debug)]
struct Disk {
    random: Random,
    names: Names,
    files: Vec<Content>,
    faults: Faults,
    /// Counts power cuts; handles of an earlier life fail.
    life: u64,
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    path: PathBuf,
    number: usize,
    life: u64,
}

fn broken(operation: Operation) -> io::Error {
    // EIO, as the kernel gives it.
    let error = io::Error::from_raw_os_error(5);
    io::Error::new(error.kind(), format!("simulated I/O error at {operation:?}"))
}

fn no_power() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "simulated power cut")
}

impl SimDisk {
    /// An empty disk whose accidents follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Disk {
            random: Random::new(seed),
            names: Names::default(),
            files: Vec::new(),
            faults: Faults::default(),
            life: 0,
        })))
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the power in the changing call after `operations` more of them; from then on every call fails
    /// until [`Self::power_cut`].
    pub fn cut_power_after(&self, operations: u64) {
        let faults = &mut self.disk().faults;
        faults.cut_after = Some(faults.operations + operations);
    }

    /// Decides what is found after the power comes back, and ends all faults but ignored syncs and capacity.
    pub fn power_cut(&self) {
        self.disk().power_cut();
    }

    /// Whether the power is on.
    pub fn has_power(&self) -> bool {
        !self.disk().faults.power_off
    }

    /// Lets one call of this kind fail, after `after` more of them that succeed.
    pub fn fail(&self, operation: Operation, after: u64) {
        self.disk().faults.fail(operation, after);
    }

    /// Lets all files together hold `bytes`, or any number.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.disk().faults.capacity = bytes;
    }

    /// Bytes that all files hold now.
    pub fn used(&self) -> u64 {
        self.disk().used()
    }

    /// Makes the syncs that `ignored` chooses do nothing and report success.
    pub fn ignore_syncs(&self, ignored: Option<IgnoreSync>) {
        self.disk().faults.ignored = ignored;
    }

    /// Changing calls since the last power cut.
    pub fn operations(&self) -> u64 {
        self.disk().faults.operations
    }

    /// Puts `bytes` in a file as if they had always been there: to damage it.
    pub fn set_content(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let number = disk.names.file(path)?;
        disk.files[number] = Content::durable(bytes.to_vec());
        Ok(())
    }
}

impl Disk {
    fn used(&self) -> u64 {
        self.names.files().map(|number| self.files[number].seen.len() as u64).sum()
    }

    fn powered(&self) -> io::Result<()> {
        if self.faults.power_off { Err(no_power()) } else { Ok(()) }
    }

    fn alive(&self, life: u64) -> io::Result<()> {
        self.powered()?;
        if self.life == life { Ok(()) } else { Err(no_power()) }
    }

    /// Runs a change of names; if the power goes meanwhile it may have happened or not.
    fn change_names(
        &mut self,
        operation: Operation,
        change: impl FnOnce(&mut Names) -> io::Result<()>,
    ) -> io::Result<()> {
        self.powered()?;
        match self.faults.next(operation) {
            Fate::Done => change(&mut self.names),
            Fate::Fails => Err(broken(operation)),
            Fate::PowerCut => change(&mut self.names).and(Err(no_power())),
        }
    }

    fn append(&mut self, number: usize, bytes: &[u8]) -> io::Result<()> {
        let free = self.faults.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(self.used()));
        let fits = bytes.len().min(usize::try_from(free).unwrap_or(usize::MAX));
        match self.faults.next(Operation::Append) {
            Fate::Done if fits == bytes.len() => self.files[number].append(bytes),
            Fate::Done => {
                self.files[number].append(&bytes[..fits]);
                return Err(io::Error::new(io::ErrorKind::StorageFull, "simulated full disk"));
            }
            Fate::Fails => {
                let written = self.random.index(fits + 1);
                self.files[number].append(&bytes[..written]);
                return Err(broken(Operation::Append));
            }
            Fate::PowerCut => {
                self.files[number].append(&bytes[..fits]);
                return Err(no_power());
            }
        }
        Ok(())
    }

    fn sync_data(&mut self, number: usize, path: &Path, point: SyncPoint) -> io::Result<()> {
        match self.faults.next(Operation::SyncData) {
            Fate::Done => {
                if !self.faults.ignores(point, path) {
                    self.files[number].sync();
                }
                Ok(())
            }
            Fate::Fails => {
                self.files[number].sync_failed(&mut self.random);
                Err(broken(Operation::SyncData))
            }
            Fate::PowerCut => Err(no_power()),
        }
    }

    fn truncate(&mut self, number: usize, length: u64) -> io::Result<()> {
        let fate = self.faults.next(Operation::Truncate);
        if fate == Fate::Fails {
            return Err(broken(Operation::Truncate));
        }
        let length = usize::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.files[number].truncate(length);
        if fate == Fate::PowerCut { Err(no_power()) } else { Ok(()) }
    }

    fn power_cut(&mut self) {
        self.life += 1;
        self.names.power_cut(&mut self.random);
        let kept: Vec<usize> = self.names.files().collect();
        for (number, content) in self.files.iter_mut().enumerate() {
            *content = if kept.contains(&number) {
                Content::durable(content.after_power_cut(&mut self.random))
            } else {
                Content::default()
            };
        }
        self.faults.power_back();
    }
}

impl Vfs for SimDisk {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn VfsFile>> {
        let mut disk = self.disk();
        let number = disk.files.len();
        disk.files.push(Content::default());
        disk.change_names(Operation::Create, |names| names.create(path, number))?;
        let life = disk.life;
        Ok(Box::new(SimFile { disk: self.clone(), path: path.to_path_buf(), number, life }))
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn VfsFile>> {
        let disk = self.disk();
        disk.powered()?;
        let (number, life) = (disk.names.file(path)?, disk.life);
        Ok(Box::new(SimFile { disk: self.clone(), path: path.to_path_buf(), number, life }))
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn VfsRead>> {
        let disk = self.disk();
        disk.powered()?;
        let (number, life) = (disk.names.file(path)?, disk.life);
        Ok(Box::new(SimFile { disk: self.clone(), path: path.to_path_buf(), number, life }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let disk = self.disk();
        disk.powered()?;
        Ok(disk.files[disk.names.file(path)?].seen.clone())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let disk = self.disk();
        disk.powered()?;
        disk.names.list(folder)
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        self.disk().change_names(Operation::Create, |names| names.create_dir_all(folder))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk().change_names(Operation::Rename, |names| names.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk().change_names(Operation::Remove, |names| names.remove(path))
    }

    fn sync_dir(&self, folder: &Path, point: SyncPoint) -> io::Result<()> {
        let mut disk = self.disk();
        disk.powered()?;
        match disk.faults.next(Operation::SyncFolder) {
            Fate::Done => {
                disk.names.get(folder)?;
                if !disk.faults.ignores(point, folder) {
                    disk.names.sync(folder);
                }
                Ok(())
            }
            Fate::Fails => Err(broken(Operation::SyncFolder)),
            Fate::PowerCut => Err(no_power()),
        }
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        let disk = self.disk();
        disk.powered()?;
        Ok(match disk.names.get(path)? {
            Node::File(number) => disk.files[number].seen.len() as u64,
            Node::Folder => 0,
        })
    }
}

impl VfsFile for SimFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.alive(self.life)?;
        disk.append(self.number, bytes)
    }

    fn sync_data(&mut self, point: SyncPoint) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.alive(self.life)?;
        disk.sync_data(self.number, &self.path, point)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.alive(self.life)?;
        disk.truncate(self.number, length)
    }

    fn is_at(&self, path: &Path) -> io::Result<bool> {
        let disk = self.disk.disk();
        disk.alive(self.life)?;
        Ok(disk.names.file(path).is_ok_and(|number| number == self.number))
    }
}

impl VfsRead for SimFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let disk = self.disk.disk();
        disk.alive(self.life)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let wanted =
            start.checked_add(buffer.len()).and_then(|end| disk.files[self.number].seen.get(start..end));
        buffer.copy_from_slice(wanted.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        let disk = self.disk.disk();
        disk.alive(self.life)?;
        Ok(disk.files[self.number].seen.len() as u64)
    }
}
