//! The fold engine: everything Waymark computes about history is a fold over journeys.
//!
//! A fold visits each visitor's ordered events once and updates a small state; states of disjoint visitors merge in any
//! order. This crate reads snapshots of flat columns and returns sufficient statistics. It never writes,
//! knows no interval or test (that is `waymark-stats`), and no wire format.

mod batch;
mod cancel;
mod engagement;
mod engine;
mod error;
mod fast_path;
mod fold;
mod folds;
mod heads;
mod histogram;
mod hits;
mod journey;
mod marks;
mod moments;
mod order_keys;
mod own_names;
mod pass;
mod passes;
mod planner;
mod predicates;
mod refunds;
pub mod repeats;
mod scope;
mod sessions;
mod thresholds;
mod view;
mod walk;

pub use cancel::Cancel;
pub use engine::{Engine, Output, Progress};
pub use error::PlanError;
pub use fold::{FoldSpec, Integrity, State, StateError};
pub use folds::breakdown::{BreakdownBucket, BreakdownSpec, BreakdownState, BrokenDownGoal, By};
pub use folds::conversion_time::{ConversionTimeSpec, ConversionTimeState};
pub use folds::drop_off::{DropOffSpec, DropOffState, NextTally};
pub use folds::events::{EventPlace, EventsSpec, EventsState, ListedEvent};
pub use folds::exits::{ExitsSpec, ExitsState};
pub use folds::funnel::{FunnelState, OptionalTally, StepMoments, StepTally};
pub use folds::labels::LabelBy;
pub use folds::overview::{BucketTally, Converters, GoalTally, OverviewSpec, OverviewState, RefundTally};
pub use folds::paths::{Flow, PathPlace, PathsSpec, PathsState};
pub use folds::sequences::{SequencesSpec, SequencesState, Sides};
pub use histogram::Histogram;
pub use moments::Moments;
pub use scope::Scope;
