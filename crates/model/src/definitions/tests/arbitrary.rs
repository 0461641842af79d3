//! Definitions of every kind, for properties that hold for all of them.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    Anchor, CollectSettings, Condition, Counting, Definitions, Dimension, Entry, FunnelDefinition, Goal,
    GoalValue, Network, Order, Predicate, Retention, Role, Scope, SiteDefinition, Tally, Test, TextColumn,
    Trigger, Zone,
    definitions::{ExclusionDefinition, StepDefinition, What},
    normal,
};

/// Any text: quotes, stars, brackets, line ends, letters of all alphabets, or nothing.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-c*/ ]{0,6}", 1 => ".{0,6}", 1 => "[\"'\\\\\n\r\t\u{0}\u{7f}#=.]{0,6}"]
}

fn name() -> impl Strategy<Value = String> {
    "[a-zé\"'$*.>\\[]([a-z \\\\.]{0,6}[a-z])?"
}

fn dimension() -> impl Strategy<Value = Dimension> {
    let property = text().prop_filter("a property has a name", |key| !key.is_empty());
    prop_oneof![
        select(&TextColumn::ALL[..]).prop_map(Dimension::Column),
        property.prop_map(Dimension::Property),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let bound = || {
        prop_oneof![any::<i32>().prop_map(f64::from), any::<f64>().prop_filter("finite", |b| b.is_finite())]
    };
    prop_oneof![
        vec(text(), 0..3).prop_map(Test::In),
        vec(text(), 0..3).prop_map(Test::NotIn),
        text().prop_map(Test::StartsWith),
        text().prop_map(Test::EndsWith),
        text().prop_map(Test::Contains),
        text().prop_map(Test::Like),
        vec(text(), 0..3).prop_map(Test::LikeAny),
        bound().prop_map(Test::AtLeast),
        bound().prop_map(Test::AtMost),
        Just(Test::Present),
        Just(Test::Missing),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let currency = prop_oneof![Just("EUR"), Just("JPY"), Just("KWD"), Just("eur")];
    let currency = currency.prop_map(|code| Condition::Text {
        of: Dimension::Column(TextColumn::Currency),
        test: Test::In(vec![code.to_owned()]),
    });
    prop_oneof![
        4 => (dimension(), test())
            .prop_map(|(of, test)| Condition::Text { test: normal::condition::test(&of, test), of })
            .prop_filter("what no event can meet is not defined", is_met),
        1 => (option::of(any::<i64>()), option::of(any::<i64>()))
            .prop_map(|(at_least, at_most)| Condition::Value { at_least, at_most }),
        1 => currency,
        1 => Just(Condition::Verified),
    ]
}

/// Whether an event can meet the condition.
fn is_met(condition: &Condition) -> bool {
    match condition {
        Condition::Text { of, test } => normal::condition::check(of, test).is_ok(),
        Condition::Value { .. } | Condition::Verified => true,
    }
}

fn predicate() -> impl Strategy<Value = Predicate> {
    vec(condition(), 0..6).prop_map(|all| Predicate { all })
}

fn engagement() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        (1..i64::MAX).prop_map(|at_least_ms| Trigger::Duration { at_least_ms }),
        (1..u32::MAX).prop_map(|at_least| Trigger::Pages { at_least }),
    ]
}

fn goal() -> impl Strategy<Value = Goal> {
    let role = select(vec![Role::Macro, Role::Milestone, Role::Secondary]);
    let counting =
        vec![Counting::Every, Counting::OncePerSession, Counting::OncePerVisitor, Counting::OncePerKey];
    let fixed = (0..i64::MAX, select(vec!["EUR", "JPY", "KWD"]))
        .prop_map(|(amount, currency)| GoalValue::Fixed { amount, currency: currency.to_owned() });
    let value = option::of(prop_oneof![fixed, Just(GoalValue::FromEvent)]);
    let trigger = prop_oneof![3 => predicate().prop_map(Trigger::Event), 1 => engagement()];
    (name(), role, any::<bool>(), trigger, select(counting), value).prop_map(
        |(name, role, headline, trigger, counting, value)| {
            let is_event = matches!(trigger, Trigger::Event(_));
            let counting =
                if counting == Counting::OncePerKey && !is_event { Counting::Every } else { counting };
            let value = value.filter(|value| is_event || *value != GoalValue::FromEvent);
            Goal { name, version: 1, role, headline: headline && !role.is_micro(), trigger, counting, value }
        },
    )
}

fn what(event_only: bool) -> impl Strategy<Value = What> {
    let inline = prop_oneof![3 => predicate().prop_map(Trigger::Event), 1 => engagement()];
    let inline = inline.prop_map(move |trigger| match trigger {
        Trigger::Event(_) => trigger,
        _ if event_only => Trigger::Event(Predicate::default()),
        _ => trigger,
    });
    prop_oneof![name().prop_map(What::Named), inline.prop_map(What::Inline)]
}

fn step() -> impl Strategy<Value = StepDefinition> {
    (what(false), any::<bool>(), option::of(0..i64::MAX))
        .prop_map(|(what, optional, within_ms)| StepDefinition { what, label: None, optional, within_ms })
}

