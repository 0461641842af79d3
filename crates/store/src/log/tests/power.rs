//! Power cuts at any moment of a log's life: nothing acknowledged may be lost, nothing else may appear. And
//! without any one sync the same test must find a loss, or it would show nothing.

use std::path::Path;

use super::{folder, life::Life};
use crate::vfs::{SyncPoint, sim::IgnoreSync};

/// Power cuts in one life.
const CUTS: u64 = 4;

fn lives(seed: u64, failures: bool, ignored: Option<IgnoreSync>) -> Result<Life, String> {
    let mut life = Life::new(seed, failures, ignored);
    for _ in 0..CUTS {
        life.until_power_cut().map_err(|loss| format!("seed {seed}: {loss}"))?;
    }
    Ok(life)
}

/// Runs so many power cuts; more with `WAYMARK_FULL` set.
fn check(cuts: u64, failures: bool) {
    let cuts = if std::env::var_os("WAYMARK_FULL").is_some() { cuts * 10 } else { cuts };
    let (mut records, mut refused) = (0, 0);
    for seed in 0..cuts / CUTS {
        let life = lives(seed, failures, None).unwrap_or_else(|loss| panic!("{loss}"));
        records += life.stored.len();
        refused += u64::from(life.was_full);
    }
    println!("{cuts} power cuts, {records} records kept, {refused} lives met a full disk");
    assert!(records as u64 > cuts && refused > cuts / 100, "the lives were too short to show anything");
}

#[test]
fn acknowledged_records_survive_power_cuts() {
    check(100_000, false);
}

#[test]
fn acknowledged_records_survive_failing_calls_and_power_cuts() {
    check(20_000, true);
}

#[test]
fn each_sync_is_needed() {
    let ignored: [(&str, &str, IgnoreSync); 9] = [
        ("a commit", "is lost", |point, _| point == SyncPoint::LogCommit),
        ("a footer", "lacks its footer", |point, _| point == SyncPoint::LogFooter),
        ("cutting back", "is there again", |point, _| point == SyncPoint::LogCutBack),
        ("a new folder's parent", "is lost", |point, _| point == SyncPoint::NewFolder),
        ("a log file's first or repaired content", "is lost", |point, path: &Path| {
            point == SyncPoint::AtomicContent && path.starts_with(folder())
        }),
        ("the log's folder", "is lost", |point, path| point == SyncPoint::AtomicRename && path == folder()),
        ("the manifest's content", "manifest data/MANIFEST is damaged", |point, path: &Path| {
            point == SyncPoint::AtomicContent && !path.starts_with(folder())
        }),
        ("the manifest's folder", "is lost", |point, path: &Path| {
            point == SyncPoint::AtomicRename && path != folder()
        }),
        ("everything", "is lost", |_, _| true),
    ];
    for (name, expected, ignored) in ignored {
        let losses = (0..20_000).filter_map(|seed| lives(seed, false, Some(ignored)).err());
        let loss = losses.into_iter().find(|loss| loss.contains(expected));
        println!("without the sync of {name}: {}", loss.as_deref().unwrap_or("nothing found"));
        assert!(loss.is_some(), "without the sync of {name} it is not found that a record {expected}");
    }
}
