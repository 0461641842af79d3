//! What comes back: results in the form of their JSON. Times are ms, amounts minor units; what does not exist is
//! `null` or left out, never a stand-in.

use schemars::JsonSchema;
use serde::Serialize;
use waymark_model::{Goal, Interval, Rate};

use crate::words;

/// From a moment to another, in the site's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RangeResult {
    /// The first moment.
    pub from: String,
    /// The first moment after.
    pub to: String,
    /// The zone.
    pub timezone: String,
}

/// A goal and its version; `null` for events that no goal defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GoalVersion {
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<u32>,
}

/// A share with its counts and interval.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RateResult {
    /// Units that converted.
    pub numerator: u64,
    /// Units looked at.
    pub denominator: u64,
    /// What the units are.
    pub base: String,
    /// The share; `null` without units.
    pub share: Option<f64>,
    /// Its interval; `null` without units.
    #[schemars(with = "Option<words::Interval>")]
    pub interval: Option<Interval>,
    /// Too small to be ranked.
    pub low_n: bool,
}

/// How a rate changed.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct ChangeResult {
    /// Now minus then, in shares; `null` when a time has no units.
    pub difference: Option<DifferenceResult>,
    /// What can be said of it.
    pub verdict: Verdict,
    /// Units in each of the two times that would show a change of this size with 80 % power; `null` when it is told
    /// already, or when there is none.
    pub needed: Option<u64>,
}

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// The difference is within what chance alone makes.
    TooClose,
    /// There is none, or so small a one that a hundred times the units would not tell it.
    NoChange,
    /// There are too few units to tell.
    TooFew,
}

/// Quantiles of a length of time, in ms (within 1/256). One that would tell of fewer than 10 visitors is `null` for viewers and
/// shared links.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct TimesResult {
    /// A quarter took no longer.
    pub p25: Option<u64>,
    /// Half took no longer.
    pub p50: Option<u64>,
    /// Three quarters took no longer.
    pub p75: Option<u64>,
    /// 95 % took no longer.
    pub p95: Option<u64>,
}

/// A difference of shares with its interval.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct DifferenceResult {
    /// In shares: 0.01 is one percentage point.
    pub value: f64,
    /// Newcombe's interval.
    #[schemars(with = "words::Interval")]
    pub interval: Interval,
}

impl GoalVersion {
    pub fn of(goal: &Goal) -> Self {
        Self::new(&goal.name, goal.version)
    }

    pub fn new(name: &str, version: u32) -> Self {
        Self { name: name.to_owned(), version: (version > 0).then_some(version) }
    }
}

impl From<&Rate> for RateResult {
    fn from(rate: &Rate) -> Self {
        Self {
            numerator: rate.numerator(),
            denominator: rate.denominator(),
            base: rate.basis().base.to_string(),
            share: rate.share(),
            interval: rate.interval(),
            low_n: rate.is_low_n(),
        }
    }
}
