//! A breakdown: buckets by value, the largest shown, the rest as `(other)`.

use std::{cmp::Reverse, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Base, Dimension, Goal, Population, Predicate, Selects, Touch, Unit};
use waymark_query::{BreakdownBucket, BreakdownSpec, By, FoldSpec, State};

use crate::{
    answer::QuestionResult,
    conditions::dimension,
    context::{Answered, OTHER, QuestionContext},
    error::QueryError,
    lookup::find_goals,
    over::{Over, ResolvedOver},
    query::{ten, visitor},
    rates::Share,
    results::RateResult,
    small_groups::{
        FEWEST, Split,
        questions::{Cell, cells, no_goal},
    },
    source::Source,
    words,
};

/// Asks for a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakdownQuery {
    /// The dimension to break down by: `device`, `prop.plan`, …
    pub by: String,
    /// The goals, by name; all of the site's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goals: Option<Vec<String>>,
    /// The unit whose deciding event's value is taken: `visitor` or `session`. With `event`, the
    /// conversion's own value is, and there are no units and no rates.
    #[serde(default = "visitor")]
    #[schemars(with = "words::Unit")]
    pub unit: Unit,
    /// Which of the unit's events decides.
    #[serde(default)]
    #[schemars(with = "words::Touch")]
    pub touch: Touch,
    /// How many values are shown; the rest is `(other)`.
    #[serde(default = "ten")]
    pub top: usize,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// Units and conversions by value; the buckets sum to the total.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BreakdownResult {
    /// The dimension.
    pub by: String,
    /// What decides the bucket.
    pub rule: String,
    /// Buckets, those with most units first, then `(none)` and `(other)`.
    pub buckets: Vec<BucketResult>,
    /// How many values `(other)` stands for.
    pub others: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks: they are in `(other)`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// Units of one value.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BucketResult {
    /// The value, `(none)` or `(other)`.
    pub value: String,
    /// Units.
    pub units: u64,
    /// Goals.
    pub goals: Vec<BucketGoalResult>,
}

/// A goal in a bucket of a breakdown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BucketGoalResult {
    /// The goal's name.
    pub name: String,
    /// Counted conversions.
    pub conversions: u64,
    /// The rate on the bucket's units; left out when conversions have buckets of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateResult>,
    /// Value in minor units, by currency.
    pub gross: BTreeMap<String, i128>,
}

/// The bucket of units without a value.
const NONE: &str = "(none)";

pub(crate) fn answer(asked: &BreakdownQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let by = match asked.unit {
        Unit::Event => By::Conversion,
        unit => By::Unit { unit, touch: asked.touch },
    };
    let of = dimension(&asked.by)?;
    let mut work = QuestionContext::new(source, &asked.over, find_goals(asked.goals.as_deref(), source)?)?;
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
    Ok(work.found(grounds, QuestionResult::Breakdown(result)))
}

/// A value's bucket.
type Named = (String, BreakdownBucket);

/// What a filter leaves out of each value, for those who must not be told of a few; nothing without a filter. Values that it
/// leaves out altogether come last among the buckets, empty.
fn outside(
    work: &QuestionContext<'_>,
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
        Touch::First => "first",
        Touch::Last => "last",
    };
    match asked.unit {
        Unit::Event => "the conversion's own value".to_owned(),
        unit => format!("the value at the {}'s {touch} event in the range", unit.as_str()),
    }
}

fn bucket(
    work: &QuestionContext<'_>,
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
