//! Salts: kept over restarts while they are due to be, outside backups, and gone for good afterwards.

use std::os::unix::fs::PermissionsExt;

use jiff::civil::{Date, date};

use super::*;
use crate::{
    salts::{SALTS, Salt, SaltFile, Salts},
    vfs::{RealVfs, SyncPoint},
};

const MONDAY: Date = date(2026, 11, 23);
const TUESDAY: Date = date(2026, 11, 24);
const WEDNESDAY: Date = date(2026, 11, 25);

fn salts(world: &World) -> Salts {
    Salts::new(world.vfs(), Path::new("data"))
}

/// Whether the bytes stand in some file below the folder.
fn is_below(disk: &SimDisk, folder: &Path, bytes: &[u8]) -> bool {
    let names = disk.list(folder).unwrap_or_default();
    names.iter().any(|name| {
        let path = folder.join(name);
        match disk.read(&path) {
            Ok(content) => content.windows(bytes.len()).any(|window| window == bytes),
            Err(_) => is_below(disk, &path, bytes),
        }
    })
}

#[test]
fn a_salt_belongs_to_its_site_and_day_and_survives() {
    let world = World::new(1);
    let blog = SiteId::parse("blog").unwrap();
    let first = salts(&world).get_or_create(&shop(), MONDAY).unwrap();
    let others = [
        salts(&world).get_or_create(&shop(), TUESDAY).unwrap(),
        salts(&world).get_or_create(&blog, MONDAY).unwrap(),
    ];
    assert!(!others.contains(&first) && others[0] != others[1]);
    world.disk.power_cut();
    assert_eq!(salts(&world).get_or_create(&shop(), MONDAY).unwrap(), first);
    assert_eq!(salts(&world).kept(&shop(), MONDAY).unwrap(), Some(first));
    assert_eq!(salts(&world).kept(&shop(), WEDNESDAY).unwrap(), None);
    assert_eq!(salts(&world).kept(&shop(), WEDNESDAY).unwrap(), None, "asking makes none");
}

#[test]
fn a_salt_is_gone_for_good_when_it_is_unlinked() {
    for seed in 0..20 {
        let world = World::new(seed);
        let salts = salts(&world);
        let [monday, tuesday] = [MONDAY, TUESDAY].map(|day| salts.get_or_create(&shop(), day).unwrap());
        assert!(is_below(&world.disk, Path::new("data"), monday.as_bytes()));
        assert_eq!(salts.unlink_before(&shop(), TUESDAY).unwrap(), 1);
        assert_eq!(salts.kept(&shop(), MONDAY).unwrap(), None);
        world.disk.power_cut();
        assert!(!is_below(&world.disk, Path::new("data"), monday.as_bytes()), "seed {seed}");
        assert!(is_below(&world.disk, Path::new("data"), tuesday.as_bytes()));
        assert_eq!(salts.unlink_before(&shop(), TUESDAY).unwrap(), 0);
    }
}

#[test]
fn what_a_crash_leaves_of_a_salt_goes_too() {
    let after = |operation, seed| {
        let world = World::new(seed);
        world.disk.cut_power_after(operation);
        let made = salts(&world).get_or_create(&shop(), MONDAY).is_ok();
        world.disk.power_cut();
        let salts = salts(&world);
        salts.get_or_create(&shop(), TUESDAY).unwrap();
        salts.unlink_before(&shop(), TUESDAY).unwrap();
        assert_eq!(world.disk.list(Path::new("data/salts/shop")).unwrap(), ["2026-11-24"]);
        made
    };
    let mut operation = 0;
    while (0..5).any(|seed| !after(operation, seed)) {
        operation += 1;
    }
    assert!(operation > 4, "{operation}");
}

#[test]
fn the_sync_of_a_removal_is_needed() {
    let comes_back = (0..20).any(|seed| {
        let world = World::new(seed);
        world.disk.ignore_syncs(Some(|point, _| point == SyncPoint::Removal));
        let salts = salts(&world);
        let salt = salts.get_or_create(&shop(), MONDAY).unwrap();
        salts.unlink_before(&shop(), TUESDAY).unwrap();
        world.disk.power_cut();
        is_below(&world.disk, Path::new("data"), salt.as_bytes())
    });
    assert!(comes_back);
}

#[test]
fn backups_have_no_salts() {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), events(0..50)).unwrap().wait().unwrap());
    let salt = salts(&world).get_or_create(&shop(), MONDAY).unwrap();
    store.backup(Path::new("copy"), &mut |_| Ok(())).unwrap();
    assert!(!is_below(&world.disk, Path::new("copy"), salt.as_bytes()));
    assert!(!world.disk.exists(&Path::new("copy").join(SALTS)).unwrap());
    drop(store);
    // The folder opens and is sound with salts in it.
    assert_eq!(world.store().snapshot(&shop()).rows, 50);
    assert!(crate::doctor::examine(&world.vfs(), Path::new("data")).findings.is_empty());
}

#[test]
fn only_the_owner_may_read_a_salt() {
    let folder = tempfile::tempdir().unwrap();
    let salts = Salts::new(Arc::new(RealVfs), folder.path());
    let salt = salts.get_or_create(&shop(), MONDAY).unwrap();
    let path = folder.path().join("salts/shop/2026-11-23");
    let written = std::fs::read(&path).unwrap();
    assert_eq!((written.len(), &written[..Salt::LENGTH]), (Salt::LENGTH + 4, &salt.as_bytes()[..]));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(format!("{salt:?}"), "Salt(…)");
    let read = || Salts::new(Arc::new(RealVfs), folder.path());
    assert_eq!(salts.examine(&shop(), MONDAY).unwrap(), SaltFile::Whole);
    assert_eq!(salts.examine(&shop(), TUESDAY).unwrap(), SaltFile::Missing);
    // One of an earlier Waymark has no checksum.
    std::fs::write(&path, salt.as_bytes()).unwrap();
    assert_eq!(
        (read().get_or_create(&shop(), MONDAY).unwrap(), salts.examine(&shop(), MONDAY).unwrap()),
        (salt, SaltFile::Whole)
    );
    // What is not a salt is said, and replaced by one.
    let mut flipped = written.clone();
    flipped[7] ^= 1;
    for bad in [b"short".to_vec(), flipped, written[..33].to_vec()] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!(salts.examine(&shop(), MONDAY).unwrap(), SaltFile::Damaged);
        assert_ne!(read().get_or_create(&shop(), MONDAY).unwrap(), salt);
        assert_eq!(salts.examine(&shop(), MONDAY).unwrap(), SaltFile::Whole);
    }
}
