//! What units did next that stopped at a step of a funnel: `docs/counting.md` 5.

use std::collections::BTreeMap;

use waymark_model::{Funnel, Tally as Counted, TextColumn};

use super::{
    World,
    chains::Rules,
    fate::Fate,
    funnel::units,
    journeys::{Item, journeys},
};

/// By what they did next, a name and a path; `None` for those that did nothing more.
pub(crate) type DropOff = BTreeMap<Option<(String, String)>, u64>;

/// What units did that took the step (from 0) last and are not in progress.
pub(crate) fn drop_off(world: &World<'_>, funnel: &Funnel, after: usize) -> DropOff {
    let steps: Vec<_> = funnel.required().collect();
    let last_step = &steps[after].trigger;
    let rules =
        Rules { funnel, steps: steps.clone(), range: world.range, session_gap_ms: world.session_gap_ms };
    let triggers: Vec<_> = funnel.steps.iter().map(|step| &step.trigger).collect();
    let mut found = DropOff::new();
    for journey in journeys(world, &triggers) {
        for unit in units(funnel, &journey) {
            let sets = if funnel.tally == Counted::Entries {
                rules.entries(&unit)
            } else {
                vec![rules.chains(&unit)]
            };
            for chains in sets {
                let Some(chosen) = Rules::choose(&unit, &chains) else { continue };
                let fate = rules.fate(&unit, &chains, &chosen);
                if chosen.depth() != after + 1 || !matches!(fate, Fate::Lost | Fate::NotReached) {
                    continue;
                }
                let later =
                    unit.places().filter(|&place| place > chosen.last()).map(|place| unit.item(place));
                let held = rules.value_of(&unit, &chosen);
                let is_again = |item: &Item<'_>| rules.fills(item, last_step, held);
                let mut next = later.filter(|item| !item.is_reserved() && !is_again(item));
                let next = next.find_map(Item::event);
                let next = next
                    .map(|event| [TextColumn::Name, TextColumn::Path].map(|of| event.text(of).to_owned()));
                *found.entry(next.map(|[name, path]| (name, path))).or_default() += 1;
            }
        }
    }
    found
}
