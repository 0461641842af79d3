//! The pages on which sessions ended: `docs/counting.md` 5.

use std::collections::{BTreeMap, BTreeSet};

use waymark_model::{Goal, TextColumn};

use super::{
    World,
    journeys::{Item, journeys},
};

/// Sessions by the page they ended on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exits {
    pub(crate) sessions: u64,
    pub(crate) open: u64,
    /// Sessions that saw a page, and those that ended on it.
    pub(crate) pages: BTreeMap<String, (u64, u64)>,
}

/// The sessions that ended without the goal, if one is given.
pub(crate) fn exits(world: &World<'_>, without: Option<&Goal>) -> Exits {
    let triggers: Vec<_> = without.iter().map(|goal| &goal.trigger).collect();
    let mut found = Exits::default();
    for journey in journeys(world, &triggers) {
        let in_range = journey.items.iter().filter(|item| world.range.contains(item.time));
        let last_session = in_range.map(|item| item.session).max();
        for session in journey.sessions_inside() {
            let items = || journey.items.iter().filter(|item| item.inside && item.session == session);
            let has_goal = without.is_some_and(|goal| items().any(|item| item.fills(&goal.trigger)));
            let events: Vec<_> = items().filter_map(Item::event).collect();
            let Some(last) = events.last().filter(|_| !has_goal) else { continue };
            if Some(session) == last_session && world.range.end - last.time <= world.session_gap_ms {
                found.open += 1;
                continue;
            }
            found.sessions += 1;
            let pages: Vec<&str> =
                events.iter().map(|e| e.text(TextColumn::Path)).filter(|path| !path.is_empty()).collect();
            for path in pages.iter().collect::<BTreeSet<_>>() {
                let (views, exits) = found.pages.entry((*path).to_owned()).or_default();
                *views += 1;
                *exits += u64::from(pages.last() == Some(path));
            }
        }
    }
    found
}
