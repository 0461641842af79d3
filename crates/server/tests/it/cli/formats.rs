//! A data folder of an older Waymark gives the same answers before and after `waymark maintain` rewrites its
//! files.

use std::{fs, path::Path};

use serde_json::Value;

use super::Folder;

/// Puts the files of a folder into another, which is emptied first.
fn replace(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::remove_dir_all(to).ok();
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        replace(&path, &to.join(path.file_name().unwrap()));
    }
}

/// All events as the export writes them, but for their identifiers, which files past a time do without; and a
/// report.
fn answers(folder: &Folder) -> (Vec<String>, String) {
    let without_id = |line: &str| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("event_id");
        event.to_string()
    };
    let mut events: Vec<String> = folder.ok(&["export", "--site", "shop"]).lines().map(without_id).collect();
    events.sort();
    let days = ["--from", "2026-08-01", "--to", "2026-11-30"];
    (events, folder.ok(&[&["report", "--site", "shop"][..], &days].concat()))
}

#[test]
fn a_folder_of_the_first_format_is_rewritten_with_the_same_answers() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--retention", "forever"]);
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/testdata/format-1");
    for name in ["MANIFEST", "segments", "dedup", "log"] {
        replace(&old.join(name), &folder.path().join(name));
    }
    let goal = "[site.shop]\ntimezone = 'UTC'\nretention = 'forever'\n\n[[site.shop.goal]]\nname = 'buy'\nrole = 'macro'\n";
    folder.ok(&["goals", "apply", &folder.file("w.toml", goal)]);
    let before = answers(&folder);
    assert_eq!(before.0.len(), 90);
    let said = folder.ok(&["maintain"]);
    assert!(said.contains("Rewrote 4 files of an older format."), "{said}");
    let after = answers(&folder);
    for (one, other) in before.0.iter().zip(&after.0) {
        assert_eq!(one, other);
    }
    assert_eq!((after.0.len(), after.1), (90, before.1));
    assert_eq!(folder.json(&["maintain"])["rewritten"], 0);
}
