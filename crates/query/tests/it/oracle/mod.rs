//! The rules of `docs/counting.md`, once more: naive, slow and from the text alone, to hold the engine against.
//!
//! It knows the model and nothing else: neither the store nor the engine, neither segments nor columns. Every
//! function takes all events of a site in the order of their arrival and looks at each of them as often as it likes.
//! Where the text leaves a choice, the reading chosen is marked `Reading:`.

pub(crate) mod breakdown;
mod chains;
mod conversions;
pub(crate) mod drop_off;
pub(crate) mod events;
pub(crate) mod exits;
mod fate;
pub(crate) mod funnel;
mod funnel_any_order;
mod funnel_entries;
mod funnel_optional;
mod funnel_skips;
mod journeys;
mod labels;
pub(crate) mod overview;
pub(crate) mod paths;
pub(crate) mod refunds;
pub(crate) mod sequences;
pub(crate) mod time_to_convert;

#[cfg(test)]
mod edges_of_funnels;
#[cfg(test)]
mod edges_of_goals;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod retailrocket;
#[cfg(test)]
pub(crate) mod script;
#[cfg(test)]
mod worked_examples;

use std::collections::BTreeMap;

use waymark_model::{Event, Population, Tag, TimeRange};

/// Amounts in minor units by currency; an event with a value and no currency stands under the empty text.
pub(crate) type Amounts = BTreeMap<String, i128>;

/// A site's events and what is asked about them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    /// Every event of the site, tagged ones and those without a visitor included, in order of arrival.
    pub(crate) events: &'a [Event],
    /// The site's session gap in ms.
    pub(crate) session_gap_ms: i64,
    /// The range asked about.
    pub(crate) range: TimeRange,
    /// The units asked about.
    pub(crate) population: &'a Population,
}

impl<'a> World<'a> {
    /// The events that are not left out, each with its place in the order of arrival.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (usize, &'a Event)> + use<'a> {
        let include_tagged = self.population.include_tagged;
        let all = self.events.iter().enumerate();
        all.filter(move |(_, event)| include_tagged || event.tag == Tag::None)
    }

    /// Tagged events of the range (and this part of it) that are left out, of all visitors and whatever the filter.
    pub(crate) fn left_out(&self, part: TimeRange) -> u64 {
        let is_left_out = |event: &&Event| event.tag != Tag::None && !self.population.include_tagged;
        let in_part = |event: &&Event| self.range.contains(event.time) && part.contains(event.time);
        self.events.iter().filter(is_left_out).filter(in_part).count() as u64
    }
}
