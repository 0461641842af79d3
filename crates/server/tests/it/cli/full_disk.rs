//! A full disk: a small file system of its own, where the machine lets a test mount one.

use std::{fmt::Write, process::Command};

use super::{Folder, MAP, shop_csv};

/// In a mount namespace of its own: a disk with room for the shop but not for the large file, then one with room for both.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=1400k tmpfs "$DISK" || exit 99
waymark() { "$WAYMARK" --data "$DISK/data" "$@"; }
count() { waymark rate --site shop --goal view --base visitor --json; }
waymark site add shop --timezone UTC && waymark import --site shop --map "$MAP" "$SHOP" || exit 98
count > "$OUT/before"
waymark import --site shop --map "$MAP" "$LARGE" > "$OUT/full.out" 2> "$OUT/full.err"
echo $? > "$OUT/code"
count > "$OUT/after" && waymark doctor > "$OUT/doctor" || exit 97
mount -o remount,size=64m "$DISK" || exit 99
waymark import --site shop --map "$MAP" "$LARGE" > "$OUT/roomy" || exit 96
"#;

/// Rows whose visitors do not compress.
fn large() -> String {
    let mut text = "timestamp,visitorid,event,itemid,transactionid\n".to_owned();
    for row in 1..=200_000_u64 {
        let (time, visitor) = (1_767_225_600_000 + row * 1_013, row.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        writeln!(text, "{time},{visitor},view,{},", row % 977).unwrap();
    }
    text
}

#[test]
fn an_import_that_finds_the_disk_full_changes_nothing() {
    let folder = Folder::new();
    let at = |name: &str| folder.0.path().join(name);
    for name in ["disk", "out"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    let large = folder.file("large.csv", &large());
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT])
        .env("DISK", at("disk"))
        .env("OUT", at("out"))
        .env("WAYMARK", env!("CARGO_BIN_EXE_waymark"))
        .env("MAP", MAP)
        .env("SHOP", shop_csv())
        .env("LARGE", large)
        .output();
    let run = match run {
        Ok(run) if run.status.code() != Some(99) && !run.stderr.starts_with(b"unshare:") => run,
        Ok(run) => {
            println!("skipped: no small disk can be mounted here: {}", String::from_utf8_lossy(&run.stderr));
            return;
        }
        Err(error) => {
            println!("skipped: `unshare` cannot be run: {error}");
            return;
        }
    };
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let read = |name: &str| std::fs::read_to_string(at("out").join(name)).unwrap();
    assert_eq!(read("code").trim(), "1");
    let error = read("full.err");
    assert_eq!(error.lines().filter(|line| line.starts_with("error:")).count(), 1, "{error}");
    assert!(error.contains("full") || error.contains("No space"), "{error}");
    assert!(error.contains("hint:"), "{error}");
    assert_eq!(read("before"), read("after"));
    assert!(read("roomy").contains("Imported 200,000 events"), "{}", read("roomy"));
}
