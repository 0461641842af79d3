//! Imports: whole or not at all, on a sound disk and on a full one.

use super::*;
use crate::live_set::LiveSet;

fn import(store: &Store, events: &[Event], fingerprint: &str) -> Result<crate::ImportSummary, StoreError> {
    let mut import = store.importer(shop())?;
    for event in events {
        import.push(event)?;
    }
    import.finish(fingerprint)
}

fn files(world: &World, set: &LiveSet) -> usize {
    set.segments()
        .filter(|(site, entry)| world.disk.len(&Path::new("data").join(entry.path(site))).is_ok())
        .count()
}

#[test]
fn an_import_is_readable_and_stays_so() {
    let world = World::new(1);
    let all = events(0..1000);
    let store = world.store();
    let before = store.snapshot(&shop());
    let summary = import(&store, &all, "f").unwrap();
    assert_eq!(summary.rows, 1000);
    assert_eq!(content(&before), []);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&all));
    assert_eq!(store.already_imported(&shop(), "f").unwrap().rows, 1000);
    assert_eq!(store.already_imported(&shop(), "g"), None);
    assert_eq!(store.counters(&shop()).stored, 1000);
    drop(store);
    for access in [Access::Read, Access::Write] {
        let store = world.open(access).unwrap();
        assert_eq!(content(&store.snapshot(&shop())), sorted(&all), "{access:?}");
        assert_eq!(files(&world, &store.live_set()), store.live_set().segments().count());
        assert!(store.counters(&shop()).add_up());
    }
}

#[test]
fn file_order_decides_between_equal_times() {
    let world = World::new(1);
    let store = world.store();
    let same_time = |n: u64| Event::new(9, NOON, &format!("e{n:04}"));
    let all: Vec<Event> = (0..200).map(same_time).collect();
    import(&store, &all, "f").unwrap();
    let mut found: Vec<_> = store.snapshot(&shop()).parts.iter().flat_map(rows).collect();
    found.sort_by_key(|(event, seq)| (event.time, *seq));
    let names: Vec<Event> = found.into_iter().map(|(event, _)| event).collect();
    assert_eq!(names, all);
}

#[test]
fn a_dropped_import_leaves_nothing() {
    let world = World::new(1);
    let store = world.store();
    let used = world.disk.used();
    let mut import = store.importer(shop()).unwrap();
    events(0..500).iter().for_each(|event| import.push(event).unwrap());
    drop(import);
    assert_eq!((world.disk.used(), store.snapshot(&shop()).rows), (used, 0));
}

#[test]
fn a_full_disk_is_one_clear_error_and_leaves_nothing() {
    let world = World::new(1);
    let store = world.store();
    let used = world.disk.used();
    for free in [0, 1_000, 10_000, 30_000] {
        world.disk.set_capacity(Some(used + free));
        let error = import(&store, &events(0..1000), "f").unwrap_err();
        assert!(error.is_disk_full(), "{free}: {error}");
        assert_eq!((world.disk.used(), store.snapshot(&shop()).rows), (used, 0), "{free}");
        assert_eq!(store.already_imported(&shop(), "f"), None);
    }
    world.disk.set_capacity(None);
    import(&store, &events(0..1000), "f").unwrap();
    assert_eq!(store.snapshot(&shop()).rows, 1000);
}

#[test]
fn an_import_that_leaves_no_room_to_merge_is_done_and_says_so() {
    let world = World::new(1);
    let store = world.store();
    let used = world.disk.used();
    let within = |free| {
        world.disk.set_capacity(Some(used + free));
        import(&store, &events(0..1000), "f").ok()
    };
    let summary = (0..200).map(|step| step * 2_000).find_map(within).unwrap();
    let reason = summary.not_merged.unwrap();
    assert!(reason.contains("cannot be written"), "{reason}");
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..1000)));
    world.disk.set_capacity(None);
    assert!(store.maintain().unwrap().merged > 0);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..1000)));
}

#[test]
fn what_was_opened_for_reading_takes_nothing() {
    let world = World::new(1);
    drop(world.store());
    let operations = world.disk.operations();
    let store = world.open(Access::Read).unwrap();
    assert!(matches!(store.importer(shop()), Err(StoreError::ReadOnly)));
    assert!(matches!(store.append(shop(), events(0..1)), Err(StoreError::ReadOnly)));
    assert!(matches!(store.flush(), Err(StoreError::ReadOnly)));
    assert_eq!(world.disk.operations(), operations);
}