/// Steps whose first and last are required, with labels of their own.
fn steps() -> impl Strategy<Value = Vec<StepDefinition>> {
    vec((step(), any::<bool>()), 2..12).prop_map(|steps| {
        let last = steps.len() - 1;
        let named = |(index, (mut step, labelled)): (usize, (StepDefinition, bool))| {
            step.optional &= index > 0 && index < last;
            step.label = (labelled || index == 0 || index == last).then(|| format!("\"{index}\" #"));
            step
        };
        steps.into_iter().enumerate().map(named).collect()
    })
}

type Choices = (Order, Anchor, Scope, Entry, Tally);

fn choices() -> impl Strategy<Value = Choices> {
    (
        select(vec![Order::Ordered, Order::Strict, Order::Any]),
        select(vec![Anchor::Any, Anchor::First]),
        select(vec![Scope::Visitor, Scope::Session]),
        select(vec![Entry::Closed, Entry::Open]),
        select(vec![Tally::Visitors, Tally::Sessions, Tally::Pairs, Tally::Entries]),
    )
}

fn exclusion() -> impl Strategy<Value = (What, bool, bool)> {
    (what(true), any::<bool>(), any::<bool>())
}

fn funnel() -> impl Strategy<Value = FunnelDefinition> {
    let options = (option::of(0..i64::MAX), option::of(dimension()), vec(exclusion(), 0..3));
    (name(), steps(), choices(), options).prop_map(|(name, steps, choices, (window_ms, same, exclusions))| {
        let (order, anchor, scope, entry, tally) = choices;
        let (first, last) = (steps[0].label.clone(), steps[steps.len() - 1].label.clone());
        let exclusions = exclusions
            .into_iter()
            .map(|(what, after, before)| ExclusionDefinition {
                what,
                after: first.clone().filter(|_| after),
                before: last.clone().filter(|_| before),
            })
            .collect();
        let made = FunnelDefinition {
            order,
            window_ms,
            anchor,
            scope,
            entry,
            tally,
            same,
            exclusions,
            ..FunnelDefinition::of(&name, steps)
        };
        match made.resolve(&[]) {
            Ok(_) => made,
            Err(_) => FunnelDefinition { window_ms, scope, ..FunnelDefinition::of(&made.name, made.steps) },
        }
    })
}

fn zone() -> impl Strategy<Value = Zone> {
    select(vec!["UTC", "Europe/Berlin", "America/New_York"]).prop_map(|name| Zone::parse(name).unwrap())
}

/// Keeps the first of each name.
fn unique<T, N: PartialEq + ?Sized>(items: Vec<T>, name: impl Fn(&T) -> &N) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if kept.iter().all(|earlier| name(earlier) != name(&item)) {
            kept.push(item);
        }
    }
    kept
}

/// Every second funnel takes its last step from the site's first goal, by name or as a goal.
fn link(goals: &[Goal], funnels: &mut [FunnelDefinition]) {
    let Some(goal) = goals.iter().find(|goal| matches!(goal.trigger, Trigger::Event(_))) else { return };
    for (index, funnel) in funnels.iter_mut().enumerate().filter(|(index, _)| index % 2 == 0) {
        let what = if index == 0 { What::Goal(goal.name.clone()) } else { What::Named(goal.name.clone()) };
        funnel.steps.last_mut().unwrap().what = what.clone();
        funnel.exclusions.iter_mut().for_each(|exclusion| exclusion.what = what.clone());
    }
}

/// The word a text names may be an engagement goal, which no exclusion can be.
fn has_no_meaning(funnel: &FunnelDefinition, goals: &[Goal]) -> bool {
    funnel.resolve(goals).is_err()
}

fn collect() -> impl Strategy<Value = CollectSettings> {
    let network = ("10\\.[1-9]\\.0\\.0", 8..33_u8)
        .prop_map(|(first, prefix)| format!("{first}/{prefix}").parse::<Network>().unwrap());
    (vec("[a-zA-Z_.]{1,6}", 0..3), vec(network, 0..3), vec("[a-z]{1,5}\\.[a-z]{2}", 0..2)).prop_map(
        |(query_params, internal, payment_hosts)| CollectSettings {
            query_params: unique(query_params, |name| name),
            internal: unique(internal, |network| network),
            payment_hosts: unique(payment_hosts, |host| host),
        },
    )
}

fn site() -> impl Strategy<Value = SiteDefinition> {
    let host = "[a-z0-9]{1,5}\\.[a-z]{2}";
    let name = "[a-z0-9][a-z0-9_-]{0,5}";
    let hosts = vec(host, 0..3);
    let months = (1..1_200_u16).prop_map(Retention::Months);
    let retention = prop_oneof![Just(Retention::Usual), Just(Retention::Forever), months];
    (name, zone(), (1..i64::MAX, retention), hosts, collect(), vec(goal(), 0..5), vec(funnel(), 0..4))
        .prop_map(|(name, zone, (session_gap_ms, retention), hosts, collect, goals, funnels)| {
            let goals = unique(goals, |goal| &goal.name);
            let mut funnels = unique(funnels, |funnel| &funnel.name);
            link(&goals, &mut funnels);
            funnels.retain(|funnel| !has_no_meaning(funnel, &goals));
            let hosts = unique(hosts, |host| host);
            SiteDefinition { name, zone, session_gap_ms, retention, hosts, collect, goals, funnels }
        })
}

/// Definitions that a file can state.
pub(super) fn definitions() -> impl Strategy<Value = Definitions> {
    vec(site(), 0..3).prop_map(|sites| Definitions { sites: unique(sites, |site| &site.name) })
}
