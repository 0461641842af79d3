//! Random sites, goals and funnels for the differential test: small, and crowded at every edge there is.
//!
//! Times lie on a grid of ten minutes, now and then one millisecond beside it, so that equal times, gaps of exactly the
//! session gap and windows that just hold are common. It must not know how anything is counted.

use std::ops::Range;

use proptest::{collection::vec, option, prelude::*, sample::select};
use waymark_model::{
    Anchor, Condition, Counting, Dimension, Entry, Event, Exclusion, Funnel, Goal, GoalValue, Identity,
    Order, Population, Predicate, Role, Scope, Step, Tag, Tally, Test, TextColumn, TimeRange, Touch, Trigger,
    event::{NO_VISITOR, OTHER_NAME, PAGE_VIEW, RAW_NAME, REFUND},
    population::Selects,
    time::{DAY, MINUTE, SESSION_GAP},
};

/// Distance of the grid's points.
pub(crate) const GRID: i64 = 10 * MINUTE;
/// Moments shortly before a month ends (2026-01-31T20:00Z) and before clocks change in Europe (2026-03-28T22:00Z).
const BASES: [i64; 2] = [1_769_889_600_000, 1_774_735_200_000];
/// Time zones for days: far from UTC, half an hour beside it, and with clocks that change.
pub(crate) const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"];

/// A site's events in order of arrival, and what is asked about them.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) events: Vec<Event>,
    pub(crate) session_gap_ms: i64,
    pub(crate) range: TimeRange,
    pub(crate) population: Population,
}

/// A setting, goals and a dimension to break them down by.
pub(crate) fn goal_case() -> impl Strategy<Value = (Setting, Vec<Goal>, Dimension)> {
    (setting(), vec(twin(), 0..5), vec(goal(), 1..4), dimension()).prop_map(
        |(mut setting, twins, goals, dimension)| {
            twins.into_iter().for_each(|twin| twin.join(&mut setting.events));
            (setting, goals, dimension)
        },
    )
}

/// What a server tells of an order that some event begins or repeats.
#[derive(Clone, Debug)]
struct Twin {
    /// What is told, but for name and key.
    told: Event,
    /// Of the event at this place (round and round).
    of: usize,
    /// At the same time.
    at_once: bool,
    /// Where it arrives (round and round).
    place: usize,
}

fn twin() -> impl Strategy<Value = Twin> {
    let visitor = prop_oneof![4 => Just(NO_VISITOR), 1 => visitor()];
    (event(), visitor, 0..28_usize, prop::bool::weighted(0.2), 0..28_usize).prop_map(
        |(mut told, visitor, of, at_once, place)| {
            told.visitor = visitor;
            Twin { told, of, at_once, place }
        },
    )
}

impl Twin {
    fn join(mut self, events: &mut Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let of = self.of % events.len();
        let order = &mut events[of];
        self.told.key = Some(*order.key.get_or_insert(1));
        self.told.set_text(TextColumn::Name, order.own_name());
        // The order's time has its base already.
        let day = order.time.div_euclid(DAY) * DAY;
        self.told.time = if self.at_once { order.time } else { day + self.told.time };
        events.insert(self.place % (events.len() + 1), self.told);
    }
}

/// A setting and a valid funnel whose units its population can select.
pub(crate) fn funnel_case() -> impl Strategy<Value = (Setting, Funnel)> {
    (setting(), funnel()).prop_map(|(mut setting, funnel)| {
        if funnel.tally != Tally::Sessions {
            setting.population.selects = Selects::Visitors;
        }
        (setting, funnel)
    })
}

/// A site with up to 27 events of up to three visitors and none.
pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let gap = prop_oneof![8 => Just(SESSION_GAP), 1 => Just(GRID), 1 => Just(0)];
    (
        select(&BASES[..]),
        prop_oneof![1 => vec(event(), 0..8), 6 => vec(event(), 12..28)],
        gap,
        range(),
        population(),
    )
        .prop_map(|(base, mut events, session_gap_ms, range, population)| {
            events.iter_mut().for_each(|event| event.time += base);
            let range = TimeRange { start: base + range.start, end: base + range.end };
            Setting { events, session_gap_ms, range, population }
        })
}

