//! The folds that look behind numbers, against the oracle, on random worlds: lists of events, paths, what the lost did
//! instead, exits and sequences; whatever the parts, their order, the tasks and the threads.

use std::collections::BTreeMap;

use proptest::prelude::*;
use waymark_model::{Dimension, Funnel, Goal, Order, TextColumn};
use waymark_query::{
    DropOffSpec, EventsSpec, EventsState, ExitsSpec, FoldSpec, LabelBy, ListedEvent, PathPlace, PathsSpec,
    PathsState, SequencesSpec, SequencesState, State,
};

use crate::{
    differential::{Layout, cases, layout, run, world},
    oracle::{self, sequences::REST},
    worlds::{Setting, funnel_case, goal_case},
};

/// Runs a fold whose state is of one kind.
macro_rules! run_as {
    ($kind:ident, $setting:expr, $layout:expr, $spec:expr) => {
        match run($setting, $layout, FoldSpec::$kind($spec.clone())).0 {
            State::$kind(state) => state,
            other => panic!("another kind of state: {other:?}"),
        }
    };
}

fn check_events(setting: &Setting, layout: &Layout, goal: &Goal, limit: usize, counted: Option<bool>) {
    let world = world(setting);
    let expected = oracle::events::events(&world, goal);
    let dimensions = vec![Dimension::Column(TextColumn::Name), Dimension::Column(TextColumn::Path)];
    let mut spec = EventsSpec { goal: goal.clone(), counted, limit, before: None, dimensions };
    let mut found: Vec<ListedEvent> = Vec::new();
    loop {
        let page: EventsState = run_as!(Events, setting, layout, spec);
        let counts = expected.iter().filter(|m| m.counted).count() as u64;
        assert_eq!((page.matched, page.conversions), (expected.len() as u64, counts));
        assert!(page.events.len() <= limit);
        spec.before = page.events.last().map(|event| event.place);
        let is_last = page.events.len() < limit;
        found.extend(page.events);
        if is_last {
            break;
        }
    }
    assert!(found.is_sorted_by(|a, b| a.place > b.place), "newest first, each once");
    let is_real = |event: &&ListedEvent| !event.place.is_virtual;
    let shown = found.iter().filter(is_real).map(|event| {
        let value = event.value.as_ref().map(|(minor, _, _)| *minor);
        (event.place.time, event.texts.clone(), value, event.tag, event.has_visitor, event.counts)
    });
    let asked = || expected.iter().filter(|m| counted.is_none_or(|counted| counted == m.counted));
    let real = asked().filter_map(|m| {
        let (_, event) = m.event?;
        let texts = [TextColumn::Name, TextColumn::Path].map(|column| event.text(column).to_owned()).to_vec();
        let value = oracle::events::value(goal, m);
        Some((m.time, texts, value, event.tag as u8, m.owner.is_some(), m.counted))
    });
    assert_eq!(shown.collect::<Vec<_>>(), real.collect::<Vec<_>>());
    let virtual_times = asked().filter(|m| m.event.is_none()).map(|m| (m.time, m.counted));
    let found =
        found.iter().filter(|event| event.place.is_virtual).map(|event| (event.place.time, event.counts));
    let sorted = |mut times: Vec<(i64, bool)>| {
        times.sort_unstable();
        times
    };
    assert_eq!(sorted(found.collect()), sorted(virtual_times.collect()));
}

fn check_paths(setting: &Setting, layout: &Layout, spec: &PathsSpec, top: usize) {
    let expected = oracle::paths::paths(&world(setting), spec);
    let found: PathsState = run_as!(Paths, setting, layout, spec);
    let numbered = |labels: &[String]| (1_u32..).zip(labels.to_vec()).collect::<Vec<_>>();
    let labels = oracle::paths::tally(&expected, |path| numbered(&path.labels));
    let labels: BTreeMap<_, _> =
        labels.into_iter().map(|(key, (sessions, visitors, _))| (key, (sessions, visitors))).collect();
    assert_eq!(found.labels, labels);
    let mut shown = vec![Vec::new(); spec.depth];
    for (step, label) in labels.keys() {
        let shown: &mut Vec<String> = &mut shown[*step as usize - 1];
        if shown.len() < top {
            shown.push(label.clone());
        }
    }
    let name = |step: usize, label: Option<&String>| match label {
        None => "(edge)".to_owned(),
        Some(label) if shown[step - 1].contains(label) => label.clone(),
        Some(_) => REST.to_owned(),
    };
    let places = |labels: &[String]| {
        let steps = 1..=spec.depth.min(labels.len() + 1);
        steps.map(|step| (step as u32, name(step, labels.get(step - 1)))).collect::<Vec<_>>()
    };
    let spec = PathsSpec { shown: Some(shown.clone()), ..spec.clone() };
    let found: PathsState = run_as!(Paths, setting, layout, spec);
    let place = |step: u32, place: PathPlace| match place {
        PathPlace::Goal => "(goal)".to_owned(),
        PathPlace::Shown(number) => shown[step as usize - 1][number as usize].clone(),
        PathPlace::Other => REST.to_owned(),
        PathPlace::Edge => "(edge)".to_owned(),
    };
    let flow = |flow: &waymark_query::Flow| (flow.sessions, flow.visitors, flow.gross.clone());
    let nodes = found.nodes.iter().map(|(&(step, at), found)| ((step, place(step, at)), flow(found)));
    assert_eq!(
        nodes.collect::<BTreeMap<_, _>>(),
        oracle::paths::tally(&expected, |path| places(&path.labels))
    );
    let links = found.links.iter().map(|(&(step, from, to), found)| {
        ((step, place(step.saturating_sub(1).max(1), from), place(step, to)), flow(found))
    });
    let expected_links = oracle::paths::tally(&expected, |path| {
        let mut from = "(goal)".to_owned();
        let step = |(step, to): (u32, String)| (step, std::mem::replace(&mut from, to.clone()), to);
        places(&path.labels).into_iter().map(step).collect()
    });
    assert_eq!(links.collect::<BTreeMap<_, _>>(), expected_links);
    let all = oracle::paths::tally(&expected, |_| vec![()]).remove(&()).unwrap_or_default();
    assert_eq!(flow(&found.all), all);
}

