//! An overview: totals, goals with their rates on every base, and days.

use std::collections::{BTreeMap, BTreeSet};

use waymark_model::{Base, Bucket, Goal, Unit};
use waymark_query::{BucketTally, FoldSpec, GoalTally, OverviewSpec, OverviewState, State};

use super::{Asked, Found, rate::share};
use crate::{
    analysis::source::Source,
    query_json::{
        DayResult, GoalResult, GoalVersion, Notice, Outcome, OverviewQuery, OverviewResult, QueryError,
        RateResult, TotalResult, ValueResult, ask::find_goals,
    },
};

/// Most days that are counted one by one: ten years.
const MOST_DAYS: usize = 3_660;

pub(super) fn answer(asked: &OverviewQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let mut work = Asked::new(source, &asked.over, find_goals(asked.goals.as_deref(), source)?)?;
    let days = if asked.days { days(&mut work) } else { None };
    let buckets = days.iter().flatten().map(|day| day.range).collect();
    let spec = OverviewSpec { goals: work.goals.clone(), buckets };
    let (state, grounds) = work.run(FoldSpec::Overview(spec))?;
    let State::Overview(state) = state else { return Err(QueryError::WrongKind) };
    let goals = (0..work.goals.len()).map(|at| goal(&work, &state, at)).collect::<Result<_, _>>()?;
    let BucketTally { events, visitors, sessions, users, .. } = state.total;
    let by_day = |days: Vec<Bucket>| {
        days.iter().zip(&state.buckets).map(|(day, tally)| of_day(&work.goals, day, tally)).collect()
    };
    let result = OverviewResult {
        total: TotalResult { events, visitors, sessions, users, goals },
        days: days.map(by_day),
    };
    Ok(work.found(grounds, Outcome::Overview(result)))
}

/// The days of the range, unless there are too many to count one by one.
fn days(work: &mut Asked<'_>) -> Option<Vec<Bucket>> {
    let range = work.over.range;
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
    })
}

fn value(tally: &GoalTally) -> Vec<ValueResult> {
    let currencies: BTreeSet<&String> = tally.gross.keys().chain(tally.refunds.keys()).collect();
    let of = |currency: &String| {
        let sum = |sums: &BTreeMap<String, i64>| sums.get(currency).copied().unwrap_or_default();
        let (gross, refunds) = (sum(&tally.gross), sum(&tally.refunds));
        ValueResult {
            currency: currency.clone(),
            gross,
            verified: sum(&tally.verified),
            refunds,
            net: gross.saturating_add(refunds),
        }
    };
    currencies.into_iter().map(of).collect()
}

fn of_day(goals: &[Goal], day: &Bucket, tally: &BucketTally) -> DayResult {
    let conversions =
        goals.iter().zip(&tally.goals).map(|(goal, tally)| (goal.name.clone(), tally.conversions));
    DayResult {
        date: day.date.to_string(),
        partial: day.partial,
        events: tally.events,
        visitors: tally.visitors,
        sessions: tally.sessions,
        conversions: conversions.collect(),
    }
}
