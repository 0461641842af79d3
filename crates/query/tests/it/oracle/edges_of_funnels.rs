//! Funnels at their edges, worked out by hand.

use waymark_model::{
    Dimension, Entry, Exclusion, Funnel, Order, Population, Predicate, Scope, Tally, TimeRange, Trigger,
    time::MINUTE,
};

use super::{
    World,
    funnel::{FunnelTally, funnel},
    script::{ALL, events, minutes, steps},
};

fn run(text: &str, range: TimeRange, steps: &Funnel) -> FunnelTally {
    let (events, population) = (events(text), Population::default());
    let world = World { events: &events, session_gap_ms: 30 * MINUTE, range, population: &population };
    funnel(&world, steps)
}

fn with(mut funnel: Funnel, change: impl FnOnce(&mut Funnel)) -> Funnel {
    change(&mut funnel);
    funnel
}

fn window(funnel: Funnel, minutes: i64) -> Funnel {
    with(funnel, |f| f.window_ms = Some(minutes * MINUTE))
}

fn excluding_x(funnel: Funnel, after: usize, before: usize) -> Funnel {
    with(funnel, |f| f.exclusions.push(Exclusion { event: Predicate::event("X"), after, before }))
}

fn by_item(funnel: Funnel) -> Funnel {
    with(funnel, |f| f.same = Some(Dimension::Property("item".to_owned())))
}

fn reached(tally: &FunnelTally) -> Vec<u64> {
    tally.steps.iter().map(|step| step.reached).collect()
}

fn gaps(tally: &FunnelTally) -> Vec<i64> {
    tally.steps.iter().flat_map(|step| step.gaps_ms.iter().map(|gap| gap / MINUTE)).collect()
}

/// Checks what became of the one unit at step `depth`: in progress, lost or not reached.
fn fate(text: &str, end: i64, steps: &Funnel, depth: usize, expected: &str) {
    let tally = run(text, minutes(0, end), steps);
    let last = &tally.steps[depth - 1];
    let found = [(last.in_progress, "in progress"), (last.lost, "lost"), (last.not_reached, "not reached")];
    let found: Vec<_> = found.into_iter().filter(|(count, _)| *count > 0).collect();
    assert_eq!(found, [(1, expected)], "{text} until {end} through {steps:?}");
}

#[test]
fn fates_by_window() {
    let hour = window(steps("A>B>C"), 60);
    fate("A@0", 60, &hour, 1, "in progress");
    fate("A@0", 61, &hour, 1, "lost");
    fate("A@0", 61, &steps("A>B"), 1, "not reached");
    fate("A@0 B@5 A@50", 70, &hour, 2, "in progress");
    fate("A@0 B@5 A@50", 111, &hour, 2, "lost");
    let any = with(hour, |f| f.order = Order::Any);
    fate("A@0 C@40", 100, &any, 1, "in progress");
    fate("A@0 C@40", 101, &any, 1, "lost");
    let second = with(steps("A>B>C"), |f| f.steps[1].within_ms = Some(10 * MINUTE));
    fate("A@0", 10, &second, 1, "in progress");
    fate("A@0", 11, &second, 1, "lost");
    fate("A@0 B@10", 99, &second, 2, "not reached");
}

#[test]
fn fates_by_session() {
    let session = with(steps("A>B"), |f| f.scope = Scope::Session);
    fate("A@0 D@20", 50, &session, 1, "in progress");
    fate("A@0 D@20", 51, &session, 1, "lost");
    fate("A@0 D@70", 30, &session, 1, "in progress");
    fate("A@0 D@31", 40, &session, 1, "lost");
}

#[test]
fn fates_of_broken_chains() {
    let hour = window(steps("A>B"), 60);
    fate("A@0 X@5", 10, &excluding_x(hour.clone(), 0, 1), 1, "lost");
    fate("A@0 X@5 A@6", 10, &excluding_x(hour.clone(), 0, 1), 1, "in progress");
    fate("A@0 X@20", 15, &excluding_x(hour.clone(), 0, 1), 1, "in progress");
    fate("A@0 X@5", 10, &excluding_x(steps("A>B"), 0, 1), 1, "not reached");
    let strict = with(hour, |f| f.order = Order::Strict);
    fate("A@0 D@1", 10, &strict, 1, "lost");
    fate("A@0 $x@1 A@2", 10, &strict, 1, "in progress");
}

