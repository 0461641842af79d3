//! A funnel: its steps with their shares, and what became of those who did not go on.

mod query;
mod result;
mod written;

pub use query::{FunnelQuery, StepQuery, StepTable, dimension_or_property, tally};
pub use result::{FunnelResult, OptionalResult, PreviousFunnelResult, StepResult};

use waymark_model::{
    Base, Condition, Dimension, Entry, Funnel, FunnelDefinition, Goal, Role, Step, Tally, TextColumn,
    TimeRange, Trigger, Unit, definitions::What, time::DAY,
};
use waymark_query::{FoldSpec, FunnelState, State, StepTally};
use waymark_stats::BinaryRate as _;

use crate::{
    answer::{Notice, Provenance, QuestionResult},
    change::{FalseShare, Pair, changes},
    context::{Answered, QuestionContext, times},
    error::QueryError,
    lookup::unseen_steps,
    over::CompareTo,
    rates::Share,
    results::{GoalVersion, RateResult},
    small_groups::SmallGroups,
    source::Source,
};

pub(crate) fn answer(asked: &FunnelQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let (named, funnel) = resolve(asked, source)?;
    let (goals, warnings) = grounds(&funnel, source)?;
    let mut work = QuestionContext::new(source, &asked.over, (goals, warnings))?;
    let (state, grounds) = run(&mut work, &funnel)?;
    let mut result = result(named.as_ref(), (&funnel, &state), source)?;
    if let Some(compare) = &asked.compare {
        add_previous(&mut result, &mut work, (&funnel, &state, compare))?;
    }
    Ok(work.found(grounds, QuestionResult::Funnel(result)))
}

fn run(work: &mut QuestionContext<'_>, funnel: &Funnel) -> Result<(FunnelState, Provenance), QueryError> {
    match work.run(FoldSpec::Funnel(funnel.clone()))? {
        (State::Funnel(state), grounds) => Ok((state, grounds)),
        _ => Err(QueryError::WrongKind),
    }
}

/// The funnel asked for, with its definition if it is the site's own.
pub(crate) fn resolve(
    asked: &FunnelQuery,
    source: &Source<'_>,
) -> Result<(Option<FunnelDefinition>, Funnel), QueryError> {
    let (definition, is_defined) = asked.definition(source.site)?;
    if source.small_groups == SmallGroups::Merged
        && has_conditions(&definition)
        && !is_own(&definition, source)
    {
        return Err(QueryError::OwnConditions);
    }
    let funnel = definition.resolve(&source.site.goals)?;
    Ok((is_defined.then_some(definition), funnel))
}

/// Whether a step or exclusion looks for more than names.
fn has_conditions(funnel: &FunnelDefinition) -> bool {
    let is_name =
        |one: &Condition| matches!(one, Condition::Text { of: Dimension::Column(TextColumn::Name), .. });
    let steps = funnel.steps.iter().map(|step| &step.what);
    steps.chain(funnel.exclusions.iter().map(|exclusion| &exclusion.what)).any(
        |what| matches!(what, What::Inline(Trigger::Event(predicate)) if !predicate.all.iter().all(is_name)),
    )
}

/// Whether the site has the funnel, whatever it is called.
fn is_own(funnel: &FunnelDefinition, source: &Source<'_>) -> bool {
    source.site.funnels.iter().any(|own| {
        let (name, version) = (own.name.clone(), own.version);
        FunnelDefinition { name, version, ..funnel.clone() } == *own
    })
}

/// The goals that a funnel uses, and notices on steps that nothing can take.
pub(crate) fn grounds(funnel: &Funnel, source: &Source<'_>) -> Result<(Vec<Goal>, Vec<Notice>), QueryError> {
    let is_used =
        |goal: &&Goal| funnel.steps.iter().any(|step| step.goal.as_ref() == Some(&goal.reference()));
    let used = source.site.goals.iter().filter(is_used);
    Ok((used.cloned().collect(), unseen_steps(funnel, source)?))
}

