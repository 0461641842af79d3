//! A funnel: its steps with their shares, and what became of those who did not go on.

use waymark_model::{Entry, Funnel, FunnelDefinition, Goal, Step, Tally};
use waymark_query::{FoldSpec, FunnelState, State, StepTally};
use waymark_stats::BinaryRate as _;

use super::{Asked, Found, times};
use crate::{
    analysis::{rates::Share, source::Source},
    query_json::{
        FunnelQuery, FunnelResult, GoalVersion, Notice, OptionalResult, Outcome, QueryError, RateResult,
        StepResult, ask::unseen_steps,
    },
};

pub(super) fn answer(asked: &FunnelQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let (named, funnel) = resolve(asked, source)?;
    let (goals, mut warnings) = grounds(&funnel, source)?;
    warnings.extend(dependent_units(funnel.tally));
    let mut work = Asked::new(source, &asked.over, (goals, warnings))?;
    let (state, grounds) = work.run(FoldSpec::Funnel(funnel.clone()))?;
    let State::Funnel(state) = state else { return Err(QueryError::WrongKind) };
    let result = result(named.as_ref(), &funnel, &state)?;
    Ok(work.found(grounds, Outcome::Funnel(result)))
}

/// The funnel asked for, with its definition if it is the site's own.
pub(super) fn resolve(
    asked: &FunnelQuery,
    source: &Source<'_>,
) -> Result<(Option<FunnelDefinition>, Funnel), QueryError> {
    let (definition, is_defined) = asked.definition(source.site)?;
    let funnel = definition.resolve(&source.site.goals)?;
    Ok((is_defined.then_some(definition), funnel))
}

/// The goals that a funnel uses, and notices on steps that nothing can take.
pub(super) fn grounds(funnel: &Funnel, source: &Source<'_>) -> Result<(Vec<Goal>, Vec<Notice>), QueryError> {
    let is_used =
        |goal: &&Goal| funnel.steps.iter().any(|step| step.goal.as_ref() == Some(&goal.reference()));
    let used = source.site.goals.iter().filter(is_used);
    Ok((used.cloned().collect(), unseen_steps(funnel, source)?))
}

/// The engine gives no moments of a funnel's units by visitor.
fn dependent_units(tally: Tally) -> Option<Notice> {
    (tally != Tally::Visitors).then(|| {
        let message = format!(
            "intervals take {} as independent; those of one visitor are not, so they are a little too narrow",
            plural(tally)
        );
        Notice { message, hint: None }
    })
}

fn result(
    named: Option<&FunnelDefinition>,
    funnel: &Funnel,
    state: &FunnelState,
) -> Result<FunnelResult, QueryError> {
    let required: Vec<&Step> = funnel.required().collect();
    let steps =
        (0..required.len().min(state.steps.len())).map(|at| step(funnel, required[at], &state.steps, at));
    let optional = funnel.steps.iter().filter(|step| step.optional).zip(&state.optional);
    Ok(FunnelResult {
        funnel: named.map(|funnel| GoalVersion::new(&funnel.name, funnel.version)),
        count: singular(funnel.tally),
        units: state.units,
        steps: steps.collect::<Result<_, _>>()?,
        optional: optional
            .map(|(step, tally)| OptionalResult {
                label: step.label.clone(),
                used: tally.used,
                used_completed: tally.used_completed,
                unused: tally.unused,
                unused_completed: tally.unused_completed,
            })
            .collect(),
    })
}

fn step(funnel: &Funnel, step: &Step, tallies: &[StepTally], at: usize) -> Result<StepResult, QueryError> {
    let (tally, first) = (&tallies[at], &tallies[0]);
    let closed = funnel.entry == Entry::Closed;
    let of_first = closed.then(|| share(tally.reached, first.reached, funnel.tally, 1)).transpose()?;
    let previous = at.checked_sub(1).map(|before| &tallies[before]);
    // Those who entered here did not come from the step before.
    let went_on = tally.reached - tally.entered.min(tally.reached);
    let of_previous = previous.map(|before| share(went_on, before.reached, funnel.tally, at)).transpose()?;
    Ok(StepResult {
        label: step.label.clone(),
        goal: step.goal.as_ref().map(|goal| GoalVersion::new(&goal.name, goal.version)),
        reached: tally.reached,
        entered: tally.entered,
        share_of_first: of_first,
        share_of_previous: of_previous,
        lost: tally.lost,
        in_progress: tally.in_progress,
        not_reached: tally.not_reached,
        skipped: tally.skipped,
        time_from_previous: times(&tally.gaps),
        value: tally.value.clone(),
    })
}

/// A share of the units that reached a step, counted from 1.
fn share(numerator: u64, denominator: u64, tally: Tally, step: usize) -> Result<RateResult, QueryError> {
    let share = Share::independent(numerator, denominator)?;
    Ok(RateResult {
        numerator,
        denominator,
        base: format!("{} at step {step}", plural(tally)),
        share: share.rate(),
        interval: share.interval(),
        low_n: waymark_stats::low_n(numerator, denominator),
    })
}

pub(super) const fn singular(tally: Tally) -> &'static str {
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