/// A site with hundreds of events, mostly of visitors that come once or twice, some of one that comes often; now and then
/// with more names than a byte can number, or with nearly as many items as events. A valid funnel of it.
pub(crate) fn crowd_case() -> impl Strategy<Value = (Setting, Funnel)> {
    let someone = (event(), 0..3_000_u64, 0..2_000_u32, any::<bool>());
    (funnel_case(), vec(someone, 200..1_200), any::<bool>(), any::<bool>()).prop_map(
        |((mut setting, funnel), others, odd_names, odd_items)| {
            let base = setting.events.first().map_or(BASES[0], |event| event.time.div_euclid(DAY) * DAY);
            for (mut event, visitor, name, busy) in others {
                event.time += base;
                event.visitor = if busy && visitor < 600 { 1 << 63 } else { visitor << 50 };
                if odd_names && name < 600 {
                    event = event.with_text(TextColumn::Name, &name.to_string());
                }
                if odd_items {
                    event.props.retain(|(key, _)| key != "item");
                    event.props.push(("item".to_owned(), (name % 300).to_string()));
                }
                setting.events.push(event);
            }
            (setting, funnel)
        },
    )
}

/// A name: mostly one of the three that funnels ask for.
fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![16 => select(&["A", "A", "B", "B", "C"][..]), 2 => select(&["D", "E"][..]), 2 => select(&[PAGE_VIEW, "$x", REFUND][..])]
}

/// A moment from the base: within four hours, rarely a day or a month later, now and then a millisecond beside the grid.
fn moment() -> impl Strategy<Value = i64> {
    let day = prop_oneof![20 => Just(0), 1 => Just(1), 1 => Just(31)];
    let beside = prop_oneof![6 => Just(0), 1 => Just(1), 1 => Just(-1)];
    (day, 0..24i64, beside).prop_map(|(day, slot, beside)| day * DAY + slot * GRID + beside)
}

/// A range that holds everything, or most, or some of it (or, rarely, no moment).
fn range() -> impl Strategy<Value = TimeRange> {
    let all = Just(TimeRange { start: -DAY, end: 60 * DAY });
    let part = |first: Range<i64>, slots: Range<i64>| {
        (first, slots, 0..2i64, 0..2i64).prop_map(|(first, slots, early, late)| TimeRange {
            start: first * GRID + early,
            end: (first + slots) * GRID + late,
        })
    };
    prop_oneof![4 => all, 5 => part(-3..2, 15..28), 1 => part(-3..24, 0..24)]
}

fn maybe(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![1 => Just(""), 3 => select(values)]
}

/// Visitors lie at both ends and in the middle of the numbers there are.
fn visitor() -> impl Strategy<Value = u64> {
    prop_oneof![1 => Just(NO_VISITOR), 12 => Just(1), 5 => Just(1 << 63), 1 => Just(u64::MAX)]
}

fn tag() -> impl Strategy<Value = Tag> {
    prop_oneof![20 => Just(Tag::None), 1 => select(vec![Tag::Bot, Tag::Internal, Tag::Test])]
}

fn event() -> impl Strategy<Value = Event> {
    let numbers = (
        option::of(1..3u64),
        option::weighted(0.4, prop_oneof![Just(-100), Just(0), Just(100), Just(250)]),
        option::weighted(0.6, 1..4u64),
        any::<bool>(),
    );
    let kinds = (tag(), select(vec![Identity::Audience, Identity::Consented, Identity::Imported]));
    let texts = (
        maybe(&["paid", "organic"]),
        maybe(&["/a", "/a/b", "/b"]),
        maybe(&["EUR", "USD"]),
        maybe(&["x", "y"]),
        maybe(&["1", "2.5"]),
    );
    (visitor(), moment(), (name(), prop::bool::weighted(0.1)), numbers, kinds, texts).prop_map(
        |(visitor, time, (name, is_other), (user, value, key, verified), (tag, identity), texts)| {
            let (channel, path, currency, item, plan) = texts;
            let mut event = Event::new(visitor, time, name)
                .with_text(TextColumn::Channel, channel)
                .with_text(TextColumn::Path, path)
                .with_text(TextColumn::Currency, currency);
            event.props = vec![("item".to_owned(), item.to_owned()), ("plan".to_owned(), plan.to_owned())];
            event.props.retain(|(key, value)| key == "item" || !value.is_empty());
            if is_other {
                // The site had too many names when it came.
                event.set_text(TextColumn::Name, OTHER_NAME);
                event.props.push((RAW_NAME.to_owned(), name.to_owned()));
            }
            (event.user, event.value, event.key) = (user, value, key);
            (event.verified, event.tag, event.identity) = (verified, tag, identity);
            event
        },
    )
}

