//! Worked examples: journeys of one visitor through short funnels, and repeats under each counting rule.

use waymark_model::{
    Anchor, Counting, Event, Exclusion, Funnel, Goal, Order, Population, Predicate, Role, Tally,
    time::{HOUR, MINUTE, SECOND},
};

use super::{
    World,
    funnel::funnel,
    overview::overview,
    script::{ALL, events, steps},
};

const GAP: i64 = 30 * MINUTE;

fn with(mut funnel: Funnel, change: impl FnOnce(&mut Funnel)) -> Funnel {
    change(&mut funnel);
    funnel
}

fn reached(events: &[Event], funnel_: &Funnel) -> Vec<u64> {
    let population = Population::default();
    let world = World { events, session_gap_ms: GAP, range: ALL, population: &population };
    funnel(&world, funnel_).steps.iter().map(|step| step.reached).collect()
}

fn check(text: &str, funnel: &Funnel, depth: u64) {
    let found: u64 = reached(&events(text), funnel).iter().sum();
    assert_eq!(found, depth, "{text} through {funnel:?}");
}

#[test]
fn depths_by_order() {
    let ordered = steps("A>B>C");
    let strict = with(steps("A>B>C"), |f| f.order = Order::Strict);
    let any = with(steps("A>B>C"), |f| f.order = Order::Any);
    for (text, by_order, by_strict, by_any) in [
        ("A B C", 3, 3, 3),
        ("A D B C", 3, 1, 3),
        ("A A B B C C", 3, 3, 3),
        ("A A B B D C C", 3, 2, 3),
        ("B B C C A A", 1, 1, 3),
        ("C B A", 1, 1, 3),
        ("A $scroll B C", 3, 3, 3),
        ("D", 0, 0, 0),
    ] {
        check(text, &ordered, by_order);
        check(text, &strict, by_strict);
        check(text, &any, by_any);
    }
}

#[test]
fn depths_by_window_and_anchor() {
    let text = "A@60 A@90 B@105 C@135";
    let hour = with(steps("A>B>C"), |f| f.window_ms = Some(HOUR));
    check(text, &hour, 3);
    check(text, &with(hour, |f| f.anchor = Anchor::First), 2);
    let five = with(steps("A>B"), |f| f.steps[1].within_ms = Some(5 * SECOND));
    for (gap, depth) in [(5_000, [1, 1]), (5_001, [1, 0])] {
        let journey = [Event::new(1, 0, "A"), Event::new(1, gap, "B")];
        assert_eq!(reached(&journey, &five), depth);
    }
    check("A@0 B@0", &five, 2);
    check("B@0 A@0", &five, 1);
}

#[test]
fn depths_of_equal_steps() {
    check("A B", &steps("A>A>B"), 1);
    check("A A B", &steps("A>A>B"), 3);
}

#[test]
fn depths_with_an_exclusion() {
    let excluded = with(steps("A>B"), |f| {
        f.exclusions.push(Exclusion { event: Predicate::event("X"), after: 0, before: 1 });
    });
    check("A X B", &excluded, 1);
    check("A X A B", &excluded, 2);
}

#[test]
fn entries_follow_one_another() {
    let entries = with(steps("A>B"), |f| f.tally = Tally::Entries);
    assert_eq!(reached(&events("A A A B A B"), &entries), [2, 2]);
}

#[test]
fn repeats_by_counting_rule() {
    let events = events("cart cart cart cart@60 buy@61#7 buy@62#7");
    let population = Population::default();
    let world = World { events: &events, session_gap_ms: GAP, range: ALL, population: &population };
    for (name, counting, conversions, repeats) in [
        ("cart", Counting::Every, 4, 0),
        ("cart", Counting::OncePerSession, 2, 2),
        ("cart", Counting::OncePerVisitor, 1, 3),
        ("buy", Counting::Every, 2, 0),
        ("buy", Counting::OncePerKey, 1, 1),
    ] {
        let goal = Goal { counting, ..Goal::on_event(name, Role::Macro) };
        let total = overview(&world, &[goal], &[]).total;
        assert_eq!((total.sessions, total.events), (2, 6));
        let found = (total.goals[0].conversions, total.goals[0].repeats);
        assert_eq!(found, (conversions, repeats), "{name} {counting:?}");
    }
}
