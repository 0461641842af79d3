//! Appending events: what is acknowledged is readable at once and after a restart, duplicates are known, and the
//! counters add up.

use super::*;
use crate::{AppendOutcome, Fate, log::AppendError, vfs::sim::Operation};

fn append(store: &Store, events: Vec<Event>) -> Result<Vec<AppendOutcome>, StoreError> {
    store.append(shop(), events)?.wait()
}

/// Appends, and says which of the events were stored.
fn stored(store: &Store, numbers: impl Iterator<Item = u64>) -> Vec<bool> {
    append(store, events(numbers))
        .unwrap()
        .into_iter()
        .map(|outcome| outcome == AppendOutcome::Stored)
        .collect()
}

/// The files of the log that hold more than their header.
fn log_bytes(world: &World) -> u64 {
    let log = Path::new("data/log");
    let names = world.vfs().list(log).unwrap();
    names.iter().map(|name| world.vfs().read(&log.join(name)).unwrap().len() as u64).sum()
}

#[test]
fn a_flush_of_the_whole_log_leaves_nothing_in_it() {
    let world = World::new(1);
    let store = world.store();
    store.flush_whole_log().unwrap();
    let empty = log_bytes(&world);
    for round in 0..3 {
        drop(store.append(shop(), events(round * 10..round * 10 + 10)).unwrap().wait().unwrap());
        // What a flush has moved is still in the newest file.
        store.flush().unwrap();
        assert!(log_bytes(&world) > empty);
        store.flush_whole_log().unwrap();
        assert_eq!(log_bytes(&world), empty, "round {round}");
    }
    drop(store.append(shop(), events(30..40)).unwrap().wait().unwrap());
    assert!(store.doctor().is_sound(), "{}", store.doctor());
    drop(store);
    let store = world.store();
    assert!(store.recovered().damage.is_empty(), "{:?}", store.recovered());
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..40)));
    store.flush_whole_log().unwrap();
    drop(store);
    assert_eq!(content(&world.store().snapshot(&shop())), sorted(&events(0..40)));
}

#[test]
fn what_is_acknowledged_is_readable_and_stays_so() {
    let world = World::new(1);
    let store = world.store();
    let empty = store.snapshot(&shop());
    for start in (0..300).step_by(30) {
        assert_eq!(stored(&store, start..start + 30), [true; 30]);
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..start + 30)));
    }
    assert_eq!(empty.rows, 0);
    assert_eq!(store.snapshot(&SiteId::parse("other").unwrap()).rows, 0);
    drop(store);
    for access in [Access::Read, Access::Write, Access::Read] {
        let store = world.open(access).unwrap();
        assert_eq!(store.recovered().events, 300);
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..300)));
        assert_eq!(store.counters(&shop()).stored, 300);
    }
}

#[test]
fn flushing_changes_nothing_that_is_read() {
    let world = World::new(1);
    let store = world.store();
    for round in 0..4 {
        stored(&store, round * 100..round * 100 + 100);
        let before = store.snapshot(&shop());
        assert_eq!(store.flush().unwrap(), 100);
        assert_eq!(store.flush().unwrap(), 0);
        let after = store.snapshot(&shop());
        assert!(after.generation > before.generation);
        assert_eq!(content(&before), sorted(&events(0..round * 100 + 100)));
        assert_eq!(content(&after), content(&before));
    }
    drop(store);
    let store = world.store();
    assert_eq!(store.recovered().events, 0);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..400)));
}

