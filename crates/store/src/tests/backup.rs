//! Backups of a running store, and what is restored from them.

use super::*;
use crate::{AppendOutcome, backup::restore, doctor::examine};

fn open_at(world: &World, root: &str) -> Store {
    Store::open(world.vfs(), Path::new(root), world.clock.clone(), world.config.clone(), Access::Write)
        .unwrap()
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    let world = World::new(1);
    let store = world.store();
    for start in [0, 50, 100] {
        drop(store.append(shop(), events(start..start + 50)).unwrap().wait().unwrap());
        if start < 100 {
            store.flush().unwrap();
        }
    }
    let mut asked = Vec::new();
    let summary = store.backup(Path::new("copy"), &mut |to| {
        asked.push(to.to_path_buf());
        Ok(())
    });
    assert_eq!(summary.unwrap().rows, 150);
    assert_eq!(asked, [Path::new("copy")]);
    // Life goes on.
    drop(store.append(shop(), events(150..200)).unwrap().wait().unwrap());
    store.maintain().unwrap();
    world.disk.power_cut();
    let restored =
        restore(&world.vfs(), Path::new("copy"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
    assert_eq!(restored.rows, 150);
    for root in ["copy", "new"] {
        assert!(examine(&world.vfs(), Path::new(root)).findings.is_empty());
        let store = open_at(&world, root);
        assert!(store.recovered().damage.is_empty(), "{:?}", store.recovered());
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..150)));
        let answers = store.append(shop(), events(140..160)).unwrap().wait().unwrap();
        assert_eq!(answers.iter().filter(|answer| **answer == AppendOutcome::Stored).count(), 10);
        assert_eq!(store.counters(&shop()).stored, 160);
    }
}

#[test]
fn a_data_folder_with_a_log_is_restored_whole() {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
    store.flush().unwrap();
    drop(store.append(shop(), events(50..70)).unwrap().wait().unwrap());
    drop(store);
    restore(&world.vfs(), Path::new("data"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
    assert_eq!(content(&open_at(&world, "new").snapshot(&shop())), sorted(&events(0..70)));
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let world = World::new(1);
    let store = world.store();
    let error = store.backup(Path::new("data"), &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::NotEmpty { .. }), "{error}");
    let error =
        restore(&world.vfs(), Path::new("data"), Path::new("data"), false, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::NotEmpty { .. }), "{error}");
}

#[test]
fn damage_is_not_carried_on() {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
    store.flush().unwrap();
    let set = store.live_set();
    let (site, entry) = set.segments().next().unwrap();
    let path = Path::new("data").join(entry.path(site));
    let mut bytes = world.disk.read(&path).unwrap();
    bytes[9] ^= 1;
    world.disk.set_content(&path, &bytes).unwrap();
    let error = store.backup(Path::new("copy"), &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::Columns(_)), "{error}");
    assert!(
        Store::open(world.vfs(), Path::new("copy"), world.clock.clone(), world.config.clone(), Access::Read)
            .is_err()
    );
}

/// A store on the real disk with events in a segment.
fn on_disk(root: &Path) -> Store {
    let clock = Arc::new(ManualClock::new(NOON));
    let store =
        Store::open(Arc::new(crate::vfs::RealVfs), root, clock, StoreConfig::default(), Access::Write)
            .unwrap();
    drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
    store.flush().unwrap();
    store
}

#[test]
fn a_copy_does_not_go_into_what_is_copied() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let store = on_disk(&data);
    for inside in ["copy", "segments/copy", "."] {
        let error = store.backup(&data.join(inside), &mut |_| Ok(())).unwrap_err();
        assert!(matches!(error, StoreError::CopyIntoItself { .. }), "{inside}: {error}");
        assert!(!data.join("copy").exists());
    }
    store.backup(&root.path().join("copy"), &mut |_| Ok(())).unwrap();
}

#[test]
fn a_copy_that_was_broken_off_is_taken_over() {
    let operations = {
        let world = World::new(1);
        let store = world.store();
        drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
        store.flush().unwrap();
        drop(store);
        let before = world.disk.operations();
        restore(&world.vfs(), Path::new("data"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
        world.disk.operations() - before
    };
    assert!(operations > 20, "{operations}");
    for operation in 0..operations {
        let world = World::new(operation);
        let store = world.store();
        drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
        store.flush().unwrap();
        drop(store);
        let go = || restore(&world.vfs(), Path::new("data"), Path::new("new"), false, &mut |_| Ok(()));
        world.disk.cut_power_after(operation);
        let done = go().is_ok();
        world.disk.power_cut();
        // It may be whole, and only its end was cut off: then there is nothing to take over.
        match go() {
            Ok(summary) => assert_eq!(summary.rows, 50, "operation {operation}"),
            Err(StoreError::NotEmpty { .. }) => {}
            Err(error) => panic!("operation {operation}, done {done}: {error}"),
        }
        let store = open_at(&world, "new");
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..50)), "operation {operation}");
        assert!(store.damage().is_empty(), "operation {operation}: {:?}", store.damage());
    }
}

#[test]
fn a_copy_that_was_broken_off_is_not_a_data_folder() {
    let root = tempfile::tempdir().unwrap();
    let (data, copy) = (root.path().join("data"), root.path().join("copy"));
    let store = on_disk(&data);
    let failed = store.backup(&copy, &mut |_| Err(std::io::Error::other("the catalog cannot be copied")));
    assert!(failed.is_err());
    for access in [Access::Read, Access::Write] {
        let clock = Arc::new(ManualClock::new(NOON));
        let opened = Store::open(Arc::new(crate::vfs::RealVfs), &copy, clock, StoreConfig::default(), access)
            .unwrap_err();
        let is_said = matches!(&opened, StoreError::Folder(crate::FolderError::UnfinishedCopy { .. }));
        assert!(is_said, "{opened}");
    }
    std::fs::write(copy.join("mine.txt"), "of somebody").unwrap();
    let error = store.backup(&copy, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::NotEmpty { .. }), "{error}");
    std::fs::remove_file(copy.join("mine.txt")).unwrap();
    assert_eq!(store.backup(&copy, &mut |_| Ok(())).unwrap().rows, 50);
}

#[test]
fn damaged_identifiers_are_left_out_and_made_again() {
    type Spoil = fn(&World, &Path);
    let spoils: [(&str, Spoil); 3] = [
        ("removed", |world, path| world.disk.remove(path).unwrap()),
        ("cut", |world, path| {
            let bytes = world.disk.read(path).unwrap();
            world.disk.set_content(path, &bytes[..bytes.len() - 9]).unwrap();
        }),
        ("flipped", |world, path| {
            let mut bytes = world.disk.read(path).unwrap();
            bytes[100] ^= 1;
            world.disk.set_content(path, &bytes).unwrap();
        }),
    ];
    for (name, spoil) in spoils {
        let world = World::new(1);
        let store = world.store();
        drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
        store.backup(Path::new("copy"), &mut |_| Ok(())).unwrap();
        let run = store.live_set().dedup[0].path();
        spoil(&world, &Path::new("copy").join(run));
        let summary =
            restore(&world.vfs(), Path::new("copy"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
        assert_eq!((summary.rows, summary.left_out.len()), (50, 1), "{name}");
        let store = open_at(&world, "new");
        let answers = store.append(shop(), events(0..50)).unwrap().wait().unwrap();
        assert!(answers.iter().all(|answer| *answer == AppendOutcome::Duplicate), "{name}");
    }
}
