//! The engine against the oracle, on random worlds: whatever the parts, their order, the tasks and the threads.

use std::collections::BTreeMap;

use proptest::prelude::*;
use waymark_model::{
    Dimension, Entry, Event, Funnel, Goal, Predicate, Tally, TimeRange, Touch, Trigger, Unit, Zone,
};
use waymark_query::{
    BreakdownSpec, BucketTally, By, Cancel, ConversionTimeSpec, Engine, FoldSpec, FunnelState, Histogram,
    OverviewSpec, Scope, State,
};
use waymark_store::columns::{Part, PartBuilder};

use crate::{
    oracle::{self, World},
    worlds::{Setting, ZONES, crowd_case, funnel_case, goal_case},
};

/// Random worlds for each kind of fold; `WAYMARK_CASES` sets another number.
pub(crate) fn cases() -> ProptestConfig {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases.unwrap_or(10_000)) }
}

/// How the events come to lie in parts, and how the work on them is cut.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Events between the cuts arrived in one batch.
    cuts: Vec<usize>,
    /// Parts are handed to the engine from this one on.
    rotation: usize,
    threads: usize,
    tasks: usize,
}

pub(crate) fn layout() -> impl Strategy<Value = Layout> {
    let cut = prop_oneof![3 => 0..28_usize, 1 => 28..1_200_usize];
    (prop::collection::vec(cut, 0..4), 0..4_usize, 1..3_usize, 1..5_usize).prop_map(
        |(mut cuts, rotation, threads, tasks)| {
            cuts.sort_unstable();
            Layout { cuts, rotation, threads, tasks }
        },
    )
}

/// Batches in the order of arrival, each divided by month as a store would.
fn parts(events: &[Event], layout: &Layout) -> Vec<Part> {
    let mut parts = Vec::new();
    let ends = layout.cuts.iter().map(|&cut| cut.min(events.len())).chain([events.len()]);
    let mut start = 0;
    for (batch, end) in (1..).zip(ends) {
        let mut months: BTreeMap<_, PartBuilder> = BTreeMap::new();
        for event in &events[start..end] {
            let date = Zone::utc().date(event.time);
            months.entry((date.year(), date.month())).or_default().push(event);
        }
        parts.extend(months.into_values().filter_map(|builder| builder.finish(batch)));
        start = end;
    }
    if !parts.is_empty() {
        let middle = layout.rotation % parts.len();
        parts.rotate_left(middle);
    }
    parts
}

/// Runs a fold over the events in parts.
pub(crate) fn run(setting: &Setting, layout: &Layout, fold: FoldSpec) -> (State, u64) {
    run_parts(&parts(&setting.events, layout), setting, layout.threads, layout.tasks, fold)
}

/// Runs a fold in parallel, and through its bytes; gives the events left out too.
pub(crate) fn run_parts(
    parts: &[Part],
    setting: &Setting,
    threads: usize,
    tasks: usize,
    fold: FoldSpec,
) -> (State, u64) {
    let scope = scope(setting);
    let fold = FoldSpec::from_bytes(&fold.to_bytes().unwrap()).unwrap();
    let mut output =
        Engine::new(threads, Some(tasks)).run(parts, &scope, &[fold], &Cancel::default()).unwrap();
    assert_eq!(output.integrity.out_of_order, 0);
    let state = output.states.remove(0);
    assert_eq!(State::from_bytes(&state.to_bytes().unwrap()).unwrap().to_bytes(), state.to_bytes());
    (state, output.integrity.left_out)
}

fn scope(setting: &Setting) -> Scope {
    let Setting { range, session_gap_ms, .. } = *setting;
    Scope { range, population: setting.population.clone(), session_gap_ms }
}

pub(crate) fn world(setting: &Setting) -> World<'_> {
    World {
        events: &setting.events,
        session_gap_ms: setting.session_gap_ms,
        range: setting.range,
        population: &setting.population,
    }
}

fn histogram(times: &[i64]) -> Histogram {
    let mut histogram = Histogram::default();
    times.iter().for_each(|&time| histogram.add(time));
    histogram
}

