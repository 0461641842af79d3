//! Orders that browser and server both tell of, worked out by hand: the engine and the oracle must both say so.

use std::collections::BTreeMap;

use waymark_model::{
    Counting, Event, Goal, GoalValue, Population, Predicate, Role, Tag, TextColumn, TimeRange,
    time::SESSION_GAP,
};
use waymark_query::{FoldSpec, GoalTally, OverviewSpec, Scope, State};

use crate::{
    differential::check_bucket,
    oracle::{
        World,
        overview::overview,
        script::{ALL, events, minutes},
    },
    support::{part, run},
};

/// Conversions, unattributed ones, converting visitors, gross and verified value.
type Figures = (u64, u64, u64, i128, i128);

fn check(site: &[Event], range: TimeRange, expected: Figures) {
    let tally = tally(site, range);
    let value = (euros(&tally.gross), euros(&tally.verified));
    let found = (tally.conversions, tally.unattributed, tally.converters.visitors, value.0, value.1);
    assert_eq!(found, expected, "{site:?} in {range:?}");
}

fn euros(sums: &BTreeMap<String, i128>) -> i128 {
    sums.get("EUR").copied().unwrap_or(0)
}

/// What engine and oracle both count.
fn tally(site: &[Event], range: TimeRange) -> GoalTally {
    tally_all(site, range).0
}

/// The same, and how many refunds have no order.
fn tally_all(site: &[Event], range: TimeRange) -> (GoalTally, u64) {
    let value = Some(GoalValue::FromEvent);
    let goal = Goal { counting: Counting::OncePerKey, value, ..Goal::on_event("buy", Role::Macro) };
    let population = Population::default();
    let world = World { events: site, session_gap_ms: SESSION_GAP, range, population: &population };
    let by_oracle = overview(&world, std::slice::from_ref(&goal), &[]).total;
    let scope = Scope { range, population: population.clone(), session_gap_ms: SESSION_GAP };
    let orders = vec![Predicate::event("buy")];
    let spec = OverviewSpec { goals: vec![goal], buckets: Vec::new(), then: None, orders };
    let spec = FoldSpec::Overview(spec);
    let output = run(&[part(site)], &scope, &[spec]);
    let Some(State::Overview(mut state)) = output.states.into_iter().next() else {
        panic!("not an overview")
    };
    check_bucket(&state.total, &by_oracle, "the oracle");
    (state.total.goals.remove(0), state.total.refunds_without_order.count)
}

