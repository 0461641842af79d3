//! A log whose disk fails or is full: nothing is acknowledged that is not safe, and what was acknowledged stays.

use super::*;
use crate::{
    log::reader::LogReader,
    vfs::{create_folder, sim::Operation},
};

fn new_disk(seed: u64) -> SimDisk {
    let disk = SimDisk::new(seed);
    create_folder(&disk, Path::new("data")).unwrap();
    disk
}

/// Commits single records until one is refused; says which were stored, and by what the other was refused.
fn fill(log: &mut Opened, first: u64) -> (Vec<u64>, AppendError) {
    let mut stored = Vec::new();
    loop {
        let id = first + stored.len() as u64;
        match log.commit(&[id]) {
            Ok(_) => stored.push(id),
            Err(error) => return (stored, error),
        }
    }
}

/// What is found after a failure, and again after a power cut. What is found at first must stay.
fn reopened(disk: &SimDisk, file_bytes: u64, stored: &[u64]) {
    let found = open(disk, file_bytes, LogPosition::START).unwrap();
    assert!(found.ids().starts_with(stored), "{stored:?} were acknowledged, {:?} are found", found.ids());
    assert!(found.ids().len() <= stored.len() + 1);
    assert_eq!(found.recovery.damage, []);
    let (ids, mut log) = (found.ids(), found);
    log.commit(&[9_999]).unwrap();
    disk.power_cut();
    let found = open(disk, file_bytes, LogPosition::START).unwrap();
    assert_eq!(found.ids(), [ids, vec![9_999]].concat());
    assert_eq!(found.recovery.damage, []);
}

#[test]
fn first_failing_call_poisons_the_log() {
    let mut poisoned = 0;
    for operation in [Operation::SyncData, Operation::SyncFolder, Operation::Append, Operation::Rename] {
        for seed in 0..200 {
            let disk = new_disk(seed);
            let mut log = open(&disk, 600, LogPosition::START).unwrap();
            disk.fail(operation, seed % 20);
            let (stored, error) = fill(&mut log, 1);
            assert!(matches!(error, AppendError::Poisoned(_)), "{operation:?} {seed}: {error}");
            let again = log.commit(&[5_000]).unwrap_err();
            assert_eq!(again.to_string(), error.to_string(), "refused for the first reason");
            assert!(log.appender.close().is_err());
            reopened(&disk, 600, &stored);
            poisoned += 1;
        }
    }
    assert_eq!(poisoned, 800);
}

#[test]
fn full_disk_refuses_and_goes_on_when_space_returns() {
    for seed in 0..400 {
        let disk = new_disk(seed);
        let mut log = open(&disk, 600, LogPosition::START).unwrap();
        disk.set_capacity(Some(seed * 9));
        let (mut stored, error) = fill(&mut log, 1);
        assert!(matches!(error, AppendError::DiskFull(_)), "{seed}: {error}");
        let read: Vec<u64> = LogReader::new(&disk, folder(), LogPosition::START)
            .unwrap()
            .map(|item| item.map(|(_, record)| id_of(record.kind, &record.payload).unwrap()).unwrap())
            .collect();
        assert_eq!(read, stored, "reads go on, and the refused record is not there");
        let (more, error) = fill(&mut log, 1_000);
        stored.extend(more);
        assert!(matches!(error, AppendError::DiskFull(_)), "still full: {error}");
        disk.set_capacity(None);
        log.commit(&[2_000, 2_001]).unwrap();
        stored.extend([2_000, 2_001]);
        reopened(&disk, 600, &stored);
    }
}

#[test]
fn full_disk_that_cannot_be_cut_back_poisons() {
    for operation in [Operation::Truncate, Operation::SyncData] {
        let disk = new_disk(1);
        let mut log = open(&disk, 600, LogPosition::START).unwrap();
        log.commit(&[1]).unwrap();
        disk.set_capacity(Some(disk.used() + 20));
        disk.fail(operation, 0);
        assert!(matches!(log.commit(&[2]).unwrap_err(), AppendError::Poisoned(_)), "{operation:?}");
        disk.set_capacity(None);
        assert!(matches!(log.commit(&[3]).unwrap_err(), AppendError::Poisoned(_)), "{operation:?}");
        reopened(&disk, 600, &[1]);
    }
}

#[test]
fn a_start_without_space_changes_nothing() {
    let disk = new_disk(1);
    let mut log = open(&disk, 600, LogPosition::START).unwrap();
    let stored: Vec<u64> = (1..20).collect();
    for id in &stored {
        log.commit(&[*id]).unwrap();
    }
    disk.set_capacity(Some(disk.used()));
    let refused = open(&disk, 600, LogPosition::START).err();
    assert!(matches!(refused, Some(NotOpened::Failed(LogError::Write(_)))), "{refused:?}");
    disk.set_capacity(None);
    reopened(&disk, 600, &stored);
}

#[test]
fn a_start_removes_files_that_never_got_their_names() {
    let disk = new_disk(1);
    open(&disk, 600, LogPosition::START).unwrap().commit(&[1]).unwrap();
    let path = folder().join("00000000000000000002.wlog.tmp");
    disk.create_new(&path).unwrap().append(b"half").unwrap();
    assert_eq!(open(&disk, 600, LogPosition::START).unwrap().ids(), [1]);
    assert!(!disk.exists(&path).unwrap());
}

#[test]
fn files_below_the_flushed_position_are_removed() {
    let disk = new_disk(1);
    let mut log = open(&disk, 600, LogPosition::START).unwrap();
    let mut stored = Vec::new();
    for id in 1..40 {
        stored.extend(log.commit(&[id]).unwrap());
    }
    let (last, flushed) = stored[20];
    let before = files(&disk).len();
    let removed = crate::log::recovery::remove_below(&disk, folder(), flushed).unwrap();
    assert!(removed > 0);
    assert_eq!(files(&disk).len() as u64, before as u64 - removed);
    let found = open(&disk, 600, flushed).unwrap();
    assert_eq!(found.ids(), (last + 1..40).collect::<Vec<_>>());
    assert_eq!(found.recovery.damage, []);
    let beyond = LogPosition::new(u64::MAX, 0);
    crate::log::recovery::remove_below(&disk, folder(), beyond).unwrap();
    assert_eq!(files(&disk).len(), 1, "the newest file stays");
}
