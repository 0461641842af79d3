//! A log's life on a failing disk, and what is known of it from outside: says when something acknowledged is
//! lost or something else appears.

use std::{collections::BTreeSet, io, path::Path};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    log::recovery::remove_below,
    manifest::{self, ManifestError},
    vfs::{
        create_folder,
        sim::{IgnoreSync, Operation},
    },
};

/// What the segments hold: all records up to one.
#[derive(Serialize, Deserialize, Clone, Copy, Default)]
struct Flushed {
    position: LogPosition,
    last: u64,
}

/// A log, its disk and its users.
pub(super) struct Life {
    random: Random,
    disk: SimDisk,
    /// Records that were acknowledged or read, and their ends. They must stay.
    pub(super) stored: Vec<Read>,
    /// Records sent that got no answer: they may be found or not, but after that for good.
    in_doubt: BTreeSet<u64>,
    next: u64,
    /// Whether a full disk refused a group.
    pub(super) was_full: bool,
    /// Whether calls fail now and then.
    failures: bool,
}

/// Why a session ends early: a call failed or the power went, or something was lost.
enum End {
    Stopped,
    Loss(String),
}

impl From<LogError> for End {
    fn from(_: LogError) -> Self {
        Self::Stopped
    }
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Stopped
    }
}

fn manifest_path() -> &'static Path {
    Path::new("data/MANIFEST")
}

impl Life {
    pub(super) fn new(seed: u64, failures: bool, ignored: Option<IgnoreSync>) -> Self {
        let disk = SimDisk::new(seed);
        disk.ignore_syncs(ignored);
        let (stored, in_doubt) = (Vec::new(), BTreeSet::new());
        Self { random: Random::new(!seed), disk, stored, in_doubt, next: 1, was_full: false, failures }
    }

    /// Lives until the power is cut, then lets it come back.
    pub(super) fn until_power_cut(&mut self) -> Result<(), String> {
        self.disk.cut_power_after(self.random.below(60));
        while self.disk.has_power() {
            if let Err(End::Loss(loss)) = self.session() {
                return Err(loss);
            }
            self.disk.set_capacity(None);
        }
        self.disk.power_cut();
        Ok(())
    }

    /// One process: opens the log, works, and ends in one way or another.
    fn session(&mut self) -> Result<(), End> {
        if self.failures && self.random.one_in(3) {
            let operation = Operation::ALL[self.random.index(Operation::ALL.len())];
            self.disk.fail(operation, self.random.below(8));
        }
        let mut log = self.open()?;
        for _ in 0..self.random.below(12) {
            match self.random.below(10) {
                0 => self.flush()?,
                1 => self.disk.set_capacity(Some(self.disk.used() + self.random.below(1_200))),
                2 | 3 => self.disk.set_capacity(None),
                _ => self.commit(&mut log)?,
            }
        }
        self.disk.set_capacity(None);
        if self.random.one_in(2) {
            log.appender.close().map_err(|_| End::Stopped)?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<Opened, End> {
        create_folder(&self.disk, Path::new("data"))?;
        let flushed = self.flushed()?;
        let log = match open(&self.disk, 1_500, flushed.position) {
            Ok(log) => log,
            Err(NotOpened::Failed(_)) => return Err(End::Stopped),
            Err(NotOpened::Wrong(wrong)) => return Err(End::Loss(wrong)),
        };
        self.compare(&log, flushed.last)?;
        if let Some(damage) = log.recovery.damage.first() {
            return Err(End::Loss(format!("a power cut passes for damage: {damage}")));
        }
        Ok(log)
    }

    fn compare(&mut self, log: &Opened, flushed: u64) -> Result<(), End> {
        let found = log.ids();
        if !found.is_sorted_by(|a, b| a < b) {
            return Err(End::Loss(format!("records out of order: {found:?}")));
        }
        for (id, end) in self.stored.iter().filter(|(id, _)| *id > flushed) {
            if found.binary_search(id).is_err() {
                return Err(End::Loss(format!("record {id}, which ended at {end}, is lost")));
            }
        }
        let stored: BTreeSet<u64> = self.stored.iter().map(|(id, _)| *id).collect();
        if let Some(id) = found.iter().find(|id| !stored.contains(id) && !self.in_doubt.contains(id)) {
            return Err(End::Loss(format!("record {id} was refused or gone, and is there again")));
        }
        self.stored.retain(|(id, _)| *id <= flushed);
        self.stored.extend(&log.records);
        self.in_doubt.clear();
        Ok(())
    }

    fn commit(&mut self, log: &mut Opened) -> Result<(), End> {
        let ids: Vec<u64> = (0..self.random.below(5)).map(|n| self.next + n).collect();
        self.next += ids.len() as u64;
        match log.commit(&ids) {
            Ok(stored) => self.stored.extend(stored),
            Err(AppendError::DiskFull(_)) => self.was_full = true,
            Err(_) if log.commit(&[0]).is_ok() => {
                return Err(End::Loss("a poisoned log takes records".into()));
            }
            Err(_) => {
                self.in_doubt.extend(&ids);
                return Err(End::Stopped);
            }
        }
        Ok(())
    }

    fn flushed(&self) -> Result<Flushed, End> {
        match manifest::read(&self.disk, manifest_path()) {
            Ok(flushed) => Ok(flushed),
            Err(ManifestError::Missing { .. }) => Ok(Flushed::default()),
            Err(error @ ManifestError::Damaged { .. }) => Err(End::Loss(error.to_string())),
            Err(_) => Err(End::Stopped),
        }
    }

    /// Moves the flushed position on, as the segments do, and removes the files below it.
    fn flush(&mut self) -> Result<(), End> {
        let before = self.flushed()?;
        let index = self.random.index(self.stored.len());
        let Some((last, position)) = self.stored.get(index).copied().filter(|(id, _)| *id > before.last)
        else {
            return Ok(());
        };
        match manifest::write(&self.disk, manifest_path(), &Flushed { position, last }) {
            Ok(()) => {}
            Err(ManifestError::NotWritten(error)) if error.is_disk_full() => return Ok(()),
            Err(_) => return Err(End::Stopped),
        }
        remove_below(&self.disk, folder(), position)?;
        Ok(())
    }
}
