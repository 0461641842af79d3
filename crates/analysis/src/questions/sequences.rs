//! Sequences that visitors who reached a goal went through more often than others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Base, Unit};
use waymark_query::{FoldSpec, SequencesSpec, Sides, State};
use waymark_stats::BinaryRate as _;

use crate::{
    answer::QuestionResult,
    change::difference,
    context::{Answered, OTHER, QuestionContext, label_by},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    query::ten,
    questions::paths::PathBy,
    rates::Share,
    results::{DifferenceResult, RateResult},
    small_groups::{FEWEST, SmallGroups},
    source::Source,
};

/// Asks what visitors who reached a goal did more often than others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SequencesQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub goal: String,
    /// What the parts are; the site's goals if it has micro conversions, else events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PathBy>,
    /// Parts of a sequence, 1 to 5.
    #[serde(default = "three")]
    pub length: usize,
    /// How many sequences are shown.
    #[serde(default = "ten")]
    pub top: usize,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// What visitors who reached a goal did more often than others.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SequencesResult {
    /// What the parts are.
    pub by: PathBy,
    /// Visitors who reached the goal.
    pub converters: u64,
    /// Visitors who did not.
    pub others: u64,
    /// Sequences, those with the greatest difference first.
    pub items: Vec<SequenceResult>,
    /// Sequences with too few visitors to be ranked, or to be shown to whoever asks.
    pub too_few: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// A sequence, and who went through it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SequenceResult {
    /// Its parts, in order.
    pub sequence: Vec<String>,
    /// Of the visitors who reached the goal, those who went through it before.
    pub converters: RateResult,
    /// Of the others, those who went through it.
    pub others: RateResult,
    /// The first share minus the second.
    pub difference: Option<DifferenceResult>,
}

/// Most parts of a sequence.
const MOST_PARTS: usize = 5;
/// Labels that are told apart, by the length of sequences: together they make less than a million.
const LABELS: [usize; MOST_PARTS] = [1_000, 500, 98, 30, 14];

pub(crate) fn answer(asked: &SequencesQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    QueryError::check_bound("length", asked.length, MOST_PARTS)?;
    let (goal, notice) = find_goal(&asked.goal, source)?;
    let has_micros = source.site.goals.iter().any(|other| other.role.is_micro() && other.name != goal.name);
    let by = asked.by.unwrap_or(if has_micros { PathBy::Goal } else { PathBy::Event });
    let goals = (vec![goal.clone()], notice.into_iter().collect());
    let mut work = QuestionContext::new(source, &asked.over, goals)?;
    work.without_filter("sequences")?;
    let labels = label_by(by, &goal, source);
    let mut spec = SequencesSpec { goal, by: labels, length: asked.length, shown: None };
    let State::Sequences(found) = work.state(FoldSpec::Sequences(spec.clone()))? else {
        return Err(QueryError::WrongKind);
    };
    // What is itself stored as `(other)` is with all the others.
    let named = found.labels.into_iter().filter(|(label, _)| label != OTHER);
    let mut labels: Vec<_> = named.map(|(label, sides)| (sides.converters + sides.others, label)).collect();
    labels.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
    let labels: Vec<String> =
        labels.into_iter().take(LABELS[asked.length - 1]).map(|(_, label)| label).collect();
    spec.shown = Some(labels.clone());
    let (State::Sequences(state), grounds) = work.run(FoldSpec::Sequences(spec))? else {
        return Err(QueryError::WrongKind);
    };
    let name = |part: u32| labels.get(part as usize).map_or(OTHER, String::as_str).to_owned();
    let mut items = Vec::new();
    let (mut too_few, mut suppressed) = (0, false);
    let all = state.all;
    let may_see = |sides: Sides| {
        let with = sides.converters.min(sides.others);
        let without = (all.converters - sides.converters).min(all.others - sides.others);
        source.small_groups == SmallGroups::Shown || with.min(without) >= FEWEST
    };
    for (parts, sides) in state.sequences {
        match ranked(&work, state.all, sides)? {
            Some(_) if !may_see(sides) => (too_few, suppressed) = (too_few + 1, true),
            Some(found) => {
                items.push(SequenceResult { sequence: parts.into_iter().map(name).collect(), ..found });
            }
            None => too_few += 1,
        }
    }
    let by_difference = |item: &SequenceResult| item.difference.map_or(0.0, |difference| difference.value);
    items.sort_by(|a, b| {
        by_difference(b).total_cmp(&by_difference(a)).then_with(|| a.sequence.cmp(&b.sequence))
    });
    items.truncate(asked.top);
    let Sides { converters, others } = state.all;
    let result = SequencesResult { by, converters, others, items, too_few, suppressed };
    Ok(work.found(grounds, QuestionResult::Sequences(result)))
}

/// A sequence's two rates and their difference; `None` when one of them is too small to be ranked.
fn ranked(
    work: &QuestionContext<'_>,
    all: Sides,
    sides: Sides,
) -> Result<Option<SequenceResult>, QueryError> {
    let converters = Share::independent(sides.converters, all.converters)?;
    let others = Share::independent(sides.others, all.others)?;
    if converters.is_low_n() || others.is_low_n() {
        return Ok(None);
    }
    let goal = &work.goals[0];
    let audience = Base::Audience { goal: goal.name.clone(), unit: Unit::Visitor }.to_string();
    let rate = |share: &Share, base: String| RateResult {
        numerator: share.counts().0,
        denominator: share.counts().1,
        base,
        share: share.rate(),
        interval: share.interval(),
        low_n: false,
    };
    Ok(Some(SequenceResult {
        sequence: Vec::new(),
        converters: rate(&converters, audience),
        others: rate(&others, format!("visitors that did not reach {}", goal.name)),
        difference: difference(&others, &converters),
    }))
}

const fn three() -> usize {
    3
}
