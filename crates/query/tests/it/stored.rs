//! The engine against the oracle while events move through a store: imported, in the live tail, flushed, merged, and
//! after a restart.

use std::{path::Path, sync::Arc};

use proptest::prelude::*;
use waymark_model::time::DAY;
use waymark_query::{FoldSpec, OverviewSpec, State};
use waymark_store::{
    Access, ManualClock, SiteId, Store, StoreConfig,
    columns::Part,
    vfs::{Vfs, sim::SimDisk},
};

use crate::{
    differential::{check_bucket, expected_funnel, run_parts, world},
    oracle,
    worlds::{Setting, funnel_case, goal_case},
};

/// Half a year after the worlds' events, so that merging goes by month too.
const NOW: i64 = 1_790_000_000_000;

struct Shop {
    disk: Arc<dyn Vfs>,
    clock: Arc<ManualClock>,
    site: SiteId,
}

impl Shop {
    fn new(seed: u64) -> Self {
        Self {
            disk: Arc::new(SimDisk::new(seed)),
            clock: Arc::new(ManualClock::new(NOW)),
            site: SiteId::parse("shop").unwrap(),
        }
    }

    fn open(&self) -> Store {
        let config = StoreConfig { local: false, threads: 1, import_rows: 6, ..StoreConfig::default() };
        Store::open(Arc::clone(&self.disk), Path::new("data"), self.clock.clone(), config, Access::Write)
            .unwrap()
    }

    fn parts(&self, store: &Store) -> Vec<Part> {
        store.snapshot(&self.site).parts
    }
}

/// Moves the events through a store, and calls `check` at each stage with the parts that hold them.
fn through_a_store(setting: &Setting, cut: usize, check: impl Fn(&[Part], &str)) {
    let shop = Shop::new(1);
    let store = shop.open();
    let (first, rest) = setting.events.split_at(cut.min(setting.events.len()));
    let mut import = store.importer(shop.site.clone()).unwrap();
    first.iter().for_each(|event| _ = import.push(event).unwrap());
    import.finish("first").unwrap();
    let (middle, last) = rest.split_at(rest.len() / 2);
    for events in [middle, last] {
        if !events.is_empty() {
            store.append(shop.site.clone(), events.to_vec()).unwrap().wait().unwrap();
        }
    }
    check(&shop.parts(&store), "imported and appended");
    store.flush().unwrap();
    check(&shop.parts(&store), "flushed");
    drop(store);
    let store = shop.open();
    check(&shop.parts(&store), "reopened");
    shop.clock.advance(40 * DAY);
    store.maintain().unwrap();
    check(&shop.parts(&store), "merged");
    drop(store);
    check(&shop.parts(&shop.open()), "merged and reopened");
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse::<u32>().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases.map_or(300, |cases| cases / 10))
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn funnels((setting, funnel) in funnel_case(), cut in 0..28_usize) {
        let expected = expected_funnel(&funnel, &oracle::funnel::funnel(&world(&setting), &funnel));
        through_a_store(&setting, cut, |parts, stage| {
            let (state, _) = run_parts(parts, &setting, 1, 3, FoldSpec::Funnel(funnel.clone()));
            assert_eq!(state, State::Funnel(expected.clone()), "{stage}");
        });
    }

    #[test]
    fn overviews((setting, goals, _) in goal_case(), cut in 0..28_usize) {
        let expected = oracle::overview::overview(&world(&setting), &goals, &[]);
        through_a_store(&setting, cut, |parts, stage| {
            let spec = OverviewSpec { goals: goals.clone(), buckets: Vec::new(), then: None, orders: Vec::new() };
            let (state, _) = run_parts(parts, &setting, 2, 3, FoldSpec::Overview(spec));
            let State::Overview(found) = state else { panic!("not an overview") };
            check_bucket(&found.total, &expected.total, stage);
        });
    }
}
