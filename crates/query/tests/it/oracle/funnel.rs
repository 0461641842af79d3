//! Funnels: units, what each of them reached, and the sums over them. `docs/counting.md` 4.

use std::collections::BTreeSet;

use waymark_model::{Entry, Funnel, Order, Tally as Counted, population::Selects};

use super::{
    Amounts, World,
    chains::{Chain, Rules, Unit},
    conversions::add_event_value,
    fate::Fate,
    journeys::{Journey, journeys},
};

/// A funnel's result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FunnelTally {
    /// Visitors or sessions in the population and the range; pairs or entries with a chain.
    pub(crate) units: u64,
    /// One for each required step.
    pub(crate) steps: Vec<StepTally>,
    /// One for each optional step.
    pub(crate) optional: Vec<OptionalTally>,
    /// For each required step, each visitor's units: (went on, at the step before) and (reached, at the first step).
    pub(crate) by_visitor: Vec<[Vec<(u64, u64)>; 2]>,
}

/// What happened at a required step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepTally {
    pub(crate) reached: u64,
    /// Units whose chain begins here. Reading: of a closed funnel (and any order), all at step 1.
    pub(crate) entered: u64,
    /// Units that got as far as this step and no further, and are lost …
    pub(crate) lost: u64,
    /// … or may still go on …
    pub(crate) in_progress: u64,
    /// … or neither, since nothing bounds the next step.
    pub(crate) not_reached: u64,
    pub(crate) skipped: u64,
    /// Times from the step before it on chosen chains, sorted.
    pub(crate) gaps_ms: Vec<i64>,
    pub(crate) value: Amounts,
}

/// What happened at an optional step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OptionalTally {
    /// Its place among all steps of the funnel.
    pub(crate) step: usize,
    /// Units whose chain includes the required step before it.
    pub(crate) eligible: u64,
    pub(crate) used: u64,
    pub(crate) used_completed: u64,
    pub(crate) unused: u64,
    pub(crate) unused_completed: u64,
}

/// Takes the units of the world through the funnel, which must be valid.
pub(crate) fn funnel(world: &World<'_>, funnel: &Funnel) -> FunnelTally {
    assert_eq!(funnel.validate(), Ok(()));
    let selects_visitors = world.population.is_everyone() || world.population.selects == Selects::Visitors;
    assert!(selects_visitors || funnel.tally == Counted::Sessions, "only session funnels select sessions");
    let steps = funnel.required().collect();
    let rules = Rules { funnel, steps, range: world.range, session_gap_ms: world.session_gap_ms };
    let mut tally = empty(funnel);
    let triggers: Vec<_> = funnel.steps.iter().map(|step| &step.trigger).collect();
    for journey in journeys(world, &triggers) {
        let mut units_of_visitor = Vec::new();
        tally.units += match funnel.tally {
            Counted::Visitors => u64::from(!journey.sessions_inside().is_empty()),
            Counted::Sessions => journey.sessions_inside().len() as u64,
            Counted::Pairs | Counted::Entries => 0,
        };
        for unit in units(funnel, &journey) {
            take_through(&rules, &unit, &mut tally, &mut units_of_visitor);
        }
        tally_visitor(&mut tally, &units_of_visitor);
        for unit in skipping_units(funnel, &journey) {
            for k in 1..rules.steps.len() {
                tally.steps[k].skipped += u64::from(rules.skips(&unit, k));
            }
        }
    }
    tally.steps.iter_mut().for_each(|step| step.gaps_ms.sort_unstable());
    tally
}

fn empty(funnel: &Funnel) -> FunnelTally {
    let optional = funnel.steps.iter().enumerate().filter(|(_, step)| step.optional);
    FunnelTally {
        units: 0,
        steps: vec![StepTally::default(); funnel.required().count()],
        optional: optional.map(|(step, _)| OptionalTally { step, ..OptionalTally::default() }).collect(),
        by_visitor: vec![<[Vec<_>; 2]>::default(); funnel.required().count()],
    }
}

