//! What the events of a journey are called where paths and sequences are made of them.

use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Goal, TextColumn};

use crate::{
    journey::Journey,
    plan::{Pass, Planner},
};

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
    Goals { bits: Vec<u64>, names: Vec<String> },
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
            LabelBy::Goals(goals) => Self::Goals {
                bits: goals.iter().map(|goal| planner.trigger(&goal.trigger)).collect(),
                names: goals.iter().map(|goal| goal.name.clone()).collect(),
            },
        }
    }

    /// The number of a row's label; `None` when it has none.
    pub(crate) fn of(&self, pass: &Pass, journey: &Journey, row: usize) -> Option<u32> {
        let number = match self {
            Self::Page { path } => journey.dimension(pass, *path, row),
            Self::Event { .. } if journey.is_reserved(pass, row) => 0,
            Self::Event { name } => journey.dimension(pass, *name, row),
            Self::Goals { bits, .. } => {
                let hits = journey.hits[row];
                bits.iter().zip(1..).find(|(bit, _)| hits & *bit != 0).map_or(0, |(_, number)| number)
            }
        };
        (number > 0).then_some(number)
    }

    /// The label of a number.
    pub(crate) fn text<'a>(&'a self, pass: &'a Pass, number: u32) -> &'a str {
        match self {
            Self::Page { path: slot } | Self::Event { name: slot } => {
                pass.values.text(*slot, number).map_or("", |text| text)
            }
            Self::Goals { names, .. } => {
                number.checked_sub(1).and_then(|at| names.get(at as usize)).map_or("", String::as_str)
            }
        }
    }
}
