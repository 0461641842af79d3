//! Backups of a running store, and what is restored from them.

use super::*;
use crate::{Outcome, backup::restore, doctor::examine};

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
    let restored = restore(&world.disk, Path::new("copy"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
    assert_eq!(restored.rows, 150);
    for root in ["copy", "new"] {
        assert!(examine(&world.vfs(), Path::new(root)).findings.is_empty());
        let store = open_at(&world, root);
        assert!(store.recovered().damage.is_empty(), "{:?}", store.recovered());
        assert_eq!(content(&store.snapshot(&shop())), sorted(&events(0..150)));
        let answers = store.append(shop(), events(140..160)).unwrap().wait().unwrap();
        assert_eq!(answers.iter().filter(|answer| **answer == Outcome::Stored).count(), 10);
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
    restore(&world.disk, Path::new("data"), Path::new("new"), false, &mut |_| Ok(())).unwrap();
    assert_eq!(content(&open_at(&world, "new").snapshot(&shop())), sorted(&events(0..70)));
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let world = World::new(1);
    let store = world.store();
    let error = store.backup(Path::new("data"), &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::NotEmpty { .. }), "{error}");
    let error =
        restore(&world.disk, Path::new("data"), Path::new("data"), false, &mut |_| Ok(())).unwrap_err();
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
