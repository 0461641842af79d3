//! What a site keeps no longer: in a range of what it still keeps, the same answers as with the whole history, orders that
//! began before it included.

use std::{path::Path, sync::Arc};

use proptest::prelude::*;
use waymark_model::{Goal, TimeRange, Trigger, time::DAY};
use waymark_query::{FoldSpec, OverviewSpec, State};
use waymark_store::{
    Access, KeptFrom, ManualClock, SiteId, Store, StoreConfig,
    columns::Part,
    doctor::Finding,
    vfs::{Vfs, sim::SimDisk},
};

use crate::{
    differential::{check_bucket, run_parts, world},
    oracle,
    worlds::{GRID, Setting, goal_case},
};

fn cases() -> ProptestConfig {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse::<u32>().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases.map_or(400, |cases| cases / 10))
    }
}

/// The rows of the site after `cut`, and bare ones of before, as segments that were written, rewritten and merged.
fn kept(setting: &Setting, cut: i64) -> (Vec<Part>, u64) {
    let disk: Arc<dyn Vfs> = Arc::new(SimDisk::new(1));
    let clock = Arc::new(ManualClock::new(cut));
    let config = StoreConfig { local: false, threads: 1, ..StoreConfig::default() };
    let store = Store::open(disk, Path::new("data"), clock.clone(), config, Access::Write).unwrap();
    let site = SiteId::parse("shop").unwrap();
    for events in setting.events.chunks(9) {
        store.append(site.clone(), events.to_vec()).unwrap().wait().unwrap();
        store.flush().unwrap();
    }
    let removed = store.remove_before(&site, KeptFrom::all(cut)).unwrap();
    let again = store.remove_before(&site, KeptFrom::all(cut)).unwrap();
    assert_eq!((again.rows, again.bare, again.segments), (0, 0, 0), "bare rows stay as they are");
    clock.advance(200 * DAY);
    store.confirm_clock().unwrap();
    store.maintain().unwrap();
    let findings = store.doctor().findings;
    // The cache of columns tells of its budget, which is nothing here.
    assert!(findings.iter().all(|finding| matches!(finding, Finding::Cache(_))), "{findings:?}");
    let snapshot = store.snapshot(&site);
    let before = setting.events.iter().filter(|event| event.time < cut);
    assert_eq!(removed.rows + removed.bare, before.count() as u64);
    (snapshot.parts.clone(), snapshot.rows)
}

/// Engagement looks at what came before the range, so that a session cut in two has another length.
fn looks_at_events(goal: &Goal) -> bool {
    matches!(goal.trigger, Trigger::Event(_))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_kept_counts_as_before((mut setting, mut goals, _) in goal_case(), slot in 0..30_i64) {
        goals.retain(looks_at_events);
        let earliest = setting.events.iter().map(|event| event.time).min().unwrap_or(0);
        let cut = earliest + slot * GRID;
        let rows = setting.events.iter().filter(|event| event.time >= cut).count() as u64;
        setting.range = TimeRange { start: setting.range.start.max(cut), end: setting.range.end.max(cut) };
        let (parts, found) = kept(&setting, cut);
        prop_assert_eq!(found, rows);
        let expected = oracle::overview::overview(&world(&setting), &goals, &[]);
        let spec = FoldSpec::Overview(OverviewSpec { goals, buckets: Vec::new(), then: None, orders: Vec::new() });
        let (state, _) = run_parts(&parts, &setting, 1, 3, spec);
        let State::Overview(found) = state else { panic!("not an overview") };
        check_bucket(&found.total, &expected.total, "all");
    }
}