fn check_funnel(setting: &Setting, layout: &Layout, funnel: &Funnel) {
    let (state, _) = run(setting, layout, FoldSpec::Funnel(funnel.clone()));
    let State::Funnel(found) = state else { panic!("not a funnel") };
    let expected = expected_funnel(funnel, &oracle::funnel::funnel(&world(setting), funnel));
    assert_eq!(found, expected, "engine (left) and oracle (right)");
}

/// The oracle's answer in the engine's form.
pub(crate) fn expected_funnel(funnel: &Funnel, expected: &oracle::funnel::FunnelTally) -> FunnelState {
    let mut as_state = FunnelState::default();
    as_state.units = expected.units;
    for step in &expected.steps {
        as_state.steps.push(waymark_query::StepTally {
            reached: step.reached,
            entered: step.entered,
            lost: step.lost,
            in_progress: step.in_progress,
            not_reached: step.not_reached,
            skipped: step.skipped,
            gaps: histogram(&step.gaps_ms),
            value: step.value.clone(),
        });
    }
    let sums = |visitors: &[(u64, u64)]| {
        let mut moments = waymark_query::Moments::default();
        visitors.iter().for_each(|&(y, n)| moments.add(y, n));
        moments
    };
    for [previous, first] in expected.by_visitor.iter().filter(|_| funnel.tally != Tally::Visitors) {
        as_state.moments.push(waymark_query::StepMoments {
            of_first: sums(if funnel.entry == Entry::Open { &[] } else { first }),
            of_previous: sums(previous),
        });
    }
    for optional in &expected.optional {
        as_state.optional.push(waymark_query::OptionalTally {
            used: optional.used,
            used_completed: optional.used_completed,
            unused: optional.unused,
            unused_completed: optional.unused_completed,
        });
    }
    as_state
}

pub(crate) fn check_bucket(found: &BucketTally, expected: &oracle::overview::Tally, what: &str) {
    let units = (found.events, found.visitors, found.sessions, found.users);
    let expected_units = (expected.events, expected.visitors, expected.sessions, expected.users);
    assert_eq!(units, expected_units, "events, visitors, sessions, users of {what}");
    for (found, expected) in found.goals.iter().zip(&expected.goals) {
        let counts =
            (found.matched, found.conversions, found.repeats(), found.without_key, found.unattributed);
        let expected_counts = (
            expected.matched,
            expected.conversions,
            expected.repeats,
            expected.without_key,
            expected.unattributed,
        );
        assert_eq!(counts, expected_counts, "matched, counted, repeats, keyless, unattributed of {what}");
        let by = &expected.converters;
        let converters = waymark_query::Converters {
            visitors: by.visitor,
            sessions: by.session,
            users: by.user,
            events: by.event,
        };
        assert_eq!(found.converters, converters, "{what}");
        let mut net = found.gross.clone();
        for (currency, amount) in &found.refunds {
            *net.entry(currency.clone()).or_default() += amount;
        }
        assert_eq!(nonzero(&found.gross), nonzero(&expected.gross), "gross of {what}");
        assert_eq!(nonzero(&found.verified), nonzero(&expected.verified), "verified of {what}");
        assert_eq!(nonzero(&net), nonzero(&expected.net), "net of {what}");
    }
}

fn nonzero(amounts: &BTreeMap<String, i128>) -> BTreeMap<String, i128> {
    amounts.iter().filter(|(_, amount)| **amount != 0).map(|(c, a)| (c.clone(), *a)).collect()
}

