//! An overview: totals, goals with their rates on every base, days, and how it changed since another time.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Base, Bucket, Goal, Predicate, Role, Trigger, Unit};
use waymark_query::{BucketTally, FoldSpec, GoalTally, OverviewSpec, OverviewState, RefundTally, State};

use crate::{
    answer::{Notice, Provenance, QuestionResult},
    change::{FalseShare, Pair, change, changes},
    context::{Answered, QuestionContext, range_result},
    error::QueryError,
    lookup::find_goals,
    over::{CompareTo, Over},
    questions::rate::{self, share},
    rates::Share,
    results::{ChangeResult, GoalVersion, RangeResult, RateResult, Verdict},
    source::Source,
    words,
};

/// Asks for an overview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverviewQuery {
    /// The goals, by name; all of the site's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goals: Option<Vec<String>>,
    /// Count by day of the site's zone too.
    #[serde(default)]
    pub days: bool,
    /// Count another time beside it, and say how the rates changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<CompareTo>,
    /// For each micro conversion, the share of its visitors who then reach the headline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub then: bool,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// Visitors, sessions, events and goals.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OverviewResult {
    /// In all.
    pub total: TotalResult,
    /// By day, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<DayResult>>,
    /// The time compared with, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousResult>,
}

/// What there was in all.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TotalResult {
    /// Events.
    pub events: u64,
    /// Visitors.
    pub visitors: u64,
    /// Sessions.
    pub sessions: u64,
    /// Users.
    pub users: u64,
    /// Goals.
    pub goals: Vec<GoalResult>,
    /// Refunds without an order: their key is missing, or no order has it. They lower no value.
    pub refunds_without_order: RefundsResult,
}

/// A goal's conversions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GoalResult {
    /// The goal and its version.
    #[serde(flatten)]
    pub goal: GoalVersion,
    /// Its role; `null` for events that no goal defines.
    #[schemars(with = "Option<words::GoalRole>")]
    pub role: Option<Role>,
    /// Whether it is the headline.
    pub headline: bool,
    /// How it counts.
    pub counting: &'static str,
    /// Counted conversions.
    pub conversions: u64,
    /// Matching events that did not count.
    pub repeats_removed: u64,
    /// Counted for want of an order key.
    pub without_key: u64,
    /// Counted, but of no visitor, and so in no rate.
    pub unattributed: u64,
    /// The rate on each base.
    pub rates: BTreeMap<&'static str, RateResult>,
    /// The value, by currency.
    pub value: Vec<ValueResult>,
    /// How the rate on each base changed since the time compared with, if one was asked for and the rates compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<BTreeMap<&'static str, ChangeResult>>,
    /// For micro conversions, if asked for: of their visitors, those who then reached the headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then_headline: Option<RateResult>,
}

/// An amount of value in one currency, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ValueResult {
    /// ISO 4217 code; empty when the events gave none.
    pub currency: String,
    /// Of the counted conversions.
    pub gross: i128,
    /// The part of `gross` that was told by a secret key or a signed call.
    pub verified: i128,
    /// Taken back by refunds (never above 0).
    pub refunds: i128,
    /// `gross` plus `refunds`.
    pub net: i128,
}

/// Refunds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RefundsResult {
    /// How many.
    pub count: u64,
    /// The amounts that they state, in minor units by currency (never above 0).
    pub value: BTreeMap<String, i128>,
}

/// What there was on a day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DayResult {
    /// The date in the site's zone.
    pub date: String,
    /// The range cuts the day short.
    pub partial: bool,
    /// Events.
    pub events: u64,
    /// Visitors.
    pub visitors: u64,
    /// Sessions.
    pub sessions: u64,
    /// Counted conversions by goal.
    pub conversions: BTreeMap<String, u64>,
    /// Rates on the day's visitors: of the headline, or else of the goals that were named.
    pub rates: BTreeMap<String, RateResult>,
}

/// What there was in the time that an overview is compared with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PreviousResult {
    /// The time.
    pub range: RangeResult,
    /// In all.
    pub total: TotalResult,
    /// By day, if asked for: the first beside the first, and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<DayResult>>,
}

/// Most days that are counted one by one: ten years.
const MOST_DAYS: usize = 3_660;

