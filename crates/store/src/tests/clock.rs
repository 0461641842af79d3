//! A clock that is far ahead is not believed until somebody says that it is right.

use waymark_model::time::DAY;

use super::*;

/// Days that the clock goes on by, whether the folder is opened in between, and whether it is then doubted.
fn check(days: &[i64], expected: bool) {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), events(0..10)).unwrap().wait().unwrap());
    store.flush().unwrap();
    drop(store);
    for days in days {
        world.clock.advance(days * DAY);
        world.store().note_time().unwrap();
    }
    assert_eq!(world.store().clock_doubt().is_some(), expected, "{days:?}");
}

#[test]
fn a_clock_far_ahead_is_doubted() {
    check(&[0], false);
    check(&[30], false);
    check(&[31], true);
    check(&[20, 20, 20], false);
    check(&[800], true);
    check(&[800, 0, 0], true);
    check(&[-20, 40], false);
    check(&[800, -790], false);
}

#[test]
fn a_clock_that_somebody_confirms_is_believed() {
    let world = World::new(1);
    drop(world.store());
    world.clock.advance(800 * DAY);
    let store = world.store();
    let doubt = store.clock_doubt().unwrap();
    assert_eq!((doubt.last_seen, doubt.now), (NOON, NOON + 800 * DAY));
    assert!(doubt.to_string().contains("800 days"), "{doubt}");
    store.confirm_clock().unwrap();
    assert_eq!(store.clock_doubt(), None);
    drop(store);
    assert_eq!(world.store().clock_doubt(), None);
}

#[test]
fn a_folder_of_an_earlier_waymark_goes_by_its_newest_event() {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), events(0..10)).unwrap().wait().unwrap());
    store.flush().unwrap();
    drop(store);
    let path = Path::new("data/MANIFEST");
    let mut set: crate::live_set::LiveSet = crate::manifest::read(&world.disk, path).unwrap();
    set.clock = None;
    crate::manifest::write(&world.disk, path, &set).unwrap();
    world.clock.advance(800 * DAY);
    assert!(world.store().clock_doubt().is_some());
}
