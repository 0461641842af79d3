//! Results as text for people: numbers, tables, bars. It must not know where results come from.

pub(crate) mod answer;
pub(crate) mod arrivals;
pub(crate) mod bars;
pub(crate) mod funnel;
mod journeys;
pub(crate) mod lints;
pub(crate) mod numbers;
pub(crate) mod overview;
pub(crate) mod pointed;
pub(crate) mod report;
pub(crate) mod style;
pub(crate) mod table;
