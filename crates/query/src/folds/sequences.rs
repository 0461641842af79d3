//! Short sequences of events, and how many visitors who reached a goal, and who did not, went through them.
//!
//! It runs twice. The first time it counts labels, so that the most frequent can be chosen; the second time it counts
//! sequences of those, all others being one label. So what it keeps is bounded, and exact.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use waymark_model::{Goal, event::NO_VISITOR};

use crate::{
    folds::{
        counting::Goals,
        labels::{LabelBy, Labels},
    },
    journey::Journey,
    pass::Pass,
    planner::Planner,
};

/// Which sequences to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SequencesSpec {
    /// The goal that tells visitors apart. Of those with a counted conversion, what comes before the first one is looked
    /// at; of the others, all.
    pub goal: Goal,
    /// What events are called by.
    pub by: LabelBy,
    /// Labels in a sequence, at least 1.
    pub length: usize,
    /// The labels told apart, the others being one; `None` to count labels first.
    pub shown: Option<Vec<String>>,
}

/// Visitors with a counted conversion of the goal, and without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// With one.
    pub converters: u64,
    /// Without.
    pub others: u64,
}

impl Sides {
    fn add(&mut self, converts: bool) {
        self.converters += u64::from(converts);
        self.others += u64::from(!converts);
    }

    fn merge(&mut self, other: Self) {
        self.converters += other.converters;
        self.others += other.others;
    }
}

/// Visitors by the sequences they went through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencesState {
    /// All visitors.
    pub all: Sides,
    /// Visitors by label; when labels are counted.
    pub labels: BTreeMap<String, Sides>,
    /// Visitors by sequence: numbers of shown labels, and their count for any other.
    pub sequences: BTreeMap<Vec<u32>, Sides>,
    /// Labels by the pass's own numbers, while folding.
    #[serde(skip)]
    numbered: HashMap<u32, Sides>,
}

impl SequencesState {
    pub(crate) fn merge(&mut self, other: Self) {
        self.all.merge(other.all);
        other
            .labels
            .into_iter()
            .for_each(|(label, sides)| self.labels.entry(label).or_default().merge(sides));
        for (sequence, sides) in other.sequences {
            self.sequences.entry(sequence).or_default().merge(sides);
        }
    }
}

/// Sequences made ready for a pass.
#[derive(Debug)]
pub(crate) struct SequencesFold {
    goal: Goals,
    labels: Labels,
    length: usize,
    shown: Option<Vec<String>>,
}

impl SequencesFold {
    pub(crate) fn new(spec: &SequencesSpec, planner: &mut Planner) -> Self {
        Self {
            goal: Goals::new(std::slice::from_ref(&spec.goal), planner),
            labels: Labels::new(&spec.by, planner),
            length: spec.length.max(1),
            shown: spec.shown.clone(),
        }
    }

    pub(crate) fn visit(&self, state: &mut SequencesState, pass: &Pass, journey: &Journey) {
        if journey.visitor == NO_VISITOR {
            return;
        }
        let mut rows = journey.range.clone().filter(|&row| journey.is_in(row));
        let first = self.goal.counted(pass, journey).find(|&row| journey.is_in(row));
        if rows.next().is_none() {
            return;
        }
        let converts = first.is_some();
        state.all.add(converts);
        let before =
            (journey.range.start..first.unwrap_or(journey.range.end)).filter(|&row| journey.is_in(row));
        let before = before.take_while(|&row| !pass.stops_at(row));
        let labels = before.filter_map(|row| self.labels.label(pass, journey, row));
        match &self.shown {
            None => {
                let mut labels: SmallVec<[u32; 16]> = labels.collect();
                labels.sort_unstable();
                labels.dedup();
                labels.iter().for_each(|&label| state.numbered.entry(label).or_default().add(converts));
            }
            Some(shown) => {
                let mut path: SmallVec<[u32; 16]> =
                    labels.map(|label| self.place(pass, shown, label)).collect();
                path.dedup();
                let mut sequences = Vec::new();
                for sequence in path.windows(self.length) {
                    push_distinct(&mut sequences, sequence, pass);
                }
                sequences.sort_unstable();
                sequences.dedup();
                sequences.into_iter().for_each(|sequence| add(&mut state.sequences, sequence, converts));
            }
        }
    }

    /// The place of a label among those shown; their count for another.
    #[allow(clippy::cast_possible_truncation, reason = "few labels are shown")]
    fn place(&self, pass: &Pass, shown: &[String], label: u32) -> u32 {
        let text = self.labels.text(pass, label);
        shown.iter().position(|known| known == text).unwrap_or(shown.len()) as u32
    }

    /// Names the labels.
    pub(crate) fn finish(&self, state: &mut SequencesState, pass: &Pass) {
        for (number, sides) in state.numbered.drain() {
            state.labels.entry(self.labels.text(pass, number).to_owned()).or_default().merge(sides);
        }
    }
}

/// Sequences of a visitor that are made distinct on the way: of many there are mostly few different ones.
const MOST_ALIKE: usize = 1 << 16;

/// Adds a sequence; whenever many are there they are made distinct.
fn push_distinct<'a>(sequences: &mut Vec<&'a [u32]>, sequence: &'a [u32], pass: &Pass) {
    if sequences.len() == sequences.capacity() && sequences.len() >= MOST_ALIKE && !pass.stops() {
        sequences.sort_unstable();
        sequences.dedup();
        sequences.reserve(sequences.len().max(MOST_ALIKE));
    }
    sequences.push(sequence);
}

fn add(sequences: &mut BTreeMap<Vec<u32>, Sides>, sequence: &[u32], converts: bool) {
    match sequences.get_mut(sequence) {
        Some(sides) => sides.add(converts),
        None => sequences.entry(sequence.to_vec()).or_default().add(converts),
    }
}