/// The units to look for chains in. With entries and a value held: the journey once for each value.
pub(super) fn units<'a>(funnel: &Funnel, journey: &'a Journey<'a>) -> Vec<Unit<'a>> {
    let whole = Unit { journey, session: None, value: None };
    match (funnel.tally, &funnel.same) {
        (Counted::Visitors, _) | (Counted::Pairs | Counted::Entries, None) => vec![whole],
        (Counted::Sessions, _) => {
            let sessions = journey.sessions_inside().into_iter();
            sessions.map(|session| Unit { session: Some(session), ..whole.clone() }).collect()
        }
        (Counted::Pairs | Counted::Entries, Some(same)) => {
            let values: BTreeSet<&str> =
                journey.events_inside().filter_map(|(item, _)| item.value(same)).collect();
            values.into_iter().map(|value| Unit { value: Some(value), ..whole.clone() }).collect()
        }
    }
}

/// The units that skips are counted by: entries by visitor, else the units; none with any order or open entry.
fn skipping_units<'a>(funnel: &Funnel, journey: &'a Journey<'a>) -> Vec<Unit<'a>> {
    match (funnel.order, funnel.entry, funnel.tally) {
        (Order::Any, _, _) | (_, Entry::Open, _) => Vec::new(),
        (_, _, Counted::Entries) => vec![Unit { journey, session: None, value: None }],
        _ => units(funnel, journey),
    }
}

/// Adds a visitor's units, of each the step it entered at and its depth: at every step those that might have taken it, and
/// those that did.
fn tally_visitor(tally: &mut FunnelTally, units: &[(usize, usize)]) {
    let count = |is: &dyn Fn(usize, usize) -> bool| units.iter().filter(|(e, d)| is(*e, *d)).count() as u64;
    for (step, [previous, first]) in tally.by_visitor.iter_mut().enumerate() {
        let at_first = count(&|entered, _| entered == 0);
        if at_first > 0 {
            first.push((count(&|entered, depth| entered == 0 && depth > step), at_first));
        }
        let Some(before) = step.checked_sub(1) else { continue };
        let at_before = count(&|entered, depth| entered <= before && before < depth);
        if at_before > 0 {
            previous.push((count(&|entered, depth| entered <= before && step < depth), at_before));
        }
    }
}

/// Adds a unit, and notes the step at which it entered, and its depth.
fn take_through<'a>(
    rules: &Rules<'a>,
    unit: &Unit<'a>,
    tally: &mut FunnelTally,
    taken: &mut Vec<(usize, usize)>,
) {
    if rules.funnel.order == Order::Any {
        let depth = rules.any_order_depth(unit);
        if depth > 0 {
            let fate = rules.any_order_fate(unit, depth);
            tally.units += u64::from(rules.funnel.tally == Counted::Pairs);
            tally_steps(tally, 0, depth, fate);
            taken.push((0, depth));
        }
        return;
    }
    let chain_sets = match rules.funnel.tally {
        Counted::Entries => rules.entries(unit),
        Counted::Visitors | Counted::Sessions | Counted::Pairs => vec![rules.chains(unit)],
    };
    for chains in chain_sets {
        let Some(chosen) = Rules::choose(unit, &chains) else { continue };
        tally.units += u64::from(matches!(rules.funnel.tally, Counted::Pairs | Counted::Entries));
        tally_steps(tally, chosen.entered, chosen.depth(), rules.fate(unit, &chains, &chosen));
        taken.push((chosen.entered, chosen.depth()));
        tally_chain(tally, unit, &chosen);
        tally.optional.iter_mut().for_each(|optional| rules.tally_optional(unit, &chosen, optional));
    }
}

/// Counts a unit at the steps that it took, and its fate at the last of them.
fn tally_steps(tally: &mut FunnelTally, entered: usize, depth: usize, fate: Fate) {
    tally.steps[entered].entered += 1;
    tally.steps[entered..depth].iter_mut().for_each(|step| step.reached += 1);
    let last = &mut tally.steps[depth - 1];
    match fate {
        Fate::Completed => (),
        Fate::InProgress => last.in_progress += 1,
        Fate::Lost => last.lost += 1,
        Fate::NotReached => last.not_reached += 1,
    }
}

/// Adds the times between the events of a chosen chain, and their values.
fn tally_chain(tally: &mut FunnelTally, unit: &Unit<'_>, chain: &Chain) {
    for (i, &place) in chain.places.iter().enumerate() {
        let (item, step) = (unit.item(place), &mut tally.steps[chain.entered + i]);
        if i > 0 {
            step.gaps_ms.push(item.time - unit.item(chain.places[i - 1]).time);
        }
        if let Some(event) = item.event() {
            add_event_value(&mut step.value, event);
        }
    }
}