#[test]
fn duplicates_are_known_in_memory_in_runs_and_after_a_restart() {
    let world = World::new(1);
    let store = world.store();
    let twice = [event(1), event(2), event(1)].to_vec();
    assert_eq!(
        append(&store, twice).unwrap(),
        [AppendOutcome::Stored, AppendOutcome::Stored, AppendOutcome::Duplicate]
    );
    assert_eq!(stored(&store, 0..4), [true, false, false, true]);
    store.flush().unwrap();
    assert_eq!(stored(&store, 2..6), [false, false, true, true]);
    drop(store);
    let store = world.store();
    assert_eq!(stored(&store, 0..7), [false, false, false, false, false, false, true]);
    store.flush().unwrap();
    drop(store);
    let store = world.store();
    assert_eq!(stored(&store, 0..8), [false, false, false, false, false, false, false, true]);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..8)));
    let other = SiteId::parse("other").unwrap();
    assert_eq!(store.append(other, events(0..1)).unwrap().wait().unwrap(), [AppendOutcome::Stored]);
    world.clock.advance(97 * 3_600_000);
    store.maintain().unwrap();
    assert_eq!(store.live_set().dedup, []);
    let counters = store.counters(&shop());
    assert_eq!(
        (counters.stored, counters.received, counters.add_up()),
        (8, counters.stored + counters.duplicates, true)
    );
}

#[test]
fn events_without_an_identifier_are_never_duplicates() {
    let world = World::new(1);
    let store = world.store();
    let plain = Event::new(1, NOON, "view");
    assert_eq!(append(&store, vec![plain.clone(), plain]).unwrap(), [AppendOutcome::Stored; 2]);
    assert_eq!(store.snapshot(&shop()).rows, 2);
}

#[test]
fn arrival_order_decides_between_equal_times() {
    let world = World::new(1);
    let store = world.store();
    let same_time = |n: usize| Event::new(9, NOON, &format!("e{n:04}"));
    let mut sent = 0;
    for round in 0..60 {
        let batch: Vec<Event> = (sent..sent + 1 + round % 3).map(same_time).collect();
        sent += batch.len();
        if round % 7 == 6 {
            let mut import = store.importer(shop()).unwrap();
            batch.iter().for_each(|event| _ = import.push(event).unwrap());
            import.finish(&format!("{round}")).unwrap();
        } else {
            append(&store, batch).unwrap();
        }
        match round % 5 {
            0 => drop(store.snapshot(&shop())),
            2 => drop(store.flush().unwrap()),
            4 => drop(store.maintain().unwrap()),
            _ => {}
        }
    }
    for store in [store, {
        world.disk.power_cut();
        world.store()
    }] {
        let mut found: Vec<_> = store.snapshot(&shop()).parts.iter().flat_map(rows).collect();
        found.sort_by_key(|(event, seq)| (event.time, *seq));
        let found: Vec<Event> = found.into_iter().map(|(event, _)| event).collect();
        assert_eq!(found, (0..sent).map(same_time).collect::<Vec<_>>());
    }
}

#[test]
fn a_full_disk_refuses_and_writes_resume() {
    let world = World::new(1);
    let store = world.store();
    stored(&store, 0..50);
    world.disk.set_capacity(Some(world.disk.used() + 100));
    for _ in 0..3 {
        let error = append(&store, events(40..90)).unwrap_err();
        assert!(error.is_disk_full(), "{error}");
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..50)));
        assert!(store.flush().unwrap_err().is_disk_full());
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..50)));
    }
    world.disk.set_capacity(None);
    assert_eq!(
        append(&store, events(40..90)).unwrap().iter().filter(|o| **o == AppendOutcome::Stored).count(),
        40
    );
    assert_eq!(store.flush().unwrap(), 90);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..90)));
    let counters = store.counters(&shop());
    assert_eq!((counters.stored, counters.rejected["disk_full"], counters.add_up()), (90, 120, true));
}

#[test]
fn a_failed_sync_ends_all_writing_until_the_next_start() {
    let world = World::new(1);
    let store = world.store();
    stored(&store, 0..10);
    world.disk.fail(Operation::SyncData, 0);
    for _ in 0..2 {
        let error = append(&store, events(5..20)).unwrap_err();
        assert!(matches!(error, StoreError::Append(AppendError::Poisoned(_))), "{error}");
    }
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..10)));
    assert!(store.counters(&shop()).add_up());
    drop(store);
    world.disk.power_cut();
    let store = world.store();
    append(&store, events(5..20)).unwrap();
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..20)));
}

