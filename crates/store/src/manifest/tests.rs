//! The manifest under power cuts, failing calls and damage.

use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::vfs::{
    SyncPoint, create_folder,
    sim::{IgnoreSync, Operation, Random, SimDisk},
};

#[derive(Serialize, Deserialize, Debug, PartialEq, Eq, Clone)]
struct Body {
    generation: u64,
    segments: Vec<String>,
}

fn body(generation: u64) -> Body {
    let segments = (0..generation % 40).map(|n| format!("segment-{generation}-{n}.parquet")).collect();
    Body { generation, segments }
}

fn path() -> &'static Path {
    Path::new("data/MANIFEST")
}

fn new_disk(seed: u64) -> SimDisk {
    let disk = SimDisk::new(seed);
    create_folder(&disk, Path::new("data")).unwrap();
    disk
}

fn generation(disk: &SimDisk, path: &Path) -> Result<u64, String> {
    match read::<Body>(disk, path) {
        Ok(found) if found == body(found.generation) => Ok(found.generation),
        Ok(found) => Err(format!("a manifest that was never written: {found:?}")),
        Err(ManifestError::Missing { .. }) => Ok(0),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes manifests until the power goes, several times over; says what was lost.
fn lives(seed: u64, ignored: Option<IgnoreSync>) -> Result<u64, String> {
    let mut random = Random::new(seed);
    let disk = new_disk(seed);
    disk.ignore_syncs(ignored);
    let (mut written, mut cuts) = (0, 0);
    for _ in 0..4 {
        disk.cut_power_after(random.below(30));
        let mut tried = written;
        while write(&disk, path(), &body(tried + 1)).is_ok() {
            tried += 1;
            written = tried;
        }
        disk.power_cut();
        cuts += 1;
        let found = generation(&disk, path())?;
        if found < written || found > tried + 1 {
            return Err(format!("manifest {written} was written, {found} is found"));
        }
        let previous = generation(&disk, &previous_path(path()))?;
        if previous > found || previous + 1 < found.min(written) {
            return Err(format!("the copy is {previous}, the manifest {found}"));
        }
        written = found;
    }
    Ok(cuts)
}

#[test]
fn survives_power_cuts() {
    let cuts: u64 =
        (0..2_500).map(|seed| lives(seed, None).unwrap_or_else(|loss| panic!("{seed}: {loss}"))).sum();
    assert_eq!(cuts, 10_000);
}

#[test]
fn each_sync_is_needed() {
    let ignored: [(&str, IgnoreSync); 2] = [
        ("content", |point, _| point == SyncPoint::AtomicContent),
        ("rename", |point, _| point == SyncPoint::AtomicRename),
    ];
    for (name, ignored) in ignored {
        let loss = (0..1_000).find_map(|seed| lives(seed, Some(ignored)).err());
        assert!(loss.is_some(), "no loss is found without the {name} sync");
    }
}

#[test]
fn failing_calls_leave_the_old_or_the_new_one() {
    for operation in Operation::ALL {
        for after in 0..4 {
            let disk = new_disk(after);
            write(&disk, path(), &body(1)).unwrap();
            write(&disk, path(), &body(2)).unwrap();
            disk.fail(operation, after);
            let result = write(&disk, path(), &body(3));
            let expected: &[u64] = if result.is_ok() { &[3] } else { &[2, 3] };
            let found = generation(&disk, path()).unwrap();
            assert!(expected.contains(&found), "{operation:?} {after}: {found} after {result:?}");
            // The fault may still be to come.
            while write(&disk, path(), &body(4)).is_err() {}
            disk.power_cut();
            assert_eq!(generation(&disk, path()), Ok(4));
        }
    }
}

#[test]
fn full_disk_leaves_the_old_one() {
    let disk = new_disk(1);
    write(&disk, path(), &body(1)).unwrap();
    for free in 0..900 {
        disk.set_capacity(Some(disk.used() + free));
        match write(&disk, path(), &body(30)) {
            Err(ManifestError::NotWritten(error)) => assert!(error.is_disk_full(), "{error}"),
            other => panic!("{free} bytes were enough: {other:?}"),
        }
        assert_eq!(generation(&disk, path()), Ok(1));
    }
    disk.set_capacity(None);
    write(&disk, path(), &body(30)).unwrap();
    assert_eq!(generation(&disk, path()), Ok(30));
}

fn damage(bytes: &[u8]) -> Result<Body, ManifestError> {
    let disk = new_disk(0);
    drop(disk.create_new(path()).unwrap());
    disk.set_content(path(), bytes).unwrap();
    read(&disk, path())
}

fn sound() -> Vec<u8> {
    let disk = new_disk(0);
    write(&disk, path(), &body(3)).unwrap();
    disk.read(path()).unwrap()
}

#[test]
fn every_cut_and_every_flipped_bit_is_detected() {
    let sound = sound();
    assert_eq!(damage(&sound).unwrap(), body(3));
    for length in 0..sound.len() {
        let error = damage(&sound[..length]).unwrap_err();
        assert!(matches!(error, ManifestError::Damaged { .. }), "cut to {length}: {error}");
    }
    for bit in 0..sound.len() * 8 {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = damage(&flipped).unwrap_err();
        assert!(matches!(error, ManifestError::Damaged { .. }), "bit {bit}: {error}");
    }
    let longer = [&sound[..], b" "].concat();
    assert!(matches!(damage(&longer).unwrap_err(), ManifestError::Damaged { .. }));
}

#[test]
fn each_way_to_be_unreadable_has_its_name() {
    let line =
        |version, body: &str| [first_line(version, body.as_bytes()).as_bytes(), body.as_bytes()].concat();
    let check = |bytes: &[u8], words: &str| {
        let message = damage(bytes).unwrap_err().to_string();
        assert!(message.contains(words), "{message:?} does not say {words:?}");
    };
    check(b"", "the file is empty");
    check(b"waymark-manifest 1", "the first line is cut off");
    check(b"SQLite format 3\n", "not the first line of a manifest");
    check(b"waymark-manifest one x y\n", "not the first line of a manifest");
    check(&line(VERSION, "{}"), "the body cannot be read");
    check(&line(VERSION + 1, "{}"), "upgrade Waymark");
    let missing = read::<Body>(&new_disk(0), path()).unwrap_err();
    assert!(matches!(missing, ManifestError::Missing { .. }), "{missing}");
    let folder = read::<Body>(&new_disk(0), Path::new("data")).unwrap_err();
    assert!(matches!(folder, ManifestError::Unreadable { .. }), "{folder}");
}

#[test]
fn damaged_manifest_never_replaces_the_sound_copy() {
    let disk = new_disk(0);
    write(&disk, path(), &body(1)).unwrap();
    write(&disk, path(), &body(2)).unwrap();
    disk.set_content(path(), b"rubbish").unwrap();
    write(&disk, path(), &body(3)).unwrap();
    assert_eq!(generation(&disk, path()), Ok(3));
    assert_eq!(generation(&disk, &previous_path(path())), Ok(1));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(damage(&bytes).is_err());
    }
}