fn check_instead(setting: &Setting, layout: &Layout, funnel: &Funnel, after: usize) {
    let expected = oracle::drop_off::drop_off(&world(setting), funnel, after);
    let spec = DropOffSpec { funnel: funnel.clone(), after };
    let found = run_as!(DropOff, setting, layout, spec);
    let step = &found.funnel.steps[after];
    assert_eq!(found.lost.units, step.lost + step.not_reached);
    let next = found.next.iter().map(|(next, tally)| (Some(next.clone()), tally.units));
    let left = (found.left.units > 0).then_some((None, found.left.units));
    assert_eq!(next.chain(left).collect::<BTreeMap<_, _>>(), expected);
    assert!(found.next.values().all(|tally| (1..=tally.units).contains(&tally.visitors)));
}

fn check_exits(setting: &Setting, layout: &Layout, without: Option<&Goal>) {
    let expected = oracle::exits::exits(&world(setting), without);
    let spec = ExitsSpec { without: without.cloned() };
    let found = run_as!(Exits, setting, layout, spec);
    let pages = found.pages.iter().map(|(path, moments)| (path.clone(), (moments.n, moments.y)));
    let found = oracle::exits::Exits { sessions: found.sessions, open: found.open, pages: pages.collect() };
    assert_eq!(found, expected);
}

fn check_sequences(setting: &Setting, layout: &Layout, spec: &SequencesSpec, top: usize) {
    let world = world(setting);
    let found: SequencesState = run_as!(Sequences, setting, layout, spec);
    let (all, labels, _) = oracle::sequences::sequences(&world, spec, &[]);
    let sides = |sides: waymark_query::Sides| (sides.converters, sides.others);
    assert_eq!(sides(found.all), all);
    let found: BTreeMap<_, _> =
        found.labels.into_iter().map(|(label, found)| (label, sides(found))).collect();
    assert_eq!(found, labels);
    let shown: Vec<String> = labels.into_keys().take(top).collect();
    let spec = SequencesSpec { shown: Some(shown.clone()), ..spec.clone() };
    let found: SequencesState = run_as!(Sequences, setting, layout, spec);
    let name = |number: &u32| shown.get(*number as usize).map_or(REST, String::as_str).to_owned();
    let named =
        |(sequence, found): (&Vec<u32>, &_)| (sequence.iter().map(name).collect::<Vec<_>>(), sides(*found));
    let (_, _, expected) = oracle::sequences::sequences(&world, &spec, &shown);
    assert_eq!(found.sequences.iter().map(named).collect::<BTreeMap<_, _>>(), expected);
}

/// What events are called, by goals of these triggers or otherwise.
fn labels(by: usize, goals: &[Goal]) -> LabelBy {
    match by {
        0 => LabelBy::Page,
        1 => LabelBy::Event,
        _ => {
            let named = |(at, goal): (usize, &Goal)| Goal { name: format!("goal {at}"), ..goal.clone() };
            LabelBy::Goals(goals.iter().enumerate().map(named).collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases().cases / 3, ..cases() })]

    #[test]
    fn events(
        (setting, goals, _) in goal_case(),
        layout in layout(),
        limit in 1..6_usize,
        counted in prop::option::of(any::<bool>()),
    ) {
        check_events(&setting, &layout, &goals[0], limit, counted);
    }

    #[test]
    fn paths(
        (setting, goals, _) in goal_case(),
        layout in layout(),
        (after, has_worth) in any::<(bool, bool)>(),
        (by, depth, top) in (0..3_usize, 1..5_usize, 0..3_usize),
    ) {
        let last = goals.len() - 1;
        let worth = has_worth.then(|| goals[last].clone());
        let by = labels(by, &goals);
        let spec = PathsSpec { goal: goals[0].clone(), after, by, depth, worth, shown: None };
        check_paths(&setting, &layout, &spec, top);
    }

    #[test]
    fn drop_off((setting, mut funnel) in funnel_case(), layout in layout(), after in 0..5_usize) {
        if funnel.order == Order::Any {
            funnel.order = Order::Ordered;
        }
        let after = after % (funnel.required().count() - 1);
        check_instead(&setting, &layout, &funnel, after);
    }

    #[test]
    fn exits((setting, goals, _) in goal_case(), layout in layout(), has_goal in any::<bool>()) {
        check_exits(&setting, &layout, has_goal.then_some(&goals[0]));
    }

    #[test]
    fn sequences(
        (setting, goals, _) in goal_case(),
        layout in layout(),
        (by, length, top) in (0..3_usize, 1..4_usize, 0..4_usize),
    ) {
        let by = labels(by, &goals);
        let spec = SequencesSpec { goal: goals[0].clone(), by, length, shown: None };
        check_sequences(&setting, &layout, &spec, top);
    }
}
