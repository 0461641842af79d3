//! The store as a whole, on simulated and real disks.

mod append;
mod backup;
mod clock;
mod compaction;
mod concurrent;
mod crash;
mod damage;
mod doctor;
mod duplicates;
mod erasure;
mod figures;
mod folder;
mod format_one;
mod import;
mod readiness;
mod retention;
mod salts;

use std::{path::Path, sync::Arc};

use waymark_model::{Event, TextColumn};

use crate::{
    Access, ManualClock, SiteId, Snapshot, Store, StoreConfig, StoreError,
    columns::testing::{canonical, rows},
    doctor::Finding,
    vfs::{Vfs, sim::SimDisk},
};

/// 2026-11-20 12:00 UTC, in ms.
const NOON: i64 = 1_795_176_000_000;

/// A store on a simulated disk whose power can be cut, and the clock that it goes by.
struct World {
    disk: SimDisk,
    clock: Arc<ManualClock>,
    config: StoreConfig,
}

impl World {
    fn new(seed: u64) -> Self {
        let config = StoreConfig { local: false, threads: 1, import_rows: 40, ..StoreConfig::default() };
        Self { disk: SimDisk::new(seed), clock: Arc::new(ManualClock::new(NOON)), config }
    }

    fn vfs(&self) -> Arc<dyn Vfs> {
        Arc::new(self.disk.clone())
    }

    fn open(&self, access: Access) -> Result<Store, StoreError> {
        Store::open(self.vfs(), Path::new("data"), self.clock.clone(), self.config.clone(), access)
    }

    fn store(&self) -> Store {
        self.open(Access::Write).unwrap()
    }
}

fn shop() -> SiteId {
    SiteId::parse("shop").unwrap()
}

/// The event of that number: each one is different, and has an identifier of its own.
fn event(number: u64) -> Event {
    let mut event = Event::new(
        number % 7,
        NOON - number as i64 * 3_600_000,
        ["view", "cart", "buy"][number as usize % 3],
    )
    .with_text(TextColumn::Path, &format!("/{number}"));
    event.event_id = Some(u128::from(number));
    event.value = (number % 3 == 2).then_some(number as i64);
    event
}

fn events(numbers: impl Iterator<Item = u64>) -> Vec<Event> {
    numbers.map(event).collect()
}

/// Nothing is wrong and no file is left over. That columns are kept in memory here is none of it.
fn sound(store: &Store) {
    let report = store.doctor();
    let is_about_files = |finding: &&Finding| !matches!(finding, Finding::Cache(_));
    assert_eq!(report.findings.iter().filter(is_about_files).count(), 0, "{report}");
}

/// The events of a snapshot, in an order that depends on them alone, without their identifiers, which
/// compaction may drop.
fn content(snapshot: &Snapshot) -> Vec<Event> {
    let all: Vec<Event> = snapshot.parts.iter().flat_map(rows).map(|(event, _)| event).collect();
    assert_eq!(all.len() as u64, snapshot.rows);
    sorted(&all)
}

/// What [`content`] gives for these events.
fn sorted(events: &[Event]) -> Vec<Event> {
    let mut all: Vec<Event> = events
        .iter()
        .cloned()
        .map(|event| {
            let mut event = canonical(event);
            event.event_id = None;
            event
        })
        .collect();
    all.sort_by_cached_key(|event| format!("{event:?}"));
    all
}
