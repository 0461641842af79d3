//! Funnels: steps that journeys may take, and every choice that decides whether a journey took them.
//!
//! What each choice means is in `docs/counting.md`, Funnels.

use serde::{Deserialize, Serialize};

use crate::{
    goal::{GoalRef, Trigger},
    predicate::{Dimension, Predicate},
};

/// Whether the steps must follow one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In this order, with other events between them allowed.
    #[default]
    Ordered,
    /// In this order, with nothing else between them but repeats of the step last reached and reserved events.
    Strict,
    /// In whatever order, each step by an event of its own.
    Any,
}

/// Which step-1 events may start a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// All of them: a unit's depth is the best over all.
    #[default]
    Any,
    /// Only the unit's first.
    First,
}

/// How far a chain may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Across a visitor's sessions.
    #[default]
    Visitor,
    /// Within one session.
    Session,
}

/// Where a unit may enter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// At step 1 only.
    #[default]
    Closed,
    /// At any step.
    Open,
}

/// What is counted through the funnel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tally {
    /// Each visitor once.
    #[default]
    Visitors,
    /// Each session once; chains stay within a session.
    Sessions,
    /// Each pair of visitor and held property value once.
    Pairs,
    /// Each entry: after a completed, expired or excluded chain the next step-1 event starts another.
    Entries,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the step is called where it is shown.
    pub label: String,
    /// What makes a unit take the step. A goal's counting rule does not apply here.
    pub trigger: Trigger,
    /// The goal that the step was taken from, if any.
    pub goal: Option<GoalRef>,
    /// Units may pass without it: it stands outside the chain.
    pub optional: bool,
    /// Longest time from the previous required step, in ms, inclusive.
    pub within_ms: Option<i64>,
}

impl Step {
    /// A required step taken by events of that name.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self {
            label: name.to_owned(),
            trigger: Trigger::Event(Predicate::event(name)),
            goal: None,
            optional: false,
            within_ms: None,
        }
    }
}

/// An event that breaks a chain between two steps; another anchor may still succeed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exclusion {
    /// What must not happen.
    pub event: Predicate,
    /// It breaks a chain that has taken this required step (from 0) …
    pub after: usize,
    /// … and has not yet taken this later one.
    pub before: usize,
}

/// A funnel whose steps are resolved. [`Funnel::validate`] says whether its choices go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// 2 to 12 steps, the first and the last of them required.
    pub steps: Vec<Step>,
    /// Whether steps must follow one another.
    pub order: Order,
    /// Longest time from the chain's first event to its last, in ms, inclusive.
    pub window_ms: Option<i64>,
    /// Which step-1 events may start a chain.
    pub anchor: Anchor,
    /// How far a chain may reach.
    pub scope: Scope,
    /// Where a unit may enter.
    pub entry: Entry,
    /// What is counted.
    pub tally: Tally,
    /// All of a chain's events share their value in this dimension.
    pub same: Option<Dimension>,
    /// Events that break chains.
    pub exclusions: Vec<Exclusion>,
}

/// Why a funnel is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunnelError {
    /// Fewer than 2 or more than 12 steps.
    #[error("a funnel has 2 to 12 steps, this one has {0}")]
    Steps(usize),
    /// The first or last step is optional.
    #[error("the first and the last step of a funnel cannot be optional")]
    OptionalEnd,
    /// A window below zero.
    #[error("a window cannot be negative")]
    NegativeWindow,
    /// An exclusion that names no two steps in order.
    #[error("an exclusion stands between two required steps, the first before the second")]
    ExclusionSteps,
    /// Pairs are counted, but no property is held.
    #[error("counting pairs needs a property that all steps share (`same`)")]
    PairsWithoutSame,
    /// Two choices that have no meaning together.
    #[error("`{0}` has no meaning with `{1}`: leave one of them out")]
    Conflict(&'static str, &'static str),
}

impl Funnel {
    /// Fewest steps.
    pub const MIN_STEPS: usize = 2;
    /// Most steps.
    pub const MAX_STEPS: usize = 12;