#[test]
fn fates_of_entries() {
    let entries = |funnel| with(funnel, |f: &mut Funnel| f.tally = Tally::Entries);
    fate("A@0", 60, &entries(window(steps("A>B"), 60)), 1, "in progress");
    fate("A@0", 61, &entries(window(steps("A>B"), 60)), 1, "lost");
    fate("A@0", 61, &entries(steps("A>B")), 1, "not reached");
}

#[test]
fn chosen_chains() {
    for (text, funnel, expected) in [
        ("A@0 A@5 B@10", "A>B", vec![5]),
        ("A@0 B@5 A@10 B@11", "A>B", vec![5]),
        ("A@0 B@2 B@4 C@10", "A>B>C", vec![2, 8]),
        ("A@0 B@2 A@3 B@4 C@10", "A>B>C", vec![1, 6]),
        ("A@0 A@0 B@0", "A>A>B", vec![0, 0]),
    ] {
        assert_eq!(gaps(&run(text, ALL, &steps(funnel))), expected, "{text} through {funnel}");
    }
}

#[test]
fn open_entry() {
    let open = with(steps("A>B>C"), |f| f.entry = Entry::Open);
    let excluded = excluding_x(open.clone(), 0, 2);
    for (text, funnel, expected_reached, expected_entered) in [
        ("B C A", &open, [0, 1, 1], [0, 1, 0]),
        ("B A B C", &open, [1, 1, 1], [1, 0, 0]),
        ("C B", &open, [0, 0, 1], [0, 0, 1]),
        ("B X C", &excluded, [0, 1, 1], [0, 1, 0]),
        ("A X B", &excluded, [0, 1, 0], [0, 1, 0]),
        ("A B X C", &excluded, [0, 1, 1], [0, 1, 0]),
    ] {
        let tally = run(text, ALL, funnel);
        let entered: Vec<u64> = tally.steps.iter().map(|step| step.entered).collect();
        assert_eq!(
            (reached(&tally), entered),
            (expected_reached.to_vec(), expected_entered.to_vec()),
            "{text}"
        );
    }
}

#[test]
fn held_values() {
    let visitors = by_item(steps("A>B"));
    let pairs = with(visitors.clone(), |f| f.tally = Tally::Pairs);
    for (text, by_visitor, by_pair, skipped_pairs) in [
        ("A/x B/y", [1, 0], [1, 0], 1),
        ("A/x A/y B/y", [1, 1], [2, 1], 0),
        ("A B", [0, 0], [0, 0], 0),
        ("2:A/x 1:A/x B/x", [2, 1], [2, 1], 0),
    ] {
        assert_eq!(reached(&run(text, ALL, &visitors)), by_visitor, "{text}");
        let tally = run(text, ALL, &pairs);
        assert_eq!((reached(&tally), tally.units), (by_pair.to_vec(), by_pair[0]), "{text}");
        assert_eq!(tally.steps[1].skipped, skipped_pairs, "{text}");
    }
    let strict = with(visitors, |f| f.order = Order::Strict);
    assert_eq!(reached(&run("A/x A/y B/x", ALL, &strict)), [1, 0]);
    assert_eq!(reached(&run("A/x A/x B/x", ALL, &strict)), [1, 1]);
}

#[test]
fn virtual_events_fill_steps() {
    let lasting = |at_least: i64| {
        let duration = Trigger::Duration { at_least_ms: at_least * MINUTE };
        with(steps("A>B"), |f| f.steps[1].trigger = duration)
    };
    for (text, at_least, expected) in [
        ("A@0 D@20 D@40", 30, vec![30]),
        ("D@0 D@20 A@31", 30, vec![]),
        ("A@0 D@29", 30, vec![]),
        ("D@0 A@30 D@60", 30, vec![0]),
        ("D@0 D@20 A@21 D@40 D@90", 40, vec![19]),
    ] {
        assert_eq!(gaps(&run(text, ALL, &lasting(at_least))), expected, "{text}, {at_least}");
    }
    let pages = with(steps("A>B"), |f| f.steps[0].trigger = Trigger::Pages { at_least: 2 });
    assert_eq!(reached(&run("pageview D pageview B", ALL, &pages)), [1, 1]);
    assert_eq!(reached(&run("pageview B pageview", ALL, &pages)), [1, 0]);
    let twice = with(pages, |f| f.steps[1].trigger = Trigger::Pages { at_least: 2 });
    assert_eq!(reached(&run("pageview pageview", ALL, &twice)), [1, 0]);
}

