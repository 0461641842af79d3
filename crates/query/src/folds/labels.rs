//! What the events of a journey are called where paths and sequences are made of them.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Goal, TextColumn, Trigger};

use crate::{journey::Journey, pass::Pass, planner::Planner, predicates::MOST, thresholds::Threshold};

/// What an event is called by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LabelBy {
    /// The path of its page; events without one have no label.
    Page,
    /// Its name; reserved events have no label.
    Event,
    /// The first of these goals that it matches; others have no label.
    Goals(Vec<Goal>),
}

/// Labels made ready for a pass.
#[derive(Debug)]
pub(crate) enum Labels {
    Page { path: usize },
    Event { name: usize },
    Goals(GoalLabels),
}

/// Goals as labels, of which there may be any number.
#[derive(Debug)]
pub(crate) struct GoalLabels {
    names: Vec<String>,
    /// The sets of the predicates of goals on events, and the goal of each predicate in turn.
    sets: Range<usize>,
    on_events: Vec<u32>,
    /// The other goals, each with the number of its threshold.
    engaged: Vec<(u32, u32)>,
}

impl GoalLabels {
    fn new(goals: &[Goal], planner: &mut Planner) -> Self {
        let mut predicates = Vec::new();
        let (mut on_events, mut engaged) = (Vec::new(), Vec::new());
        for (number, goal) in (1..).zip(goals) {
            match (&goal.trigger, Threshold::from_trigger(&goal.trigger)) {
                (Trigger::Event(predicate), _) => {
                    predicates.push(predicate);
                    on_events.push(number);
                }
                (_, Some(threshold)) => {
                    let threshold = planner.threshold(threshold);
                    engaged.extend(u32::try_from(threshold).map(|threshold| (threshold, number)));
                }
                (_, None) => {}
            }
        }
        let names = goals.iter().map(|goal| goal.name.clone()).collect();
        Self { names, sets: planner.sets_of(predicates.into_iter()), on_events, engaged }
    }

    /// The number, from 1, of the first goal that a row matches; 0 for none.
    fn label(&self, pass: &Pass, journey: &Journey, row: usize) -> u32 {
        if let Some(threshold) = journey.threshold(row) {
            let found = self.engaged.iter().find(|(of, _)| *of == threshold);
            return found.map_or(0, |&(_, number)| number);
        }
        let first = self.sets.clone().zip(0..).find_map(|(set, nth)| {
            let hits = journey.matches_of(pass, set, row);
            (hits != 0).then(|| nth * MOST + hits.trailing_zeros() as usize)
        });
        first.and_then(|at| self.on_events.get(at)).copied().unwrap_or(0)
    }
}

impl Labels {
    pub(crate) fn new(by: &LabelBy, planner: &mut Planner) -> Self {
        let mut column = |column| planner.dimension(&Dimension::Column(column));
        match by {
            LabelBy::Page => Self::Page { path: column(TextColumn::Path) },
            LabelBy::Event => {
                let name = column(TextColumn::Name);
                planner.needs.reserved = true;
                Self::Event { name }
            }
            LabelBy::Goals(goals) => Self::Goals(GoalLabels::new(goals, planner)),
        }
    }

    /// The number of a row's label; `None` when it has none.
    pub(crate) fn label(&self, pass: &Pass, journey: &Journey, row: usize) -> Option<u32> {
        let number = match self {
            Self::Page { path } => journey.dimension(pass, *path, row),
            Self::Event { .. } if journey.is_reserved(pass, row) => 0,
            Self::Event { name } => journey.dimension(pass, *name, row),
            Self::Goals(goals) => goals.label(pass, journey, row),
        };
        (number > 0).then_some(number)
    }

    /// The label of a number.
    pub(crate) fn text<'a>(&'a self, pass: &'a Pass, number: u32) -> &'a str {
        match self {
            Self::Page { path: slot } | Self::Event { name: slot } => {
                pass.values.text(*slot, number).unwrap_or("")
            }
            Self::Goals(goals) => {
                number.checked_sub(1).and_then(|at| goals.names.get(at as usize)).map_or("", String::as_str)
            }
        }
    }
}
