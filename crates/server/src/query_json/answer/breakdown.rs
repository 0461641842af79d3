//! A breakdown: buckets by value, the largest shown, the rest as `(other)`.

use std::{cmp::Reverse, collections::BTreeMap};

use waymark_model::{Base, Dimension, Goal, Population, Predicate, Selects, Unit};
use waymark_query::{BreakdownBucket, BreakdownSpec, By, FoldSpec, State};

use super::{
    Asked, Found, OTHER,
    narrow::{Cell, cells, no_goal},
};
use crate::{
    analysis::{
        rates::Share,
        small_groups::{FEWEST, Split},
        source::Source,
    },
    query_json::{
        BreakdownQuery, BreakdownResult, BucketGoalResult, BucketResult, Outcome, QueryError, RateResult,
        ResolvedOver, ask::find_goals, conditions::dimension,
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
    // The last goal is nobody's: it counts the visitors of each bucket.
    let goals = work.goals.iter().cloned().chain([no_goal()]).collect();
    let spec = BreakdownSpec { goals, dimension: of.clone(), by };
    let (state, grounds) = work.run(FoldSpec::Breakdown(spec))?;
    let State::Breakdown(state) = state else { return Err(QueryError::WrongKind) };
    let mut named: Vec<Named> = state.buckets.into_iter().collect();
    let missing = named.iter().position(|(value, _)| value.is_empty()).map(|at| named.remove(at).1);
    // What is itself stored as `(other)` comes last, and is with all the others.
    let order = |(value, bucket): &Named| (value == OTHER, Reverse(weight(bucket)));
    named.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.0.cmp(&b.0)));
    let mut asked_for = asked.top.min(named.len());
    if let Some(missing) = missing {
        named.insert(asked_for, (NONE.to_owned(), missing));
        asked_for += 1;
    }
    let outside = outside(&work, asked, &of, &mut named)?;
    let may_show = |some: &[&Named]| may_show(asked.unit, some, outside.as_ref());
    let Split { shown, merged, suppressed } = source.small_groups.split(named, asked_for, visitors, may_show);
    let (stored, mut named): (Vec<Named>, Vec<Named>) =
        shown.into_iter().partition(|(value, _)| value == OTHER);
    let merged: Vec<Named> =
        merged.into_iter().chain(stored).filter(|(_, bucket)| !is_empty(bucket)).collect();
    named.retain(|(_, bucket)| !is_empty(bucket));
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

/// What a filter leaves out of each value, for those who must not be told of a few; nothing without a filter. Values that it
/// leaves out altogether come last among the buckets, empty.
fn outside(
    work: &Asked<'_>,
    asked: &BreakdownQuery,
    of: &Dimension,
    named: &mut Vec<Named>,
) -> Result<Option<BTreeMap<String, Cell>>, QueryError> {
    if !work.hides_of_filter() || asked.unit == Unit::Event {
        return Ok(None);
    }
    let population = &work.over.population;
    if !work.is_one_group {
        return Err(QueryError::WithFilter("a breakdown of several groups"));
    }
    if population.selects == Selects::Sessions && asked.unit != Unit::Session {
        return Err(QueryError::WithFilter("a breakdown of visitors by single sessions"));
    }
    let everybody = Population { filter: Predicate::default(), ..population.clone() };
    let everybody = ResolvedOver { range: work.over.range, population: everybody };
    let all = cells(work.source, &everybody, of, (asked.unit, asked.touch))?;
    let inside: BTreeMap<String, (u64, u64)> =
        named.iter().map(|group| (group.0.clone(), (group.1.units, visitors(group)))).collect();
    let mut outside = BTreeMap::new();
    for (value, all) in all {
        let name = if value.is_empty() { NONE.to_owned() } else { value };
        let (units, visitors) = inside.get(&name).copied().unwrap_or_else(|| {
            named.push((name.clone(), BreakdownBucket::default()));
            (0, 0)
        });
        let left =
            Cell { units: all.units.saturating_sub(units), visitors: all.visitors.saturating_sub(visitors) };
        outside.insert(name, left);
    }
    Ok(Some(outside))
}

/// Whether some buckets may be shown as one: they have no visitors or enough, and what a filter leaves out of them too.
fn may_show(unit: Unit, some: &[&Named], outside: Option<&BTreeMap<String, Cell>>) -> bool {
    let together = |cells: Vec<Cell>| {
        let visitors = cells.iter().map(|cell| cell.visitors);
        // A visitor has sessions in several.
        let visitors = if unit == Unit::Visitor { visitors.sum() } else { visitors.max().unwrap_or(0) };
        (cells.iter().all(|cell| cell.units == 0), visitors >= FEWEST)
    };
    let inside = |group: &&Named| Cell { units: group.1.units, visitors: visitors(group) };
    let (is_empty, is_enough) = together(some.iter().map(inside).collect());
    let Some(outside) = outside else { return is_enough };
    let left = some.iter().map(|(value, _)| outside.get(value).copied().unwrap_or_default());
    let (leaves_nothing, leaves_enough) = together(left.collect());
    (is_empty || is_enough) && (leaves_nothing || leaves_enough)
}

/// How many visitors a bucket has for certain. None are known of one that conversions made by their own value.
fn visitors((_, bucket): &Named) -> u64 {
    bucket.goals.last().map_or(0, |goal| goal.moments.visitors)
}

/// Whether a bucket stands for nothing that was counted.
fn is_empty(bucket: &BreakdownBucket) -> bool {
    bucket.units == 0 && bucket.goals.iter().all(|goal| goal.conversions == 0)
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
