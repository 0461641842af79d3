//! What can be folded over journeys: the kinds of fold, their specifications and their states.
//!
//! A specification and a state serialise to versioned bytes; states of disjoint visitors merge in any order. That is
//! all that running a fold elsewhere needs.

use serde::{Deserialize, Serialize};
use waymark_model::Funnel;

use crate::{
    error::PlanError,
    folds::{
        Scratch,
        breakdown::{BreakdownFold, BreakdownSpec, BreakdownState},
        conversion_time::{ConversionTimeFold, ConversionTimeSpec, ConversionTimeState},
        drop_off::{DropOffFold, DropOffSpec, DropOffState},
        events::{EventsFold, EventsSpec, EventsState},
        exits::{ExitsFold, ExitsSpec, ExitsState},
        funnel::{FunnelFold, FunnelState},
        overview::{OverviewFold, OverviewSpec, OverviewState},
        paths::{PathsFold, PathsSpec, PathsState},
        sequences::{SequencesFold, SequencesSpec, SequencesState},
    },
    journey::Journey,
    marks::{Marks, Terms},
    pass::{Pass, Visits},
    planner::Planner,
    scope::Scope,
};

/// A fold to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FoldSpec {
    /// Visitors, sessions, events and each goal's conversions, in total and by day.
    Overview(OverviewSpec),
    /// Units through the steps of a funnel.
    Funnel(Funnel),
    /// Units and their conversions by the values of a dimension.
    Breakdown(BreakdownSpec),
    /// Time to the first conversion.
    ConversionTime(ConversionTimeSpec),
    /// The events behind a number.
    Events(EventsSpec),
    /// Paths to or from a goal.
    Paths(PathsSpec),
    /// What the lost of a funnel did next.
    DropOff(DropOffSpec),
    /// Pages on which sessions ended.
    Exits(ExitsSpec),
    /// Sequences of those who reached a goal, and of others.
    Sequences(SequencesSpec),
}

/// What a fold has found so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Of [`FoldSpec::Overview`].
    Overview(OverviewState),
    /// Of [`FoldSpec::Funnel`].
    Funnel(FunnelState),
    /// Of [`FoldSpec::Breakdown`].
    Breakdown(BreakdownState),
    /// Of [`FoldSpec::ConversionTime`].
    ConversionTime(ConversionTimeState),
    /// Of [`FoldSpec::Events`].
    Events(EventsState),
    /// Of [`FoldSpec::Paths`].
    Paths(PathsState),
    /// Of [`FoldSpec::DropOff`].
    DropOff(DropOffState),
    /// Of [`FoldSpec::Exits`].
    Exits(ExitsState),
    /// Of [`FoldSpec::Sequences`].
    Sequences(SequencesState),
}

/// What was read to make the states: each row and visitor once, whatever the number of parallel workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// Rows read, those of tagged events included.
    pub rows: u64,
    /// Visitors in the range and the population.
    pub visitors: u64,
    /// Events in the range that were left out because they are tagged.
    pub left_out: u64,
    /// Rows that were not in order within their part: 0 unless stored data is damaged.
    pub out_of_order: u64,
}

/// Why states or specifications cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// States of different folds.
    #[error("states of different folds cannot be merged")]
    Different,
    /// Bytes of a version that this program does not read.
    #[error("a fold's bytes have version {0}, this program reads version {version}", version = VERSION)]
    Version(u8),
    /// Bytes that are not a state or specification.
    #[error("a fold's bytes are damaged: {0}")]
    Damaged(String),
}

/// Version of the bytes of specifications and states.
const VERSION: u8 = 4;

fn to_bytes(of: &impl Serialize) -> Result<Vec<u8>, StateError> {
    postcard::to_extend(of, vec![VERSION]).map_err(|error| StateError::Damaged(error.to_string()))
}

fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, StateError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|error| StateError::Damaged(error.to_string()))
        }
        Some((&version, _)) => Err(StateError::Version(version)),
        None => Err(StateError::Damaged("there are none".to_owned())),
    }
}