/// Counts the same in the time compared with, and says of each step how its shares changed since; where they do not
/// compare, a notice says why.
fn add_previous(
    result: &mut FunnelResult,
    work: &mut QuestionContext<'_>,
    (funnel, now, compare): (&Funnel, &FunnelState, &CompareTo),
) -> Result<(), QueryError> {
    let Some(mut before) = work.compared_with(compare)? else { return Ok(()) };
    let (state, grounds) = run(&mut before, funnel)?;
    let steps = steps(funnel, &state, work.source)?;
    match incomparable(funnel, work, &before)? {
        Some(why) => {
            work.warnings.push(Notice { message: format!("no change is shown: {why}"), hint: None });
        }
        None => add_changes(&mut result.steps, funnel, (&state, now))?,
    }
    result.previous = Some(PreviousFunnelResult { range: grounds.range, units: state.units, steps });
    Ok(())
}

/// Why shares of two times must not be subtracted, if so.
fn incomparable(
    funnel: &Funnel,
    now: &QuestionContext<'_>,
    before: &QuestionContext<'_>,
) -> Result<Option<String>, QueryError> {
    // What is asked of both is one funnel; a step of it stands for all.
    let step = Goal::on_event(&funnel.steps[0].label, Role::Milestone);
    let base = Base::Step { step: 1, unit: Unit::Visitor };
    let rate = |work: &QuestionContext<'_>| Share::independent(0, 0)?.about(work.basis(&step, base.clone()));
    match rate(before)?.contrast(&rate(now)?) {
        Err(differ) if differ.differ.is_empty() => Err(differ.into()),
        Err(differ) => Ok(Some(differ.to_string())),
        Ok(_) => {
            let cut = now.source.now;
            let length = |TimeRange { start, end }: TimeRange| end.min(cut.max(start)).saturating_sub(start);
            // Whole weeks may differ by a change of the clock.
            let alike = length(now.over.range).abs_diff(length(before.over.range)) < DAY.unsigned_abs();
            Ok((!alike).then(|| "in the shorter time fewer had the time to go on".to_owned()))
        }
    }
}

/// Says of each step how its shares changed from one time to another. All stand on one page, so they are corrected together;
/// of the second step, whose two shares are one, only one counts.
fn add_changes(
    steps: &mut [StepResult],
    funnel: &Funnel,
    (then, now): (&FunnelState, &FunnelState),
) -> Result<(), QueryError> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut places = Vec::new();
    for at in 0..steps.len() {
        let (before, after) = (Shares::new(funnel, then, at)?, Shares::new(funnel, now, at)?);
        let first = before.of_first.zip(after.of_first);
        let previous = before.of_previous.zip(after.of_previous);
        let place = |pairs: &mut Vec<Pair>, pair: Option<Pair>| {
            pairs.extend(pair);
            pair.map(|_| pairs.len() - 1)
        };
        let of_previous = place(&mut pairs, previous);
        let of_first = if at == 1 && first.is_some() { of_previous } else { place(&mut pairs, first) };
        places.push((of_first, of_previous));
    }
    let found = changes(&pairs, FalseShare::ALONE);
    let of = |place: Option<usize>| place.and_then(|at| found.get(at)).copied();
    for (step, (first, previous)) in steps.iter_mut().zip(places) {
        (step.change_of_first, step.change_of_previous) = (of(first), of(previous));
    }
    Ok(())
}

fn result(
    named: Option<&FunnelDefinition>,
    (funnel, state): (&Funnel, &FunnelState),
    source: &Source<'_>,
) -> Result<FunnelResult, QueryError> {
    let optional = funnel.steps.iter().filter(|step| step.optional).zip(&state.optional);
    Ok(FunnelResult {
        funnel: named.map(|funnel| GoalVersion::new(&funnel.name, funnel.version)),
        count: singular(funnel.tally),
        units: state.units,
        steps: steps(funnel, state, source)?,
        optional: optional
            .map(|(step, tally)| OptionalResult {
                label: step.label.clone(),
                used: tally.used,
                used_completed: tally.used_completed,
                unused: tally.unused,
                unused_completed: tally.unused_completed,
            })
            .collect(),
        previous: None,
    })
}

