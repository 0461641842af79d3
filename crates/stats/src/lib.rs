//! Uncertainty of conversion rates: pure mathematics, without input, output, clock or randomness, and without
//! knowledge of events, goals, queries or the wire.
//!
//! | question | here |
//! |---|---|
//! | how sure is `k` of `n`? | [`BinaryRate::wilson`], [`Proportion::clopper_pearson`], [`Proportion::jeffreys`] |
//! | how sure is a rate per session or per event? | [`NestedRate`], from [`NestedMoments`] |
//! | by how much do two rates differ? | [`newcombe_difference`] |
//! | which of several differences are real? | [`newcombe_p_value`], [`benjamini_hochberg`] |
//! | how many units would show a difference? | [`trials_needed`] |
//! | by how many per cent? | [`lift_of_rates`], [`lift_of_means`] |
//! | what share converts by a given age, when some have not had the time yet? | [`CohortTable::incidence`] |
//!
//! No function panics. A question without an answer (no trials, a lift over zero) yields `None` or a named
//! variant, never a stand-in number.
//!
//! ```
//! use waymark_stats::{BinaryRate, Confidence, Proportion};
//!
//! let buyers = Proportion::new(5, 50)?;
//! let interval = buyers.wilson(Confidence::default()).ok_or("no visitors yet")?;
//! assert_eq!(format!("{:.3} to {:.3}", interval.low(), interval.high()), "0.043 to 0.214");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beta;
mod cohort;
mod difference;
mod error;
mod interval;
mod lift;
mod multiple;
mod nested;
mod normal;
mod power;
mod proportion;
mod rate;

pub use cohort::{AgeRow, CohortTable, Incidence};
pub use difference::{newcombe_difference, newcombe_p_value};
pub use error::StatsError;
pub use interval::{Confidence, Interval};
pub use lift::{Estimate, Lift, LiftRegion, lift_of_means, lift_of_rates};
pub use multiple::benjamini_hochberg;
pub use nested::{NestedMoments, NestedRate};
pub use power::trials_needed;
pub use proportion::{Proportion, low_n};
pub use rate::BinaryRate;
