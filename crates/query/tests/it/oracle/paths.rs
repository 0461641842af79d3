//! Paths of sessions to or from a goal, label by label: `docs/counting.md` 5.

use std::collections::{BTreeMap, BTreeSet};

use waymark_query::PathsSpec;

use super::{
    Amounts, World,
    conversions::{add_value, is_conversion, matches},
    journeys::{Item, journeys},
    labels::{label, triggers},
};

/// A session with the goal.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) visitor: u64,
    /// From the goal on or back, at most as many as were asked for.
    pub(crate) labels: Vec<String>,
    pub(crate) gross: Amounts,
}

/// Every session's path.
pub(crate) fn paths(world: &World<'_>, spec: &PathsSpec) -> Vec<Path> {
    let mut wanted = triggers(&spec.by);
    wanted.push(&spec.goal.trigger);
    wanted.extend(spec.worth.iter().map(|goal| &goal.trigger));
    let mut found = Vec::new();
    let conversions = matches(world, &spec.goal);
    for journey in journeys(world, &wanted) {
        for session in journey.sessions_inside() {
            let items: Vec<_> = journey.items.iter().filter(|i| i.inside && i.session == session).collect();
            let converts = |item: &&Item<'_>| is_conversion(&conversions, journey.visitor, item);
            let Some(goal) = items.iter().position(converts) else { continue };
            let named = |item: &&&_| label(&spec.by, item);
            let mut labels: Vec<String> = if spec.after {
                items[goal + 1..].iter().filter_map(|item| named(&item)).collect()
            } else {
                items[..goal].iter().rev().filter_map(|item| named(&item)).collect()
            };
            labels.dedup();
            labels.truncate(spec.depth);
            let mut gross = Amounts::new();
            if let Some(worth) = &spec.worth {
                let owner = Some((journey.visitor, session));
                let all = matches(world, worth);
                let counted = all.iter().filter(|m| m.inside && m.counted && m.owner == owner);
                counted.for_each(|conversion| add_value(&mut gross, worth, conversion));
            }
            found.push(Path { visitor: journey.visitor, labels, gross });
        }
    }
    found
}

/// Sessions, visitors and value by some key that each path has several of.
pub(crate) fn tally<K: Ord + Clone>(
    paths: &[Path],
    keys: impl Fn(&Path) -> Vec<K>,
) -> BTreeMap<K, (u64, u64, Amounts)> {
    let mut found: BTreeMap<K, (u64, BTreeSet<u64>, Amounts)> = BTreeMap::new();
    for path in paths {
        for key in keys(path) {
            let (sessions, visitors, gross) = found.entry(key).or_default();
            *sessions += 1;
            visitors.insert(path.visitor);
            path.gross.iter().for_each(|(currency, sum)| *gross.entry(currency.clone()).or_default() += sum);
        }
    }
    found.into_iter().map(|(key, (n, visitors, gross))| (key, (n, visitors.len() as u64, gross))).collect()
}
