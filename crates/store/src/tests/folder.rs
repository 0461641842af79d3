//! Folders that cannot be used: each way has its name, and nothing in them is changed.

use std::{fs, path::PathBuf};

use super::*;
use crate::{FolderError, vfs::RealVfs};

fn open(root: &Path, access: Access) -> Result<Store, StoreError> {
    let config = StoreConfig { doing: "test".to_owned(), ..StoreConfig::default() };
    Store::open(Arc::new(RealVfs), root, Arc::new(ManualClock::new(NOON)), config, access)
}

fn names(folder: &Path) -> Vec<String> {
    RealVfs.list(folder).unwrap()
}

/// Prepares a path, tries both ways of access, and says what must come out of it.
fn check(prepare: impl Fn(&Path) -> PathBuf, expected: fn(&FolderError) -> bool) {
    for access in [Access::Read, Access::Write] {
        let temporary = tempfile::tempdir().unwrap();
        let root = prepare(temporary.path());
        let before = root.is_dir().then(|| names(&root));
        match open(&root, access) {
            Err(StoreError::Folder(error)) => assert!(expected(&error), "{access:?}: {error}"),
            other => panic!("{access:?}: {other:?}"),
        }
        assert_eq!(root.is_dir().then(|| names(&root)), before);
    }
}

#[test]
fn a_foreign_folder_is_left_alone() {
    check(
        |folder| {
            fs::write(folder.join("notes.txt"), "mine").unwrap();
            folder.to_path_buf()
        },
        |error| matches!(error, FolderError::Foreign { found, .. } if found == "notes.txt"),
    );
}

#[test]
fn a_newer_format_asks_for_an_upgrade() {
    check(
        |folder| {
            fs::write(folder.join("FORMAT"), "waymark-data 2\n").unwrap();
            folder.to_path_buf()
        },
        |error| {
            matches!(error, FolderError::NewerFormat { found: 2, .. })
                && error.to_string().contains("upgrade Waymark")
        },
    );
}

#[test]
fn a_damaged_format_is_said() {
    for content in ["", "waymark-data x\n", "waymark-data 0\n", "something else\n"] {
        check(
            |folder| {
                fs::write(folder.join("FORMAT"), content).unwrap();
                folder.to_path_buf()
            },
            |error| matches!(error, FolderError::FormatDamaged { .. }),
        );
    }
}

#[test]
fn a_folder_that_lost_its_format_is_not_begun_anew() {
    check(
        |folder| {
            let store = open(folder, Access::Write).unwrap();
            drop(store.append(shop(), events(0..3)).unwrap().wait().unwrap());
            drop(store);
            fs::remove_file(folder.join("FORMAT")).unwrap();
            fs::remove_dir_all(folder.join("cache")).unwrap_or_default();
            folder.to_path_buf()
        },
        |error| matches!(error, FolderError::FormatMissing { .. }),
    );
}

#[test]
fn a_file_is_no_folder() {
    check(
        |folder| {
            fs::write(folder.join("file"), "x").unwrap();
            folder.join("file")
        },
        |error| matches!(error, FolderError::NotAFolder { .. }),
    );
}

#[test]
fn a_lock_that_cannot_be_opened_is_said() {
    check(
        |folder| {
            drop(open(folder, Access::Write).unwrap());
            fs::remove_file(folder.join("LOCK")).unwrap();
            fs::create_dir(folder.join("LOCK")).unwrap();
            folder.to_path_buf()
        },
        |error| matches!(error, FolderError::Io { action: "open", .. }),
    );
}

#[test]
fn nothing_there_is_an_error_for_readers_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a/b");
    let error = open(&root, Access::Read).unwrap_err();
    assert!(matches!(error, StoreError::Folder(FolderError::Missing { .. })), "{error}");
    assert!(!root.exists());
    drop(open(&root, Access::Write).unwrap());
    drop(open(&root, Access::Read).unwrap());
}

#[test]
fn one_writer_or_several_readers() {
    let folder = tempfile::tempdir().unwrap();
    let locked = |access| match open(folder.path(), access) {
        Err(StoreError::Folder(FolderError::Locked { holder, .. })) => Some(holder),
        Ok(_) => None,
        Err(error) => panic!("{error}"),
    };
    let writer = open(folder.path(), Access::Write).unwrap();
    for access in [Access::Read, Access::Write] {
        assert_eq!(locked(access), Some(format!("process {} (test)", std::process::id())));
    }
    drop(writer);
    let reader = open(folder.path(), Access::Read).unwrap();
    assert_eq!(locked(Access::Read), None);
    assert!(locked(Access::Write).is_some());
    drop(reader);
    assert_eq!(locked(Access::Write), None);
}

#[test]
fn an_interrupted_creation_is_completed() {
    let mut cuts = 0;
    for operations in 0.. {
        let world = World::new(operations);
        world.disk.cut_power_after(operations);
        let finished = world.open(Access::Write).is_ok();
        world.disk.power_cut();
        // Interrupted again, at the same or another place.
        world.disk.cut_power_after(operations / 2);
        drop(world.open(Access::Write));
        world.disk.power_cut();
        let store = world.store();
        assert_eq!(store.snapshot(&shop()).rows, 0);
        if finished {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 10, "{cuts}");
}
