//! Waymark store.
