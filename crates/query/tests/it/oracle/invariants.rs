//! What must hold of any result, whatever the site, the goals and the funnel: a check of this implementation itself.

use proptest::prelude::*;
use waymark_model::{
    Condition, Counting, Entry, Funnel, Goal, Order, Predicate, Step, Tally as Counted, Test as Like,
    TextColumn, Trigger, Unit, Zone, population::Selects,
};

use super::{
    Amounts, World,
    breakdown::{BucketTally, breakdown, breakdown_by_event},
    funnel::{FunnelTally, funnel},
    overview::{GoalTally, overview},
    time_to_convert::time_to_convert,
};
use crate::worlds::{Setting, ZONES, funnel_case, goal_case};

fn world(setting: &Setting) -> World<'_> {
    World {
        events: &setting.events,
        session_gap_ms: setting.session_gap_ms,
        range: setting.range,
        population: &setting.population,
    }
}

fn add(sum: &mut Amounts, amounts: &Amounts) {
    amounts.iter().for_each(|(currency, amount)| *sum.entry(currency.clone()).or_default() += amount);
}

fn check_funnel(funnel: &Funnel, tally: &FunnelTally) {
    let steps = &tally.steps;
    assert!(tally.units >= steps.iter().map(|step| step.entered).sum());
    for (k, step) in steps.iter().enumerate() {
        if let Some(next) = steps.get(k + 1) {
            let went_on = next.reached - next.entered;
            assert_eq!(step.reached, went_on + step.lost + step.in_progress + step.not_reached);
        }
        if funnel.order != Order::Any {
            assert_eq!(step.gaps_ms.len() as u64, step.reached - step.entered);
        }
        assert!(step.gaps_ms.iter().all(|&gap| gap >= 0));
        assert!(k == 0 || funnel.entry == Entry::Open || step.entered == 0);
    }
    for optional in &tally.optional {
        assert_eq!(optional.eligible, optional.used + optional.unused);
        let completed = optional.used_completed + optional.unused_completed;
        assert!(completed <= optional.eligible && completed <= steps[steps.len() - 1].reached);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn units_of_a_funnel_are_somewhere((setting, asked) in funnel_case()) {
        let tally = funnel(&world(&setting), &asked);
        check_funnel(&asked, &tally);
        let looser = Funnel { window_ms: None, ..asked.clone() };
        let all = funnel(&world(&setting), &looser);
        if asked.tally != Counted::Entries && asked.entry == Entry::Closed {
            for (tight, loose) in tally.steps.iter().zip(&all.steps) {
                prop_assert!(tight.reached <= loose.reached);
            }
        }
        prop_assert!(asked.window_ms.is_some() || tally == all);
    }

    #[test]
    fn days_and_buckets_add_up((setting, goals, dimension) in goal_case(), zone in 0..ZONES.len()) {
        let world = world(&setting);
        let days: Vec<_> =
            Zone::parse(ZONES[zone]).unwrap().days(setting.range).into_iter().map(|day| day.range).collect();
        let found = overview(&world, &goals, &days);
        let sum = |of: fn(&GoalTally) -> u64, i: usize| found.days.iter().map(|day| of(&day.goals[i])).sum::<u64>();
        prop_assert_eq!(found.total.events, found.days.iter().map(|day| day.events).sum::<u64>());
        prop_assert_eq!(found.total.left_out, found.days.iter().map(|day| day.left_out).sum::<u64>());
        for day in found.days.iter().chain([&found.total]) {
            for goal in &day.goals {
                let (converters, unattributed) = (&goal.converters, goal.unattributed);
                prop_assert!(converters.visitor <= day.visitors && converters.session <= day.sessions);
                prop_assert!(converters.user <= day.users && converters.event <= day.events);
                prop_assert!(converters.event + unattributed <= goal.conversions);
            }
        }
        for (i, (goal, total)) in goals.iter().zip(&found.total.goals).enumerate() {
            prop_assert_eq!(total.conversions, sum(|g| g.conversions, i));
            prop_assert_eq!(total.repeats, sum(|g| g.repeats, i));
            prop_assert_eq!(total.matched, total.conversions + total.repeats);
            let (mut gross, mut net) = (Amounts::new(), Amounts::new());
            found.days.iter().for_each(|day| add(&mut gross, &day.goals[i].gross));
            found.days.iter().for_each(|day| add(&mut net, &day.goals[i].net));
            prop_assert_eq!((&total.gross, &total.net), (&gross, &net));
            let moments = total.session_moments.as_ref().unwrap();
            let units = (moments.n, moments.y, moments.units);
            prop_assert_eq!(units, (found.total.visitors, total.converters.session, found.total.sessions));
            let moments = total.event_moments.as_ref().unwrap();
            prop_assert_eq!((moments.y, moments.units), (total.converters.event, found.total.events));
            let times = time_to_convert(&world, goal, Unit::Visitor);
            prop_assert_eq!(times.len() as u64, total.converters.visitor);
            let own = breakdown_by_event(&world, goal, &dimension);
            prop_assert_eq!(total.conversions, own.values().map(|bucket| bucket.conversions).sum::<u64>());
        }
        for unit in [Unit::Visitor, Unit::Session] {
            let buckets = breakdown(&world, &goals, &dimension, unit, setting.population.touch);
            let units: u64 = buckets.values().map(|bucket| bucket.units).sum();
            prop_assert_eq!(units, if unit == Unit::Visitor { found.total.visitors } else { found.total.sessions });
            for (i, total) in found.total.goals.iter().enumerate() {
                let conversions: u64 = buckets.values().map(|bucket| bucket.goals[i].conversions).sum();
                prop_assert_eq!(conversions, total.conversions - total.unattributed);
            }
        }
    }

    #[test]
    fn a_bucket_is_what_its_filter_selects((setting, goals, dimension) in goal_case()) {
        let mut setting = setting;
        setting.population.filter = Predicate::default();
        // An event whose name had no place is in the bucket `(other)`, and found by its own name too.
        for event in &mut setting.events {
            let own = event.own_name().to_owned();
            event.set_text(TextColumn::Name, &own);
        }
        // A unit that only a virtual event puts into the range has a bucket, but nothing to filter by.
        let goals: Vec<Goal> =
            goals.into_iter().filter(|goal| matches!(goal.trigger, Trigger::Event(_))).collect();
        let unit = match setting.population.selects {
            Selects::Visitors => Unit::Visitor,
            Selects::Sessions => Unit::Session,
        };
        let buckets = breakdown(&world(&setting), &goals, &dimension, unit, setting.population.touch);
        for (value, BucketTally { units, goals: in_bucket }) in buckets {
            let test = value.map_or(Like::Missing, |value| Like::In(vec![value]));
            setting.population.filter.all = vec![Condition::Text { of: dimension.clone(), test }];
            let selected = overview(&world(&setting), &goals, &[]).total;
            prop_assert_eq!(units, if unit == Unit::Visitor { selected.visitors } else { selected.sessions });
            for (bucket, filtered) in in_bucket.iter().zip(&selected.goals) {
                prop_assert_eq!(bucket.conversions, filtered.conversions);
                prop_assert_eq!(&bucket.gross, &filtered.gross);
            }
        }
    }

    #[test]
    fn what_comes_after_a_goal_is_a_funnel_of_two_steps((setting, goals, _) in goal_case()) {
        let mut setting = setting;
        setting.population.selects = Selects::Visitors;
        let goals: Vec<Goal> = goals.into_iter().map(|goal| Goal { counting: Counting::Every, ..goal }).collect();
        let found = overview(&world(&setting), &goals, &[]);
        let step = |goal: &Goal| Step { trigger: goal.trigger.clone(), ..Step::event("goal") };
        for (at, goal) in goals.iter().enumerate() {
            let two = Funnel::of(vec![step(goal), step(&goals[goals.len() - 1])]);
            let reached: Vec<u64> = funnel(&world(&setting), &two).steps.iter().map(|step| step.reached).collect();
            prop_assert_eq!(reached, [found.total.goals[at].converters.visitor, found.then[at]]);
        }
    }

    #[test]
    fn every_is_the_most((setting, goals, _) in goal_case()) {
        for mut goal in goals {
            let total = |goal: &Goal| {
                overview(&world(&setting), std::slice::from_ref(goal), &[]).total.goals.remove(0)
            };
            let found = total(&goal);
            goal.counting = Counting::Every;
            let every = total(&goal);
            prop_assert_eq!((every.conversions, every.repeats), (found.matched, 0));
        }
    }
}
