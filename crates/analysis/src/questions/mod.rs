//! The questions, one file or folder for each: what is asked, what comes back, and how the one becomes the other.

pub mod breakdown;
pub mod compare;
pub mod conversion_time;
pub mod drop_off;
pub mod events;
pub mod exits;
pub mod funnel;
pub mod overview;
pub mod paths;
pub mod rate;
pub mod sequences;