pub(crate) fn answer(asked: &OverviewQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let mut work = QuestionContext::new(source, &asked.over, find_goals(asked.goals.as_deref(), source)?)?;
    let headline = if asked.then { headline(&mut work) } else { None };
    let (now, grounds) = Counted::new(&mut work, asked, headline.as_ref())?;
    let mut total = now.total(&work)?;
    if let Some(headline) = &headline {
        now.add_then(&mut total, &work, headline)?;
    }
    let before = asked.compare.as_ref().map(|compare| work.compared_with(compare)).transpose()?.flatten();
    let previous = match before {
        None => None,
        Some(mut before) => {
            let (then, grounds) = Counted::new(&mut before, asked, None)?;
            add_changes(&mut total, (&now, &mut work), (&then, &before))?;
            let (total, days) = (then.total(&before)?, then.days(&before, asked)?);
            Some(PreviousResult { range: grounds.range, total, days })
        }
    };
    let result = OverviewResult { total, days: now.days(&work, asked)?, previous };
    Ok(work.found(grounds, QuestionResult::Overview(Box::new(result))))
}

/// The site's headline, with a notice where there is none.
fn headline(work: &mut QuestionContext<'_>) -> Option<Goal> {
    let found = work.source.site.headline().cloned();
    if found.is_none() {
        let message = "no goal is the headline: nothing says what should come after the others".to_owned();
        let hint = Some("make one macro the headline".to_owned());
        work.warnings.push(Notice { message, hint });
    }
    found
}

/// What was counted in a time.
struct Counted {
    state: OverviewState,
    days: Option<Vec<Bucket>>,
}

impl Counted {
    fn new(
        work: &mut QuestionContext<'_>,
        asked: &OverviewQuery,
        headline: Option<&Goal>,
    ) -> Result<(Self, Provenance), QueryError> {
        let days = if asked.days { days(work) } else { None };
        let mut goals = work.goals.clone();
        let then = headline.map(|headline| {
            let known = goals.iter().position(|goal| goal.reference() == headline.reference());
            known.unwrap_or_else(|| {
                goals.push(headline.clone());
                goals.len() - 1
            })
        });
        let buckets = days.iter().flatten().map(|day| day.range).collect();
        let orders = orders(&work.source.site.goals, &goals);
        let (state, grounds) = work.run(FoldSpec::Overview(OverviewSpec { goals, buckets, then, orders }))?;
        let State::Overview(state) = state else { return Err(QueryError::WrongKind) };
        Ok((Self { state, days }, grounds))
    }

    fn total(&self, work: &QuestionContext<'_>) -> Result<TotalResult, QueryError> {
        let goals =
            (0..work.goals.len()).map(|at| goal(work, &self.state, at)).collect::<Result<_, QueryError>>()?;
        let BucketTally { events, visitors, sessions, users, ref refunds_without_order, .. } =
            self.state.total;
        let RefundTally { count, value } = refunds_without_order.clone();
        let refunds_without_order = RefundsResult { count, value };
        Ok(TotalResult { events, visitors, sessions, users, goals, refunds_without_order })
    }

    fn days(
        &self,
        work: &QuestionContext<'_>,
        asked: &OverviewQuery,
    ) -> Result<Option<Vec<DayResult>>, QueryError> {
        let Some(days) = &self.days else { return Ok(None) };
        let with_rates = |goal: &Goal| goal.headline || asked.goals.is_some();
        let both = days.iter().zip(&self.state.buckets);
        both.map(|(day, tally)| of_day(work, day, tally, with_rates)).collect::<Result<_, _>>().map(Some)
    }

    /// Says of each micro conversion which share of its visitors then reached the headline.
    fn add_then(
        &self,
        total: &mut TotalResult,
        work: &QuestionContext<'_>,
        headline: &Goal,
    ) -> Result<(), QueryError> {
        for (at, result) in total.goals.iter_mut().enumerate() {
            let goal = &work.goals[at];
            if !goal.role.is_micro() {
                continue;
            }
            let (then, of) = (self.state.then[at], self.state.total.goals[at].converters.visitors);
            let base = Base::Audience { goal: goal.name.clone(), unit: Unit::Visitor };
            let rate = Share::independent(then, of)?.about(work.basis(headline, base))?;
            result.then_headline = Some(RateResult::from(&rate));
        }
        Ok(())
    }
}

