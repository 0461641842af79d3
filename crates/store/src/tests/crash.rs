//! The power goes at every write, sync, rename and removal of flush, import and compaction: afterwards there
//! is what was before or what was to be, each row once.

use super::*;
use crate::{
    AppendOutcome,
    segment::SegmentReader,
    vfs::{SyncPoint, sim::IgnoreSync},
};

/// What the power goes in.
type Action = fn(&Store) -> Result<(), StoreError>;

fn append(store: &Store, numbers: impl Iterator<Item = u64>) {
    drop(store.append(shop(), events(numbers)).unwrap().wait().unwrap());
}

/// A store with segments of several months, runs, a tail, and what its rows are.
fn prepared(seed: u64) -> (World, Store, Vec<Event>) {
    let world = World::new(seed);
    let store = world.store();
    for start in [0, 60, 200] {
        append(&store, start..start + 60);
        store.flush().unwrap();
    }
    append(&store, 300..340);
    let all = events((0..120).chain(200..260).chain(300..340));
    (world, store, all)
}

/// Whether every file of the live set is whole.
fn whole(world: &World, store: &Store) -> bool {
    let root = Path::new("data");
    store.live_set().segments().all(|(site, entry)| {
        SegmentReader::open(&world.disk, &root.join(entry.path(site)), &entry.meta).is_ok()
    })
}

/// Cuts the power at each operation of the action. `after` is what it adds.
fn check(action: Action, after: &[Event]) {
    check_change(action, |all| all.into_iter().chain(after.iter().cloned()).collect());
}

/// The same; `change` is what it makes of all rows.
fn check_change(action: Action, change: impl Fn(Vec<Event>) -> Vec<Event>) {
    let operations = {
        let (world, store, _) = prepared(0);
        let before = world.disk.operations();
        action(&store).unwrap();
        world.disk.operations() - before
    };
    assert!(operations > 10, "{operations}");
    for (operation, seed) in (0..operations).flat_map(|operation| (0..3).map(move |seed| (operation, seed))) {
        let (world, store, all) = prepared(seed * 1_000 + operation);
        world.disk.cut_power_after(operation);
        let done = action(&store).is_ok();
        drop(store);
        world.disk.power_cut();
        let store = world.store();
        let with = change(all.clone());
        let found = content(&store.snapshot(&shop()));
        let expected = found == sorted(&with) || (!done && found == sorted(&all));
        assert!(expected, "operation {operation}, seed {seed}: {} rows of {}", found.len(), with.len());
        // Life goes on: nothing is left over, identifiers are known, another round of everything works.
        let answers = store.append(shop(), all.clone()).unwrap().wait().unwrap();
        assert!(
            answers.iter().all(|answer| *answer == AppendOutcome::Duplicate),
            "operation {operation}, seed {seed}"
        );
        store.flush().unwrap();
        store.maintain().unwrap();
        assert_eq!(content(&store.snapshot(&shop())), found);
        assert!(store.counters(&shop()).add_up());
    }
}

#[test]
fn of_a_flush() {
    check(|store| store.flush().map(drop), &[]);
}

#[test]
fn of_a_flush_of_the_whole_log() {
    check(|store| store.flush_whole_log().map(drop), &[]);
}

#[test]
fn of_removing_what_is_old() {
    // In the middle of a month, of a segment, and of what is still in the log.
    const CUT: i64 = NOON - 320 * 3_600_000;
    let remove: Action = |store| {
        store.flush_whole_log()?;
        store.remove_before(&shop(), crate::KeptFrom::all(CUT)).map(drop)
    };
    check_change(remove, |all| all.into_iter().filter(|event| event.time >= CUT).collect());
}

#[test]
fn of_a_compaction() {
    check(|store| store.maintain().map(drop), &[]);
}

#[test]
fn of_an_import() {
    let import: Action = |store| {
        let mut import = store.importer(shop())?;
        for event in events(1_000..1_100) {
            import.push(&event)?;
        }
        import.finish("f").map(drop)
    };
    check(import, &events(1_000..1_100));
}

/// Sends every event until it is acknowledged, while the power goes again and again; says whether each is
/// there once.
fn sent_until_acknowledged(seed: u64) -> bool {
    let mut random = crate::vfs::sim::Random::new(seed);
    let world = World::new(seed);
    let mut waiting: Vec<Vec<u64>> = (0..40).map(|batch| (batch * 5..batch * 5 + 5).collect()).collect();
    for life in 0.. {
        if waiting.is_empty() {
            break;
        }
        assert!(life < 1_000, "seed {seed} makes no progress: {:?}", world.open(Access::Write).err());
        world.disk.cut_power_after(random.below(100));
        if let Ok(store) = world.open(Access::Write) {
            waiting.retain(|batch| {
                let answer =
                    store.append(shop(), events(batch.iter().copied())).and_then(crate::PendingEvents::wait);
                if random.one_in(3) {
                    // Fails when the power has gone.
                    drop(store.flush());
                }
                if random.one_in(9) {
                    drop(store.maintain());
                }
                answer.is_err()
            });
        }
        world.disk.power_cut();
    }
    let store = world.store();
    content(&store.snapshot(&shop())) == sorted(&events(0..200)) && store.counters(&shop()).stored == 200
}

#[test]
fn of_anything_loses_and_doubles_nothing() {
    let seeds = if std::env::var_os("WAYMARK_FULL").is_some() { 2_000 } else { 60 };
    for seed in 0..seeds {
        assert!(sent_until_acknowledged(seed), "seed {seed}");
    }
}

#[test]
fn each_sync_of_a_flush_is_needed() {
    let lies: [(&str, IgnoreSync); 5] = [
        ("content of segments", |point, path| {
            point == SyncPoint::AtomicContent && path.starts_with("data/segments")
        }),
        ("names of segments", |point, path| {
            point == SyncPoint::AtomicRename && path.starts_with("data/segments")
        }),
        ("folders of segments", |point, path| {
            point == SyncPoint::NewFolder && path.starts_with("data/segments")
        }),
        ("content of runs", |point, path| {
            point == SyncPoint::AtomicContent && path.starts_with("data/dedup")
        }),
        ("names of runs", |point, path| point == SyncPoint::AtomicRename && path.starts_with("data/dedup")),
    ];
    for (name, lie) in lies {
        let lost = (0..40).any(|seed| {
            let world = World::new(seed);
            let store = world.store();
            world.disk.ignore_syncs(Some(lie));
            append(&store, 0..40);
            store.flush().unwrap();
            drop(store);
            world.disk.power_cut();
            // Identifiers that are lost are made again, and that is said.
            world
                .open(Access::Write)
                .map_or(true, |store| !whole(&world, &store) || !store.damage().is_empty())
        });
        assert!(lost, "no loss is found without the sync of the {name}");
    }
}
