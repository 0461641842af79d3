//! Compaction: fewer segments, the same rows, files gone when nobody reads them.

use super::*;

const DAY: i64 = 86_400_000;

/// Flushes one batch of so many events for each number of days before noon.
fn flushed(store: &Store, batches: &[(i64, u64)]) -> Vec<Event> {
    let mut all = Vec::new();
    let first = store.snapshot(&shop()).rows;
    for (at, &(days, rows)) in (first..).zip(batches) {
        let batch: Vec<Event> = (0..rows)
            .map(|n| {
                let mut event = event(at * 10_000 + n);
                event.time = NOON - days * DAY + n as i64;
                event
            })
            .collect();
        drop(store.append(shop(), batch.clone()).unwrap().wait().unwrap());
        store.flush().unwrap();
        all.extend(batch);
    }
    all
}

/// Rows of the segments that are left, ascending, after what is flushed was compacted.
fn check(batches: &[(i64, u64)], split_rows: usize, expected: &[u32]) {
    let mut world = World::new(1);
    world.config.split_rows = split_rows;
    let store = world.store();
    let all = flushed(&store, batches);
    let before = store.snapshot(&shop());
    store.maintain().unwrap();
    let mut left: Vec<u32> = store.live_set().segments().map(|(_, entry)| entry.meta.bounds.rows).collect();
    left.sort_unstable();
    assert_eq!(left, expected, "{batches:?}");
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
    assert_eq!(content(&before), sorted(&all));
    drop(before);
    assert_eq!(store.maintain().unwrap(), crate::MaintainSummary::default());
    drop(store);
    assert_eq!(world.store().recovered().removed_files, 0, "files were left over");
    assert_eq!(content(&world.store().snapshot(&shop())), sorted(&all));
}

#[test]
fn segments_are_merged_by_day_then_by_month() {
    check(&[(0, 10), (0, 10), (0, 10)], 1_000, &[30]);
    check(&[(0, 10), (1, 10), (0, 10), (1, 10)], 1_000, &[20, 20]);
    // September 2026 ended more than 35 days before 20 November, October did not.
    check(&[(60, 10), (65, 10), (25, 10), (30, 10)], 1_000, &[10, 10, 20]);
}

#[test]
fn large_segments_are_not_moved_for_small_ones() {
    check(&[(0, 400), (0, 10)], 1_000, &[10, 400]);
    check(&[(0, 400), (0, 10), (0, 10)], 1_000, &[20, 400]);
    check(&[(0, 400), (0, 100), (0, 10)], 1_000, &[510]);
}

#[test]
fn full_segments_are_not_all_moved_to_save_one() {
    let mut world = World::new(1);
    world.config.split_rows = 100;
    let store = world.store();
    let all = flushed(&store, &[[(0, 100); 8].as_slice(), &[(0, 10); 2]].concat());
    // Two of the eight, with the small ones.
    assert_eq!(store.maintain().unwrap().merged, 4);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
}

#[test]
fn more_segments_than_are_merged_at_once_become_one() {
    check(&[(0, 10); 60], 1_000, &[600]);
}

#[test]
fn what_is_too_large_is_divided_by_visitor_and_left_so() {
    // Seven visitors with about as many rows each.
    check(&[(0, 70), (0, 70), (0, 70), (0, 70)], 130, &[40, 120, 120]);
    let mut world = World::new(1);
    world.config.split_rows = 130;
    let store = world.store();
    flushed(&store, &[(0, 70), (0, 70), (0, 70), (0, 70)]);
    store.maintain().unwrap();
    let mut ranges: Vec<(u64, u64)> =
        store.live_set().segments().map(|(_, entry)| entry.meta.bounds.visitor).collect();
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0), "{ranges:?}");
}

#[test]
fn identifiers_are_dropped_past_the_window() {
    let world = World::new(1);
    let store = world.store();
    flushed(&store, &[(0, 10), (0, 10)]);
    world.clock.advance(4 * DAY - 1);
    flushed(&store, &[]);
    store.maintain().unwrap();
    let ids = |store: &Store| -> usize {
        store.snapshot(&shop()).parts.iter().map(|part| part.columns.event_ids().unwrap().1.len()).sum()
    };
    assert_eq!(ids(&store), 20);
    world.clock.advance(DAY);
    flushed(&store, &[(0, 20)]);
    store.maintain().unwrap();
    assert_eq!((ids(&store), store.snapshot(&shop()).rows), (0, 40));
    assert!(store.live_set().segments().all(|(_, entry)| !entry.event_ids));
}

#[test]
fn files_stay_as_long_as_a_snapshot_reads_them() {
    let world = World::new(1);
    let store = world.store();
    flushed(&store, &[(0, 10), (0, 10), (0, 10)]);
    let files = || world.disk.list(Path::new("data/segments/shop/2026-11")).unwrap().len();
    let snapshot = store.snapshot(&shop());
    store.maintain().unwrap();
    assert_eq!(files(), 4);
    assert_eq!(content(&snapshot).len(), 30);
    drop(snapshot);
    assert_eq!(files(), 1);
}

#[test]
fn a_lone_segment_of_an_old_month_loses_its_identifiers_once() {
    let world = World::new(1);
    let store = world.store();
    flushed(&store, &[(90, 10)]);
    let summary = store.maintain().unwrap();
    assert_eq!((summary.merged, summary.written, summary.rows), (1, 1, 10));
    assert!(store.live_set().segments().all(|(_, entry)| !entry.event_ids));
    assert_eq!(store.maintain().unwrap(), crate::MaintainSummary::default());
}

#[test]
fn an_import_leaves_one_segment_a_month() {
    let world = World::new(1);
    let store = world.store();
    let mut import = store.importer(shop()).unwrap();
    let all: Vec<Event> = (0..400_u64).map(event).collect();
    all.iter().for_each(|event| _ = import.push(event).unwrap());
    assert!(import.finish("f").unwrap().segments >= 10);
    let segments: Vec<(i64, i64)> =
        store.live_set().segments().map(|(_, entry)| entry.meta.bounds.time).collect();
    assert!(segments.len() <= 3, "{segments:?}");
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
}

#[test]
fn decoded_columns_go_when_nobody_reads_their_segments() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(NOON));
    let vfs = Arc::new(crate::vfs::RealVfs);
    let store = Store::open(vfs, folder.path(), clock, StoreConfig::default(), Access::Write).unwrap();
    let all = flushed(&store, &[(0, 10), (0, 10), (0, 10)]);
    let cached = || std::fs::read_dir(folder.path().join("cache/hot")).unwrap().count();
    let snapshot = store.snapshot(&shop());
    assert_eq!(content(&snapshot), sorted(&all));
    store.maintain().unwrap();
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
    assert_eq!(cached(), 4);
    store.maintain().unwrap();
    assert_eq!((content(&snapshot).len(), cached()), (30, 4));
    drop(snapshot);
    store.maintain().unwrap();
    assert_eq!(cached(), 1);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
}
