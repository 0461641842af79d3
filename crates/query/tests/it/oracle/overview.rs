//! Totals and days of goals, with the moments by visitor that intervals need: `docs/counting.md` 2 and 3.

use std::collections::BTreeSet;

use waymark_model::{Counting, Event, Goal, TimeRange};

use super::{
    Amounts, World,
    conversions::{Match, add_value, add_verified, matches},
    journeys::{Item, Journey, What, journeys},
    refunds::refunds,
};

/// The whole range, and each part of it that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overview {
    pub(crate) total: Tally,
    pub(crate) days: Vec<Tally>,
    /// For each goal: visitors that converted on the last goal after they converted on it.
    pub(crate) then: Vec<u64>,
}

/// What happened in a range or a day of it, among the units selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Events of journeys. Reading: events without a visitor are in no rate, so not in its denominator either.
    pub(crate) events: u64,
    pub(crate) visitors: u64,
    pub(crate) sessions: u64,
    /// Users carried by one of those events.
    pub(crate) users: u64,
    /// Tagged events removed: see [`World::left_out`].
    pub(crate) left_out: u64,
    /// One for each goal asked for.
    pub(crate) goals: Vec<GoalTally>,
}

/// One goal in a range or a day of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GoalTally {
    /// Matching events, virtual ones and those without a visitor included.
    pub(crate) matched: u64,
    pub(crate) conversions: u64,
    /// `matched - conversions`.
    pub(crate) repeats: u64,
    /// Conversions without a key. Reading: 0 unless the rule is `once_per_key`; a virtual event has no key.
    pub(crate) without_key: u64,
    /// Conversions without a visitor.
    pub(crate) unattributed: u64,
    pub(crate) converters: Converters,
    pub(crate) gross: Amounts,
    pub(crate) verified: Amounts,
    pub(crate) net: Amounts,
    /// Sessions in visitors; only for the total.
    pub(crate) session_moments: Option<Moments>,
    /// Events in visitors; only for the total.
    pub(crate) event_moments: Option<Moments>,
}

/// Units with at least one counted conversion. Unattributed conversions make none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Converters {
    pub(crate) visitor: u64,
    pub(crate) session: u64,
    pub(crate) user: u64,
    /// Counted conversions that are real events of a visitor.
    pub(crate) event: u64,
}

/// Sums over visitors of the converters Y and units N of a base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moments {
    pub(crate) n: u64,
    pub(crate) y: u64,
    pub(crate) units: u64,
    pub(crate) yy: u64,
    pub(crate) y_units: u64,
    pub(crate) units_units: u64,
}

impl Moments {
    fn add(&mut self, y: u64, units: u64) {
        self.n += 1;
        self.y += y;
        self.units += units;
        self.yy += y * y;
        self.y_units += y * units;
        self.units_units += units * units;
    }
}

/// Counts goals over the range and over parts of it. The counting rules see the whole range: a part shows the
/// conversions of the range that fall in it, and the units with an event (or a counted conversion) in it.
pub(crate) fn overview(world: &World<'_>, goals: &[Goal], days: &[TimeRange]) -> Overview {
    let triggers: Vec<_> = goals.iter().map(|goal| &goal.trigger).collect();
    let journeys = journeys(world, &triggers);
    let matched: Vec<Vec<Match<'_>>> = goals.iter().map(|goal| matches(world, goal)).collect();
    let tally = |part: TimeRange, is_total: bool| {
        let goal = |(goal, all): (&Goal, &Vec<Match<'_>>)| GoalTally {
            session_moments: is_total.then(|| session_moments(&journeys, all)),
            event_moments: is_total.then(|| event_moments(&journeys, all)),
            ..tally_goal(world, goal, all, part)
        };
        Tally { goals: goals.iter().zip(&matched).map(goal).collect(), ..tally_units(world, &journeys, part) }
    };
    let after = |goal: usize, last: usize| {
        let is_after = |journey: &&Journey<'_>| {
            let places = |goal: usize| conversions_at(journey, &goals[goal], &matched[goal]);
            places(goal).first().is_some_and(|first| places(last).iter().any(|place| place > first))
        };
        journeys.iter().filter(is_after).count() as u64
    };
    let then = (0..goals.len()).map(|goal| after(goal, goals.len() - 1)).collect();
    let days = days.iter().map(|day| tally(*day, false)).collect();
    Overview { total: tally(world.range, true), days, then }
}

