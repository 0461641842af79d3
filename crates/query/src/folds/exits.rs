//! The pages on which sessions ended, and how many sessions saw them.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Goal, TextColumn, event::NO_VISITOR};

use crate::{journey::Journey, moments::Moments, pass::Pass, planner::Planner, scope::Scope};

/// Which sessions to look at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExitsSpec {
    /// Sessions with a match of this goal are left out; its counting rule does not apply.
    pub without: Option<Goal>,
}

/// Sessions and the pages they ended on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitsState {
    /// Sessions that have ended.
    pub sessions: u64,
    /// Sessions that may still go on when the range ends: in no other count.
    pub open: u64,
    /// By path: sessions that saw it (N) and ended on it (Y), by visitor.
    pub pages: BTreeMap<String, Moments>,
    /// The same by the pass's own numbers, while folding.
    #[serde(skip)]
    numbered: HashMap<u32, Moments>,
}

impl ExitsState {
    pub(crate) fn merge(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.open += other.open;
        other.pages.into_iter().for_each(|(path, page)| self.pages.entry(path).or_default().merge(&page));
    }
}

/// Exits made ready for a pass.
#[derive(Debug)]
pub(crate) struct ExitsFold {
    without: u64,
    path: usize,
    session_gap: i64,
    end: i64,
}

impl ExitsFold {
    pub(crate) fn new(spec: &ExitsSpec, scope: &Scope, planner: &mut Planner) -> Self {
        Self {
            without: spec.without.as_ref().map_or(0, |goal| planner.trigger(&goal.trigger)),
            path: planner.dimension(&Dimension::Column(TextColumn::Path)),
            session_gap: scope.session_gap_ms,
            end: scope.range.end,
        }
    }

    pub(crate) fn visit(&self, state: &mut ExitsState, pass: &Pass, journey: &Journey) {
        if journey.visitor == NO_VISITOR {
            return;
        }
        // Path, and whether the session ended on it: once for each session that saw it.
        let mut seen: Vec<(u32, bool)> = Vec::new();
        for session in journey.sessions_in(journey.range.clone()) {
            if pass.stops() {
                return;
            }
            let mut real = session.clone().filter(|&row| !journey.is_virtual(row));
            let is_left_out = session.clone().any(|row| journey.hits[row] & self.without != 0);
            let Some(last) = real.next_back().filter(|&row| journey.is_in(row) && !is_left_out) else {
                continue;
            };
            if session.end == journey.range.end
                && self.end.saturating_sub(journey.times[last]) <= self.session_gap
            {
                state.open += 1;
                continue;
            }
            state.sessions += 1;
            let pages = session.map(|row| journey.dimension(pass, self.path, row)).filter(|&path| path != 0);
            let mut pages: Vec<u32> = pages.collect();
            let Some(&exit) = pages.last() else { continue };
            pages.sort_unstable();
            pages.dedup();
            seen.extend(pages.into_iter().map(|path| (path, path == exit)));
        }
        seen.sort_unstable();
        for page in seen.chunk_by(|a, b| a.0 == b.0) {
            let exits = page.iter().filter(|(_, is_exit)| *is_exit).count();
            state.numbered.entry(page[0].0).or_default().add(exits as u64, page.len() as u64);
        }
    }

    /// Names the pages.
    pub(crate) fn finish(&self, state: &mut ExitsState, pass: &Pass) {
        for (number, page) in state.numbered.drain().take_while(|_| !pass.stops()) {
            let path = pass.values.text(self.path, number).unwrap_or("");
            state.pages.entry(path.to_owned()).or_default().merge(&page);
        }
    }
}
