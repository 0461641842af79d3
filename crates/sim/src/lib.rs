//! Waymark sim.
