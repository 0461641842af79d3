//! Funnels in the form of the query's JSON, written so that reading gives the same again.

use waymark_model::{
    FunnelDefinition, Trigger,
    definitions::{ExclusionDefinition, StepDefinition, What},
    duration,
};

use super::{FunnelQuery, StepQuery, StepTable};
use crate::{Conditions, Over};

impl FunnelQuery {
    /// The question that states a funnel as it is defined.
    pub fn of(funnel: &FunnelDefinition) -> Self {
        Self {
            name: None,
            steps: funnel.steps.iter().map(StepQuery::of_step).collect(),
            window: funnel.window_ms.map(duration::format),
            order: funnel.order,
            anchor: funnel.anchor,
            scope: funnel.scope,
            entry: funnel.entry,
            count: funnel.tally,
            same: funnel.same.as_ref().map(ToString::to_string),
            exclude: funnel.exclusions.iter().map(StepQuery::of_exclusion).collect(),
            over: Over::default(),
            compare: None,
        }
    }
}

impl StepQuery {
    fn of_step(step: &StepDefinition) -> Self {
        let table = StepTable {
            label: step.label.clone(),
            optional: step.optional,
            within: step.within_ms.map(duration::format),
            ..StepTable::of(&step.what)
        };
        Self::of(table)
    }

    fn of_exclusion(exclusion: &ExclusionDefinition) -> Self {
        let ExclusionDefinition { what, after, before } = exclusion;
        Self::of(StepTable { after: after.clone(), before: before.clone(), ..StepTable::of(what) })
    }

    /// A name alone, where the table says no more.
    fn of(table: StepTable) -> Self {
        match &table.name {
            Some(name) if table == (StepTable { name: Some(name.clone()), ..StepTable::default() }) => {
                Self::Name(name.clone())
            }
            _ => Self::Table(Box::new(table)),
        }
    }
}

impl StepTable {
    fn of(what: &What) -> Self {
        let table = Self::default();
        match what {
            What::Named(name) => Self { name: Some(name.clone()), ..table },
            What::Goal(goal) => Self { goal: Some(goal.clone()), ..table },
            What::Inline(Trigger::Duration { at_least_ms }) => {
                Self { duration: Some(duration::format(*at_least_ms)), ..table }
            }
            What::Inline(Trigger::Pages { at_least }) => Self { pages: Some(*at_least), ..table },
            What::Inline(Trigger::Event(predicate)) => {
                Self { conditions: Some(Conditions::of(predicate)), ..table }
            }
        }
    }
}
