//! Goals, populations and breakdowns at their edges, worked out by hand.

use waymark_model::{
    Counting, Dimension, Event, Goal, GoalValue, Population, Predicate, Role, Tag, Test, TextColumn,
    TimeRange, Touch, Trigger, Unit, population::Selects, time::MINUTE,
};

use super::{
    Amounts, World,
    breakdown::{BucketTally, breakdown, breakdown_by_event},
    overview::{GoalTally, Tally, overview},
    script::{ALL, events, minutes},
    time_to_convert::time_to_convert,
};

const CHANNEL: Dimension = Dimension::Column(TextColumn::Channel);

fn world<'a>(events: &'a [Event], range: TimeRange, population: &'a Population) -> World<'a> {
    World { events, session_gap_ms: 30 * MINUTE, range, population }
}

fn goal(counting: Counting) -> Goal {
    Goal { counting, value: Some(GoalValue::FromEvent), ..Goal::on_event("buy", Role::Macro) }
}

fn total(text: &str, range: TimeRange, population: &Population, goal: Goal) -> Tally {
    overview(&world(&events(text), range, population), &[goal], &[]).total
}

fn paid(selects: Selects) -> Population {
    let filter = Predicate::default().and(CHANNEL, Test::In(vec!["paid".to_owned()]));
    Population { filter, selects, ..Population::default() }
}

/// Conversions, repeats, unattributed, without a key, converting visitors.
fn figures(tally: &GoalTally) -> [u64; 5] {
    let converters = tally.converters.visitor;
    [tally.conversions, tally.repeats, tally.unattributed, tally.without_key, converters]
}

#[test]
fn keys_win_for_ever_and_across_visitors() {
    for (text, range, expected) in [
        ("buy@0#1 buy@50#1", minutes(0, 99), [1, 1, 0, 0, 1]),
        ("buy@0#1 buy@50#1", minutes(40, 99), [0, 1, 0, 0, 0]),
        ("1:buy@9#1 2:buy@5#1", minutes(0, 99), [1, 1, 0, 0, 1]),
        ("1:buy@5#1 2:buy@5#1 2:buy@5#2", minutes(0, 99), [2, 1, 0, 0, 2]),
        ("buy@0 buy@1", minutes(0, 99), [2, 0, 0, 2, 1]),
        ("0:buy@0#1 1:buy@1#1 0:buy@2", minutes(0, 99), [2, 1, 1, 1, 1]),
        ("0:buy@0#1 0:buy@1#1", minutes(0, 99), [1, 1, 1, 0, 0]),
        ("0:buy@0#1 1:buy@50#1", minutes(0, 40), [0, 1, 0, 0, 0]),
        ("look@0#1 buy@1#1", minutes(0, 99), [1, 0, 0, 0, 1]),
    ] {
        let found = total(text, range, &Population::default(), goal(Counting::OncePerKey));
        assert_eq!(figures(&found.goals[0]), expected, "{text}");
    }
}

#[test]
fn tagged_events_neither_count_nor_win() {
    let mut site = events("buy@0#1 look@40 buy@50#1");
    site[0].tag = Tag::Test;
    for (include_tagged, expected, sessions, left_out) in [(false, 1, 1, 1), (true, 1, 2, 0)] {
        let population = Population { include_tagged, ..Population::default() };
        let found =
            overview(&world(&site, minutes(0, 99), &population), &[goal(Counting::OncePerKey)], &[]).total;
        assert_eq!(
            (found.goals[0].conversions, found.sessions, found.left_out),
            (expected, sessions, left_out)
        );
    }
    site[1].tag = Tag::Bot;
    let population = Population::default();
    let found = overview(&world(&site, minutes(0, 45), &population), &[], &[]).total;
    assert_eq!((found.events, found.visitors, found.left_out), (0, 0, 2));
}

#[test]
fn the_first_in_the_range_counts() {
    for (range, by_session, by_visitor) in [
        (ALL, [2, 2, 0, 0, 1], [1, 3, 0, 0, 1]),
        (minutes(1, 99), [2, 1, 0, 0, 1], [1, 2, 0, 0, 1]),
        (minutes(2, 40), [1, 0, 0, 0, 1], [1, 0, 0, 0, 1]),
    ] {
        let text = "buy@0 buy@10 buy@41 buy@42";
        for (counting, expected) in
            [(Counting::OncePerSession, by_session), (Counting::OncePerVisitor, by_visitor)]
        {
            let found = total(text, range, &Population::default(), goal(counting));
            assert_eq!(figures(&found.goals[0]), expected, "{range:?} {counting:?}");
        }
    }
    let found = total("0:buy 0:buy", ALL, &Population::default(), goal(Counting::OncePerVisitor));
    assert_eq!(figures(&found.goals[0]), [2, 0, 2, 0, 0]);
    assert_eq!((found.events, found.visitors, found.goals[0].converters.event), (0, 0, 0));
}

#[test]
fn a_session_ends_after_more_than_the_gap() {
    let mut site = events("look@0 look@30 look@60");
    let sessions =
        |site: &[Event]| overview(&world(site, ALL, &Population::default()), &[], &[]).total.sessions;
    assert_eq!(sessions(&site), 1);
    site[2].time += 1;
    assert_eq!(sessions(&site), 2);
    site.reverse();
    assert_eq!(sessions(&site), 2);
}

