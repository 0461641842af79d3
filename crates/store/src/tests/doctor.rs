//! The examination finds every damage and nothing else.

use super::*;
use crate::doctor::{Finding, Report, Severity, examine};

fn prepared() -> (World, Store) {
    let world = World::new(3);
    let store = world.store();
    for start in [0, 100] {
        drop(store.append(shop(), events(start..start + 60)).unwrap().wait().unwrap());
        store.flush().unwrap();
    }
    drop(store.append(shop(), events(500..505)).unwrap().wait().unwrap());
    (world, store)
}

fn examined(world: &World) -> Report {
    examine(&world.vfs(), Path::new("data"))
}

/// Spoils the file of that path, and says what must be found.
fn check(path: &Path, spoil: impl Fn(Vec<u8>) -> Vec<u8>, expected: fn(&Finding) -> bool) {
    let (world, store) = prepared();
    drop(store);
    let path = Path::new("data").join(path);
    world.disk.set_content(&path, &spoil(world.disk.read(&path).unwrap())).unwrap();
    let report = examined(&world);
    assert!(
        matches!(report.findings.as_slice(), [finding] if expected(finding)),
        "{}: {report}",
        path.display()
    );
}

fn flipped(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn a_sound_folder_has_no_findings() {
    let (world, store) = prepared();
    for report in [store.doctor(), examined(&world)] {
        assert!(report.is_sound() && report.findings.is_empty(), "{report}");
        assert_eq!((report.rows, report.log_events), (120, 5));
        assert_eq!(report.segments, store.live_set().segments().count());
    }
}

#[test]
fn each_damage_is_found() {
    let (_, store) = prepared();
    let set = store.live_set();
    for (site, entry) in set.segments() {
        let path = entry.path(site);
        check(&path, flipped, |finding| matches!(finding, Finding::Segment { .. }));
        check(&path, |_| Vec::new(), |finding| matches!(finding, Finding::Segment { .. }));
    }
    for run in &set.dedup {
        check(&run.path(), flipped, |finding| matches!(finding, Finding::Identifiers(_)));
    }
    check(Path::new("MANIFEST"), flipped, |finding| matches!(finding, Finding::Manifest(_)));
    check(Path::new("FORMAT"), flipped, |finding| matches!(finding, Finding::Folder(_)));
}

#[test]
fn a_flipped_bit_in_a_segment_gives_no_row_and_is_said() {
    let (world, store) = prepared();
    let set = store.live_set();
    let (site, entry) = set.segments().next().unwrap();
    drop(store);
    let path = Path::new("data").join(entry.path(site));
    world.disk.set_content(&path, &flipped(world.disk.read(&path).unwrap())).unwrap();
    let store = world.store();
    let snapshot = store.snapshot(&shop());
    assert!(snapshot.parts.iter().all(|part| part.columns.times().is_ok()));
    assert_eq!((snapshot.rows, snapshot.damage.len()), (125 - u64::from(entry.meta.bounds.rows), 1));
    let reader = crate::segment::SegmentReader::open(&world.disk, &path, &entry.meta);
    assert!(matches!(reader, Err(crate::columns::ColumnsError::Damaged { .. })), "{reader:?}");
    assert!(!store.doctor().is_sound());
}

#[test]
fn what_is_left_over_is_a_note() {
    let (world, store) = prepared();
    let path = Path::new("data/segments/shop/2026-11/0000000000009999.parquet");
    drop(world.disk.create_new(path).unwrap());
    let report = store.doctor();
    assert!(report.is_sound(), "{report}");
    let severities: Vec<Severity> = report.findings.iter().map(Finding::severity).collect();
    assert_eq!(severities, [Severity::Note]);
    drop(store);
    let store = world.store();
    assert_eq!(store.recovered().removed_files, 1);
    assert!(store.doctor().findings.is_empty());
}

#[test]
fn nothing_there_is_said() {
    let world = World::new(1);
    assert!(matches!(examined(&world).findings.as_slice(), [Finding::Missing(_)]));
}