/// Says of each goal how its rates changed since the time before; where they do not compare, a notice says why.
fn add_changes(
    total: &mut TotalResult,
    (now, work): (&Counted, &mut QuestionContext<'_>),
    (then, before): (&Counted, &QuestionContext<'_>),
) -> Result<(), QueryError> {
    if then.state.total.visitors == 0 {
        let range = range_result(&work.source.site.zone, before.over.range);
        let message = format!("nothing to compare with: no visitors from {} to {}", range.from, range.to);
        work.warnings.push(Notice { message, hint: None });
    }
    for unit in [Unit::Visitor, Unit::Session, Unit::User, Unit::Event] {
        let mut pairs = Vec::new();
        for (at, result) in total.goals.iter().enumerate() {
            if result.rates.contains_key(unit.as_str())
                && let Some(pair) = compared(at, unit, (now, work), (then, before))?
            {
                pairs.push((at, pair));
            }
        }
        for (at, change) in changes_of_goals(&pairs, &work.goals) {
            let known = total.goals[at].change.get_or_insert_default();
            known.insert(unit.as_str(), change);
        }
    }
    Ok(())
}

/// The changes of goals that stand on one page: the headline by itself, all others corrected together. Where the headline
/// did not change, the others must be surer, so that a page without any change rarely shows one.
fn changes_of_goals(pairs: &[(usize, Pair)], goals: &[Goal]) -> Vec<(usize, ChangeResult)> {
    let is_headline = |(at, _): &&(usize, Pair)| goals[*at].headline;
    let headline = pairs.iter().filter(is_headline);
    let mut found: Vec<_> = headline.map(|(at, pair)| (*at, change(pair))).collect();
    let is_unchanged =
        |change: &ChangeResult| matches!(change.verdict, Verdict::TooClose | Verdict::NoChange);
    let chance = match found.iter().any(|(_, change)| is_unchanged(change)) {
        true => FalseShare::BESIDE_AN_UNCHANGED_HEADLINE,
        false => FalseShare::ALONE,
    };
    let others = pairs.iter().filter(|pair| !is_headline(pair)).copied();
    let (places, pairs): (Vec<usize>, Vec<Pair>) = others.unzip();
    found.extend(places.into_iter().zip(changes(&pairs, chance)));
    found
}

/// One goal's rate on one base in both times; `None` where they do not compare, and a notice says why.
fn compared(
    at: usize,
    unit: Unit,
    (now, work): (&Counted, &mut QuestionContext<'_>),
    (then, before): (&Counted, &QuestionContext<'_>),
) -> Result<Option<Pair>, QueryError> {
    let (from, to) = (share(&then.state, at, unit)?, share(&now.state, at, unit)?);
    let rate = |work: &QuestionContext<'_>, share: &Share| {
        share.about(work.basis(&work.goals[at], Base::Unit(unit)))
    };
    if from.counts().1 > 0
        && let Err(incomparable) = rate(before, &from)?.contrast(&rate(work, &to)?)
    {
        if incomparable.differ.is_empty() {
            return Err(incomparable.into());
        }
        let message = format!("no change is shown: {incomparable}");
        if work.warnings.iter().all(|known| known.message != message) {
            work.warnings.push(Notice { message, hint: None });
        }
        return Ok(None);
    }
    Ok(Some((from, to)))
}

/// What an order is: an event of a macro, or of a goal with a value, of the site or of the question.
fn orders(of_site: &[Goal], asked: &[Goal]) -> Vec<Predicate> {
    let mut found: Vec<Predicate> = Vec::new();
    for goal in of_site.iter().chain(asked).filter(|goal| goal.role == Role::Macro || goal.value.is_some()) {
        if let Trigger::Event(predicate) = &goal.trigger
            && !found.contains(predicate)
        {
            found.push(predicate.clone());
        }
    }
    found
}

/// The days of the range, unless there are too many to count one by one.
fn days(work: &mut QuestionContext<'_>) -> Option<Vec<Bucket>> {
    let range = work.over.range;
    if work.hides_of_filter() {
        let message = "With a filter, single days are for editors and owners: they could single out fewer than 10 visitors.";
        work.warnings.push(Notice { message: message.to_owned(), hint: None });
        return None;
    }
    let length = range.end.saturating_sub(range.start) / waymark_model::time::DAY;
    if usize::try_from(length).is_ok_and(|days| days <= MOST_DAYS) {
        return Some(work.source.site.zone.days(range));
    }
    let message = format!("the range has more than {MOST_DAYS} days: they are not counted one by one");
    let hint = "some events may carry a wrong time; give a shorter range to see its days";
    work.warnings.push(Notice { message, hint: Some(hint.to_owned()) });
    None
}

fn goal(work: &QuestionContext<'_>, state: &OverviewState, at: usize) -> Result<GoalResult, QueryError> {
    let (goal, tally) = (&work.goals[at], &state.total.goals[at]);
    let mut rates = BTreeMap::new();
    for unit in [Unit::Visitor, Unit::Session, Unit::User, Unit::Event] {
        if unit != Unit::User || state.total.users > 0 {
            let rate = share(state, at, unit)?.about(work.basis(goal, Base::Unit(unit)))?;
            rates.insert(unit.as_str(), RateResult::from(&rate));
        }
    }
    Ok(GoalResult {
        goal: GoalVersion::of(goal),
        role: (goal.version > 0).then_some(goal.role),
        headline: goal.headline,
        counting: goal.counting.as_str(),
        conversions: tally.conversions,
        repeats_removed: tally.repeats(),
        without_key: tally.without_key,
        unattributed: tally.unattributed,
        rates,
        value: value(tally),
        change: None,
        then_headline: None,
    })
}

fn value(tally: &GoalTally) -> Vec<ValueResult> {
    let currencies: BTreeSet<&String> = tally.gross.keys().chain(tally.refunds.keys()).collect();
    let of = |currency: &String| {
        let sum = |sums: &BTreeMap<String, i128>| sums.get(currency).copied().unwrap_or_default();
        let (gross, refunds) = (sum(&tally.gross), sum(&tally.refunds));
        ValueResult {
            currency: currency.clone(),
            gross,
            verified: sum(&tally.verified),
            refunds,
            net: gross + refunds,
        }
    };
    currencies.into_iter().map(of).collect()
}

fn of_day(
    work: &QuestionContext<'_>,
    day: &Bucket,
    tally: &BucketTally,
    with_rates: impl Fn(&Goal) -> bool,
) -> Result<DayResult, QueryError> {
    let goals = || work.goals.iter().zip(&tally.goals);
    let mut rates = BTreeMap::new();
    for (goal, found) in goals().filter(|(goal, _)| with_rates(goal)) {
        let share = Share::independent(found.converters.visitors, tally.visitors)?;
        rates.insert(goal.name.clone(), rate::on_visitors(work, goal, share)?);
    }
    Ok(DayResult {
        date: day.date.to_string(),
        // A day that is not over is no whole day either.
        partial: day.partial || day.range.end > work.source.now,
        events: tally.events,
        visitors: tally.visitors,
        sessions: tally.sessions,
        conversions: goals().map(|(goal, tally)| (goal.name.clone(), tally.conversions)).collect(),
        rates,
    })
}

#[cfg(test)]
mod tests {
    use waymark_query::Moments;

    use super::*;

    /// Numbers that look random (Steele, Lea & Flood 2014), from a seed.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        fn successes(&mut self, rate: f64, trials: u64) -> u64 {
            (0..trials).map(|_| u64::from(self.next() < rate)).sum()
        }
    }

    /// Goals, the first of them the headline if there is one.
    fn goals(count: usize, has_headline: bool) -> Vec<Goal> {
        let goal = |at: usize| {
            let headline = has_headline && at == 0;
            let role = if headline { Role::Macro } else { Role::Milestone };
            Goal { headline, ..Goal::on_event(&format!("goal {at}"), role) }
        };
        (0..count).map(goal).collect()
    }

    fn tells(found: &[(usize, ChangeResult)]) -> bool {
        found.iter().any(|(_, change)| matches!(change.verdict, Verdict::Up | Verdict::Down))
    }

    /// Of 1,000 pairs of times in which nothing changed, how many overviews of eight goals show a change.
    fn false_alarms(has_headline: bool) -> u32 {
        const VISITORS: u64 = 1_000;
        let (goals, mut random) = (goals(8, has_headline), Random(2_026));
        let rates = [0.03, 0.4, 0.2, 0.12, 0.08, 0.05, 0.3, 0.15];
        let mut share = |rate| Share::independent(random.successes(rate, VISITORS), VISITORS).unwrap();
        let mut alarm = || {
            let pairs: Vec<_> =
                rates.map(|rate| (share(rate), share(rate))).into_iter().enumerate().collect();
            u32::from(tells(&changes_of_goals(&pairs, &goals)))
        };
        (0..1_000).map(|_| alarm()).sum()
    }

    #[test]
    fn where_nothing_changed_hardly_any_overview_shows_a_change() {
        let found = [true, false].map(false_alarms);
        println!(
            "overviews of 1,000 with a false change: {} with a headline, {} without",
            found[0], found[1]
        );
        assert!(found.iter().all(|alarms| *alarms <= 70), "{found:?}");
    }

    #[test]
    fn a_real_change_of_one_goal_is_told() {
        let share = |of: u64| Share::independent(of, 10_000).unwrap();
        let mut pairs: Vec<_> = (0..8).map(|at| (at, (share(800), share(805)))).collect();
        pairs[3].1.1 = share(960);
        for has_headline in [true, false] {
            let found = changes_of_goals(&pairs, &goals(8, has_headline));
            let up = |(at, change): &(usize, ChangeResult)| (change.verdict == Verdict::Up).then_some(*at);
            assert_eq!(found.iter().filter_map(up).collect::<Vec<_>>(), [3]);
        }
    }

    #[test]
    fn a_small_side_tells_nothing() {
        let mut few = Moments::default();
        (0..400).for_each(|_| few.add(0, 1));
        let many = Share::independent(60, 400).unwrap();
        let pairs = [(0, (Share::by_visitor(&few).unwrap(), many))];
        assert!(!tells(&changes_of_goals(&pairs, &goals(1, true))));
        assert!(!tells(&changes_of_goals(&pairs, &goals(1, false))));
    }
}
