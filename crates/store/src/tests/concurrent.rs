//! Appends, flushes, compactions, imports and snapshots at the same time: what was acknowledged before a
//! snapshot is in it, once.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use waymark_model::Dimension;

use super::*;

const WRITERS: u64 = 3;
const BATCHES: u64 = 120;
const BATCH: u64 = 7;

/// The numbers of a snapshot's events; the path tells them, since compaction may drop identifiers.
fn numbers(snapshot: &Snapshot) -> Vec<u128> {
    let path = Dimension::Column(TextColumn::Path);
    let mut numbers = Vec::new();
    for part in &snapshot.parts {
        let text = part.columns.text(&path).unwrap().unwrap();
        numbers.extend(
            (0..part.bounds.rows as usize)
                .map(|row| text.dictionary.get(text.codes.get(row)).unwrap()[1..].parse::<u128>().unwrap()),
        );
    }
    numbers
}

fn write(store: &Store, writer: u64, acknowledged: &Mutex<HashSet<u128>>) {
    for batch in 0..BATCHES {
        let start = (writer * BATCHES + batch) * BATCH;
        let sent = events(start..start + BATCH);
        // Now and then somebody else's identifiers again.
        let again = events((start / 2..start / 2 + 2).take(usize::from(batch % 5 == 0) * 2));
        let answers =
            store.append(shop(), sent.iter().chain(&again).cloned().collect()).unwrap().wait().unwrap();
        assert_eq!(answers.len(), sent.len() + again.len());
        acknowledged.lock().unwrap().extend(sent.iter().chain(&again).filter_map(|event| event.event_id));
    }
}

fn watch(store: &Store, acknowledged: &Mutex<HashSet<u128>>, over: &AtomicBool) -> u64 {
    let mut looks = 0;
    while !over.load(Ordering::Relaxed) {
        let before = acknowledged.lock().unwrap().clone();
        let snapshot = store.snapshot(&shop());
        let found = numbers(&snapshot);
        let distinct: HashSet<u128> = found.iter().copied().collect();
        assert_eq!(distinct.len(), found.len(), "an event is there twice");
        assert!(before.is_subset(&distinct), "an acknowledged event is missing");
        looks += 1;
    }
    looks
}

fn run(store: &Store) {
    let (acknowledged, over) = (Mutex::new(HashSet::new()), AtomicBool::new(false));
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn({
                    let acknowledged = &acknowledged;
                    move || write(store, writer, acknowledged)
                })
            })
            .collect();
        let watcher = scope.spawn(|| watch(store, &acknowledged, &over));
        let tidier = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                store.flush().unwrap();
                store.maintain().unwrap();
            }
        });
        let mut import = store.importer(shop()).unwrap();
        events(1_000_000..1_000_300).iter().for_each(|event| _ = import.push(event).unwrap());
        import.finish("f").unwrap();
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        assert!(watcher.join().unwrap() > 0);
        tidier.join().unwrap();
    });
}

fn everything() -> Vec<Event> {
    sorted(&events((0..WRITERS * BATCHES * BATCH).chain(1_000_000..1_000_300)))
}

#[test]
fn on_a_simulated_disk() {
    let world = World::new(5);
    let store = world.store();
    run(&store);
    assert_eq!(content(&store.snapshot(&shop())), everything());
    assert!(store.counters(&shop()).add_up());
    drop(store);
    world.disk.power_cut();
    assert_eq!(content(&world.store().snapshot(&shop())), everything());
}

#[test]
fn on_a_real_disk() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let clock = Arc::new(ManualClock::new(NOON));
        let config = StoreConfig { import_rows: 100, ..StoreConfig::default() };
        Store::open(Arc::new(crate::vfs::RealVfs), folder.path(), clock, config, Access::Write).unwrap()
    };
    let store = open();
    run(&store);
    drop(store);
    assert_eq!(content(&open().snapshot(&shop())), everything());
}