#[test]
fn the_visitor_owns_the_order_and_the_server_tells_its_value() {
    for (text, expected) in [
        ("1:buy@0#7=100 0:buy@5#7=250!", (1, 0, 1, 250, 250)),
        ("0:buy@0#7=250! 1:buy@5#7=100", (1, 0, 1, 250, 250)),
        ("0:buy@0#7=250! 1:buy@0#7=100", (1, 0, 1, 250, 250)),
        ("1:buy@0#7 0:buy@5#7=250!", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100 0:buy@5#7", (1, 0, 1, 100, 0)),
        ("1:buy@0#7=100 0:buy@5#7=250! 0:buy@6#7=300!", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100 0:buy@5#7 0:buy@6#7=300!", (1, 0, 1, 300, 300)),
        ("0:buy@0#7=250! 2:buy@9#7=1 1:buy@5#7=100", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100 0:buy@5#8=250!", (2, 1, 1, 350, 250)),
        ("1:buy@0=100 0:buy@5#8=250!", (2, 1, 1, 350, 250)),
        ("1:buy@0#7=100 0:look@5#7=250!", (1, 0, 1, 100, 0)),
    ] {
        check(&events(text), ALL, expected);
    }
}

#[test]
fn without_a_partner_an_order_is_unattributed() {
    check(&events("0:buy@0#7=250!"), ALL, (1, 1, 0, 250, 250));
    check(&events("0:buy@0#7 0:buy@1#7=250!"), ALL, (1, 1, 0, 250, 250));
}

#[test]
fn a_server_that_names_the_visitor_tells_a_verified_value() {
    for (text, expected) in [
        ("1:buy@0#7=100 1:buy@5#7=250!", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100 2:buy@5#7=250!", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100! 1:buy@5#7=250!", (1, 0, 1, 100, 100)),
        ("1:buy@0#7=100 1:buy@5#7=250", (1, 0, 1, 100, 0)),
        ("1:buy@0#7 1:buy@5#7=250", (1, 0, 1, 0, 0)),
        ("1:buy@0#7=100! 0:buy@5#7=250!", (1, 0, 1, 250, 250)),
        ("1:buy@0#7=100 2:buy@1#7=50! 0:buy@5#7=250!", (1, 0, 1, 250, 250)),
    ] {
        check(&events(text), ALL, expected);
    }
}

#[test]
fn the_order_falls_where_its_owner_does() {
    let site = events("1:buy@10#7=100 0:buy@50#7=250!");
    check(&site, minutes(0, 40), (1, 0, 1, 250, 250));
    check(&site, minutes(40, 99), (0, 0, 0, 0, 0));
}

#[test]
fn tagged_events_join_nothing() {
    let mut site = events("1:buy@0#7=100 0:buy@5#7=250!");
    site[1].tag = Tag::Test;
    check(&site, ALL, (1, 0, 1, 100, 0));
    (site[0].tag, site[1].tag) = (Tag::Test, Tag::None);
    check(&site, ALL, (1, 1, 0, 250, 250));
}

/// Gross value and what refunds take from it, in cents; and how many refunds have no order.
fn check_refunds(site: &[Event], range: TimeRange, expected: (i128, i128, u64)) {
    let (found, without_order) = tally_all(site, range);
    assert_eq!((euros(&found.gross), euros(&found.refunds), without_order), expected, "{site:?}");
}

#[test]
fn refunds_find_the_order_whoever_told_of_it() {
    for (text, expected) in [
        ("1:buy@0#7=100 0:buy@5#7=250! 0:$refund@50#7=-50", (250, -50, 0)),
        ("1:buy@0=100 0:buy@5#7=250! 0:$refund@50#7=-50", (350, -50, 0)),
        ("1:buy@0#7=100 0:buy@5#7=250! 1:$refund@50#7=-250", (250, -250, 0)),
        ("1:buy@0#7=100 0:buy@5#7=250! 0:$refund@50#8=-50", (250, 0, 1)),
        ("1:buy@0#7=100 0:$refund@50=-50", (100, 0, 1)),
        ("1:look@0#7=100 0:$refund@50#7=-50", (0, 0, 1)),
    ] {
        check_refunds(&events(text), ALL, expected);
    }
}

#[test]
fn a_refund_takes_what_it_states_or_what_is_left() {
    for (text, refunds) in [
        ("buy#7=100 $refund#7=30", -30),
        ("buy#7=100 $refund#7=-30", -30),
        ("buy#7=100 $refund#7=30 $refund#7=20", -50),
        ("buy#7=100 $refund#7", -100),
        ("buy#7=100 $refund#7=30 $refund#7", -100),
        ("buy#7=100 $refund#7 $refund#7", -100),
        ("buy#7=100 $refund#7 $refund#7=30", -130),
        ("buy#7=100 $refund#7=130 $refund#7", -130),
        ("buy#7=100 buy#7=100 $refund#7", -100),
        ("$refund@0#7 buy@1#7=100", -100),
        ("buy#7=100 0:buy#7=250! $refund#7", -250),
        ("buy#7 $refund#7", 0),
        ("buy#7=100 $refund#7=0", 0),
    ] {
        let site = events(text);
        let gross = euros(&tally(&site, ALL).gross);
        check_refunds(&site, ALL, (gross, refunds, 0));
    }
}

#[test]
fn a_refund_without_a_currency_has_the_orders() {
    let mut site = events("buy#7=100 $refund#7=30");
    site[1].set_text(TextColumn::Currency, "");
    check_refunds(&site, ALL, (100, -30, 0));
    site[1].set_text(TextColumn::Currency, "USD");
    check_refunds(&site, ALL, (100, 0, 0));
    site.extend(events("$refund@9#7"));
    check_refunds(&site, ALL, (100, -100, 0));
}

#[test]
fn earlier_refunds_count_wherever_they_lie() {
    let site = events("buy@0#7=100 $refund@10#7=30 $refund@50#7");
    check_refunds(&site, minutes(40, 99), (0, -70, 0));
    check_refunds(&site, minutes(0, 20), (100, -30, 0));
}

#[test]
fn refunds_of_orders_that_are_left_out_go_with_them() {
    let mut site = events("buy#7=100 0:$refund#7=30 0:$refund#8=5");
    site[0].tag = Tag::Test;
    check_refunds(&site, ALL, (0, 0, 1));
}
