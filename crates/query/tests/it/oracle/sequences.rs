//! Sequences that visitors went through before a goal, or without it: `docs/counting.md` 5.

use std::collections::{BTreeMap, BTreeSet};

use waymark_query::SequencesSpec;

use super::{
    World,
    conversions::{is_conversion, matches},
    journeys::journeys,
    labels::{label, triggers},
};

/// What stands for labels that are not shown. No event is called so, as one may be called `(other)`.
pub(crate) const REST: &str = "(rest)";

/// Visitors that converted, and others.
pub(crate) type Sides = (u64, u64);

/// All visitors; by label; by sequence of labels, those that are not shown under [`REST`].
pub(crate) fn sequences(
    world: &World<'_>,
    spec: &SequencesSpec,
    shown: &[String],
) -> (Sides, BTreeMap<String, Sides>, BTreeMap<Vec<String>, Sides>) {
    let mut wanted = triggers(&spec.by);
    wanted.push(&spec.goal.trigger);
    let (mut all, mut by_label, mut by_sequence) = (Sides::default(), BTreeMap::new(), BTreeMap::new());
    let conversions = matches(world, &spec.goal);
    for journey in journeys(world, &wanted) {
        let items: Vec<_> = journey.items.iter().filter(|item| item.inside).collect();
        let goal = items.iter().position(|item| is_conversion(&conversions, journey.visitor, item));
        if items.is_empty() {
            continue;
        }
        let add = |sides: &mut Sides| if goal.is_some() { sides.0 += 1 } else { sides.1 += 1 };
        add(&mut all);
        let before = &items[..goal.unwrap_or(items.len())];
        let labels: Vec<String> = before.iter().filter_map(|item| label(&spec.by, item)).collect();
        labels
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .for_each(|l| add(by_label.entry(l.clone()).or_default()));
        let other = |label: String| if shown.contains(&label) { label } else { REST.to_owned() };
        let mut path: Vec<String> = labels.into_iter().map(other).collect();
        path.dedup();
        let distinct: BTreeSet<Vec<String>> = path.windows(spec.length).map(<[_]>::to_vec).collect();
        distinct.into_iter().for_each(|sequence| add(by_sequence.entry(sequence).or_default()));
    }
    (all, by_label, by_sequence)
}
