//! What sessions can reach: the thresholds that a question asks for, each with its number and its bit.

use waymark_model::Trigger;

/// What a session reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threshold {
    /// It has lasted so many ms.
    Duration(i64),
    /// It has seen so many pages.
    Pages(u32),
}

impl Threshold {
    /// That of a trigger, if it is one of engagement.
    pub(crate) fn from_trigger(trigger: &Trigger) -> Option<Self> {
        match trigger {
            Trigger::Event(_) => None,
            Trigger::Duration { at_least_ms } => Some(Self::Duration((*at_least_ms).max(0))),
            Trigger::Pages { at_least } => Some(Self::Pages((*at_least).max(1))),
        }
    }
}

/// The thresholds that make virtual events, each with its bit; without one where only its existence matters.
#[derive(Debug, Default)]
pub(crate) struct Thresholds {
    pub(crate) page_view: u64,
    all: Vec<(Threshold, u64)>,
}

impl Thresholds {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn list(&self) -> Vec<Threshold> {
        self.all.iter().map(|&(threshold, _)| threshold).collect()
    }

    /// The number of a threshold, new or known.
    pub(crate) fn number(&mut self, threshold: Threshold) -> usize {
        self.all.iter().position(|(known, _)| *known == threshold).unwrap_or_else(|| {
            self.all.push((threshold, 0));
            self.all.len() - 1
        })
    }

    /// The bit of a threshold, if it has one.
    pub(crate) fn bit(&self, number: usize) -> Option<u64> {
        self.all.get(number).map(|&(_, bit)| bit).filter(|bit| *bit != 0)
    }

    pub(crate) fn set_bit(&mut self, number: usize, bit: u64) {
        if let Some(threshold) = self.all.get_mut(number) {
            threshold.1 = bit;
        }
    }

    /// Each threshold with its number and its bit; 0 where it has none.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Threshold, u64)> {
        (0..).zip(&self.all).map(|(number, &(threshold, bit))| (number, threshold, bit))
    }

    /// How many thresholds have bits.
    pub(crate) fn with_bits(&self) -> usize {
        self.all.iter().filter(|(_, bit)| *bit != 0).count()
    }
}