#[test]
fn a_duplicate_is_answered_after_its_original() {
    let world = World::new(1);
    let store = world.store();
    let original = store.append(shop(), events(0..3)).unwrap();
    let duplicate = store.append(shop(), events(1..4)).unwrap();
    drop(original);
    let outcomes = duplicate.wait().unwrap();
    assert_eq!(outcomes, [AppendOutcome::Duplicate, AppendOutcome::Duplicate, AppendOutcome::Stored]);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..4)));
}

#[test]
fn a_refused_original_makes_no_duplicates() {
    let world = World::new(1);
    let store = world.store();
    stored(&store, 100..101);
    let used = world.disk.used();
    world.disk.set_capacity(Some(used));
    // Nobody waits for the first, so nobody takes its claim back.
    drop(store.append(shop(), events(0..3)).unwrap());
    assert!(append(&store, events(0..3)).is_err());
    world.disk.set_capacity(None);
    assert_eq!(stored(&store, 0..4), [true; 4]);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&events([0, 1, 2, 3, 100].into_iter())));
}

#[test]
fn a_batch_too_large_for_one_record_is_divided() {
    let mut world = World::new(1);
    world.config.log.payload_bytes = 300;
    let store = world.store();
    assert_eq!(stored(&store, 0..50), [true; 50]);
    let large = event(60).with_text(TextColumn::Referrer, &"x".repeat(400));
    let error = append(&store, vec![event(61), large]).unwrap_err();
    assert!(matches!(error, StoreError::EventTooLarge { place: 1, .. }), "{error}");
    assert_eq!(stored(&store, 59..62), [true; 3]);
    assert_eq!(store.counters(&shop()).rejected["too_large"], 2);
}

#[test]
fn answers_can_be_awaited() {
    let world = World::new(1);
    let store = world.store();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let outcomes = runtime.block_on(async {
        let first = store.append(shop(), events(0..2)).unwrap();
        let second = store.append(shop(), events(1..3)).unwrap();
        (first.await.unwrap(), second.await.unwrap())
    });
    assert_eq!(
        outcomes,
        (vec![AppendOutcome::Stored; 2], vec![AppendOutcome::Duplicate, AppendOutcome::Stored])
    );
}

#[test]
fn every_fate_is_counted() {
    let world = World::new(1);
    let store = world.store();
    store.count(&shop(), Fate::Rejected("bad_json"), 3);
    store.count(&shop(), Fate::Quarantined, 2);
    stored(&store, 0..5);
    stored(&store, 4..6);
    store.flush().unwrap();
    drop(store);
    let counters = world.store().counters(&shop());
    assert_eq!(
        (counters.received, counters.stored, counters.duplicates, counters.quarantined),
        (12, 6, 1, 2)
    );
    assert!(counters.add_up());
}

#[test]
fn a_record_that_makes_no_events_is_put_aside_and_a_newer_one_refused() {
    let record = |kind, payload: &[u8]| crate::log::Record { kind, payload: payload.to_vec() };
    let write = |world: &World, records: Vec<crate::log::Record>| {
        drop(world.store());
        let config = world.config.log;
        let folder = Path::new("data/log");
        let start = crate::log::LogPosition::START;
        let hooks: crate::log::OnCommit = Box::new(|_| {});
        let (log, _) = crate::log::Log::open(world.vfs(), folder, config, start, &mut |_| {}, hooks).unwrap();
        log.append(records).unwrap().wait().unwrap();
    };
    let world = World::new(1);
    let sound = crate::codec::Arrival { site: shop(), arrived: 0, events: events(0..3) }.encode().unwrap();
    write(&world, vec![record(1, b"rubbish"), sound]);
    let store = world.store();
    assert_eq!((store.recovered().events, store.recovered().undecodable.len()), (3, 1));
    store.flush().unwrap();
    let names = world.disk.list(Path::new("data/quarantine")).unwrap();
    assert_eq!(names.len(), 1);
    assert_eq!(world.disk.read(&Path::new("data/quarantine").join(&names[0])).unwrap(), b"rubbish");

    let world = World::new(2);
    write(&world, vec![record(2, b"from the future")]);
    for access in [Access::Write, Access::Read] {
        let error = world.open(access).unwrap_err().to_string();
        assert!(error.contains("upgrade Waymark"), "{error}");
    }
}
