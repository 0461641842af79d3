//! One file for each fold.

pub(crate) mod breakdown;
pub(crate) mod conversion_time;
pub(crate) mod counting;
pub(crate) mod drop_off;
pub(crate) mod events;
pub(crate) mod exits;
pub(crate) mod funnel;
pub(crate) mod labels;
pub(crate) mod overview;
pub(crate) mod paths;
pub(crate) mod sequences;

/// What folds need while they take in a journey, kept from one to the next so that memory is used again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) search: funnel::Search,
    pub(crate) plain: funnel::PlainSearch,
    pub(crate) held: funnel::Held,
    pub(crate) converted: Vec<overview::Converted>,
}
