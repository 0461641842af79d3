//! The two disks behave alike as long as nothing fails; and the simulated one really loses what it may lose.

use std::{collections::BTreeSet, path::PathBuf};

use super::{
    sim::{Operation, Random, SimDisk},
    *,
};

/// What a disk answers to calls of all kinds, errors by their kind.
fn answers(vfs: &dyn Vfs, root: &Path) -> Vec<String> {
    let path = |name: &str| root.join(name);
    let mut said = Vec::new();
    let mut say = |what: &str, answer: io::Result<String>| {
        said.push(format!("{what}: {}", answer.unwrap_or_else(|error| format!("{:?}", error.kind()))));
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let write = |name: &str, bytes: &[u8]| {
        vfs.create_new(&path(name)).and_then(|mut file| file.append(bytes)).map(|()| String::new())
    };
    say("folder", create_folder(vfs, &path("a/b")).map(|()| String::new()));
    say("folder again", create_folder(vfs, &path("a/b")).map(|()| String::new()));
    say("create", write("a/one", b"first"));
    say("create again", write("a/one", b"second"));
    say("create in no folder", write("no/one", b""));
    say("append to none", vfs.open_append(&path("a/none")).map(|_| String::new()));
    say(
        "append",
        vfs.open_append(&path("a/one")).and_then(|mut f| f.append(b"+more")).map(|()| String::new()),
    );
    say("read", vfs.read(&path("a/one")).map(text));
    say("range", vfs.read_range(&path("a/one"), 2, 5).map(text));
    say("range past the end", vfs.read_range(&path("a/one"), 8, 5).map(text));
    say("length", vfs.len(&path("a/one")).map(|length| length.to_string()));
    let cut = vfs.open_append(&path("a/one")).and_then(|mut file| {
        file.truncate(3)?;
        file.append(b"!")?;
        file.sync_data(SyncPoint::LogCommit)
    });
    say("cut", cut.and_then(|()| vfs.read(&path("a/one"))).map(text));
    say("rename", vfs.rename(&path("a/one"), &path("a/two")).map(|()| String::new()));
    say("rename none", vfs.rename(&path("a/one"), &path("a/two")).map(|()| String::new()));
    say(
        "replace",
        write_atomic(vfs, &path("a/two"), b"whole").map_err(io::Error::from).map(|()| String::new()),
    );
    say("read the new one", vfs.read(&path("a/two")).map(text));
    say("list", vfs.list(&path("a")).map(|names| names.join(" ")));
    say("list none", vfs.list(&path("none")).map(|names| names.join(" ")));
    say("remove", vfs.remove(&path("a/two")).map(|()| String::new()));
    say("remove none", vfs.remove(&path("a/two")).map(|()| String::new()));
    say("exists", Ok(format!("{:?} {:?}", vfs.exists(&path("a/two")).ok(), vfs.exists(&path("a")).ok())));
    say("read none", vfs.read(&path("a/two")).map(text));
    said
}

#[test]
fn both_disks_answer_alike() {
    let folder = tempfile::tempdir().unwrap();
    let real = answers(&RealVfs, folder.path());
    assert_eq!(real, answers(&SimDisk::new(1), Path::new("root")));
    let expected = "cut: fir!";
    assert!(real.iter().any(|line| line == expected), "{real:?}");
}

#[test]
fn encoders_can_write_to_a_disk() {
    let disk = SimDisk::new(1);
    let mut file = disk.create_new(Path::new("x")).unwrap();
    io::copy(&mut &b"through a Write"[..], &mut file).unwrap();
    assert_eq!(disk.read(Path::new("x")).unwrap(), b"through a Write");
}

/// What is found in a file of 1,200 bytes of which the first 700 were synced.
fn after_cut(seed: u64) -> Vec<u8> {
    let disk = SimDisk::new(seed);
    let mut file = disk.create_new(Path::new("x")).unwrap();
    file.append(&[1; 700]).unwrap();
    file.sync_data(SyncPoint::LogCommit).unwrap();
    disk.sync_dir(Path::new("."), SyncPoint::NewFolder).unwrap();
    file.append(&[2; 500]).unwrap();
    disk.power_cut();
    assert!(file.append(&[3]).is_err(), "a handle of before the power cut");
    disk.read(Path::new("x")).unwrap()
}

#[test]
fn unsynced_bytes_are_lost_in_every_way() {
    let found: Vec<Vec<u8>> = (0..2_000).map(after_cut).collect();
    assert!(found.iter().all(|bytes| bytes[..700] == [1; 700]), "synced bytes stay");
    let share = |wanted: &dyn Fn(&[u8]) -> bool| found.iter().filter(|bytes| wanted(&bytes[700..])).count();
    assert!(share(&|tail| tail.is_empty()) > 200, "all lost");
    assert!(share(&|tail| tail == [2; 500]) > 200, "all kept");
    assert!(
        share(&|tail| tail.len() == 500 && tail[..324] == [0; 324] && tail[324..] == [2; 176]) > 20,
        "a hole"
    );
    assert!(share(&|tail| !tail.is_empty() && tail.len() < 500) > 20, "an earlier end");
    assert!(share(&|tail| tail.iter().any(|byte| *byte > 2)) > 20, "garbage");
}

#[test]
fn unsynced_names_are_lost_or_kept() {
    let mut found = BTreeSet::new();
    for seed in 0..200 {
        let disk = SimDisk::new(seed);
        disk.create_dir_all(Path::new("f")).unwrap();
        disk.sync_dir(Path::new("."), SyncPoint::NewFolder).unwrap();
        for (path, synced) in [("f/a", true), ("f/b", true), ("f/c", false)] {
            drop(disk.create_new(Path::new(path)).unwrap());
            if synced {
                disk.sync_dir(Path::new("f"), SyncPoint::NewFolder).unwrap();
            }
        }
        disk.remove(Path::new("f/a")).unwrap();
        disk.rename(Path::new("f/b"), Path::new("f/d")).unwrap();
        disk.power_cut();
        found.insert(disk.list(Path::new("f")).unwrap().concat());
    }
    let expected = ["ab", "abc", "acd", "ad", "b", "bc", "cd", "d"].map(String::from);
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn atomic_write_leaves_the_old_or_the_new_content() {
    let path = PathBuf::from("f/x");
    let (mut old, mut new) = (0, 0);
    for seed in 0..2_000 {
        let disk = SimDisk::new(seed);
        create_folder(&disk, Path::new("f")).unwrap();
        write_atomic(&disk, &path, &[1; 2_000]).unwrap();
        disk.cut_power_after(Random::new(seed).below(7));
        let written = write_atomic(&disk, &path, &[2; 3_000]);
        disk.power_cut();
        let found = disk.read(&path).unwrap();
        assert!(found == [2; 3_000] || (found == [1; 2_000] && written.is_err()), "seed {seed}");
        old += u64::from(found[0] == 1);
        new += u64::from(found[0] == 2);
    }
    assert!(old > 400 && new > 400, "{old} {new}");
}

#[test]
fn what_a_crash_left_of_an_atomic_write_is_replaced() {
    let disk = SimDisk::new(1);
    let path = PathBuf::from(format!("x{TEMPORARY_SUFFIX}"));
    disk.create_new(&path).unwrap().append(b"half of it and more").unwrap();
    write_atomic(&disk, Path::new("x"), b"whole").unwrap();
    assert_eq!(disk.read(Path::new("x")).unwrap(), b"whole");
    assert!(!disk.exists(&path).unwrap());
}

#[test]
fn new_folders_survive_with_all_above_them() {
    for seed in 0..200 {
        let disk = SimDisk::new(seed);
        create_folder(&disk, Path::new("a/b/c")).unwrap();
        write_atomic(&disk, Path::new("a/b/c/x"), b"x").unwrap();
        disk.power_cut();
        assert_eq!(disk.read(Path::new("a/b/c/x")).unwrap(), b"x", "seed {seed}");
    }
}

#[test]
fn full_disk_and_failing_calls_are_told_apart() {
    let disk = SimDisk::new(1);
    disk.set_capacity(Some(10));
    let full = write_atomic(&disk, Path::new("x"), &[0; 11]).unwrap_err();
    assert!(full.is_disk_full() && is_disk_full(&full.into()));
    assert_eq!(disk.used(), 0, "what was written in vain is removed");
    disk.fail(Operation::SyncData, 0);
    let failed = write_atomic(&disk, Path::new("x"), &[0; 9]).unwrap_err();
    assert!(matches!(failed, AtomicWriteError::Sync { .. }) && !failed.is_disk_full());
    write_atomic(&disk, Path::new("x"), &[0; 9]).unwrap();
}
