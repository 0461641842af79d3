//! Joins what the engine counted with statistics and definitions: rates with their intervals, what a site's events
//! are, how its goals are used. It must not know how results are shown.

pub(crate) mod arrivals;
pub(crate) mod change;
pub(crate) mod event_names;
pub(crate) mod inventory;
pub(crate) mod rates;
pub(crate) mod small_groups;
pub(crate) mod source;
pub(crate) mod suggestions;
pub(crate) mod usage;
