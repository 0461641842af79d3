//! A breakdown: buckets by value, the largest shown, the rest as `(other)`.

use waymark_model::{Base, Goal, Unit};
use waymark_query::{BreakdownBucket, BreakdownSpec, By, FoldSpec, State};

use super::{Asked, Found, OTHER};
use crate::{
    analysis::{rates::Share, small_groups::Split, source::Source},
    query_json::{
        BreakdownQuery, BreakdownResult, BucketGoalResult, BucketResult, Outcome, QueryError, RateResult,
        ask::find_goals, conditions::dimension,
    },
};

/// The bucket of units without a value.
const NONE: &str = "(none)";

pub(super) fn answer(asked: &BreakdownQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let by = match asked.unit {
        Unit::Event => By::Conversion,
        unit => By::Unit { unit, touch: asked.touch },
    };
    let of = dimension(&asked.by)?;
    let mut work = Asked::new(source, &asked.over, find_goals(asked.goals.as_deref(), source)?)?;
    let spec = BreakdownSpec { goals: work.goals.clone(), dimension: of.clone(), by };
    let (state, grounds) = work.run(FoldSpec::Breakdown(spec))?;
    let State::Breakdown(state) = state else { return Err(QueryError::WrongKind) };
    let mut named: Vec<Named> = state.buckets.into_iter().collect();
    let missing = named.iter().position(|(value, _)| value.is_empty()).map(|at| named.remove(at).1);
    named.sort_by(|(a, x), (b, y)| weight(y).cmp(&weight(x)).then_with(|| a.cmp(b)));
    let others = named.split_off(asked.top.min(named.len()));
    named.extend(missing.map(|bucket| (NONE.to_owned(), bucket)));
    let visitors = |group: &Named| visitors(asked.unit, group);
    let together = |some: &[Named]| together(asked.unit, some);
    let Split { shown: mut named, merged, suppressed } =
        source.small_groups.split(named, others, visitors, together);
    let hidden = merged.len();
    let other = merged.into_iter().map(|(_, bucket)| bucket).reduce(|mut all, bucket| {
        all.merge(&bucket);
        all
    });
    named.extend(other.map(|bucket| (OTHER.to_owned(), bucket)));
    let buckets = named.iter().map(|(value, found)| bucket(&work, asked, value, found));
    let result = BreakdownResult {
        by: of.to_string(),
        rule: rule(asked),
        buckets: buckets.collect::<Result<_, _>>()?,
        others: hidden,
        suppressed,
    };
    Ok(work.found(grounds, Outcome::Breakdown(result)))
}

/// A value's bucket.
type Named = (String, BreakdownBucket);

/// How many visitors a bucket has for certain. None are known of one that conversions made by their own value.
fn visitors(unit: Unit, (_, bucket): &Named) -> u64 {
    match unit {
        Unit::Visitor | Unit::User => bucket.units,
        Unit::Session => bucket.goals.first().map_or(0, |goal| goal.moments.visitors),
        Unit::Event => 0,
    }
}

/// The same of some buckets: a visitor has sessions in several.
fn together(unit: Unit, buckets: &[Named]) -> u64 {
    let visitors = buckets.iter().map(|bucket| visitors(unit, bucket));
    if unit == Unit::Visitor { visitors.sum() } else { visitors.max().unwrap_or(0) }
}

/// What buckets are ordered by: units, or conversions where there are no units.
fn weight(bucket: &BreakdownBucket) -> (u64, u64) {
    (bucket.units, bucket.goals.iter().map(|goal| goal.conversions).sum())
}

fn rule(asked: &BreakdownQuery) -> String {
    let touch = match asked.touch {
        waymark_model::Touch::First => "first",
        waymark_model::Touch::Last => "last",
    };
    match asked.unit {
        Unit::Event => "the conversion's own value".to_owned(),
        unit => format!("the value at the {}'s {touch} event in the range", unit.as_str()),
    }
}

fn bucket(
    work: &Asked<'_>,
    asked: &BreakdownQuery,
    value: &str,
    found: &BreakdownBucket,
) -> Result<BucketResult, QueryError> {
    let goal = |(at, goal): (usize, &Goal)| {
        let tally = &found.goals[at];
        let share = match asked.unit {
            Unit::Event => None,
            Unit::Session => Some(Share::by_visitor(&tally.moments)?),
            Unit::Visitor | Unit::User => Some(Share::independent(tally.converters, found.units)?),
        };
        let rate = share.map(|share| share.about(work.basis(goal, Base::Unit(asked.unit)))).transpose()?;
        Ok(BucketGoalResult {
            name: goal.name.clone(),
            conversions: tally.conversions,
            rate: rate.as_ref().map(RateResult::from),
            gross: tally.gross.clone(),
        })
    };
    let goals = work.goals.iter().enumerate().map(goal).collect::<Result<_, QueryError>>()?;
    Ok(BucketResult { value: value.to_owned(), units: found.units, goals })
}
