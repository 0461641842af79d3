//! Waymark model.
