//! Voided orders: the same answers as if their events had been sent as tests, with those asked for and without.

use std::sync::Arc;

use hashbrown::HashSet;
use proptest::prelude::*;
use waymark_model::{Event, Tag};
use waymark_query::{FoldSpec, OverviewSpec, State};
use waymark_store::columns::{MonthBuilders, Part, VoidedKeys};

use crate::{
    differential::{check_bucket, expected_funnel, run_parts, world},
    oracle,
    worlds::{Setting, funnel_case, goal_case},
};

fn cases() -> ProptestConfig {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse::<u32>().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases.unwrap_or(1_000)) }
}

/// The parts of the events, seen with those keys voided.
fn parts(events: &[Event], keys: &VoidedKeys) -> Vec<Part> {
    let (first, second) = events.split_at(events.len() / 2);
    let months = (1..).zip([first, second]).flat_map(|(batch, events)| {
        let mut builders = MonthBuilders::default();
        events.iter().for_each(|event| builders.push(event));
        builders.finish(batch)
    });
    months.map(|(_, part)| part.voiding(keys)).collect()
}

/// The setting as it would be if the events with these keys had been sent as tests.
fn as_tests(setting: &Setting, keys: &VoidedKeys) -> Setting {
    let mut setting = setting.clone();
    let voided = |event: &&mut Event| event.key.is_some_and(|key| keys.contains(&key));
    let untagged = setting.events.iter_mut().filter(voided).filter(|event| event.tag == Tag::None);
    untagged.for_each(|event| event.tag = Tag::Test);
    setting
}

fn left_out(setting: &Setting) -> u64 {
    let left = |event: &&Event| event.tag != Tag::None && setting.range.contains(event.time);
    if setting.population.include_tagged { 0 } else { setting.events.iter().filter(left).count() as u64 }
}

/// Some of the keys that orders have.
fn keys() -> impl Strategy<Value = VoidedKeys> {
    prop::collection::vec(0..4_u64, 0..3).prop_map(|keys| Arc::new(keys.into_iter().collect::<HashSet<_>>()))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn funnels((setting, funnel) in funnel_case(), keys in keys()) {
        let tests = as_tests(&setting, &keys);
        let expected = expected_funnel(&funnel, &oracle::funnel::funnel(&world(&tests), &funnel));
        let parts = parts(&setting.events, &keys);
        let (state, out) = run_parts(&parts, &setting, 1, 3, FoldSpec::Funnel(funnel));
        prop_assert_eq!((state, out), (State::Funnel(expected), left_out(&tests)));
    }

    #[test]
    fn overviews((setting, goals, _) in goal_case(), keys in keys()) {
        let tests = as_tests(&setting, &keys);
        let expected = oracle::overview::overview(&world(&tests), &goals, &[]);
        let spec = FoldSpec::Overview(OverviewSpec { goals, buckets: Vec::new(), then: None, orders: Vec::new() });
        let (state, out) = run_parts(&parts(&setting.events, &keys), &setting, 2, 2, spec);
        let State::Overview(found) = state else { panic!("not an overview") };
        check_bucket(&found.total, &expected.total, "all");
        prop_assert_eq!(out, left_out(&tests));
    }
}