impl FoldSpec {
    /// The specification as versioned bytes.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        to_bytes(self)
    }

    /// The specification of those bytes.
    ///
    /// # Errors
    /// [`StateError`] when they are of another version or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        from_bytes(bytes)
    }
}

impl State {
    /// The state as versioned bytes.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        to_bytes(self)
    }

    /// The state of those bytes.
    ///
    /// # Errors
    /// [`StateError`] when they are of another version or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        from_bytes(bytes)
    }

    /// Takes in what the same fold found about other visitors. The order of merging does not matter.
    ///
    /// # Errors
    /// [`StateError::Different`] when the states are of different folds.
    pub fn merge(&mut self, other: Self) -> Result<(), StateError> {
        match (self, other) {
            (Self::Overview(a), Self::Overview(b)) => a.merge(b),
            (Self::Funnel(a), Self::Funnel(b)) => a.merge(&b),
            (Self::Breakdown(a), Self::Breakdown(b)) => a.merge(b),
            (Self::ConversionTime(a), Self::ConversionTime(b)) => a.merge(&b),
            (Self::Events(a), Self::Events(b)) => a.merge(b),
            (Self::Paths(a), Self::Paths(b)) => a.merge(b),
            (Self::DropOff(a), Self::DropOff(b)) => a.merge(b),
            (Self::Exits(a), Self::Exits(b)) => a.merge(b),
            (Self::Sequences(a), Self::Sequences(b)) => a.merge(b),
            _ => return Err(StateError::Different),
        }
        Ok(())
    }
}

impl Integrity {
    /// Takes in what was read of other visitors.
    pub const fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.visitors += other.visitors;
        self.left_out += other.left_out;
        self.out_of_order += other.out_of_order;
    }
}

/// A fold made ready for a pass.
#[derive(Debug)]
pub(crate) enum Compiled {
    Overview(OverviewFold),
    Funnel(Box<FunnelFold>),
    Breakdown(BreakdownFold),
    ConversionTime(ConversionTimeFold),
    Events(EventsFold),
    Paths(PathsFold),
    DropOff(Box<DropOffFold>),
    Exits(ExitsFold),
    Sequences(SequencesFold),
}

/// Makes folds ready for a pass over the scope's population.
pub(crate) fn compile<'a>(
    specs: impl IntoIterator<Item = &'a FoldSpec>,
    scope: &Scope,
    planner: &mut Planner,
) -> Result<Vec<Compiled>, PlanError> {
    planner.population(&scope.population);
    specs.into_iter().map(|spec| Compiled::new(spec, scope, planner)).collect()
}

/// Which visitors these folds visit, given what they asked for.
pub(crate) fn visits(folds: &[Compiled], planner: &Planner) -> Visits {
    let relevant = folds.iter().try_fold(0, |all, fold| Some(all | fold.relevant()?));
    let terms = folds.iter().map(Compiled::terms).collect::<Option<_>>().filter(|_| planner.is_on_text());
    let marks = terms.and_then(|terms| Marks::new(terms, relevant.unwrap_or(0)));
    Visits { relevant, recent: folds.iter().map(Compiled::recent).max().unwrap_or(0), marks }
}

impl Compiled {
    fn new(spec: &FoldSpec, scope: &Scope, planner: &mut Planner) -> Result<Self, PlanError> {
        Ok(match spec {
            FoldSpec::Overview(spec) => Self::Overview(OverviewFold::new(spec, planner)),
            FoldSpec::Funnel(funnel) => Self::Funnel(Box::new(FunnelFold::new(funnel, scope, planner)?)),
            FoldSpec::Breakdown(spec) => Self::Breakdown(BreakdownFold::new(spec, planner)?),
            FoldSpec::ConversionTime(spec) => Self::ConversionTime(ConversionTimeFold::new(spec, planner)?),
            FoldSpec::Events(spec) => Self::Events(EventsFold::new(spec, planner)),
            FoldSpec::Paths(spec) => Self::Paths(PathsFold::new(spec, planner)),
            FoldSpec::DropOff(spec) => Self::DropOff(Box::new(DropOffFold::new(spec, scope, planner)?)),
            FoldSpec::Exits(spec) => Self::Exits(ExitsFold::new(spec, scope, planner)),
            FoldSpec::Sequences(spec) => Self::Sequences(SequencesFold::new(spec, planner)),
        })
    }

