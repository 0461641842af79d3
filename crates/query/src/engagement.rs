//! Thresholds of sessions, which make virtual events. It must not know who asks for them.

use waymark_model::{Trigger, event::NO_VISITOR};

use crate::{
    journey::{Journey, VirtualEvent},
    plan::Pass,
};

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
pub(crate) struct Engagement {
    pub(crate) page_view: u64,
    thresholds: Vec<(Threshold, u64)>,
}

impl Engagement {
    pub(crate) fn is_empty(&self) -> bool {
        self.thresholds.is_empty()
    }

    pub(crate) fn thresholds(&self) -> Vec<Threshold> {
        self.thresholds.iter().map(|&(threshold, _)| threshold).collect()
    }

    /// The number of a threshold, new or known.
    pub(crate) fn number(&mut self, threshold: Threshold) -> usize {
        self.thresholds.iter().position(|(known, _)| *known == threshold).unwrap_or_else(|| {
            self.thresholds.push((threshold, 0));
            self.thresholds.len() - 1
        })
    }

    /// The bit of a threshold, if it has one.
    pub(crate) fn bit(&self, number: usize) -> Option<u64> {
        self.thresholds.get(number).map(|&(_, bit)| bit).filter(|bit| *bit != 0)
    }

    pub(crate) fn set_bit(&mut self, number: usize, bit: u64) {
        if let Some(threshold) = self.thresholds.get_mut(number) {
            threshold.1 = bit;
        }
    }

    /// How many thresholds have bits.
    pub(crate) fn with_bits(&self) -> usize {
        self.thresholds.iter().filter(|(_, bit)| *bit != 0).count()
    }

    /// Puts the virtual events of a journey whose rows and sessions are known into it.
    pub(crate) fn insert(&self, pass: &Pass, journey: &mut Journey) {
        if self.is_empty() || journey.visitor == NO_VISITOR {
            return;
        }
        let mut found = Vec::new();
        for session in journey.sessions_in(0..journey.times.len()) {
            if pass.stops() {
                return;
            }
            for (number, &(threshold, hits)) in (0..).zip(&self.thresholds) {
                let times = &journey.times[session.clone()];
                let (after, time) = match threshold {
                    Threshold::Duration(ms) => {
                        let at = times[0].saturating_add(ms);
                        if times[times.len() - 1] < at {
                            continue;
                        }
                        (session.start + times.partition_point(|&time| time <= at) - 1, at)
                    }
                    Threshold::Pages(count) => {
                        let pages = session.clone().filter(|&row| journey.hits[row] & self.page_view != 0);
                        let Some(row) = pages.into_iter().nth(count as usize - 1) else { continue };
                        (row, journey.times[row])
                    }
                };
                found.push(VirtualEvent { after, time, hits, threshold: number });
            }
        }
        let is_duration = |event: &VirtualEvent| {
            matches!(self.thresholds[event.threshold as usize].0, Threshold::Duration(_))
        };
        found.sort_unstable_by_key(|event| (event.after, is_duration(event), event.time, event.threshold));
        journey.insert_virtual(&found);
    }
}
