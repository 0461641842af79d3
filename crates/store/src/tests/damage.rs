//! Damage to an open or closed folder: seen, said, and survived as far as it can be.

use std::fs;

use super::*;
use crate::{AppendOutcome, Damaged, DamagedPart, FolderError, log::AppendError, vfs::RealVfs};

fn append(store: &Store, numbers: std::ops::Range<u64>) -> Vec<AppendOutcome> {
    store.append(shop(), events(numbers)).unwrap().wait().unwrap()
}

/// A store with two segments of a month, a run, and a tail.
fn prepared() -> World {
    let world = World::new(3);
    let store = world.store();
    for start in [0, 100] {
        append(&store, start..start + 60);
        store.flush().unwrap();
    }
    append(&store, 500..505);
    world
}

type Spoil = fn(&World, &Path);

/// Ways to spoil a file.
const SPOILS: [(&str, Spoil); 4] = [
    ("removed", |world, path| world.disk.remove(path).unwrap()),
    ("emptied", |world, path| world.disk.set_content(path, b"").unwrap()),
    ("cut", |world, path| {
        let bytes = world.disk.read(path).unwrap();
        world.disk.set_content(path, &bytes[..bytes.len() - 1]).unwrap();
    }),
    ("flipped", |world, path| {
        let mut bytes = world.disk.read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        world.disk.set_content(path, &bytes).unwrap();
    }),
];

fn parts(damage: &[Damaged]) -> Vec<DamagedPart> {
    damage.iter().map(|damaged| damaged.part).collect()
}

#[test]
fn a_damaged_segment_is_left_out_and_said() {
    for (name, spoil) in SPOILS {
        let world = prepared();
        let set = world.open(Access::Read).unwrap().live_set();
        let (site, entry) = set.segments().next().unwrap();
        spoil(&world, &Path::new("data").join(entry.path(site)));
        for access in [Access::Read, Access::Write] {
            let store = world.open(access).unwrap();
            let snapshot = store.snapshot(&shop());
            assert_eq!(snapshot.rows + u64::from(entry.meta.bounds.rows), 125, "{name} {access:?}");
            let found = content(&snapshot);
            assert_eq!(found.len() as u64, snapshot.rows, "what is whole is read");
            assert_eq!(parts(&snapshot.damage), [DamagedPart::Segment], "{name}");
            assert_eq!(parts(&store.damage()), [DamagedPart::Segment], "{name}");
            assert!(!store.doctor().is_sound(), "{name}");
            let blog = SiteId::parse("blog").unwrap();
            assert!(store.snapshot(&blog).damage.is_empty(), "it is of another site");
        }
        let store = world.store();
        append(&store, 600..610);
        store.flush().unwrap();
        store.maintain().unwrap();
        assert_eq!(parts(&store.damage()), [DamagedPart::Segment], "{name}: it stays");
    }
}

#[test]
fn a_segment_that_is_damaged_while_it_is_open_is_left_out_by_the_next_look() {
    for (name, spoil) in SPOILS {
        let world = prepared();
        let store = world.store();
        let set = store.live_set();
        let (site, entry) = set.segments().next().unwrap();
        let path = Path::new("data").join(entry.path(site));
        let sound = world.disk.read(&path).unwrap();
        spoil(&world, &path);
        let mut tries = 0;
        let rows = store.read(&shop(), |snapshot| {
            tries += 1;
            snapshot
                .parts
                .iter()
                .map(|part| part.columns.times().map(|times| times.offsets.len()))
                .sum::<Result<usize, _>>()
        });
        assert_eq!((rows.unwrap(), tries), (125 - entry.meta.bounds.rows as usize, 2), "{name}");
        assert_eq!(parts(&store.damage()), [DamagedPart::Segment], "{name}");
        if world.disk.read(&path).is_ok() {
            world.disk.set_content(&path, &sound).unwrap();
            store.examine_damaged();
            assert_eq!((store.damage(), store.snapshot(&shop()).rows), (vec![], 125), "{name}: restored");
        }
    }
}

#[test]
fn looking_at_all_bytes_finds_what_nobody_has_read() {
    let world = prepared();
    let store = world.store();
    let set = store.live_set();
    let (site, entry) = set.segments().next().unwrap();
    SPOILS[3].1(&world, &Path::new("data").join(entry.path(site)));
    assert!(!store.examine_next(u64::MAX));
    assert!(store.damage().is_empty(), "it was looked at when it was opened");
    store.examine_again().unwrap();
    assert!(store.examine_next(1), "there is more than one file to look at");
    assert!(!store.examine_next(u64::MAX));
    assert_eq!(parts(&store.damage()), [DamagedPart::Segment]);
}

