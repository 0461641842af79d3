//! Columns are ready before somebody asks for them: a question decodes nothing.

use std::fs;

use super::*;
use crate::vfs::RealVfs;

/// A store in a folder of this machine.
struct Local {
    folder: tempfile::TempDir,
    config: StoreConfig,
}

impl Local {
    fn new() -> Self {
        let config = StoreConfig { threads: 2, import_rows: 40, ..StoreConfig::default() };
        Self { folder: tempfile::tempdir().unwrap(), config }
    }

    fn open(&self) -> Store {
        let clock = Arc::new(ManualClock::new(NOON));
        let vfs = Arc::new(RealVfs);
        Store::open(vfs, self.folder.path(), clock, self.config.clone(), Access::Write).unwrap()
    }

    fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("cache")
    }
}

/// Reads every column of all rows, which are as many as expected; nothing may have to be decoded for it.
#[track_caller]
fn reads_without_decoding(store: &Store, rows: u64) {
    let before = store.gauges().columns_decoded;
    assert_eq!(content(&store.snapshot(&shop())).len() as u64, rows);
    assert_eq!(store.gauges().columns_decoded - before, 0, "columns were decoded");
}

fn import(store: &Store, numbers: std::ops::Range<u64>) {
    let mut import = store.importer(shop()).unwrap();
    events(numbers).iter().for_each(|event| _ = import.push(event).unwrap());
    import.finish("f").unwrap();
}

fn flush(store: &Store, numbers: std::ops::Range<u64>) {
    store.append(shop(), events(numbers)).unwrap().wait().unwrap();
    store.flush().unwrap();
}

#[test]
fn what_is_written_is_ready() {
    let local = Local::new();
    let store = local.open();
    flush(&store, 0..50);
    reads_without_decoding(&store, 50);
    import(&store, 50..400);
    reads_without_decoding(&store, 400);
    flush(&store, 400..410);
    flush(&store, 410..420);
    assert!(store.maintain().unwrap().merged > 0);
    reads_without_decoding(&store, 420);
    assert_eq!(store.gauges().columns_decoded, 0, "merging decodes nothing either");
    assert!(!store.make_next_ready().unwrap());
    drop(store);
    reads_without_decoding(&local.open(), 420);
}

#[test]
fn what_is_missing_after_a_start_is_made_newest_first() {
    let local = Local::new();
    let store = local.open();
    import(&store, 0..2_000);
    drop(store);
    fs::remove_dir_all(local.cache()).unwrap();
    let store = local.open();
    let segments = store.live_set().segments().count();
    assert!(segments > 2, "{segments}");
    assert!(store.make_next_ready().unwrap());
    let newest = |set: &crate::live_set::LiveSet| {
        set.segments().map(|(_, entry)| entry.meta.clone()).max_by_key(|meta| meta.bounds.time.1).unwrap()
    };
    let made: Vec<_> =
        fs::read_dir(local.cache().join("hot")).unwrap().map(|of| of.unwrap().file_name()).collect();
    assert_eq!(made, [newest(&store.live_set()).hash.to_string().as_str()]);
    let made = (1..).take_while(|_| store.make_next_ready().unwrap()).count();
    assert_eq!(made, segments - 1);
    reads_without_decoding(&store, 2_000);
}

#[test]
fn a_small_budget_is_kept() {
    let mut local = Local::new();
    local.config.hot_bytes = 20_000;
    let store = local.open();
    flush(&store, 0..50);
    import(&store, 50..400);
    let used = || {
        let folders = fs::read_dir(local.cache().join("hot")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    assert!(used() <= 20_000, "{}", used());
    assert!(!store.make_next_ready().unwrap());
    assert_eq!((content(&store.snapshot(&shop())).len(), store.gauges().columns_failed), (400, 0));
    assert!(used() <= 20_000, "{}", used());
}

#[test]
fn a_cache_that_cannot_be_written_fails_no_flush_and_is_said() {
    let local = Local::new();
    let store = local.open();
    fs::create_dir_all(local.cache()).unwrap();
    fs::write(local.cache().join("hot"), "a file where the folder should be").unwrap();
    flush(&store, 0..50);
    assert_eq!(store.gauges().columns_failed, 1);
    let error = store.make_next_ready().unwrap_err().to_string();
    assert!(error.contains("cannot write") && error.contains("nothing is lost"), "{error}");
    assert_eq!(content(&store.snapshot(&shop())).len(), 50);
    drop(store);
    fs::remove_file(local.cache().join("hot")).unwrap();
    let store = local.open();
    assert!(store.make_next_ready().unwrap());
    reads_without_decoding(&store, 50);
}