#[test]
fn populations_select_units() {
    let text = "look@0+paid buy@5 look@50 buy@55+paid 2:look@0 2:buy@5+paid 0:buy@1";
    for (population, range, expected) in [
        (Population::default(), ALL, [4, 2, 3, 6]),
        (paid(Selects::Visitors), ALL, [2, 1, 2, 4]),
        (paid(Selects::Sessions), ALL, [1, 1, 1, 2]),
        (paid(Selects::Sessions), minutes(5, 99), [1, 1, 1, 1]),
        (Population { touch: Touch::Last, ..paid(Selects::Visitors) }, ALL, [3, 2, 3, 6]),
        (Population { touch: Touch::Last, ..paid(Selects::Sessions) }, ALL, [2, 2, 2, 4]),
    ] {
        let found = total(text, range, &population, goal(Counting::Every));
        let found = [found.goals[0].conversions, found.visitors, found.sessions, found.events];
        assert_eq!(found, expected, "{population:?} {range:?}");
    }
}

#[test]
fn refunds_take_value_back_at_their_own_time() {
    let text = "buy@0#1=500 buy@1#1=500 buy@2=30 look@3#9 0:$refund@50#1=-200 $refund@51#9=-7 $refund@52=-8";
    for (range, population, gross, net) in [
        (minutes(0, 99), Population::default(), Some(530), Some(330)),
        (minutes(0, 40), Population::default(), Some(530), Some(530)),
        (minutes(40, 99), Population::default(), None, Some(-200)),
        (minutes(0, 99), paid(Selects::Visitors), None, None),
    ] {
        let found = total(text, range, &population, goal(Counting::OncePerKey));
        let euros = |amounts: &Amounts| amounts.get("EUR").copied();
        let found = (euros(&found.goals[0].gross), euros(&found.goals[0].net));
        assert_eq!(found, (gross, net), "{range:?} {population:?}");
    }
}

#[test]
fn engagement_converts_without_an_event() {
    let duration = Trigger::Duration { at_least_ms: 20 * MINUTE };
    let fixed = Some(GoalValue::Fixed { amount: 5, currency: "EUR".to_owned() });
    let goal = Goal { trigger: duration, value: fixed, ..goal(Counting::Every) };
    for (text, range, conversions, events) in [
        ("look@0 look@20", ALL, 1, 2),
        ("look@0 look@19", ALL, 0, 2),
        ("look@0 look@10 look@25", minutes(0, 21), 1, 2),
        ("look@0 look@10 look@25", minutes(0, 20), 0, 2),
        ("look@0 look@10 look@25", minutes(12, 22), 1, 0),
        ("look@0 look@20 look@60 look@80", ALL, 2, 4),
    ] {
        let found = total(text, range, &Population::default(), goal.clone());
        let tally = &found.goals[0];
        assert_eq!((tally.conversions, found.events), (conversions, events), "{text} {range:?}");
        let units = (tally.converters.visitor, tally.converters.session, tally.converters.event);
        assert_eq!(units, (conversions.min(1), conversions, 0));
        assert_eq!((found.visitors, found.sessions), (1, conversions.max(1)));
        let filtered = total(text, range, &paid(Selects::Visitors), goal.clone());
        assert_eq!((filtered.goals[0].conversions, filtered.visitors), (0, 0));
        assert_eq!(tally.gross.get("EUR").copied().unwrap_or(0), 5 * conversions as i128);
    }
}

#[test]
fn days_show_the_conversions_of_the_range() {
    let site = events("buy@0 buy@10 2:look@10 buy@50");
    let days = [minutes(0, 5), minutes(5, 60)];
    let population = Population::default();
    let found =
        overview(&world(&site, minutes(0, 60), &population), &[goal(Counting::OncePerVisitor)], &days);
    let row =
        |tally: &Tally| (tally.visitors, tally.sessions, tally.goals[0].conversions, tally.goals[0].repeats);
    assert_eq!(row(&found.total), (2, 3, 1, 2));
    assert_eq!(found.days.iter().map(row).collect::<Vec<_>>(), [(1, 1, 1, 0), (2, 3, 0, 2)]);
}

#[test]
fn buckets_and_times() {
    let site = events("look@0+paid buy@5=10+mail look@50 buy@58=1 2:buy@3=100 0:buy@9=1000+mail");
    let population = Population::default();
    let (world, goal) = (world(&site, ALL, &population), goal(Counting::Every));
    let buckets = |unit| {
        let found = breakdown(&world, std::slice::from_ref(&goal), &CHANNEL, unit, Touch::First);
        let row = |(value, bucket): (Option<String>, BucketTally)| {
            let goal = &bucket.goals[0];
            (value.unwrap_or_default(), bucket.units, goal.converters, goal.conversions, goal.gross["EUR"])
        };
        found.into_iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(buckets(Unit::Visitor), [(String::new(), 1, 1, 1, 100), ("paid".to_owned(), 1, 1, 2, 11)]);
    assert_eq!(buckets(Unit::Session), [(String::new(), 2, 2, 2, 101), ("paid".to_owned(), 1, 1, 1, 10)]);
    let own = breakdown_by_event(&world, &goal, &CHANNEL);
    let own: Vec<_> = own.into_iter().map(|(value, bucket)| (value.is_some(), bucket.gross["EUR"])).collect();
    assert_eq!(own, [(false, 101), (true, 1010)]);
    let times = |unit| time_to_convert(&world, &goal, unit);
    assert_eq!(times(Unit::Visitor), [0, 5 * MINUTE]);
    assert_eq!(times(Unit::Session), [0, 5 * MINUTE, 8 * MINUTE]);
}
