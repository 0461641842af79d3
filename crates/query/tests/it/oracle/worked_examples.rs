//! Worked examples: journeys of one visitor through short funnels, and repeats under each counting rule.

use waymark_model::{
    Anchor, Counting, Event, Exclusion, Funnel, Goal, Order, Population, Predicate, Role, Step, Tally, TimeRange,
    time::{HOUR, MINUTE, SECOND},
};

use super::{World, funnel, overview};

const ALL: TimeRange = TimeRange { start: 0, end: i64::MAX };
const GAP: i64 = 30 * MINUTE;

/// A journey of visitor 1: events one minute apart, or at the times (ms) that stand after an `@`.
fn journey(text: &str) -> Vec<Event> {
    let event = |(i, word): (usize, &str)| {
        let (name, time) = word.split_once('@').unwrap_or((word, ""));
        Event::new(1, time.parse().unwrap_or(i as i64 * MINUTE), name)
    };
    text.split_whitespace().enumerate().map(event).collect()
}

fn steps(text: &str) -> Funnel {
    Funnel::of(text.split('>').map(Step::event).collect())
}

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
    let found: u64 = reached(&journey(text), funnel).iter().sum();
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
    let text = format!("A@{} A@{} B@{} C@{}", HOUR, 90 * MINUTE, 105 * MINUTE, 135 * MINUTE);
    let hour = with(steps("A>B>C"), |f| f.window_ms = Some(HOUR));
    check(&text, &hour, 3);
    check(&text, &with(hour, |f| f.anchor = Anchor::First), 2);
    let five = with(steps("A>B"), |f| f.steps[1].within_ms = Some(5 * SECOND));
    check("A@0 B@5000", &five, 2);
    check("A@0 B@5001", &five, 1);
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
    assert_eq!(reached(&journey("A A A B A B"), &entries), [2, 2]);
}

#[test]
fn repeats_by_counting_rule() {
    let mut events = journey("cart cart cart cart@10000000 buy@10000000 buy@10000001");
    events.iter_mut().filter(|event| event.time >= 10_000_000).for_each(|event| event.key = Some(7));
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
