//! The worked examples that the counting rules are explained by.

use waymark_model::{
    Anchor, Counting, Event, Exclusion, Funnel, Goal, Order, Predicate, Role, Step, Tally, time::HOUR,
};
use waymark_query::{FoldSpec, GoalTally, OverviewSpec, State};

use crate::support::{everything, funnel, journey, part, reached, run, run_funnel};

fn check(events: &str, funnel: &Funnel, expected: &[u64]) {
    let state = run_funnel(&[part(&journey(events))], funnel);
    assert_eq!(reached(&state), expected, "{events} through {funnel:?}");
}

/// A funnel that a single visitor takes to that depth.
fn check_depth(events: &str, funnel: &Funnel, depth: usize) {
    let expected: Vec<u64> = (0..funnel.steps.len()).map(|step| u64::from(step < depth)).collect();
    check(events, funnel, &expected);
}

fn with(mut funnel: Funnel, change: impl FnOnce(&mut Funnel)) -> Funnel {
    change(&mut funnel);
    funnel
}

#[test]
fn order() {
    let ordered = funnel("A > B > C");
    let strict = with(funnel("A > B > C"), |f| f.order = Order::Strict);
    let any = with(funnel("A > B > C"), |f| f.order = Order::Any);
    for (events, funnel, depth) in [
        ("A B C", &ordered, 3),
        ("A B C", &strict, 3),
        ("A B C", &any, 3),
        ("A D B C", &ordered, 3),
        ("A D B C", &strict, 1),
        ("A A B B C C", &ordered, 3),
        ("A A B B C C", &strict, 3),
        ("A A B B D C C", &ordered, 3),
        ("A A B B D C C", &strict, 2),
        ("A $scroll B C", &strict, 3),
        ("B B C C A A", &ordered, 1),
        ("B B C C A A", &any, 3),
        ("C B A", &ordered, 1),
        ("C B A", &any, 3),
    ] {
        check_depth(events, funnel, depth);
    }
}

#[test]
fn windows() {
    let hour = with(funnel("A > B > C"), |f| f.window_ms = Some(HOUR));
    let first = with(hour.clone(), |f| f.anchor = Anchor::First);
    let times = "A@3600000 A@5400000 B@6300000 C@8100000";
    check_depth(times, &hour, 3);
    check_depth(times, &first, 2);
    let seconds = with(funnel("A > B"), |f| f.steps[1].within_ms = Some(5_000));
    check_depth("A@0 B@5000", &seconds, 2);
    check_depth("A@0 B@5001", &seconds, 1);
}

#[test]
fn equal_times_keep_their_arrival_order() {
    check_depth("A@7 B@7", &funnel("A > B"), 2);
    check_depth("B@7 A@7", &funnel("A > B"), 1);
}

#[test]
fn one_event_fills_one_step() {
    check_depth("A B", &funnel("A > A > B"), 1);
    check_depth("A A B", &funnel("A > A > B"), 3);
}

#[test]
fn an_exclusion_breaks_a_chain_but_not_the_next() {
    let excluded = with(funnel("A > B"), |f| {
        f.exclusions.push(Exclusion { event: Predicate::event("X"), after: 0, before: 1 });
    });
    check_depth("A X B", &excluded, 1);
    check_depth("A X A B", &excluded, 2);
}

#[test]
fn entries_are_counted_anew_after_each_completion() {
    check("A A A B A B", &with(funnel("A > B"), |f| f.tally = Tally::Entries), &[2, 2]);
}

#[test]
fn shares_of_a_thousand() {
    let mut events = Vec::new();
    for visitor in 1..=1_000 {
        for (name, share) in [("a", 1_000), ("b", 400), ("c", 120), ("d", 60)] {
            if visitor <= share {
                events.push(Event::new(visitor, i64::try_from(events.len()).unwrap(), name));
            }
        }
    }
    let state = run_funnel(&[part(&events)], &funnel("a > b > c > d"));
    assert_eq!(reached(&state), [1_000, 400, 120, 60]);
    assert_eq!(state.units, 1_000);
}

#[test]
fn optional_steps_stand_outside_the_chain() {
    let with_coupon = with(funnel("A > B"), |f| {
        f.steps.insert(1, Step { optional: true, ..Step::event("coupon") });
    });
    let used = run_funnel(&[part(&journey("A coupon B"))], &with_coupon);
    assert_eq!((used.optional[0].used, used.optional[0].used_completed), (1, 1));
    let unused = run_funnel(&[part(&journey("coupon A B"))], &with_coupon);
    assert_eq!((unused.optional[0].unused, unused.optional[0].unused_completed), (1, 1));
}

/// One visitor, two sessions: `cart`, `cart`, `cart` | `cart`, `buy` (order 7), `buy` (order 7).
#[test]
fn counting_rules() {
    let mut events = journey("cart cart cart cart@86400000 buy@86460000 buy@86520000");
    events.iter_mut().filter(|event| event.text(waymark_model::TextColumn::Name) == "buy").for_each(
        |event| {
            event.key = Some(7);
        },
    );
    let rules = [
        (Role::Milestone, "cart", Counting::Every),
        (Role::Milestone, "cart", Counting::OncePerSession),
        (Role::Milestone, "cart", Counting::OncePerVisitor),
        (Role::Macro, "buy", Counting::Every),
        (Role::Macro, "buy", Counting::OncePerKey),
    ];
    let goal =
        |(role, name, counting): (Role, &str, Counting)| Goal { counting, ..Goal::on_event(name, role) };
    let spec =
        OverviewSpec { goals: rules.map(goal).to_vec(), buckets: Vec::new(), then: None, orders: Vec::new() };
    let output = run(&[part(&events)], &everything(), &[FoldSpec::Overview(spec)]);
    let State::Overview(state) = &output.states[0] else { panic!("not an overview") };
    let counts = |goal: &GoalTally| (goal.conversions, goal.repeats());
    let found: Vec<_> = state.total.goals.iter().map(counts).collect();
    assert_eq!(found, [(4, 0), (2, 2), (1, 3), (2, 0), (1, 1)]);
    assert_eq!((state.total.events, state.total.sessions, state.total.visitors), (6, 2, 1));
}
