//! One file for each fold.

pub(crate) mod breakdown;
pub(crate) mod conversion_time;
pub(crate) mod counting;
pub(crate) mod funnel;
pub(crate) mod overview;
