//! From a funnel as it was defined to one that can be computed, under the goals as they are now.

use super::funnel::{ExclusionDefinition, FunnelDefinition, StepDefinition, What};
use crate::{
    funnel::{Exclusion, Funnel, FunnelError, Step},
    goal::{Goal, GoalRef, Trigger},
    nearest,
    predicate::Predicate,
};

/// A place in a funnel's definition, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A step.
    Step(usize),
    /// An exclusion.
    Exclusion(usize),
}

/// One of the two steps that an exclusion stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The step after which it breaks chains.
    After,
    /// The step before which it breaks chains.
    Before,
}

/// Why a funnel cannot be computed as it was defined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// A goal that the site does not have.
    #[error("there is no goal called `{goal}`")]
    UnknownGoal {
        /// Where it is named.
        place: Place,
        /// The name given.
        goal: String,
        /// The goal that was probably meant.
        nearest: Option<String>,
    },
    /// An exclusion refers to a step that the funnel does not have.
    #[error("the funnel has no step called `{label}`")]
    UnknownStep {
        /// Which exclusion, from 0.
        exclusion: usize,
        /// Which of its two steps.
        end: End,
        /// The label given.
        label: String,
        /// The step that was probably meant.
        nearest: Option<String>,
    },
    /// An exclusion refers to a label that several steps have.
    #[error("several steps are called `{label}`: give them labels of their own")]
    AmbiguousStep {
        /// Which exclusion, from 0.
        exclusion: usize,
        /// Which of its two steps.
        end: End,
        /// The label given.
        label: String,
    },
    /// An exclusion refers to an optional step, which stands outside the chain.
    #[error("the step `{label}` is optional, so nothing can be excluded between it and another")]
    OptionalStep {
        /// Which exclusion, from 0.
        exclusion: usize,
        /// Which of its two steps.
        end: End,
        /// The label given.
        label: String,
    },
    /// An exclusion on a goal that is no event.
    #[error("only events can be excluded, not a session's length or its pages")]
    NotAnEvent {
        /// Which exclusion, from 0.
        exclusion: usize,
    },
    /// The two steps of an exclusion are not in order.
    #[error("an exclusion stands between two steps, the first before the second")]
    ExclusionOrder {
        /// Which exclusion, from 0.
        exclusion: usize,
    },
    /// The funnel's choices do not go together.
    #[error(transparent)]
    Choices(#[from] FunnelError),
}

impl FunnelDefinition {
    /// The funnel that can be computed, under these goals.
    ///
    /// # Errors
    /// The first [`ResolveError`] found.
    pub fn resolve(&self, goals: &[Goal]) -> Result<Funnel, ResolveError> {
        self.resolve_all(goals).map_err(|(first, _)| first)
    }

    /// As [`FunnelDefinition::resolve`], with every error: the first, and the others.
    pub(super) fn resolve_all(&self, goals: &[Goal]) -> Result<Funnel, (ResolveError, Vec<ResolveError>)> {
        let (mut steps, mut exclusions, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for (index, step) in self.steps.iter().enumerate() {
            step.resolve(index, goals).map_or_else(|error| errors.push(error), |step| steps.push(step));
        }
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let found = exclusion.resolve(index, &self.steps, goals);
            found.map_or_else(|error| errors.push(error), |exclusion| exclusions.push(exclusion));
        }
        let funnel = Funnel {
            steps,
            order: self.order,
            window_ms: self.window_ms,
            anchor: self.anchor,
            scope: self.scope,
            entry: self.entry,
            tally: self.tally,
            same: self.same.clone(),
            exclusions,
        };
        if errors.is_empty() {
            errors.extend(funnel.validate().err().map(ResolveError::from));
        }
        if errors.is_empty() { Ok(funnel) } else { Err((errors.remove(0), errors)) }
    }
}

impl What {
    /// What makes it happen, and the goal it was taken from.
    pub(super) fn resolve(
        &self,
        place: Place,
        goals: &[Goal],
    ) -> Result<(Trigger, Option<GoalRef>), ResolveError> {
        let goal = |name: &str| goals.iter().find(|goal| goal.name == name);
        let found = |goal: &Goal| (goal.trigger.clone(), Some(goal.reference()));
        match self {
            Self::Inline(trigger) => Ok((trigger.clone(), None)),
            Self::Named(name) => {
                Ok(goal(name).map_or_else(|| (Trigger::Event(Predicate::event(name)), None), found))
            }
            Self::Goal(name) => goal(name).map(found).ok_or_else(|| {
                let nearest = nearest(name, goals.iter().map(|goal| goal.name.as_str())).map(str::to_owned);
                ResolveError::UnknownGoal { place, goal: name.clone(), nearest }
            }),
        }
    }
}

impl StepDefinition {
    fn resolve(&self, index: usize, goals: &[Goal]) -> Result<Step, ResolveError> {
        let (trigger, goal) = self.what.resolve(Place::Step(index), goals)?;
        Ok(Step {
            label: self.label(index),
            trigger,
            goal,
            optional: self.optional,
            within_ms: self.within_ms,
        })
    }
}

impl ExclusionDefinition {
    fn resolve(
        &self,
        exclusion: usize,
        steps: &[StepDefinition],
        goals: &[Goal],
    ) -> Result<Exclusion, ResolveError> {
        let (Trigger::Event(event), _) = self.what.resolve(Place::Exclusion(exclusion), goals)? else {
            return Err(ResolveError::NotAnEvent { exclusion });
        };
        let last = steps.iter().filter(|step| !step.optional).count().saturating_sub(1);
        let position = |label: &Option<String>, end, otherwise| match label {
            Some(label) => required_position(label, exclusion, end, steps),
            None => Ok(otherwise),
        };
        let after = position(&self.after, End::After, 0)?;
        let before = position(&self.before, End::Before, last)?;
        if after >= before {
            return Err(ResolveError::ExclusionOrder { exclusion });
        }
        Ok(Exclusion { event, after, before })
    }
}

/// Which of the required steps, from 0, is called so.
fn required_position(
    label: &str,
    exclusion: usize,
    end: End,
    steps: &[StepDefinition],
) -> Result<usize, ResolveError> {
    let labels: Vec<String> = steps.iter().enumerate().map(|(index, step)| step.label(index)).collect();
    let mut found = (0..steps.len()).filter(|&index| labels[index] == label);
    let owned = || label.to_owned();
    match (found.next(), found.next()) {
        (None, _) => {
            let nearest = nearest(label, labels.iter().map(String::as_str)).map(str::to_owned);
            Err(ResolveError::UnknownStep { exclusion, end, label: owned(), nearest })
        }
        (Some(_), Some(_)) => Err(ResolveError::AmbiguousStep { exclusion, end, label: owned() }),
        (Some(at), None) if steps[at].optional => {
            Err(ResolveError::OptionalStep { exclusion, end, label: owned() })
        }
        (Some(at), None) => Ok(steps[..at].iter().filter(|step| !step.optional).count()),
    }
}
