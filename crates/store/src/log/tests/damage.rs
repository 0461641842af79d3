//! Every cut and every flipped bit in log files: seen, or without effect. The one cut that cannot be seen is
//! named and counted.

use std::collections::BTreeSet;

use super::*;
use crate::log::{
    damage::{Damage, DamageCause},
    file::{HEADER_BYTES, Header, MARK_BYTES},
    reader::{LogReader, ReadError},
    record::{FRAME_BYTES, RecordError},
};

/// Gives files of two groups.
const FILE_BYTES: u64 = 500;

/// A log of three files: two closed, the third open or, if `tidy`, closed with an empty one after it. Groups
/// of one to three records.
fn log(tidy: bool) -> Files {
    let disk = SimDisk::new(7);
    let mut log = open(&disk, FILE_BYTES, LogPosition::START).unwrap();
    for group in [&[10, 11, 12][..], &[13], &[14, 17], &[18, 19], &[20, 21, 22], &[26, 27]] {
        log.commit(group).unwrap();
    }
    if tidy {
        log.appender.close().unwrap();
    }
    let files = files(&disk);
    assert_eq!(files.len(), if tidy { 4 } else { 3 });
    files
}

const IDS: [u64; 13] = [10, 11, 12, 13, 14, 17, 18, 19, 20, 21, 22, 26, 27];

/// What a start makes of damaged files.
struct ReadBack {
    ids: Vec<u64>,
    recovery: Recovery,
    disk: SimDisk,
}

impl ReadBack {
    fn new(files: &Files) -> Self {
        let disk = disk_with(files);
        let opened = open(&disk, FILE_BYTES, LogPosition::START).unwrap();
        Self { ids: opened.ids(), recovery: opened.recovery, disk }
    }

    fn silent(&self) -> bool {
        self.recovery.damage.is_empty() && self.recovery.truncated.is_none()
    }

    /// Records are the right ones in the right order; those missing are accounted for where that is possible.
    fn check(&self, name: &str) {
        let mut rest = IDS.iter();
        assert!(self.ids.iter().all(|id| rest.any(|other| other == id)), "{name}: {:?}", self.ids);
        if self.silent() {
            assert!(IDS.starts_with(&self.ids), "{name}: a gap that is not reported: {:?}", self.ids);
            return;
        }
        let lost: Option<u64> = self.recovery.damage.iter().map(|damage| damage.records_lost).sum();
        if let (Some(lost), None) = (lost, &self.recovery.truncated) {
            assert_eq!(self.ids.len() as u64 + lost, IDS.len() as u64, "{name}: {:?}", self.recovery);
        }
    }
}

/// Offsets in a sound file at which a group begins or could.
fn group_ends(bytes: &[u8], number: u64) -> BTreeSet<u64> {
    let mut ends = BTreeSet::from([HEADER_BYTES]);
    let mut at = HEADER_BYTES;
    while let Ok(frame) = crate::log::record::decode(bytes, number, at as usize) {
        let Some(mark) = crate::log::file::GroupMark::decode(frame.payload) else { break };
        at += MARK_BYTES + mark.bytes;
        ends.insert(at);
    }
    ends
}

#[test]
fn sound_logs_are_read_whole() {
    for tidy in [false, true] {
        let outcome = ReadBack::new(&log(tidy));
        assert_eq!(outcome.ids, IDS);
        assert!(outcome.silent(), "{:?}", outcome.recovery);
        let again = open(&outcome.disk, FILE_BYTES, LogPosition::START).unwrap();
        assert_eq!(again.ids(), IDS);
    }
}

#[test]
fn every_cut_is_seen() {
    for tidy in [false, true] {
        let sound = log(tidy);
        let mut unseen = Vec::new();
        for (index, (path, bytes)) in sound.iter().enumerate() {
            for length in 0..bytes.len() {
                let mut files = sound.clone();
                files[index].1.truncate(length);
                let outcome = ReadBack::new(&files);
                outcome.check(&format!("{} cut to {length}", path.display()));
                if outcome.silent() {
                    unseen.push((index, length as u64));
                }
            }
        }
        // In a file that was not closed, a cut between two groups looks like an earlier end.
        let open_file: Vec<(usize, u64)> =
            group_ends(&sound[2].1, 3).into_iter().map(|end| (2, end)).collect();
        let expected = if tidy { &[][..] } else { &open_file[..open_file.len() - 1] };
        assert_eq!(unseen, expected, "tidy: {tidy}");
        assert!(tidy || expected.len() == 2);
    }
}

