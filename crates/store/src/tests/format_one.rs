//! A folder whose segments have the first format is read, and rewritten in the present one.
//!
//! `testdata/format-1` was written by the last Waymark that wrote the first format, from the events told
//! here: one import and three flushes, one of them made bare but for its orders. Only the three most frequent
//! properties had columns.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use waymark_model::{Identity, Tag, time::DAY};

use super::*;
use crate::{columns::testing::Row, segment::FORMAT, vfs::RealVfs};

/// The event of that number, `days` before noon, with something in every column now and then.
fn told(number: u64, days: i64, identity: Identity) -> Event {
    let time = NOON - days * DAY + number as i64 * 60_000;
    let visitor = [0, 1, 7, 1 << 40, 1 << 63, u64::MAX][number as usize % 6];
    let mut event = Event::new(visitor, time, ["view", "cart", "buy"][number as usize % 3]);
    for column in TextColumn::ALL.into_iter().filter(|column| *column != TextColumn::Name) {
        if !(number + column as u64).is_multiple_of(3) {
            event.set_text(column, &format!("{}-{}", column.as_str(), number % 5));
        }
    }
    event.identity = identity;
    event.tag = [Tag::None, Tag::None, Tag::Bot, Tag::Internal, Tag::Test][number as usize % 5];
    event.event_id = Some(u128::from(number) << 70 | days as u128);
    event.value = (number % 3 == 2).then_some(number as i64 * 100 - 900);
    event.key = (number % 3 == 2).then_some(u64::MAX - number);
    event.user = (number % 4 == 1).then_some((1 << 63) + number);
    event.verified = number % 6 == 5;
    for (nth, key) in ["item", "plan", "a.b", "Ü", "rare", "rarer"].into_iter().enumerate() {
        if number.is_multiple_of(nth as u64 + 1) {
            event.props.push((key.to_owned(), format!("{key}{}", number % 4)));
        }
    }
    event
}

/// The events that are stored whole.
fn story() -> Vec<Event> {
    [(80, Identity::Imported), (2, Identity::Audience), (1, Identity::Consented)]
        .into_iter()
        .flat_map(|(days, identity)| (0..30).map(move |number| told(number, days, identity)))
        .collect()
}

/// A copy of the folder, opened.
fn opened(folder: &Path) -> Store {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/format-1"), folder);
    let config = StoreConfig { threads: 1, ..StoreConfig::default() };
    let clock = Arc::new(ManualClock::new(NOON));
    Store::open(Arc::new(RealVfs), folder, clock, config, Access::Write).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { _ = fs::copy(&path, &target).unwrap() }
    }
}

/// All rows, bare ones apart, each in an order that depends on them alone.
fn all_rows(store: &Store) -> [Vec<Row>; 2] {
    [false, true].map(|bare| {
        let parts = store.snapshot(&shop()).parts;
        let mut rows: Vec<Row> =
            parts.iter().filter(|part| part.bounds.bare == bare).flat_map(rows).collect();
        rows.sort_by_cached_key(|row| format!("{row:?}"));
        rows
    })
}

fn formats(store: &Store) -> Vec<u32> {
    store.live_set().segments().map(|(_, entry)| entry.meta.format).collect()
}

#[test]
fn a_folder_of_the_first_format_is_read_and_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path());
    let before = all_rows(&store);
    let mut expected: Vec<Event> = story().into_iter().map(canonical).collect();
    let mut whole: Vec<Event> = before[0].iter().map(|(event, _)| event.clone()).collect();
    expected.sort_by_cached_key(|event| format!("{event:?}"));
    whole.sort_by_cached_key(|event| format!("{event:?}"));
    assert_eq!(whole, expected);
    assert_eq!((before[1].len(), formats(&store)), (10, vec![1; 4]));

    let mut told = Vec::new();
    let summary = store.maintain_and_tell(&mut |at| told.push((at.done, at.all))).unwrap();
    assert_eq!((summary.rewritten, summary.merged), (4, 0));
    assert_eq!(told, [(1, 4), (2, 4), (3, 4), (4, 4)]);
    assert_eq!((formats(&store), all_rows(&store)), (vec![FORMAT; 4], before.clone()));
    assert_eq!(store.maintain().unwrap(), crate::MaintainSummary::default());
    sound(&store);
    drop(store);

    let config = StoreConfig { threads: 1, ..StoreConfig::default() };
    let clock = Arc::new(ManualClock::new(NOON));
    let again = Store::open(Arc::new(RealVfs), folder.path(), clock, config, Access::Write).unwrap();
    assert_eq!((all_rows(&again), again.recovered().removed_files), (before, 0));
}