/// A dimension: columns and properties that events have, and some that none has.
pub(crate) fn dimension() -> impl Strategy<Value = Dimension> {
    let property = |key: &str| Dimension::Property(key.to_owned());
    select(vec![
        property("item"),
        property("item"),
        property("item"),
        property("plan"),
        property("nowhere"),
        Dimension::Column(TextColumn::Channel),
        Dimension::Column(TextColumn::Path),
        Dimension::Column(TextColumn::Name),
        Dimension::Column(TextColumn::Country),
    ])
}

fn test() -> impl Strategy<Value = Test> {
    let text = || select(vec!["x", "paid", "/a", "A", "1", ""]).prop_map(str::to_owned);
    prop_oneof![
        3 => vec(text(), 1..3).prop_map(Test::In),
        1 => vec(text(), 1..3).prop_map(Test::NotIn),
        1 => text().prop_map(Test::StartsWith),
        1 => text().prop_map(Test::EndsWith),
        1 => text().prop_map(Test::Contains),
        1 => select(vec!["/a*", "*b", "*", "p*d"]).prop_map(|pattern| Test::Like(pattern.to_owned())),
        1 => select(vec![1.0, 2.0]).prop_map(Test::AtLeast),
        1 => select(vec![1.0, 2.0]).prop_map(Test::AtMost),
        1 => Just(Test::Present),
        1 => Just(Test::Missing),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        6 => (dimension(), test()).prop_map(|(of, test)| Condition::Text { of, test }),
        1 => (option::of(-100..101i64), option::of(0..251i64))
            .prop_map(|(at_least, at_most)| Condition::Value { at_least, at_most }),
        1 => Just(Condition::Verified),
    ]
}

/// A predicate: mostly a name, sometimes a name and more, rarely anything.
fn predicate() -> impl Strategy<Value = Predicate> {
    let named = || name().prop_map(Predicate::event);
    prop_oneof![
        16 => named(),
        2 => (named(), condition()).prop_map(|(mut predicate, condition)| {
            predicate.all.push(condition);
            predicate
        }),
        2 => vec(condition(), 0..3).prop_map(|all| Predicate { all }),
    ]
}

fn trigger() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        18 => predicate().prop_map(Trigger::Event),
        1 => (1..5i64, 0..2i64).prop_map(|(slots, beside)| Trigger::Duration { at_least_ms: slots * GRID - beside }),
        1 => (1..4u32).prop_map(|at_least| Trigger::Pages { at_least }),
    ]
}

fn population() -> impl Strategy<Value = Population> {
    let filter = prop_oneof![
        4 => Just(Predicate::default()),
        1 => vec(condition(), 1..3).prop_map(|all| Predicate { all }),
    ];
    let touch = select(vec![Touch::First, Touch::Last]);
    let selects = select(vec![Selects::Visitors, Selects::Sessions]);
    (filter, touch, selects, prop::bool::weighted(0.2)).prop_map(
        |(filter, touch, selects, include_tagged)| Population { filter, touch, selects, include_tagged },
    )
}

