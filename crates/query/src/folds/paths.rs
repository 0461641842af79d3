//! The paths of sessions to or from a goal: what came step by step before it, or after it.
//!
//! It runs twice. The first time it counts the labels of each step, so that the most frequent can be chosen; the second
//! time it counts who went from which of them to which, all others being one place. So what it keeps is bounded, and exact.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use waymark_model::{Goal, event::NO_VISITOR};

use crate::{
    folds::{
        counting::{Goals, Sums, add, add_all},
        labels::{LabelBy, Labels},
    },
    journey::Journey,
    pass::Pass,
    planner::Planner,
};

/// Which paths to follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathsSpec {
    /// The goal whose first counted conversion in a session the path leads to or from.
    pub goal: Goal,
    /// From the goal on; otherwise to it.
    pub after: bool,
    /// What steps are called by. Repeats that follow one another are one step.
    pub by: LabelBy,
    /// Most steps of a path.
    pub depth: usize,
    /// The goal whose counted conversions in the session are what the session is worth.
    pub worth: Option<Goal>,
    /// The labels of each step, the nearest to the goal first, that are places of their own; `None` to count labels first.
    pub shown: Option<Vec<Vec<String>>>,
}

/// Where a session is at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PathPlace {
    /// At the goal.
    Goal,
    /// At the step's shown label of that number, from 0.
    Shown(u32),
    /// At another label.
    Other,
    /// Nowhere: the session began (or ended) one step nearer to the goal.
    Edge,
}

/// Sessions that were somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Sessions.
    pub sessions: u64,
    /// Visitors with such a session.
    pub visitors: u64,
    /// What the sessions are worth in minor units, by currency.
    pub gross: Sums,
    /// The visitor that came last, while folding.
    #[serde(skip)]
    last: u64,
}

impl Flow {
    fn add(&mut self, visitor: u64, worth: &[Worth<'_>]) {
        self.sessions += 1;
        self.visitors += u64::from(self.last != visitor);
        self.last = visitor;
        worth.iter().for_each(|worth| add(&mut self.gross, worth.currency, worth.minor.into()));
    }

    fn merge(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.visitors += other.visitors;
        add_all(&mut self.gross, &other.gross);
    }
}

/// Steps, the nearest to the goal being 1, of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathsState {
    /// All sessions with the goal.
    pub all: Flow,
    /// How many sessions had which label at which step, and of how many visitors; when labels are counted.
    pub labels: BTreeMap<(u32, String), (u64, u64)>,
    /// Sessions by step and place.
    pub nodes: BTreeMap<(u32, PathPlace), Flow>,
    /// Sessions by step, place one step nearer to the goal, and place.
    pub links: BTreeMap<(u32, PathPlace, PathPlace), Flow>,
    /// Labels by the pass's own numbers, with the visitor that came last, while folding.
    #[serde(skip)]
    numbered: HashMap<(u32, u32), (u64, u64, u64)>,
}

impl PathsState {
    pub(crate) fn merge(&mut self, other: Self) {
        self.all.merge(&other.all);
        for (label, (sessions, visitors)) in other.labels {
            let known = self.labels.entry(label).or_default();
            *known = (known.0 + sessions, known.1 + visitors);
        }
        other.nodes.into_iter().for_each(|(at, flow)| self.nodes.entry(at).or_default().merge(&flow));
        other.links.into_iter().for_each(|(at, flow)| self.links.entry(at).or_default().merge(&flow));
    }

    fn forget_visitors(&mut self) {
        let flows = self.nodes.values_mut().chain(self.links.values_mut());
        flows.chain([&mut self.all]).for_each(|flow| flow.last = NO_VISITOR);
    }
}

/// Paths made ready for a pass.
#[derive(Debug)]
pub(crate) struct PathsFold {
    goal: Goals,
    after: bool,
    labels: Labels,
    depth: usize,
    worth: Goals,
    shown: Option<Vec<Vec<String>>>,
}

/// What a conversion in a session is worth.
struct Worth<'a> {
    session: u32,
    currency: &'a str,
    minor: i64,
}