fn steps(funnel: &Funnel, state: &FunnelState, source: &Source<'_>) -> Result<Vec<StepResult>, QueryError> {
    let required: Vec<&Step> = funnel.required().collect();
    let known = 0..required.len().min(state.steps.len());
    let step = |at: usize| {
        let gaps = &state.steps[at].gaps;
        let time_from_previous = times(gaps, funnel.tally == Tally::Visitors, source);
        Ok(StepResult { time_from_previous, ..step(funnel, required[at], state, at)? })
    };
    known.map(step).collect()
}

/// The shares of a step.
struct Shares {
    /// Of the units at the first step; `None` where units may enter later.
    of_first: Option<Share>,
    /// Of the units at the step before; `None` for the first step.
    of_previous: Option<Share>,
}

impl Shares {
    fn new(funnel: &Funnel, state: &FunnelState, at: usize) -> Result<Self, QueryError> {
        let (tally, first) = (&state.steps[at], &state.steps[0]);
        let closed = funnel.entry == Entry::Closed;
        if let Some(moments) = state.moments.get(at) {
            let of_first = closed.then(|| Share::by_visitor(&moments.of_first)).transpose()?;
            let of_previous = (at > 0).then(|| Share::by_visitor(&moments.of_previous)).transpose()?;
            return Ok(Self { of_first, of_previous });
        }
        let of_first = closed.then(|| Share::independent(tally.reached, first.reached)).transpose()?;
        let previous = at.checked_sub(1).map(|before| &state.steps[before]);
        // Those who entered here did not come from the step before.
        let went_on = tally.reached - tally.entered.min(tally.reached);
        let of_previous = previous.map(|before| Share::independent(went_on, before.reached)).transpose()?;
        Ok(Self { of_first, of_previous })
    }
}

fn step(funnel: &Funnel, step: &Step, state: &FunnelState, at: usize) -> Result<StepResult, QueryError> {
    let tally: &StepTally = &state.steps[at];
    let shares = Shares::new(funnel, state, at)?;
    let of_first = shares.of_first.map(|of| share(&of, funnel.tally, 1));
    let of_previous = shares.of_previous.map(|of| share(&of, funnel.tally, at));
    Ok(StepResult {
        label: step.label.clone(),
        goal: step.goal.as_ref().map(|goal| GoalVersion::new(&goal.name, goal.version)),
        reached: tally.reached,
        entered: tally.entered,
        share_of_first: of_first,
        share_of_previous: of_previous,
        change_of_first: None,
        change_of_previous: None,
        lost: tally.lost,
        in_progress: tally.in_progress,
        not_reached: tally.not_reached,
        skipped: tally.skipped,
        time_from_previous: None,
        value: tally.value.clone(),
    })
}

/// A share of the units that reached a step, counted from 1.
fn share(share: &Share, tally: Tally, step: usize) -> RateResult {
    let (numerator, denominator) = share.counts();
    RateResult {
        numerator,
        denominator,
        base: format!("{} at step {step}", plural(tally)),
        share: share.rate(),
        interval: share.interval(),
        low_n: share.is_low_n(),
    }
}

pub const fn singular(tally: Tally) -> &'static str {
    match tally {
        Tally::Visitors => "visitor",
        Tally::Sessions => "session",
        Tally::Pairs => "pair",
        Tally::Entries => "total",
    }
}

const fn plural(tally: Tally) -> &'static str {
    match tally {
        Tally::Visitors => "visitors",
        Tally::Sessions => "sessions",
        Tally::Pairs => "pairs",
        Tally::Entries => "entries",
    }
}
