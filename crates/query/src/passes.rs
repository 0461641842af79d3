//! Splits a question that looks for more kinds of events than one pass can tell apart into several passes, and joins what
//! they found. Who asks need not know. It must not know how a pass runs.

use waymark_model::Goal;

use crate::{
    error::PlanError,
    fold::{self, FoldSpec, State},
    folds::{breakdown::BreakdownState, overview::OverviewState},
    planner::Planner,
    scope::Scope,
    thresholds::Threshold,
};

/// A fold, or a part of its goals, that one pass runs.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Which of the folds asked for.
    fold: usize,
    pub(crate) spec: FoldSpec,
    /// For each goal of the piece, which of the fold's it is; `None` where it only serves others.
    goals: Vec<Option<usize>>,
}

/// Passes that together answer a question.
#[derive(Debug)]
pub(crate) struct Passes {
    pub(crate) all: Vec<Vec<Piece>>,
    /// What makes virtual events in all of them.
    pub(crate) thresholds: Vec<Threshold>,
}

/// Plans passes, each of which tells at most `room` kinds of events apart.
pub(crate) fn plan(specs: &[FoldSpec], scope: &Scope, room: usize) -> Result<Passes, PlanError> {
    let mut whole = Planner::new(room);
    fold::compile(specs, scope, &mut whole)?;
    let mut passes = Passes { all: Vec::new(), thresholds: whole.thresholds.list() };
    let pieces: Vec<Piece> = specs.iter().enumerate().map(|(fold, spec)| Piece::whole(fold, spec)).collect();
    if !whole.full {
        passes.all.push(pieces);
        return Ok(passes);
    }
    let fits = |pieces: &[Piece]| {
        let mut planner = Planner::new(room);
        planner.expect(&passes.thresholds);
        fold::compile(pieces.iter().map(|piece| &piece.spec), scope, &mut planner)?;
        Ok(if planner.full { Err(planner.asked()) } else { Ok(()) })
    };
    let mut all: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        for part in piece.split(&fits)? {
            let mut joined = all.last().cloned().unwrap_or_default();
            joined.push(part.clone());
            match (all.last_mut(), fits(&joined)?) {
                (Some(last), Ok(())) => last.push(part),
                _ => all.push(vec![part]),
            }
        }
    }
    passes.all = all;
    Ok(passes)
}

/// Whether pieces fit into one pass, and if not, how many kinds of events they look for.
type Fits<'a> = dyn Fn(&[Piece]) -> Result<Result<(), usize>, PlanError> + 'a;

impl Piece {
    fn whole(fold: usize, spec: &FoldSpec) -> Self {
        let count = match spec {
            FoldSpec::Overview(spec) => spec.goals.len(),
            FoldSpec::Breakdown(spec) => spec.goals.len(),
            _ => 0,
        };
        Self { fold, spec: spec.clone(), goals: (0..count).map(Some).collect() }
    }

    /// Pieces that each fit into a pass: its goals are halved until they do.
    fn split(self, fits: &Fits<'_>) -> Result<Vec<Self>, PlanError> {
        let Err(asked) = fits(std::slice::from_ref(&self))? else { return Ok(vec![self]) };
        let own: Vec<usize> = self.goals.iter().copied().flatten().collect();
        if own.len() < 2 {
            return Err(PlanError::TooManyPredicates(asked));
        }
        let (first, second) = own.split_at(own.len() / 2);
        let mut pieces = self.with(first, true).split(fits)?;
        pieces.extend(self.with(second, false).split(fits)?);
        Ok(pieces)
    }

    /// The same with only these of the fold's goals, and with or without what is asked but once.
    fn with(&self, goals: &[usize], is_first: bool) -> Self {
        let place = |goal: usize| self.goals.iter().position(|known| *known == Some(goal));
        let places: Vec<usize> = goals.iter().filter_map(|&goal| place(goal)).collect();
        let of = |all: &[Goal]| places.iter().filter_map(|&at| all.get(at)).cloned().collect::<Vec<_>>();
        let mut goals: Vec<Option<usize>> = goals.iter().copied().map(Some).collect();
        let mut spec = self.spec.clone();
        match &mut spec {
            FoldSpec::Overview(spec) => {
                let then = spec.then.and_then(|at| Some((at, spec.goals.get(at)?.clone())));
                spec.goals = of(&spec.goals);
                if !is_first {
                    spec.orders.clear();
                }
                // The goal that others lead to is needed by each of them.
                spec.then = then.map(|(at, goal)| {
                    places.iter().position(|&place| place == at).unwrap_or_else(|| {
                        spec.goals.push(goal);
                        goals.push(None);
                        spec.goals.len() - 1
                    })
                });
            }
            FoldSpec::Breakdown(spec) => spec.goals = of(&spec.goals),
            _ => {}
        }
        Self { fold: self.fold, spec, goals }
    }
}

/// Joins the states of all pieces into those of the folds asked for.
pub(crate) fn join(
    specs: &[FoldSpec],
    found: impl IntoIterator<Item = (Piece, State)>,
) -> Result<Vec<State>, PlanError> {
    let mut joined: Vec<Option<State>> = vec![None; specs.len()];
    for (piece, state) in found {
        let known = &mut joined[piece.fold];
        match (&specs[piece.fold], known.take(), state) {
            (FoldSpec::Overview(spec), before, State::Overview(state)) if piece.is_part(spec.goals.len()) => {
                let mut all = match before {
                    Some(State::Overview(all)) => all,
                    _ => OverviewState::with_room(spec.goals.len(), &state),
                };
                all.join(&piece.goals, state);
                *known = Some(State::Overview(all));
            }
            (FoldSpec::Breakdown(spec), before, State::Breakdown(state))
                if piece.is_part(spec.goals.len()) =>
            {
                let mut all = match before {
                    Some(State::Breakdown(all)) => all,
                    _ => BreakdownState::default(),
                };
                all.join(spec.goals.len(), &piece.goals, state);
                *known = Some(State::Breakdown(all));
            }
            (_, _, state) => *known = Some(state),
        }
    }
    let missing = || PlanError::Internal("a pass is missing".to_owned());
    joined.into_iter().map(|state| state.ok_or_else(missing)).collect()
}

impl Piece {
    /// Whether it has only some of so many goals.
    fn is_part(&self, goals: usize) -> bool {
        self.goals.iter().flatten().count() < goals
    }
}
