//! Tests of the log, and what they share: records whose content follows from their number, and a log without
//! its thread, so that every run can be repeated.

mod damage;
mod faults;
mod life;
mod power;
mod thread;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    appender::{Appender, Record},
    error::{AppendError, LogError},
    position::LogPosition,
    recovery::{LogRecord, Recovery, recover},
};
use crate::vfs::{
    Vfs,
    sim::{Random, SimDisk},
};

fn folder() -> &'static Path {
    Path::new("data/log")
}

/// The record with this number: nothing else may ever be read under it.
fn record(id: u64) -> Record {
    let mut random = Random::new(id);
    let length = match random.below(8) {
        0 => 0,
        1 => random.index(1_500),
        _ => random.index(90),
    };
    let mut payload = id.to_le_bytes().to_vec();
    payload.extend((0..length).map(|_| random.bits() as u8));
    Record { kind: (id % 0xF0) as u8, payload }
}

/// The number of a record that is sound in content.
fn id_of(kind: u8, payload: &[u8]) -> Result<u64, String> {
    let id = payload.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)).unwrap_or_default();
    if (Record { kind, payload: payload.to_vec() }) == record(id) {
        Ok(id)
    } else {
        Err(format!("a record that was never written: kind {kind}, {} bytes", payload.len()))
    }
}

/// A record that was read: its number and its end.
type Read = (u64, LogPosition);

/// A log without its thread.
struct Opened {
    appender: Appender,
    records: Vec<Read>,
    recovery: Recovery,
}

impl Opened {
    fn ids(&self) -> Vec<u64> {
        self.records.iter().map(|(id, _)| *id).collect()
    }

    /// Commits one group; says where each record ends.
    fn commit(&mut self, ids: &[u64]) -> Result<Vec<Read>, AppendError> {
        let records: Vec<Record> = ids.iter().map(|id| record(*id)).collect();
        let positions = self.appender.commit(&records.iter().collect::<Vec<_>>())?;
        let ends = positions.iter().zip(&records).map(|(position, record)| {
            let length = (super::record::FRAME_BYTES + record.payload.len()) as u64;
            LogPosition::new(position.file, position.offset + length)
        });
        Ok(ids.iter().copied().zip(ends).collect())
    }
}

/// Why a log was not opened: the disk failed, or it read what was never written.
#[derive(Debug)]
enum NotOpened {
    Failed(LogError),
    Wrong(String),
}

fn open(disk: &SimDisk, file_bytes: u64, from: LogPosition) -> Result<Opened, NotOpened> {
    let (mut records, mut wrong) = (Vec::new(), None);
    let mut take = |found: LogRecord<'_>| match id_of(found.kind, found.payload) {
        Ok(id) => records.push((id, found.end)),
        Err(error) => wrong = Some(error),
    };
    let opened = recover(disk, folder(), from.into(), &mut take);
    if let Some(wrong) = wrong {
        return Err(NotOpened::Wrong(wrong));
    }
    let (recovery, next) = opened.map_err(NotOpened::Failed)?;
    assert_eq!(recovery.records, records.len() as u64);
    let vfs: Arc<dyn Vfs> = Arc::new(disk.clone());
    let appender = Appender::new(vfs, folder().into(), file_bytes, next.number, next.previous);
    Ok(Opened { appender, records, recovery })
}

/// All files of a log, as bytes.
type Files = Vec<(PathBuf, Vec<u8>)>;

fn files(disk: &SimDisk) -> Files {
    let names = disk.list(folder()).unwrap();
    let paths = names.iter().filter(|name| name.ends_with(".wlog")).map(|name| folder().join(name));
    paths.map(|path| (path.clone(), disk.read(&path).unwrap())).collect()
}

fn disk_with(files: &Files) -> SimDisk {
    let disk = SimDisk::new(0);
    disk.create_dir_all(folder()).unwrap();
    for (path, bytes) in files {
        drop(disk.create_new(path).unwrap());
        disk.set_content(path, bytes).unwrap();
    }
    disk
}
