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
    events(0..500).iter().for_each(|event| _ = import.push(event).unwrap());
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
    // Without identifiers, of which the import would write files that take more room than merging.
    let all: Vec<Event> = events(0..1000)
        .into_iter()
        .map(|mut event| {
            event.event_id = None;
            event
        })
        .collect();
    let within = |free| {
        world.disk.set_capacity(Some(used + free));
        import(&store, &all, "f").ok()
    };
    let summary = (0..200).map(|step| step * 2_000).find_map(within).unwrap();
    let reason = summary.not_merged.unwrap();
    assert!(reason.contains("cannot write"), "{reason}");
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

/// An imported event of that number, as its file has it.
fn imported(number: u64) -> Event {
    let mut event = event(number);
    event.identity = waymark_model::Identity::Imported;
    event
}

#[test]
fn an_identifier_is_imported_once_whatever_the_file_and_the_time() {
    let world = World::new(1);
    let store = world.store();
    store.append(shop(), events(0..3)).unwrap().wait().unwrap();
    let numbers = [2, 3, 4, 3, 5, 4];
    let first: Vec<Event> = numbers.into_iter().map(imported).collect();
    let summary = import(&store, &first, "f").unwrap();
    assert_eq!((summary.rows, summary.duplicates), (3, 3));
    assert!(store.counters(&shop()).add_up());
    assert_eq!((store.counters(&shop()).stored, store.counters(&shop()).duplicates), (6, 3));
    drop(store);
    // Half a year and some upkeep later.
    world.clock.advance(183 * 24 * 3_600_000);
    let store = world.store();
    store.confirm_clock().unwrap();
    store.append(shop(), events(100..200)).unwrap().wait().unwrap();
    store.flush().unwrap();
    store.maintain().unwrap();
    let again: Vec<Event> = (2..8).map(imported).collect();
    let summary = import(&store, &again, "g").unwrap();
    assert_eq!((summary.rows, summary.duplicates), (3, 3), "2 was collected, and is past the window");
    let outcomes = store.append(shop(), events(5..8)).unwrap().wait().unwrap();
    assert_eq!(outcomes, [crate::AppendOutcome::Duplicate; 3]);
    sound(&store);
}

#[test]
fn what_is_collected_during_an_import_is_not_stored_twice() {
    let world = World::new(1);
    let store = world.store();
    let mut import = store.importer(shop()).unwrap();
    for number in 0..100 {
        assert_eq!(import.push(&imported(number)).unwrap(), crate::AppendOutcome::Stored);
    }
    // One lies in a segment when the import ends, the other in the log.
    store.append(shop(), events(7..8)).unwrap().wait().unwrap();
    store.flush().unwrap();
    store.append(shop(), events(8..9)).unwrap().wait().unwrap();
    let summary = import.finish("f").unwrap();
    assert_eq!((summary.rows, summary.duplicates), (98, 2));
    let mut found: Vec<u64> = content(&store.snapshot(&shop()))
        .iter()
        .map(|event| event.text(TextColumn::Path)[1..].parse().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(found, (0..100).collect::<Vec<_>>());
    assert!(store.counters(&shop()).add_up());
    sound(&store);
}

#[test]
fn who_is_erased_or_kept_no_longer_leaves_no_identifier() {
    let world = World::new(1);
    let store = world.store();
    let all: Vec<Event> = (0..100).map(imported).collect();
    import(&store, &all, "f").unwrap();
    world.clock.advance(183 * 24 * 3_600_000);
    store.confirm_clock().unwrap();
    store.maintain().unwrap();
    let person = crate::Person { visitors: [3].into_iter().collect(), ..Default::default() };
    store.erase(&shop(), &person).unwrap();
    store.remove_before(&shop(), crate::KeptFrom::all(NOON - 50 * 3_600_000)).unwrap();
    let summary = import(&store, &all, "g").unwrap();
    let gone = (0..100).filter(|number| number % 7 == 3 || *number > 50).count() as u64;
    assert_eq!((summary.rows, summary.duplicates), (gone, 100 - gone));
    sound(&store);
}
