//! Figures of a public shop's events (RetailRocket, 5,000 visitors), where the file is at hand.

use std::{fs, path::PathBuf};

use waymark_model::{
    Anchor, Counting, Dimension, Event, Funnel, Goal, Order, Population, Role, Scope, Step, Tally, TimeRange,
    time::{DAY, HOUR, SESSION_GAP},
};

use super::{World, funnel::funnel, journeys::journeys, overview::overview};

const ALL: TimeRange = TimeRange { start: 0, end: i64::MAX };

/// The file's rows as events in the file's order, or none with the reason printed.
fn shop() -> Option<Vec<Event>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("WAYMARK_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join("retailrocket_sample_5000v.csv");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} cannot be read; WAYMARK_TEST_DATA names its folder", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(event).collect())
}

/// One row: timestamp, visitorid, event, itemid, transactionid, datetime.
fn event(row: &str) -> Event {
    let cells: Vec<&str> = row.split(',').collect();
    let visitor: u64 = cells[1].parse().unwrap();
    let mut event = Event::new(visitor + 1, cells[0].parse().unwrap(), cells[2]);
    event.key = hash(cells[4]);
    event.props.push(("item".to_owned(), cells[3].to_owned()));
    event
}

/// A number for a text (FNV-1a), none for an empty one.
fn hash(text: &str) -> Option<u64> {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (!text.is_empty()).then(|| text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}

fn world<'a>(events: &'a [Event], population: &'a Population) -> World<'a> {
    World { events, session_gap_ms: SESSION_GAP, range: ALL, population }
}

fn check(change: impl FnOnce(&mut Funnel), expected: [u64; 3]) {
    let Some(events) = shop() else { return };
    let mut steps = Funnel::of(["view", "addtocart", "transaction"].map(Step::event).to_vec());
    change(&mut steps);
    let population = Population::default();
    let tally = funnel(&world(&events, &population), &steps);
    let reached: Vec<u64> = tally.steps.iter().map(|step| step.reached).collect();
    assert_eq!(reached, expected, "{steps:?}");
}

#[test]
fn by_order() {
    check(|f| f.order = Order::Any, [4_991, 136, 34]);
    check(|_| (), [4_991, 128, 32]);
    check(|f| f.order = Order::Strict, [4_991, 128, 27]);
}

#[test]
fn by_window() {
    for (window, anchor, expected) in [
        (7 * DAY, Anchor::Any, [4_991, 128, 32]),
        (7 * DAY, Anchor::First, [4_991, 109, 28]),
        (HOUR, Anchor::Any, [4_991, 125, 28]),
        (HOUR, Anchor::First, [4_991, 86, 20]),
    ] {
        check(|f| (f.window_ms, f.anchor) = (Some(window), anchor), expected);
    }
}

#[test]
fn by_session() {
    check(|f| f.tally = Tally::Sessions, [6_217, 134, 28]);
    check(|f| f.scope = Scope::Session, [4_991, 125, 28]);
}

#[test]
fn by_item() {
    let item = || Some(Dimension::Property("item".to_owned()));
    check(|f| (f.same, f.tally) = (item(), Tally::Pairs), [7_331, 149, 34]);
    check(|f| f.same = item(), [4_991, 118, 32]);
}

#[test]
fn sessions_and_events() {
    let Some(events) = shop() else { return };
    let population = Population::default();
    let (mut sessions, mut longest, mut single, mut duration) = (0, 0, 0, 0);
    for journey in journeys(&world(&events, &population), &[]) {
        for session in journey.sessions_inside() {
            let times: Vec<i64> =
                journey.items.iter().filter(|i| i.session == session).map(|i| i.time).collect();
            sessions += 1;
            longest = longest.max(times.len());
            single += u32::from(times.len() == 1);
            duration += times[times.len() - 1] - times[0];
        }
    }
    assert_eq!((sessions, single, longest, duration), (6_229, 4_836, 53, 562_552_540));
}

#[test]
fn goals() {
    let Some(events) = shop() else { return };
    let population = Population::default();
    let goal = |name, counting| Goal { counting, ..Goal::on_event(name, Role::Macro) };
    let goals = [
        goal("view", Counting::Every),
        goal("addtocart", Counting::Every),
        goal("transaction", Counting::OncePerKey),
    ];
    let total = overview(&world(&events, &population), &goals, &[]).total;
    assert_eq!((total.events, total.visitors, total.sessions), (9_385, 5_000, 6_229));
    let row =
        |i: usize| (total.goals[i].conversions, total.goals[i].repeats, total.goals[i].converters.visitor);
    assert_eq!(row(0), (9_076, 0, 4_991));
    assert_eq!(row(1), (263, 0, 145));
    assert_eq!(row(2), (40, 6, 39));
    assert_eq!(total.goals[1].converters.session, 156);
    assert_eq!(total.goals[2].converters.session, 40);
    assert_eq!(
        total.goals[2].session_moments.as_ref().map(|m| (m.n, m.y, m.units)),
        Some((5_000, 40, 6_229))
    );
}
