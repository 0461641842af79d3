//! What the tests share: journeys written as text, parts in memory, and one way to run a fold.

use std::collections::BTreeMap;

use waymark_model::{
    Event, Funnel, Population, Step, TimeRange,
    time::{DAY, SESSION_GAP},
};
use waymark_query::{Cancel, Engine, FoldSpec, FunnelState, Output, Scope, State};
use waymark_store::columns::{Part, PartBuilder};

/// One visitor's events, a minute apart, or at the times (ms) given: `A B@90000 C`.
pub fn journey(text: &str) -> Vec<Event> {
    let minutes = (0_i64..).map(|minute| minute * 60_000);
    let event = |(word, minute): (&str, i64)| match word.split_once('@') {
        Some((name, time)) => Event::new(1, time.parse().unwrap(), name),
        None => Event::new(1, minute, word),
    };
    text.split_whitespace().zip(minutes).map(event).collect()
}

/// Steps by event name: `A > B > C`.
pub fn funnel(text: &str) -> Funnel {
    Funnel::of(text.split('>').map(|name| Step::event(name.trim())).collect())
}

/// All events in one part.
pub fn part(events: &[Event]) -> Part {
    let mut builder = PartBuilder::default();
    events.iter().for_each(|event| builder.push(event));
    builder.finish(1).unwrap()
}

/// All events in parts of about a month.
pub fn parts(events: &[Event]) -> Vec<Part> {
    let mut months: BTreeMap<i64, PartBuilder> = BTreeMap::new();
    events.iter().for_each(|event| months.entry(event.time.div_euclid(30 * DAY)).or_default().push(event));
    months.into_values().filter_map(|builder| builder.finish(1)).collect()
}

/// Everyone, over a range that holds all events and ends far behind them.
pub fn everything() -> Scope {
    Scope {
        range: TimeRange { start: i64::MIN / 4, end: i64::MAX / 4 },
        population: Population::default(),
        session_gap_ms: SESSION_GAP,
    }
}

pub fn run(parts: &[Part], scope: &Scope, folds: &[FoldSpec]) -> Output {
    Engine::new(1, None).run(parts, scope, folds, &Cancel::default()).unwrap()
}

pub fn run_funnel(parts: &[Part], funnel: &Funnel) -> FunnelState {
    let output = run(parts, &everything(), &[FoldSpec::Funnel(funnel.clone())]);
    match output.states.into_iter().next() {
        Some(State::Funnel(state)) => state,
        other => panic!("not a funnel: {other:?}"),
    }
}

pub fn reached(state: &FunnelState) -> Vec<u64> {
    state.steps.iter().map(|step| step.reached).collect()
}