#[test]
fn damaged_identifiers_are_made_again() {
    for (name, spoil) in SPOILS {
        let world = prepared();
        let reader = world.open(Access::Read).unwrap();
        let runs: Vec<_> = reader.live_set().dedup.iter().map(crate::dedup::RunEntry::path).collect();
        for run in &runs {
            spoil(&world, &Path::new("data").join(run));
        }
        let reader = world.open(Access::Read).unwrap();
        assert_eq!(reader.snapshot(&shop()).rows, 125, "{name}: reading needs none");
        assert!(reader.snapshot(&shop()).damage.is_empty(), "{name}");
        assert_eq!(parts(&reader.damage()), vec![DamagedPart::Identifiers; runs.len()], "{name}");
        let store = world.store();
        assert_eq!(parts(&store.damage()), [DamagedPart::Identifiers], "{name}");
        assert!(store.damage()[0].message.contains("made again"), "{name}: {:?}", store.damage());
        for numbers in [0..60, 100..160, 500..505] {
            let answers = append(&store, numbers);
            assert!(answers.iter().all(|answer| *answer == AppendOutcome::Duplicate), "{name}");
        }
        assert_eq!(append(&store, 700..701), [AppendOutcome::Stored]);
        store.flush().unwrap();
        drop(store);
        let store = world.store();
        assert!(store.damage().is_empty(), "{name}: {:?}", store.damage());
        sound(&store);
        assert_eq!(append(&store, 0..1), [AppendOutcome::Duplicate], "{name}");
    }
}

#[test]
fn identifiers_that_are_damaged_while_they_are_open_are_made_again() {
    let world = prepared();
    let store = world.store();
    for run in store.live_set().dedup {
        let path = Path::new("data").join(run.path());
        let mut bytes = world.disk.read(&path).unwrap();
        bytes[20] ^= 1;
        world.disk.set_content(&path, &bytes).unwrap();
    }
    let refused = store.append(shop(), events(0..60)).and_then(crate::PendingEvents::wait).unwrap_err();
    assert!(matches!(refused, StoreError::Dedup(_)), "{refused}");
    store.mend_if_due().unwrap();
    assert!(append(&store, 0..60).iter().all(|answer| *answer == AppendOutcome::Duplicate));
    assert_eq!(parts(&store.damage()), [DamagedPart::Identifiers]);
}

#[test]
fn identifiers_of_a_damaged_segment_are_said_to_be_lost() {
    let world = prepared();
    let set = world.open(Access::Read).unwrap().live_set();
    let (site, entry) = set.segments().next().unwrap();
    SPOILS[3].1(&world, &Path::new("data").join(entry.path(site)));
    for run in &set.dedup {
        SPOILS[0].1(&world, &Path::new("data").join(run.path()));
    }
    let damage = world.store().damage();
    let said = damage.iter().find(|damaged| damaged.part == DamagedPart::Identifiers).unwrap();
    let lost = format!("those of {} events in damaged segments", entry.meta.bounds.rows);
    assert!(said.message.contains(&lost), "{}", said.message);
}

/// Removes what `gone` chooses of the log, and gives what a reader, a start, and a start after that say.
fn without_log(world: &World, gone: impl Fn(&str) -> bool) -> [Vec<DamagedPart>; 3] {
    for name in world.disk.list(Path::new("data/log")).unwrap() {
        if gone(&name) {
            world.disk.remove(&Path::new("data/log").join(name)).unwrap();
        }
    }
    let reader = world.open(Access::Read).unwrap();
    assert_eq!(reader.doctor().is_sound(), reader.damage().is_empty());
    let read = parts(&reader.damage());
    let store = world.store();
    assert_eq!(store.doctor().is_sound(), store.damage().is_empty(), "{}", store.doctor());
    let (begun, known) = (parts(&store.damage()), store.damage());
    let hides = known.iter().any(|damaged| damaged.affects_answers);
    assert_eq!(!store.snapshot(&shop()).damage.is_empty(), hides);
    append(&store, 800..810);
    store.flush_whole_log().unwrap();
    drop(store);
    [read, begun, parts(&world.store().damage())]
}

#[test]
fn a_log_that_is_gone_is_missed() {
    use DamagedPart::{Log, Loss};
    // With a tail that was in the log only.
    let world = prepared();
    assert_eq!(without_log(&world, |_| true), [vec![Log], vec![Log], vec![Loss]]);
    let store = world.store();
    assert_eq!(store.snapshot(&shop()).rows, 130);
    assert_eq!(store.accept_losses().unwrap(), 1);
    assert!(store.damage().is_empty() && store.doctor().is_sound());
    drop(store);
    assert!(world.store().damage().is_empty(), "accepted for good");
    // After a power cut, without a tidy end.
    let world = prepared();
    let store = world.store();
    append(&store, 900..905);
    world.disk.power_cut();
    drop(store);
    assert_eq!(without_log(&world, |_| true), [vec![Log], vec![Log], vec![Loss]]);
    // All of it was in segments.
    let world = prepared();
    world.store().flush().unwrap();
    assert_eq!(without_log(&world, |_| true), [vec![Log], vec![Log], vec![]], "nothing is lost by it");
}

#[test]
fn the_newest_file_of_the_log_is_missed() {
    use DamagedPart::{Log, Loss};
    let world = prepared();
    let store = world.store();
    store.flush_whole_log().unwrap();
    append(&store, 900..905);
    world.disk.power_cut();
    drop(store);
    let newest = world.disk.list(Path::new("data/log")).unwrap().into_iter().max().unwrap();
    assert_eq!(without_log(&world, |name| name == newest), [vec![Log], vec![Log], vec![Loss]]);
}