impl PathsFold {
    pub(crate) fn new(spec: &PathsSpec, planner: &mut Planner) -> Self {
        Self {
            goal: Goals::new(std::slice::from_ref(&spec.goal), planner),
            after: spec.after,
            labels: Labels::new(&spec.by, planner),
            depth: spec.depth,
            worth: Goals::new(spec.worth.as_slice(), planner),
            shown: spec.shown.clone(),
        }
    }

    pub(crate) fn visit(&self, state: &mut PathsState, pass: &Pass, journey: &Journey) {
        if journey.visitor == NO_VISITOR {
            return;
        }
        let mut conversions = self.goal.counted(pass, journey).filter(|&row| journey.is_in(row)).peekable();
        if conversions.peek().is_none() {
            return;
        }
        let worth = self.worth(pass, journey);
        for session in journey.sessions_in(journey.range.clone()) {
            let Some(goal) = conversions.next_if(|&row| row < session.end) else { continue };
            while conversions.next_if(|&row| row < session.end).is_some() {}
            if pass.stops() {
                return;
            }
            let number = journey.sessions[goal];
            let first = worth.partition_point(|worth| worth.session < number);
            let end = worth.partition_point(|worth| worth.session <= number);
            let path = if self.after {
                self.path(pass, journey, goal + 1..session.end)
            } else {
                self.path(pass, journey, (session.start..goal).rev())
            };
            self.add(state, pass, journey.visitor, &path, &worth[first..end]);
        }
    }

    /// What each counted conversion of the visitor is worth, in order.
    fn worth<'a>(&'a self, pass: &'a Pass, journey: &Journey) -> Vec<Worth<'a>> {
        let worth = |row| {
            let amount = self.worth.amount(pass, journey, row, 0)?;
            let session = journey.sessions[row];
            Some(Worth { session, currency: amount.currency, minor: amount.minor })
        };
        self.worth.counted(pass, journey).filter_map(worth).collect()
    }

    /// The labels from the goal on or back, repeats that follow one another once.
    fn path(&self, pass: &Pass, journey: &Journey, rows: impl Iterator<Item = usize>) -> Vec<u32> {
        let mut path: Vec<u32> = Vec::new();
        for label in rows.filter_map(|row| self.labels.label(pass, journey, row)) {
            if path.len() == self.depth {
                break;
            }
            if path.last() != Some(&label) {
                path.push(label);
            }
        }
        path
    }

    fn add(&self, state: &mut PathsState, pass: &Pass, visitor: u64, path: &[u32], worth: &[Worth<'_>]) {
        state.all.add(visitor, worth);
        let Some(shown) = &self.shown else {
            for (&label, step) in path.iter().zip(1..) {
                let (sessions, visitors, last) = state.numbered.entry((step, label)).or_default();
                *sessions += 1;
                *visitors += u64::from(*last != visitor);
                *last = visitor;
            }
            return;
        };
        let mut from = PathPlace::Goal;
        for (at, step) in (0..self.depth).zip(1..) {
            let to = path.get(at).map_or(PathPlace::Edge, |&label| {
                let text = self.labels.text(pass, label);
                let known =
                    shown.get(at).and_then(|shown| shown.iter().zip(0..).find(|(name, _)| *name == text));
                known.map_or(PathPlace::Other, |(_, number)| PathPlace::Shown(number))
            });
            state.nodes.entry((step, to)).or_default().add(visitor, worth);
            state.links.entry((step, from, to)).or_default().add(visitor, worth);
            from = to;
            if to == PathPlace::Edge {
                break;
            }
        }
    }

    /// Names the labels, and forgets what only folding needs.
    pub(crate) fn finish(&self, state: &mut PathsState, pass: &Pass) {
        for ((step, label), (sessions, visitors, _)) in state.numbered.drain() {
            let known = state.labels.entry((step, self.labels.text(pass, label).to_owned())).or_default();
            *known = (known.0 + sessions, known.1 + visitors);
        }
        state.forget_visitors();
    }
}
