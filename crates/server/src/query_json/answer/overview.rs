//! An overview: totals, goals with their rates on every base, days, and how it changed since another time.

use std::collections::{BTreeMap, BTreeSet};

use waymark_model::{Base, Bucket, Goal, Predicate, Role, Trigger, Unit};
use waymark_query::{BucketTally, FoldSpec, GoalTally, OverviewSpec, OverviewState, RefundTally, State};

use super::{
    Asked, Found, range_result,
    rate::{self, share},
};
use crate::{
    analysis::{
        change::{FalseShare, Pair, change, changes},
        rates::Share,
        source::Source,
    },
    query_json::{
        ChangeResult, DayResult, GoalResult, GoalVersion, Grounds, Notice, Outcome, OverviewQuery,
        OverviewResult, PreviousResult, QueryError, RateResult, RefundsResult, TotalResult, ValueResult,
        Verdict, ask::find_goals,
    },
};

/// Most days that are counted one by one: ten years.
const MOST_DAYS: usize = 3_660;

pub(super) fn answer(asked: &OverviewQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let mut work = Asked::new(source, &asked.over, find_goals(asked.goals.as_deref(), source)?)?;
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
    Ok(work.found(grounds, Outcome::Overview(Box::new(result))))
}

/// The site's headline, with a notice where there is none.
fn headline(work: &mut Asked<'_>) -> Option<Goal> {
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
        work: &mut Asked<'_>,
        asked: &OverviewQuery,
        headline: Option<&Goal>,
    ) -> Result<(Self, Grounds), QueryError> {
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

    fn total(&self, work: &Asked<'_>) -> Result<TotalResult, QueryError> {
        let goals =
            (0..work.goals.len()).map(|at| goal(work, &self.state, at)).collect::<Result<_, QueryError>>()?;
        let BucketTally { events, visitors, sessions, users, ref refunds_without_order, .. } =
            self.state.total;
        let RefundTally { count, value } = refunds_without_order.clone();
        let refunds_without_order = RefundsResult { count, value };
        Ok(TotalResult { events, visitors, sessions, users, goals, refunds_without_order })
    }

    fn days(&self, work: &Asked<'_>, asked: &OverviewQuery) -> Result<Option<Vec<DayResult>>, QueryError> {
        let Some(days) = &self.days else { return Ok(None) };
        let with_rates = |goal: &Goal| goal.headline || asked.goals.is_some();
        let both = days.iter().zip(&self.state.buckets);
        both.map(|(day, tally)| of_day(work, day, tally, with_rates)).collect::<Result<_, _>>().map(Some)
    }

    /// Says of each micro conversion which share of its visitors then reached the headline.
    fn add_then(&self, total: &mut TotalResult, work: &Asked<'_>, headline: &Goal) -> Result<(), QueryError> {
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
    (now, work): (&Counted, &mut Asked<'_>),
    (then, before): (&Counted, &Asked<'_>),
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
    (now, work): (&Counted, &mut Asked<'_>),
    (then, before): (&Counted, &Asked<'_>),
) -> Result<Option<Pair>, QueryError> {
    let (from, to) = (share(&then.state, at, unit)?, share(&now.state, at, unit)?);
    let rate = |work: &Asked<'_>, share: &Share| share.about(work.basis(&work.goals[at], Base::Unit(unit)));
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
fn days(work: &mut Asked<'_>) -> Option<Vec<Bucket>> {
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

fn goal(work: &Asked<'_>, state: &OverviewState, at: usize) -> Result<GoalResult, QueryError> {
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
    work: &Asked<'_>,
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