#[test]
fn entries() {
    let plain = with(steps("A>B"), |f| f.tally = Tally::Entries);
    let hour = window(plain.clone(), 60);
    let strict = with(plain.clone(), |f| f.order = Order::Strict);
    let excluded = excluding_x(plain.clone(), 0, 1);
    let session = with(plain.clone(), |f| f.scope = Scope::Session);
    let item = by_item(plain.clone());
    for (text, funnel, expected) in [
        ("A@0 A@40 B@70", &hour, [1, 0]),
        ("A@0 A@40 B@60", &hour, [1, 1]),
        ("A@0 A@61 B@70", &hour, [2, 1]),
        ("A X A B", &excluded, [2, 1]),
        ("A D A B", &strict, [2, 1]),
        ("A@0 A@31 B@32", &session, [2, 1]),
        ("A/x A/y B/x B/y A/x", &item, [3, 2]),
        ("B A B B A", &plain, [2, 1]),
    ] {
        let tally = run(text, ALL, funnel);
        assert_eq!((reached(&tally), tally.units), (expected.to_vec(), expected[0]), "{text}");
    }
    let equal = with(steps("A>A"), |f| f.tally = Tally::Entries);
    assert_eq!(reached(&run("A A A A A", ALL, &equal)), [3, 2]);
}

#[test]
fn optional_steps() {
    let optional = steps("A>[O]>B");
    let hour = window(optional.clone(), 60);
    let soon = with(optional.clone(), |f| f.steps[1].within_ms = Some(5 * MINUTE));
    let session = with(optional.clone(), |f| f.scope = Scope::Session);
    // Eligible, used, used and completed, unused and completed.
    for (text, funnel, expected) in [
        ("A O B", &optional, (1, 1, 1, 0)),
        ("O A B O", &optional, (1, 0, 0, 1)),
        ("A O A B", &optional, (1, 0, 0, 1)),
        ("A O", &optional, (1, 1, 0, 0)),
        ("A@0 O@61", &hour, (1, 0, 0, 0)),
        ("A@0 O@60", &hour, (1, 1, 0, 0)),
        ("A@0 O@6 B@7", &soon, (1, 0, 0, 1)),
        ("A@0 O@5 B@7", &soon, (1, 1, 1, 0)),
        ("A@0 O@31", &session, (1, 0, 0, 0)),
        ("B O", &optional, (0, 0, 0, 0)),
    ] {
        let found = &run(text, ALL, funnel).optional[0];
        let found = (found.eligible, found.used, found.used_completed, found.unused_completed);
        assert_eq!(found, expected, "{text}");
    }
    let strict = with(optional, |f| f.order = Order::Strict);
    assert_eq!(reached(&run("A O B", ALL, &strict)), [1, 1]);
}

#[test]
fn ranges_and_skips() {
    let funnel = steps("A>B>C");
    for (text, range, expected, skipped) in [
        ("A@0 B@20 C@30", minutes(10, 99), [0, 0, 0], [0, 1, 0]),
        ("A@0 B@20 C@30", minutes(0, 30), [1, 1, 0], [0, 0, 0]),
        ("A@0 C@20", minutes(0, 30), [1, 0, 0], [0, 0, 1]),
        ("B@0 A@1 B@2", minutes(0, 30), [1, 1, 0], [0, 0, 0]),
        ("A@0 B@0 C@0", minutes(0, 1), [1, 1, 1], [0, 0, 0]),
    ] {
        let tally = run(text, range, &funnel);
        let found: Vec<u64> = tally.steps.iter().map(|step| step.skipped).collect();
        assert_eq!((reached(&tally), found), (expected.to_vec(), skipped.to_vec()), "{text}");
    }
}

#[test]
fn values_stand_at_the_chosen_events() {
    let tally = run("A=7 A=100 B=250 B=9", ALL, &steps("A>B"));
    let euros: Vec<i128> = tally.steps.iter().map(|step| step.value["EUR"]).collect();
    assert_eq!(euros, [100, 250]);
}

#[test]
fn fates_with_a_held_value() {
    let hour = by_item(window(steps("A>B>C"), 60));
    fate("A@0/x B@5/x A@50/y", 70, &hour, 2, "in progress");
    fate("A@0/x B@5/x A@50", 70, &hour, 2, "lost");
    let pairs = with(hour, |f| f.tally = Tally::Pairs);
    let tally = run("A@0/x B@5/x A@50/y", minutes(0, 70), &pairs);
    assert_eq!((tally.steps[0].in_progress, tally.steps[1].lost), (1, 1));
}