#[test]
fn damage_in_the_log_is_said_until_somebody_knows() {
    let world = prepared();
    let store = world.store();
    append(&store, 900..905);
    append(&store, 905..910);
    drop(store);
    // The file before the newest, which is empty: nothing of it is in segments.
    let names = world.disk.list(Path::new("data/log")).unwrap();
    let path = Path::new("data/log").join(&names[names.len() - 2]);
    let mut bytes = world.disk.read(&path).unwrap();
    let at = bytes.len() / 3;
    bytes[at] ^= 1;
    world.disk.set_content(&path, &bytes).unwrap();
    for expected in [DamagedPart::Log, DamagedPart::Loss, DamagedPart::Loss] {
        let store = world.store();
        assert_eq!(parts(&store.damage()), [expected]);
        assert_eq!(parts(&store.snapshot(&shop()).damage), [expected]);
        assert!(!store.doctor().is_sound());
        store.flush_whole_log().unwrap();
    }
    world.store().accept_losses().unwrap();
    let store = world.store();
    assert!(store.damage().is_empty() && store.doctor().is_sound(), "{}", store.doctor());
}

fn on_disk(root: &Path, access: Access) -> Result<Store, StoreError> {
    Store::open(Arc::new(RealVfs), root, Arc::new(ManualClock::new(NOON)), StoreConfig::default(), access)
}

#[test]
fn a_second_writer_after_the_lock_was_removed_loses_nothing_of_the_first() {
    let root = tempfile::tempdir().unwrap();
    let first = on_disk(root.path(), Access::Write).unwrap();
    append(&first, 0..10);
    fs::remove_file(root.path().join("LOCK")).unwrap();
    let second = on_disk(root.path(), Access::Write).unwrap();
    let refused = first.append(shop(), events(10..20)).unwrap().wait().unwrap_err();
    assert!(matches!(refused, StoreError::Append(AppendError::Displaced { .. })), "{refused}");
    assert!(matches!(first.failure(), Some(AppendError::Displaced { .. })));
    let refused = first.flush().unwrap_err();
    assert!(matches!(refused, StoreError::Folder(FolderError::LockLost { .. })), "{refused}");
    assert!(refused.to_string().contains("LOCK"), "{refused}");
    append(&second, 20..30);
    drop(first);
    second.flush().unwrap();
    drop(second);
    let store = on_disk(root.path(), Access::Read).unwrap();
    let expected = events((0..10).chain(20..30));
    let found = content(&store.snapshot(&shop()));
    assert!(found == sorted(&expected) || found.len() == 30, "{} events", found.len());
    assert!(store.doctor().is_sound(), "{}", store.doctor());
}

#[test]
fn what_is_made_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    fn modes(path: &Path, found: &mut Vec<String>) {
        let file = fs::metadata(path).unwrap();
        let (mode, wanted) = (file.permissions().mode() & 0o777, if file.is_dir() { 0o700 } else { 0o600 });
        if mode != wanted {
            found.push(format!("{} has {mode:o}", path.display()));
        }
        if file.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| modes(&entry.unwrap().path(), found));
        }
    }
    let root = tempfile::tempdir().unwrap();
    // One that was there, open and empty.
    let data = root.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let store = on_disk(&data, Access::Write).unwrap();
    crate::catalog::BlockingCatalog::open(&data, Access::Write).unwrap();
    append(&store, 0..50);
    store.flush().unwrap();
    append(&store, 50..60);
    assert_eq!(content(&store.snapshot(&shop())).len(), 60);
    let copy = root.path().join("copies/first");
    store
        .backup(&copy, &mut |to| {
            let catalog = crate::catalog::BlockingCatalog::open(&data, Access::Write).unwrap();
            catalog.wait(async |c| c.backup(&to.join("catalog.sqlite")).await).map_err(std::io::Error::other)
        })
        .unwrap();
    let mut found = Vec::new();
    modes(&data, &mut found);
    modes(&copy, &mut found);
    assert!(found.is_empty(), "{found:?}");
    assert!(store.doctor().findings.is_empty(), "{}", store.doctor());
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let report = store.doctor();
    assert!(report.is_sound() && report.to_string().contains("0755"), "{report}");
}

#[test]
fn nobody_is_forgotten_while_a_segment_cannot_be_searched() {
    let world = prepared();
    let set = world.open(Access::Read).unwrap().live_set();
    let (site, entry) = set.segments().next().unwrap();
    let path = Path::new("data").join(entry.path(site));
    let sound = world.disk.read(&path).unwrap();
    SPOILS[3].1(&world, &path);
    let store = world.store();
    let person = crate::Person { visitors: [3].into_iter().collect(), ..crate::Person::default() };
    let refused = store.erase(&shop(), &person).unwrap_err();
    assert!(matches!(refused, StoreError::NotSearched { segments: 1, .. }), "{refused}");
    world.disk.set_content(&path, &sound).unwrap();
    store.examine_damaged();
    store.erase(&shop(), &person).unwrap();
    assert!(content(&store.snapshot(&shop())).iter().all(|event| event.visitor != 3));
}
