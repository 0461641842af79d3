//! Figures of speed, for a release build: `cargo test --release -p waymark-store figures -- --ignored
//! --nocapture`.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::vfs::RealVfs;

fn open(folder: &Path) -> Store {
    let config = StoreConfig::default();
    Store::open(Arc::new(RealVfs), folder, Arc::new(ManualClock::new(NOON)), config, Access::Write).unwrap()
}

/// The n-th event of a shop with 200,000 visitors over 30 days.
fn shop_event(n: u64, event: &mut Event) {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let pick = |shift: u32, many: u64| (mixed >> shift) % many;
    event.clear();
    event.visitor = pick(20, 200_000).wrapping_mul(0xD129_0D3B_3E5A_5EED) | 1;
    event.time = NOON - 30 * 86_400_000 + n as i64 * 259;
    event.set_text(
        TextColumn::Name,
        ["pageview", "view_item", "add_to_cart", "purchase"][pick(7, 4) as usize],
    );
    event.set_text(TextColumn::Path, &format!("/p/{}", pick(11, 2_000)));
    event.set_text(TextColumn::Source, ["google", "newsletter", "", "direct"][pick(13, 4) as usize]);
    event.set_text(TextColumn::Country, ["DE", "FR", "US", "NL"][pick(17, 4) as usize]);
    event.set_text(TextColumn::Device, ["mobile", "desktop"][pick(19, 2) as usize]);
    event.set_text(TextColumn::Browser, ["Chrome", "Safari", "Firefox"][pick(23, 3) as usize]);
    event.set_text(TextColumn::Os, ["iOS", "Android", "Windows"][pick(29, 3) as usize]);
}

fn with_id(n: u64) -> Event {
    let mut event = Event::default();
    shop_event(n, &mut event);
    event.event_id = Some(u128::from(n).wrapping_mul(0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3211));
    event
}

fn per_second(what: &str, many: u64, took: Duration) {
    println!("{what}: {:.0} a second ({many} in {took:.2?})", many as f64 / took.as_secs_f64());
}

fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    println!("memory {when}: {} {}", line("VmRSS"), line("VmHWM"));
}

#[test]
#[ignore = "takes long; for a release build"]
fn of_an_import() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let rows = 10_000_000;
    let mut event = Event::default();
    let start = Instant::now();
    (0..rows).for_each(|n| shop_event(n, &mut event));
    println!("making events alone: {:.2?}", start.elapsed());
    let start = Instant::now();
    let mut import = store.importer(shop()).unwrap();
    for n in 0..rows {
        shop_event(n, &mut event);
        import.push(&event).unwrap();
    }
    println!("until the last push: {:.2?}", start.elapsed());
    let summary = import.finish("f").unwrap();
    per_second("rows imported", rows, start.elapsed());
    println!("{summary:?}, {:.1} bytes a row", summary.bytes as f64 / rows as f64);
    println!("segments left: {}", store.live_set().segments().count());
    memory("after the import");
    let start = Instant::now();
    drop(store);
    let store = open(folder.path());
    println!("opened in {:.2?}", start.elapsed());
    assert_eq!(store.snapshot(&shop()).rows, rows);
}

#[test]
#[ignore = "takes long; for a release build"]
fn of_appends() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    memory("at the start");
    let (writers, mut first) = (256_u64, 0_u64);
    for (size, batches) in [(1_u64, 600_u64), (50, 100)] {
        let start = Instant::now();
        thread::scope(|scope| {
            for writer in 0..writers {
                let store = &store;
                scope.spawn(move || {
                    for batch in 0..batches {
                        let from = first + (writer * batches + batch) * size;
                        let events = (from..from + size).map(with_id).collect();
                        drop(store.append(shop(), events).unwrap().wait().unwrap());
                    }
                });
            }
        });
        let events = writers * batches * size;
        per_second(&format!("requests of {size}, {writers} at a time"), writers * batches, start.elapsed());
        per_second("    events", events, start.elapsed());
        first += events;
    }
    let start = Instant::now();
    let snapshot = store.snapshot(&shop());
    println!("snapshot of {} rows in {} parts: {:.2?}", snapshot.rows, snapshot.parts.len(), start.elapsed());
    for new in [0, 1, 100, 10_000] {
        drop(store.append(shop(), (first..first + new).map(with_id).collect()).unwrap().wait().unwrap());
        first += new;
        let start = Instant::now();
        let snapshot = store.snapshot(&shop());
        println!("snapshot after {new} new events, {} parts: {:.2?}", snapshot.parts.len(), start.elapsed());
    }
    memory("before the flush");
    drop(snapshot);
    let start = Instant::now();
    per_second("rows flushed", store.flush().unwrap(), start.elapsed());
    let start = Instant::now();
    let again: Vec<Event> = (0..10_000).map(with_id).collect();
    drop(store.append(shop(), again).unwrap().wait().unwrap());
    per_second("duplicates found in runs", 10_000, start.elapsed());
    memory("at the end");
}