#[test]
fn every_flipped_bit_is_seen() {
    for tidy in [false, true] {
        let sound = log(tidy);
        for (index, (path, bytes)) in sound.iter().enumerate() {
            for bit in 0..bytes.len() * 8 {
                let mut files = sound.clone();
                files[index].1[bit / 8] ^= 1 << (bit % 8);
                let outcome = ReadBack::new(&files);
                let name = format!("bit {bit} of {}", path.display());
                outcome.check(&name);
                assert!(!outcome.silent(), "{name} is not seen");
                quarantined(&outcome, &files[index].1, &name);
                at_most_one_lost(&outcome, &sound, index, bit, &name);
            }
        }
    }
}

/// The damaged bytes are kept as they were.
fn quarantined(outcome: &ReadBack, file: &[u8], name: &str) {
    for damage in outcome.recovery.damage.iter().filter(|damage| damage.bytes > 0) {
        let range = damage.at.offset as usize..damage.end().offset as usize;
        let kept = outcome.disk.read(damage.quarantined.as_ref().expect(name)).unwrap();
        assert_eq!(kept, file[range], "{name}");
    }
}

/// A flipped bit costs one record at most, save in the newest group, which may be taken for a tail.
fn at_most_one_lost(outcome: &ReadBack, sound: &Files, index: usize, bit: usize, name: &str) {
    let newest = index + 1 == sound.len();
    let last_group = group_ends(&sound[index].1, index as u64 + 1).into_iter().rev().nth(1);
    if newest && last_group.is_none_or(|start| bit as u64 / 8 >= start) {
        assert!(outcome.ids.starts_with(&IDS[..IDS.len() - 2]), "{name}: {:?}", outcome.ids);
    } else {
        assert!(outcome.ids.len() >= IDS.len() - 1, "{name}: {:?}", outcome.ids);
        assert_eq!(outcome.recovery.truncated, None, "{name}");
    }
}

/// A reader gives the same records and reports as a start, each damage before what lies after it.
fn read_alike(files: &Files, outcome: &ReadBack) {
    let disk = disk_with(files);
    let (mut ids, mut damage, mut truncated, mut at) = (Vec::new(), Vec::new(), None, LogPosition::START);
    for item in LogReader::new(&disk, folder(), LogPosition::START).unwrap() {
        let position = match item {
            Ok((position, record)) => {
                ids.push(id_of(record.kind, &record.payload).unwrap());
                position
            }
            Err(ReadError::Damaged(found)) => {
                damage.push(Damage { quarantined: None, ..found });
                damage[damage.len() - 1].at
            }
            Err(ReadError::Tail(found)) => truncated.insert(found).at,
            Err(ReadError::Log(error)) => panic!("{error}"),
        };
        assert!(at <= position);
        at = position;
    }
    assert_eq!(ids, outcome.ids);
    assert_eq!(truncated, outcome.recovery.truncated);
    let reported = outcome.recovery.damage.iter().map(|found| Damage { quarantined: None, ..found.clone() });
    assert_eq!(damage, reported.collect::<Vec<_>>());
}

#[test]
fn every_missing_file_is_seen() {
    let sound = log(true);
    for index in 0..sound.len() - 1 {
        let mut files = sound.clone();
        files.remove(index);
        let outcome = ReadBack::new(&files);
        outcome.check(&format!("without file {}", index + 1));
        let number = index as u64 + 1;
        let missing = DamageCause::MissingFiles { first: number, last: number };
        assert_eq!(outcome.recovery.damage.iter().map(|damage| damage.cause).collect::<Vec<_>>(), [missing]);
    }
}

#[test]
fn damage_is_reported_at_every_start_until_it_is_flushed() {
    let mut files = log(false);
    let at = HEADER_BYTES as usize + MARK_BYTES as usize + FRAME_BYTES;
    files[0].1[at] ^= 1;
    let first = ReadBack::new(&files);
    let cause = first.recovery.damage[0].cause;
    assert!(matches!(cause, DamageCause::Record(RecordError::PayloadChecksum { .. })), "{cause:?}");
    let mut again = open(&first.disk, FILE_BYTES, LogPosition::START).unwrap();
    assert_eq!(again.recovery.damage, first.recovery.damage);
    assert_eq!(again.ids(), IDS[1..]);
    again.commit(&[40]).unwrap();
    let flushed = open(&first.disk, FILE_BYTES, again.records[0].1).unwrap();
    assert_eq!(flushed.recovery.damage, []);
    assert_eq!(flushed.ids(), [&IDS[2..], &[40]].concat());
}

