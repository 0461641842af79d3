//! Ground truth on a real shop's events, when the file is there.

use std::{env, path::PathBuf};

use waymark_model::{
    Anchor, Counting, Dimension, Event, Funnel, Goal, Order, Role, Scope as ChainScope, Tally,
    time::{DAY, HOUR},
};
use waymark_query::{FoldSpec, OverviewSpec, State};
use waymark_store::columns::Part;

use crate::support::{everything, funnel, parts, reached, run, run_funnel};

/// The file's events in its order, or `None` (said on the way) when it is not there.
pub fn retail_rocket() -> Option<Vec<Event>> {
    let folder = env::var_os("WAYMARK_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("retailrocket_sample_5000v.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    Some(text.lines().skip(1).map(event).collect())
}

/// `timestamp,visitorid,event,itemid,transactionid,datetime`
fn event(line: &str) -> Event {
    let fields: Vec<&str> = line.split(',').collect();
    let visitor = fields[1].parse::<u64>().unwrap() + 1;
    let mut event = Event::new(visitor, fields[0].parse().unwrap(), fields[2]);
    event.props.push(("item".to_owned(), fields[3].to_owned()));
    event.key = fields[4].parse::<f64>().ok().map(f64::to_bits);
    event
}

fn check(parts: &[Part], change: impl FnOnce(&mut Funnel), expected: [u64; 3]) {
    let mut funnel = funnel("view > addtocart > transaction");
    change(&mut funnel);
    assert_eq!(reached(&run_funnel(parts, &funnel)), expected, "{funnel:?}");
}

#[test]
fn funnels() {
    let Some(events) = retail_rocket() else { return };
    let parts = parts(&events);
    let week = Some(7 * DAY);
    let item = || Some(Dimension::Property("item".to_owned()));
    check(&parts, |f| f.order = Order::Any, [4_991, 136, 34]);
    check(&parts, |_| (), [4_991, 128, 32]);
    check(&parts, |f| f.window_ms = week, [4_991, 128, 32]);
    check(&parts, |f| (f.window_ms, f.anchor) = (week, Anchor::First), [4_991, 109, 28]);
    check(&parts, |f| f.window_ms = Some(HOUR), [4_991, 125, 28]);
    check(&parts, |f| (f.window_ms, f.anchor) = (Some(HOUR), Anchor::First), [4_991, 86, 20]);
    check(&parts, |f| f.tally = Tally::Sessions, [6_217, 134, 28]);
    check(&parts, |f| f.scope = ChainScope::Session, [4_991, 125, 28]);
    check(&parts, |f| (f.tally, f.same) = (Tally::Pairs, item()), [7_331, 149, 34]);
    check(&parts, |f| f.same = item(), [4_991, 118, 32]);
    check(&parts, |f| f.order = Order::Strict, [4_991, 128, 27]);
}

#[test]
fn totals_and_rates() {
    let Some(events) = retail_rocket() else { return };
    let goal = |name, role, counting| Goal { counting, ..Goal::on_event(name, role) };
    let goals = vec![
        goal("view", Role::Milestone, Counting::OncePerSession),
        goal("addtocart", Role::Milestone, Counting::OncePerSession),
        goal("transaction", Role::Macro, Counting::OncePerKey),
        goal("transaction", Role::Macro, Counting::Every),
    ];
    let spec = OverviewSpec { goals, buckets: Vec::new(), then: None, orders: Vec::new() };
    let output = run(&parts(&events), &everything(), &[FoldSpec::Overview(spec)]);
    let State::Overview(state) = &output.states[0] else { panic!("not an overview") };
    let total = &state.total;
    assert_eq!((total.events, total.visitors, total.sessions), (9_385, 5_000, 6_229));
    let matched: Vec<_> = total.goals.iter().map(|goal| goal.matched).collect();
    assert_eq!(matched, [9_076, 263, 46, 46]);
    let converters: Vec<_> =
        total.goals.iter().map(|g| (g.converters.visitors, g.converters.sessions)).collect();
    assert_eq!(converters[..3], [(4_991, 6_217), (145, 156), (39, 40)]);
    assert_eq!((total.goals[2].conversions, total.goals[2].repeats()), (40, 6));
}