fn check_overview(setting: &Setting, layout: &Layout, goals: &[Goal], zone: &str) {
    let days: Vec<_> =
        Zone::parse(zone).unwrap().days(setting.range).into_iter().map(|day| day.range).collect();
    let then = goals.len().checked_sub(1);
    let orders = orders(goals);
    let spec = OverviewSpec { goals: goals.to_vec(), buckets: days.clone(), then, orders: orders.clone() };
    let (state, left_out) = run(setting, layout, FoldSpec::Overview(spec));
    let State::Overview(found) = state else { panic!("not an overview") };
    check_refunds_without_order(setting, &orders, &found.total, setting.range);
    for (found, day) in found.buckets.iter().zip(&days) {
        check_refunds_without_order(setting, &orders, found, *day);
    }
    let expected = oracle::overview::overview(&world(setting), goals, &days);
    assert_eq!(left_out, expected.total.left_out, "left out");
    assert_eq!(found.then, expected.then, "visitors that converted on the last goal after each");
    check_bucket(&found.total, &expected.total, "the total");
    for (day, (found, expected)) in found.buckets.iter().zip(&expected.days).enumerate() {
        check_bucket(found, expected, &format!("day {day}"));
    }
    for (goal, expected) in expected.total.goals.iter().enumerate() {
        for (found, expected) in [
            (&found.session_moments[goal], expected.session_moments.as_ref().unwrap()),
            (&found.event_moments[goal], expected.event_moments.as_ref().unwrap()),
        ] {
            assert_eq!(*found, moments(expected));
        }
    }
}

/// What the goals' events are, as far as they are events.
fn orders(goals: &[Goal]) -> Vec<Predicate> {
    let predicate = |goal: &Goal| match &goal.trigger {
        Trigger::Event(predicate) => Some(predicate.clone()),
        Trigger::Duration { .. } | Trigger::Pages { .. } => None,
    };
    goals.iter().filter_map(predicate).collect()
}

fn check_refunds_without_order(
    setting: &Setting,
    orders: &[Predicate],
    found: &BucketTally,
    part: TimeRange,
) {
    if orders.is_empty() {
        return;
    }
    let mut expected = waymark_query::RefundTally::default();
    let refunds = oracle::refunds::without_order(&world(setting), orders);
    for refund in refunds.into_iter().filter(|refund| part.contains(refund.time)) {
        expected.count += 1;
        for (currency, amount) in refund.amounts {
            *expected.value.entry(currency).or_default() += amount;
        }
    }
    assert_eq!(found.refunds_without_order, expected);
}

/// The same in passes that tell few kinds of events apart.
fn check_passes(setting: &Setting, layout: &Layout, folds: &[FoldSpec], room: usize) {
    let parts = parts(&setting.events, layout);
    let scope = scope(setting);
    let engine = Engine::new(layout.threads, Some(layout.tasks));
    let once = engine.run(&parts, &scope, folds, &Cancel::default()).unwrap();
    let often = engine.with_room(room).run(&parts, &scope, folds, &Cancel::default()).unwrap();
    let bytes = |output: &waymark_query::Output| -> Vec<Vec<u8>> {
        output.states.iter().map(|state| state.to_bytes().unwrap()).collect()
    };
    assert_eq!(often, once);
    assert_eq!(bytes(&often), bytes(&once), "joined states merge as others do");
}

fn moments(expected: &oracle::overview::Moments) -> waymark_query::Moments {
    waymark_query::Moments {
        visitors: expected.n,
        y: expected.y,
        n: expected.units,
        yy: expected.yy.into(),
        yn: expected.y_units.into(),
        nn: expected.units_units.into(),
    }
}

fn check_breakdown(
    setting: &Setting,
    layout: &Layout,
    goals: &[Goal],
    dimension: &Dimension,
    unit: Unit,
    touch: Touch,
) {
    let spec =
        BreakdownSpec { goals: goals.to_vec(), dimension: dimension.clone(), by: By::Unit { unit, touch } };
    let (state, _) = run(setting, layout, FoldSpec::Breakdown(spec));
    let State::Breakdown(found) = state else { panic!("not a breakdown") };
    let expected = oracle::breakdown::breakdown(&world(setting), goals, dimension, unit, touch);
    let found: BTreeMap<_, _> = found
        .buckets
        .iter()
        .map(|(value, bucket)| {
            let goal = |g: &waymark_query::BrokenDownGoal| {
                assert_eq!((g.moments.y, g.moments.n), (g.converters, bucket.units));
                (g.converters, g.conversions, nonzero(&g.gross))
            };
            let value = (!value.is_empty()).then(|| value.clone());
            (value, (bucket.units, bucket.goals.iter().map(goal).collect::<Vec<_>>()))
        })
        .collect();
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(value, bucket)| {
            let goals = bucket.goals.iter().map(|g| (g.converters, g.conversions, nonzero(&g.gross)));
            (value.clone(), (bucket.units, goals.collect::<Vec<_>>()))
        })
        .collect();
    assert_eq!(found, expected);
}

