//! Journeys that make a careless fold slow, and every fold to try on them. `tests/it/growth.rs` and
//! `examples/growth.rs` time them.

use std::time::Duration;

use waymark_model::{
    Anchor, Counting, Dimension, Entry, Event, Exclusion, Funnel, Goal, GoalValue, Order, Population,
    Predicate, Role, Scope as ChainScope, Step, Tally, TextColumn, TimeRange, Touch, Trigger, Unit,
    event::{PAGE_VIEW, REFUND},
    time::{HOUR, SESSION_GAP},
};
use waymark_query::{
    BreakdownSpec, By, Cancel, ConversionTimeSpec, DropOffSpec, Engine, EventsSpec, ExitsSpec, FoldSpec,
    LabelBy, OverviewSpec, PathsSpec, PlanError, Scope, SequencesSpec,
};
use waymark_store::columns::{Part, PartBuilder};

/// The time between two events, unless a shape says otherwise.
const SECOND: i64 = 1_000;

/// What a journey is like, given the number of its events.
pub type Shape = (&'static str, fn(i64) -> Vec<Event>);

/// Journeys of one visitor.
pub const SHAPES: [Shape; 7] = [
    ("each value once at each step", |events| {
        by_number(events, |at| {
            (["A", "B", "C"][(3 * at / events.max(1)) as usize % 3], at % (events / 3 + 1), at * SECOND)
        })
    }),
    ("steps in turn, distinct values", |events| {
        by_number(events, |at| (["A", "B", "C", "X"][at as usize % 4], at / 4, at * SECOND))
    }),
    ("anchors only", |events| by_number(events, |at| ("A", at, at * SECOND))),
    ("anchors, then one last step", |events| {
        by_number(events, |at| (if at + 1 < events { "A" } else { "C" }, at % 7, at * SECOND))
    }),
    ("all at one time", |events| by_number(events, |at| (["A", "B"][at as usize % 2], at % 1_000, 0))),
    ("a session each", |events| {
        by_number(events, |at| {
            ([PAGE_VIEW, "A", "B", "C"][at as usize % 4], at, at / 2 * (SESSION_GAP + SECOND))
        })
    }),
    ("refunds of one order", |events| {
        by_number(events, |at| (if at == 0 { "C" } else { REFUND }, 0, at * SECOND))
    }),
];

/// Events by number: each with its name, its item and its time.
fn by_number(events: i64, of: impl Fn(i64) -> (&'static str, i64, i64)) -> Vec<Event> {
    let event = |at| {
        let (name, item, time) = of(at);
        let mut event = Event::new(1, time, name)
            .with_text(TextColumn::Path, &format!("/{}", item % 5_000))
            .with_text(TextColumn::Currency, "EUR");
        event.props.push(("item".to_owned(), item.to_string()));
        event.value = (at % 3 > 0).then_some(at);
        event.key = Some(if name == REFUND { 1 } else { at as u64 / 2 + 1 });
        event.user = Some(at as u64 % 1_000);
        event
    };
    (0..events).map(event).collect()
}

/// All events in one part.
pub fn part(events: &[Event]) -> Part {
    let mut builder = PartBuilder::default();
    events.iter().for_each(|event| builder.push(event));
    builder.finish(1).expect("a part of some events")
}

/// All of time, and everybody.
pub fn scope() -> Scope {
    let range = TimeRange { start: i64::MIN / 4, end: i64::MAX / 4 };
    Scope { range, population: Population::default(), session_gap_ms: SESSION_GAP }
}

fn item() -> Dimension {
    Dimension::Property("item".to_owned())
}

fn steps(names: &[&str]) -> Funnel {
    Funnel::of(names.iter().map(|name| Step::event(name)).collect())
}

/// Funnels by name, each with the choices that cost most.
fn funnels() -> Vec<(&'static str, Funnel)> {
    let plain = || steps(&["A", "B", "C"]);
    let exclusion = Exclusion { event: Predicate::event("X"), after: 0, before: 2 };
    let within = |mut funnel: Funnel, ms: i64| {
        funnel.steps.iter_mut().skip(1).for_each(|step| step.within_ms = Some(ms));
        funnel
    };
    let with_optional = |mut funnel: Funnel| {
        funnel.steps.insert(1, Step { optional: true, ..Step::event("X") });
        funnel
    };
    let same = Some(item());
    vec![
        ("funnel", Funnel { window_ms: Some(HOUR), ..plain() }),
        ("funnel, repeated steps", steps(&["A", "A", "A", "A", "B"])),
        ("funnel, step windows that just fail", within(plain(), 1)),
        ("funnel, first anchor", Funnel { anchor: Anchor::First, ..within(plain(), HOUR) }),
        ("funnel, strict", Funnel { order: Order::Strict, ..plain() }),
        ("funnel, exclusion", Funnel { exclusions: vec![exclusion.clone()], ..plain() }),
        ("funnel, optional step", with_optional(within(plain(), 1))),
        ("funnel, any order", Funnel { order: Order::Any, window_ms: Some(HOUR), ..plain() }),
        ("funnel, open entry", Funnel { entry: Entry::Open, ..within(plain(), 10_000) }),
        ("funnel, sessions", Funnel { tally: Tally::Sessions, ..plain() }),
        ("funnel, within a session", Funnel { scope: ChainScope::Session, ..plain() }),
        ("funnel, entries", Funnel { tally: Tally::Entries, ..with_optional(within(plain(), 1)) }),
        ("funnel, strict entries", Funnel { tally: Tally::Entries, order: Order::Strict, ..plain() }),
        ("funnel, same", Funnel { same: same.clone(), ..plain() }),
        ("funnel, same and strict", Funnel { same: same.clone(), order: Order::Strict, ..plain() }),
        (
            "funnel, same, excluded, optional",
            Funnel {
                same: same.clone(),
                exclusions: vec![exclusion],
                ..with_optional(within(plain(), HOUR))
            },
        ),
        ("funnel, same in any order", Funnel { same: same.clone(), order: Order::Any, ..plain() }),
        ("funnel, pairs", Funnel { same: same.clone(), tally: Tally::Pairs, ..with_optional(plain()) }),
        ("funnel, entries of the same", Funnel { same, tally: Tally::Entries, ..within(plain(), 1) }),
    ]
}

fn orders(counting: Counting) -> Goal {
    Goal { counting, value: Some(GoalValue::FromEvent), ..Goal::on_event("C", Role::Macro) }
}

fn engaged(trigger: Trigger) -> Goal {
    Goal { trigger, ..Goal::on_event("engaged", Role::Secondary) }
}

/// Every fold, by name.
pub fn folds() -> Vec<(String, FoldSpec)> {
    let every = |name| Goal::on_event(name, Role::Milestone);
    let goals = vec![
        orders(Counting::OncePerKey),
        orders(Counting::Every),
        Goal { counting: Counting::OncePerSession, ..every("A") },
        Goal { counting: Counting::OncePerVisitor, ..every("B") },
    ];
    let engagement = vec![
        engaged(Trigger::Duration { at_least_ms: 0 }),
        engaged(Trigger::Duration { at_least_ms: 1 }),
        engaged(Trigger::Pages { at_least: 1 }),
    ];
    let days = (0..4_000).map(|day| TimeRange { start: day * HOUR, end: (day + 1) * HOUR }).collect();
    let by = |unit| By::Unit { unit, touch: Touch::Last };
    let breakdown = |by| BreakdownSpec { goals: goals.clone(), dimension: item(), by };
    let time = |unit| ConversionTimeSpec { goal: orders(Counting::OncePerKey), unit };
    let paths = |by, after, shown| PathsSpec {
        goal: every("B"),
        after,
        by,
        depth: 8,
        worth: Some(orders(Counting::Every)),
        shown,
    };
    let sequences = |by, shown| SequencesSpec { goal: every("nothing"), by, length: 5, shown };
    let labels = || (0..20).map(|label| format!("/{label}")).collect::<Vec<_>>();
    let drop_off = |funnel, after| DropOffSpec { funnel, after };
    let entries = Funnel { tally: Tally::Entries, window_ms: Some(1), ..steps(&["A", "B"]) };
    let pairs = Funnel { tally: Tally::Pairs, same: Some(item()), ..steps(&["A", "B", "C"]) };
    let list = EventsSpec {
        goal: orders(Counting::OncePerKey),
        counted: None,
        limit: 100,
        before: None,
        dimensions: vec![item()],
    };
    let overview =
        |goals| OverviewSpec { goals, buckets: Vec::clone(&days), then: Some(0), orders: Vec::new() };
    let others = [
        ("overview", FoldSpec::Overview(overview(goals.clone()))),
        ("overview, engagement", FoldSpec::Overview(overview(engagement))),
        ("breakdown by visitor", FoldSpec::Breakdown(breakdown(by(Unit::Visitor)))),
        ("breakdown by session", FoldSpec::Breakdown(breakdown(by(Unit::Session)))),
        ("breakdown by conversion", FoldSpec::Breakdown(breakdown(By::Conversion))),
        ("conversion time", FoldSpec::ConversionTime(time(Unit::Visitor))),
        ("conversion time, sessions", FoldSpec::ConversionTime(time(Unit::Session))),
        ("events", FoldSpec::Events(list)),
        ("paths, labels", FoldSpec::Paths(paths(LabelBy::Page, false, None))),
        ("paths", FoldSpec::Paths(paths(LabelBy::Page, true, Some(vec![labels(); 8])))),
        ("drop-off, entries", FoldSpec::DropOff(drop_off(entries, 0))),
        ("drop-off, pairs", FoldSpec::DropOff(drop_off(pairs, 0))),
        ("exits", FoldSpec::Exits(ExitsSpec::default())),
        ("sequences, labels", FoldSpec::Sequences(sequences(LabelBy::Page, None))),
        ("sequences", FoldSpec::Sequences(sequences(LabelBy::Page, Some(labels())))),
    ];
    let funnels = funnels().into_iter().map(|(name, funnel)| (name, FoldSpec::Funnel(funnel)));
    funnels.chain(others).map(|(name, fold)| (name.to_owned(), fold)).collect()
}

/// Asks one question with one thread.
pub fn ask(part: &Part, fold: &FoldSpec, cancel: &Cancel) -> Result<(), PlanError> {
    let parts = std::slice::from_ref(part);
    Engine::new(1, None).run(parts, &scope(), std::slice::from_ref(fold), cancel).map(|_| ())
}

/// The processor's time that this process has taken: what other programs do at the same time is not in it.
pub fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The least processor's time that a question took, of several.
pub fn least_time(part: &Part, fold: &FoldSpec, times: usize) -> Duration {
    let once = || {
        let started = processor_time();
        ask(part, fold, &Cancel::default()).expect("a valid question");
        processor_time().saturating_sub(started)
    };
    (0..times).map(|_| once()).min().unwrap_or_default()
}