/// A goal of any role, trigger, counting rule and value.
pub(crate) fn goal() -> impl Strategy<Value = Goal> {
    let value = prop_oneof![
        1 => Just(None),
        1 => Just(Some(GoalValue::Fixed { amount: 50, currency: "EUR".to_owned() })),
        3 => Just(Some(GoalValue::FromEvent)),
    ];
    let role = select(vec![Role::Macro, Role::Milestone, Role::Secondary]);
    let counting = select(vec![
        Counting::Every,
        Counting::OncePerSession,
        Counting::OncePerVisitor,
        Counting::OncePerKey,
        Counting::OncePerKey,
    ]);
    (role, trigger(), counting, value).prop_map(|(role, trigger, counting, value)| Goal {
        trigger,
        counting,
        value,
        ..Goal::on_event("goal", role)
    })
}

fn window() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![2 => Just(None), 1 => (0..13i64, 0..2i64).prop_map(|(slots, beside)| Some(slots * GRID + beside))]
}

fn step() -> impl Strategy<Value = Step> {
    let within = prop_oneof![2 => Just(None), 1 => window()];
    (trigger(), prop::bool::weighted(0.4), within).prop_map(|(trigger, optional, within_ms)| Step {
        trigger,
        optional,
        within_ms,
        ..Step::event("step")
    })
}

/// An exclusion; where it stands is settled by [`mend`].
fn exclusion() -> impl Strategy<Value = Exclusion> {
    (predicate(), 0..12usize, 0..12usize).prop_map(|(event, after, before)| Exclusion {
        event,
        after,
        before,
    })
}

/// A valid funnel with any options that go together: mostly 2 to 4 steps, rarely up to 12 (not in any order).
pub(crate) fn funnel() -> impl Strategy<Value = Funnel> {
    let steps = prop_oneof![8 => vec(step(), 2..4), 8 => vec(step(), 3..5), 1 => vec(step(), 5..13)];
    let order = select(vec![Order::Ordered, Order::Ordered, Order::Strict, Order::Any]);
    let tally = select(vec![
        Tally::Visitors,
        Tally::Visitors,
        Tally::Sessions,
        Tally::Pairs,
        Tally::Entries,
        Tally::Entries,
    ]);
    let anchor = select(vec![Anchor::Any, Anchor::Any, Anchor::First]);
    let scope = select(vec![Scope::Visitor, Scope::Visitor, Scope::Session]);
    let entry = select(vec![Entry::Closed, Entry::Closed, Entry::Open]);
    let item = Just(Dimension::Property("item".to_owned()));
    let same = option::weighted(0.3, prop_oneof![3 => item, 1 => dimension()]);
    let exclusions = prop_oneof![2 => Just(Vec::new()), 1 => vec(exclusion(), 1..3)];
    (steps, order, window(), anchor, scope, entry, tally, same, exclusions).prop_map(
        |(steps, order, window_ms, anchor, scope, entry, tally, same, exclusions)| {
            mend(Funnel { steps, order, window_ms, anchor, scope, entry, tally, same, exclusions })
        },
    )
}

/// Drops the choices that do not go with others, so that the funnel is valid.
fn mend(mut funnel: Funnel) -> Funnel {
    let last = funnel.steps.len() - 1;
    (funnel.steps[0].optional, funnel.steps[last].optional) = (false, false);
    if funnel.tally == Tally::Pairs && funnel.same.is_none() {
        funnel.same = Some(Dimension::Property("item".to_owned()));
    }
    if funnel.order == Order::Any {
        funnel.steps.truncate(5);
        funnel.steps.iter_mut().for_each(|step| (step.optional, step.within_ms) = (false, None));
        funnel.exclusions.clear();
        (funnel.anchor, funnel.entry) = (Anchor::Any, Entry::Closed);
        if funnel.tally == Tally::Entries {
            funnel.tally = Tally::Visitors;
        }
    }
    if funnel.tally == Tally::Entries {
        (funnel.anchor, funnel.entry) = (Anchor::Any, Entry::Closed);
    }
    if funnel.entry == Entry::Open {
        funnel.anchor = Anchor::Any;
    }
    let required = funnel.required().count();
    for exclusion in &mut funnel.exclusions {
        exclusion.after %= required - 1;
        exclusion.before = exclusion.after + 1 + exclusion.before % (required - 1 - exclusion.after);
    }
    funnel
}