    /// An ordered, closed funnel of these steps, counting visitors, with any anchor and no window.
    #[must_use]
    pub fn of(steps: Vec<Step>) -> Self {
        Self {
            steps,
            order: Order::default(),
            window_ms: None,
            anchor: Anchor::default(),
            scope: Scope::default(),
            entry: Entry::default(),
            tally: Tally::default(),
            same: None,
            exclusions: Vec::new(),
        }
    }

    /// The required steps, which make the chain.
    pub fn required(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| !step.optional)
    }

    /// Whether chains stay within a session, by scope or by what is counted.
    #[must_use]
    pub fn within_session(&self) -> bool {
        self.scope == Scope::Session || self.tally == Tally::Sessions
    }

    /// Checks that the choices go together.
    ///
    /// # Errors
    /// The first [`FunnelError`] found.
    pub fn validate(&self) -> Result<(), FunnelError> {
        let count = self.steps.len();
        if !(Self::MIN_STEPS..=Self::MAX_STEPS).contains(&count) {
            return Err(FunnelError::Steps(count));
        }
        if self.steps[0].optional || self.steps[count - 1].optional {
            return Err(FunnelError::OptionalEnd);
        }
        let negative = |ms: Option<i64>| ms.is_some_and(|ms| ms < 0);
        if negative(self.window_ms) || self.steps.iter().any(|step| negative(step.within_ms)) {
            return Err(FunnelError::NegativeWindow);
        }
        let required = self.required().count();
        if self.exclusions.iter().any(|e| e.after >= e.before || e.before >= required) {
            return Err(FunnelError::ExclusionSteps);
        }
        if self.tally == Tally::Pairs && self.same.is_none() {
            return Err(FunnelError::PairsWithoutSame);
        }
        self.conflict().map_or(Ok(()), |(a, b)| Err(FunnelError::Conflict(a, b)))
    }

    fn conflict(&self) -> Option<(&'static str, &'static str)> {
        let any_order = self.order == Order::Any;
        let open = self.entry == Entry::Open;
        let entries = self.tally == Tally::Entries;
        let optional = self.steps.iter().any(|step| step.optional);
        let stepwise = self.steps.iter().any(|step| step.within_ms.is_some());
        let first = self.anchor == Anchor::First;
        [
            (any_order && first, "order = any", "anchor = first"),
            (any_order && stepwise, "order = any", "a step's own window"),
            (any_order && optional, "order = any", "optional steps"),
            (any_order && open, "order = any", "open entry"),
            (any_order && entries, "order = any", "counting entries"),
            (any_order && !self.exclusions.is_empty(), "order = any", "exclusions"),
            (open && first, "open entry", "anchor = first"),
            (open && entries, "open entry", "counting entries"),
            (entries && first, "counting entries", "anchor = first"),
        ]
        .into_iter()
        .find_map(|(conflict, a, b)| conflict.then_some((a, b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Funnel), expected: Result<(), FunnelError>) {
        let mut funnel = Funnel::of(["a", "b", "c"].map(Step::event).to_vec());
        change(&mut funnel);
        assert_eq!(funnel.validate(), expected);
    }

    #[test]
    fn choices_must_go_together() {
        check(|_| (), Ok(()));
        check(|f| f.steps.truncate(1), Err(FunnelError::Steps(1)));
        check(|f| f.steps = vec![Step::event("a"); 13], Err(FunnelError::Steps(13)));
        check(|f| f.steps[2].optional = true, Err(FunnelError::OptionalEnd));
        check(|f| f.steps[1].optional = true, Ok(()));
        check(|f| f.window_ms = Some(-1), Err(FunnelError::NegativeWindow));
        check(|f| f.tally = Tally::Pairs, Err(FunnelError::PairsWithoutSame));
        let exclusion = |after, before| Exclusion { event: Predicate::event("x"), after, before };
        check(|f| f.exclusions.push(exclusion(1, 1)), Err(FunnelError::ExclusionSteps));
        check(|f| f.exclusions.push(exclusion(0, 3)), Err(FunnelError::ExclusionSteps));
        check(|f| f.exclusions.push(exclusion(0, 2)), Ok(()));
        check(
            |f| (f.order, f.anchor) = (Order::Any, Anchor::First),
            Err(FunnelError::Conflict("order = any", "anchor = first")),
        );
    }
}