/// The places of the journey at which it converts on a goal.
fn conversions_at(journey: &Journey<'_>, goal: &Goal, all: &[Match<'_>]) -> Vec<usize> {
    let converts = |item: &Item<'_>| {
        let seq = match item.what {
            What::Event { seq, .. } => Some(seq),
            What::Virtual(_) => None,
        };
        let is_it = |m: &Match<'_>| {
            (m.time, m.event.map(|(seq, _)| seq)) == (item.time, seq)
                && m.owner.is_some_and(|(_, session)| session == item.session)
        };
        item.fills(&goal.trigger) && of(journey, all).any(is_it)
    };
    journey.items.iter().enumerate().filter(|(_, item)| converts(item)).map(|(place, _)| place).collect()
}

fn count<T: Ord>(things: impl Iterator<Item = T>) -> u64 {
    things.collect::<BTreeSet<T>>().len() as u64
}

fn tally_units(world: &World<'_>, journeys: &[Journey<'_>], part: TimeRange) -> Tally {
    let mut items: Vec<(u64, usize, Option<&Event>)> = Vec::new();
    for journey in journeys {
        let inside = journey.items.iter().filter(|item| item.inside && part.contains(item.time));
        items.extend(inside.map(|item| (journey.visitor, item.session, item.event())));
    }
    let events = || items.iter().filter_map(|(_, _, event)| *event);
    Tally {
        events: events().count() as u64,
        visitors: count(items.iter().map(|(visitor, _, _)| visitor)),
        sessions: count(items.iter().map(|(visitor, session, _)| (visitor, session))),
        users: count(events().filter_map(|event| event.user)),
        left_out: world.left_out(part),
        goals: Vec::new(),
    }
}

fn tally_goal(world: &World<'_>, goal: &Goal, all: &[Match<'_>], part: TimeRange) -> GoalTally {
    let matched: Vec<&Match<'_>> = all.iter().filter(|m| m.inside && part.contains(m.time)).collect();
    let conversions: Vec<&Match<'_>> = matched.iter().copied().filter(|m| m.counted).collect();
    let mut gross = Amounts::new();
    conversions.iter().for_each(|conversion| add_value(&mut gross, goal, conversion));
    let mut verified = Amounts::new();
    conversions.iter().for_each(|conversion| add_verified(&mut verified, goal, conversion));
    let mut net = gross.clone();
    for refund in refunds(world, goal, all).into_iter().filter(|refund| part.contains(refund.time)) {
        refund.amounts.into_iter().for_each(|(currency, amount)| *net.entry(currency).or_default() += amount);
    }
    let by_key = goal.counting == Counting::OncePerKey;
    let owned = || conversions.iter().filter_map(|conversion| Some((conversion.owner?, conversion)));
    GoalTally {
        matched: matched.len() as u64,
        conversions: conversions.len() as u64,
        repeats: (matched.len() - conversions.len()) as u64,
        without_key: conversions.iter().filter(|c| by_key && c.key().is_none()).count() as u64,
        unattributed: conversions.iter().filter(|c| c.owner.is_none()).count() as u64,
        converters: Converters {
            visitor: count(owned().map(|((visitor, _), _)| visitor)),
            session: count(owned().map(|(owner, _)| owner)),
            user: count(owned().filter_map(|(_, conversion)| conversion.event?.1.user)),
            event: owned().filter(|(_, conversion)| conversion.event.is_some()).count() as u64,
        },
        gross,
        verified,
        net,
        session_moments: None,
        event_moments: None,
    }
}

/// The counted conversions of a journey that are inside.
fn of<'m, 'a>(journey: &Journey<'_>, all: &'m [Match<'a>]) -> impl Iterator<Item = &'m Match<'a>> {
    let visitor = journey.visitor;
    all.iter().filter(move |m| m.inside && m.counted && m.owner.is_some_and(|owner| owner.0 == visitor))
}

fn session_moments(journeys: &[Journey<'_>], all: &[Match<'_>]) -> Moments {
    let mut moments = Moments::default();
    for journey in journeys.iter().filter(|journey| !journey.sessions_inside().is_empty()) {
        moments.add(count(of(journey, all).map(|m| m.owner)), journey.sessions_inside().len() as u64);
    }
    moments
}

fn event_moments(journeys: &[Journey<'_>], all: &[Match<'_>]) -> Moments {
    let mut moments = Moments::default();
    for journey in journeys.iter().filter(|journey| !journey.sessions_inside().is_empty()) {
        let converted = of(journey, all).filter(|m| m.event.is_some()).count() as u64;
        moments.add(converted, journey.events_inside().count() as u64);
    }
    moments
}