#[test]
fn newest_file_keeps_what_lies_after_damage() {
    let mut files = log(false);
    let sound = files[2].1.clone();
    let ends: Vec<u64> = group_ends(&sound, 3).into_iter().collect();
    assert_eq!(ends.len(), 3, "the open file has two groups");
    files[2].1[HEADER_BYTES as usize + MARK_BYTES as usize + 2] ^= 0x10;
    let outcome = ReadBack::new(&files);
    assert_eq!(outcome.recovery.truncated, None);
    assert_eq!(outcome.recovery.damage.len(), 1);
    assert_eq!(outcome.recovery.damage[0].records_lost, Some(1), "its group's mark counts it");
    assert_eq!(outcome.ids, IDS.into_iter().filter(|id| *id != 20).collect::<Vec<_>>());
}

#[test]
fn log_that_ends_before_the_flushed_position_is_reported() {
    let files = log(false);
    let flushed = LogPosition::new(5, 100);
    let disk = disk_with(&files);
    let mut found = open(&disk, FILE_BYTES, flushed).unwrap();
    let cause = found.recovery.damage[0].cause;
    assert_eq!(cause, DamageCause::EndsBeforeFlushed { flushed });
    let stored = found.commit(&[40]).unwrap();
    assert!(stored[0].1 > flushed, "what is written now lies after it");
    assert_eq!(open(&disk, FILE_BYTES, flushed).unwrap().ids(), [40]);
}

#[test]
fn what_is_written_after_a_cut_below_the_flushed_position_is_found() {
    let sound = log(false);
    let flushed = open(&disk_with(&sound), FILE_BYTES, LogPosition::START).unwrap().records[11].1;
    assert_eq!(flushed.file, 3);
    for length in 0..sound[2].1.len() {
        let mut files = sound.clone();
        files[2].1.truncate(length);
        let disk = disk_with(&files);
        let mut log = open(&disk, FILE_BYTES, flushed).unwrap();
        assert_eq!(log.recovery.damage.is_empty(), length as u64 >= flushed.offset, "{length}");
        log.commit(&[40]).unwrap();
        assert_eq!(open(&disk, FILE_BYTES, flushed).unwrap().ids(), [40], "{length}");
    }
}

#[test]
fn newer_version_is_refused() {
    let mut files = log(false);
    let header = Header { version: 2, ..Header::decode(&files[0].1, 1).unwrap() };
    files[0].1.splice(..HEADER_BYTES as usize, header.encode());
    let refused = open(&disk_with(&files), FILE_BYTES, LogPosition::START).err();
    let Some(NotOpened::Failed(error)) = refused else { panic!("opened") };
    assert!(error.to_string().contains("Upgrade Waymark"), "{error}");
}

#[test]
fn records_of_another_place_are_not_believed() {
    let mut files = log(false);
    let (first, second) = (files[0].1.clone(), files[1].1.clone());
    files[1].1.splice(HEADER_BYTES as usize.., first[HEADER_BYTES as usize..].iter().copied());
    let outcome = ReadBack::new(&files);
    assert!(!outcome.silent());
    outcome.check("a file with another's records");
    files[0].1 = second;
    let outcome = ReadBack::new(&files);
    assert!(!outcome.silent());
}

#[test]
fn random_bytes_are_survived() {
    let sound = log(true);
    for seed in 0..3_000 {
        let mut random = Random::new(seed);
        let mut files = sound.clone();
        for (_, bytes) in &mut files {
            let at = random.index(bytes.len());
            let length = random.index(bytes.len() - at + 1);
            bytes[at..at + length].iter_mut().for_each(|byte| *byte = random.bits() as u8);
        }
        let outcome = ReadBack::new(&files);
        outcome.check(&format!("seed {seed}"));
        assert!(!outcome.silent(), "seed {seed}");
        read_alike(&files, &outcome);
    }
}
