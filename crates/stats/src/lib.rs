//! Waymark stats.