fn check_own_values(setting: &Setting, layout: &Layout, goal: &Goal, dimension: &Dimension) {
    let goals = vec![goal.clone()];
    let spec = BreakdownSpec { goals, dimension: dimension.clone(), by: By::Conversion };
    let (state, _) = run(setting, layout, FoldSpec::Breakdown(spec));
    let State::Breakdown(found) = state else { panic!("not a breakdown") };
    let found = found.buckets.iter().map(|(value, bucket)| {
        let value = (!value.is_empty()).then(|| value.clone());
        (value, (bucket.goals[0].conversions, nonzero(&bucket.goals[0].gross)))
    });
    let expected = oracle::breakdown::breakdown_by_event(&world(setting), goal, dimension);
    let expected = expected.into_iter().map(|(value, b)| (value, (b.conversions, nonzero(&b.gross))));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), expected.collect());
}

fn check_conversion_time(setting: &Setting, layout: &Layout, goal: &Goal, unit: Unit) {
    let spec = ConversionTimeSpec { goal: goal.clone(), unit };
    let (state, _) = run(setting, layout, FoldSpec::ConversionTime(spec));
    let State::ConversionTime(found) = state else { panic!("not a conversion time") };
    let expected = oracle::time_to_convert::time_to_convert(&world(setting), goal, unit);
    assert_eq!(found.times, histogram(&expected));
}

fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::Visitor, Unit::Session])
}

fn touch() -> impl Strategy<Value = Touch> {
    prop::sample::select(vec![Touch::First, Touch::Last])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().cases / 20, ..cases() })]

    #[test]
    fn crowds((setting, funnel) in crowd_case(), layout in layout()) {
        check_funnel(&setting, &layout, &funnel);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn funnels((setting, funnel) in funnel_case(), layout in layout()) {
        check_funnel(&setting, &layout, &funnel);
    }

    #[test]
    fn overviews((setting, goals, _) in goal_case(), layout in layout(), zone in prop::sample::select(&ZONES[..])) {
        check_overview(&setting, &layout, &goals, zone);
    }

    #[test]
    fn several_passes(
        (setting, goals, dimension) in goal_case(),
        (_, more, _) in goal_case(),
        (_, funnel) in funnel_case(),
        layout in layout(),
        (room, unit, touch) in (18..24_usize, unit(), touch()),
    ) {
        let goals: Vec<Goal> = goals.into_iter().chain(more).collect();
        let (then, orders) = (Some(goals.len() / 2), orders(&goals));
        let by_unit = By::Unit { unit, touch };
        let breakdown = |by| BreakdownSpec { goals: goals.clone(), dimension: dimension.clone(), by };
        let mut folds = vec![
            FoldSpec::Overview(OverviewSpec { goals: goals.clone(), buckets: vec![setting.range], then, orders }),
            FoldSpec::Breakdown(breakdown(by_unit)),
            FoldSpec::Breakdown(breakdown(By::Conversion)),
        ];
        if setting.population.selects == waymark_model::population::Selects::Visitors {
            folds.push(FoldSpec::Funnel(funnel));
        }
        // Goals alone may need fewer kinds than a funnel.
        check_passes(&setting, &layout, &folds[..2], room - 10);
        check_passes(&setting, &layout, &folds, room);
    }

    #[test]
    fn breakdowns((setting, goals, dimension) in goal_case(), layout in layout(), unit in unit(), touch in touch()) {
        check_breakdown(&setting, &layout, &goals, &dimension, unit, touch);
    }

    #[test]
    fn own_values((setting, goals, dimension) in goal_case(), layout in layout()) {
        check_own_values(&setting, &layout, &goals[0], &dimension);
    }

    #[test]
    fn conversion_times((setting, goals, _) in goal_case(), layout in layout(), unit in unit()) {
        check_conversion_time(&setting, &layout, &goals[0], unit);
    }
}