    /// The state before any visitor.
    pub(crate) fn start(&self) -> State {
        match self {
            Self::Overview(fold) => State::Overview(fold.start()),
            Self::Funnel(fold) => State::Funnel(fold.start()),
            Self::Breakdown(fold) => State::Breakdown(fold.start()),
            Self::ConversionTime(_) => State::ConversionTime(ConversionTimeState::default()),
            Self::Events(fold) => State::Events(fold.start()),
            Self::Paths(_) => State::Paths(PathsState::default()),
            Self::DropOff(fold) => State::DropOff(fold.start()),
            Self::Exits(_) => State::Exits(ExitsState::default()),
            Self::Sequences(_) => State::Sequences(SequencesState::default()),
        }
    }

    /// The bits of the rows that matter, if others need not be gathered: neither units nor sessions nor what stands
    /// between depend on them.
    pub(crate) fn relevant(&self) -> Option<u64> {
        match self {
            Self::Funnel(fold) => fold.relevant(),
            _ => None,
        }
    }

    /// The longest time before the end of the range in which the fast path must know when a visitor was seen last.
    pub(crate) fn recent(&self) -> i64 {
        match self {
            Self::Funnel(fold) => fold.recent(),
            _ => 0,
        }
    }

    /// When the fold must visit a visitor; `None` if it visits all.
    pub(crate) fn terms(&self) -> Option<Terms> {
        match self {
            Self::Funnel(fold) => Some(fold.terms()),
            _ => None,
        }
    }

    /// Takes in visitors whom the fold's terms spare a visit: so many, of whom so many match the first bits.
    pub(crate) fn count_unvisited(&self, state: &mut State, visitors: u64, first: u64) {
        if let (Self::Funnel(fold), State::Funnel(state)) = (self, state) {
            fold.count_unvisited(state, visitors, first);
        }
    }

    /// Takes in a journey.
    pub(crate) fn visit(&self, state: &mut State, pass: &Pass, journey: &Journey, scratch: &mut Scratch) {
        match (self, state) {
            (Self::Overview(fold), State::Overview(state)) => {
                fold.visit(state, pass, journey, &mut scratch.converted);
            }
            (Self::Funnel(fold), State::Funnel(state)) => fold.visit(state, pass, journey, scratch),
            (Self::Breakdown(fold), State::Breakdown(state)) => fold.visit(state, pass, journey),
            (Self::ConversionTime(fold), State::ConversionTime(state)) => fold.visit(state, pass, journey),
            (Self::Events(fold), State::Events(state)) => fold.visit(state, pass, journey),
            (Self::Paths(fold), State::Paths(state)) => fold.visit(state, pass, journey),
            (Self::DropOff(fold), State::DropOff(state)) => fold.visit(state, pass, journey, scratch),
            (Self::Exits(fold), State::Exits(state)) => fold.visit(state, pass, journey),
            (Self::Sequences(fold), State::Sequences(state)) => fold.visit(state, pass, journey),
            _ => {}
        }
    }

    /// Brings a state into the form that merges with those of other workers.
    pub(crate) fn finish(&self, state: &mut State, pass: &Pass) {
        match (self, state) {
            (Self::Breakdown(fold), State::Breakdown(state)) => fold.finish(state, pass),
            (Self::Overview(_), State::Overview(state)) => state.finish(),
            (Self::Events(_), State::Events(state)) => state.finish(),
            (Self::Paths(fold), State::Paths(state)) => fold.finish(state, pass),
            (Self::DropOff(fold), State::DropOff(state)) => fold.finish(state, pass),
            (Self::Exits(fold), State::Exits(state)) => fold.finish(state, pass),
            (Self::Sequences(fold), State::Sequences(state)) => fold.finish(state, pass),
            _ => {}
        }
    }
}
