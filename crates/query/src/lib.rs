//! Waymark query.
