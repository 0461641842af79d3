//! Rates: a share that cannot be made without saying what it is a share of, and cannot be compared with a
//! share of something else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{base::Base, event::Identity, goal::GoalRef, population::Population, time::TimeRange};

/// An interval estimate of a share, with 0 ≤ low ≤ high ≤ 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Confidence level, in (0, 1).
    pub confidence: f64,
}

/// Everything but the counts that must be said for a rate to mean something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The site.
    pub site: String,
    /// What is counted, under which version of its definition.
    pub goal: GoalRef,
    /// What it is a share of.
    pub base: Base,
    /// The units looked at.
    pub population: Population,
    /// The time looked at.
    pub range: TimeRange,
    /// The identities of the visitors counted, sorted.
    pub identities: Vec<Identity>,
}

/// A share with its counts, its basis and its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    numerator: u64,
    denominator: u64,
    basis: Basis,
    interval: Option<Interval>,
}

/// Why a rate cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// More successes than trials: these are no share (a count per unit may exceed 1, but is no rate).
    #[error(
        "{numerator} of {denominator} is no rate: the numerator counts units that the denominator does not"
    )]
    NotAShare {
        /// Successes given.
        numerator: u64,
        /// Trials given.
        denominator: u64,
    },
}

/// A respect in which two rates differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// Different sites.
    Site,
    /// Different goals.
    Goal,
    /// Different versions of one goal.
    GoalVersion,
    /// Different bases.
    Base,
    /// Different populations (a segment against another).
    Population,
    /// Different times.
    Period,
    /// Different identities of visitors.
    Identity,
}

impl fmt::Display for Contrast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Site => "site",
            Self::Goal => "goal",
            Self::GoalVersion => "version of the goal",
            Self::Base => "base",
            Self::Population => "population",
            Self::Period => "period",
            Self::Identity => "visitor identity",
        })
    }
}

/// Two rates that must not be subtracted, divided or drawn together, and what differs between them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rates cannot be compared: they differ in {}", list(.differ))]
pub struct Incomparable {
    /// Every respect in which they differ; at least one of them is not a declared contrast.
    pub differ: Vec<Contrast>,
}

impl Incomparable {
    /// The stable code of this error.
    pub const CODE: &'static str = "incomparable_rates";
}

fn list(differ: &[Contrast]) -> String {
    if differ.is_empty() {
        return "nothing: it is one and the same rate".to_owned();
    }
    differ.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Rate {
    /// Fewest units in the denominator for a rate to be ranked or used by a finding.
    pub const FEW_TRIALS: u64 = 30;
    /// Fewest successes, and fewest failures, for the same.
    pub const FEW_OUTCOMES: u64 = 5;

    /// A rate. The interval is `None` only when the denominator is 0.
    ///
    /// # Errors
    /// [`RateError::NotAShare`] when the numerator exceeds the denominator.
    pub fn new(
        numerator: u64,
        denominator: u64,
        basis: Basis,
        interval: Option<Interval>,
    ) -> Result<Self, RateError> {
        if numerator > denominator {
            return Err(RateError::NotAShare { numerator, denominator });
        }
        Ok(Self { numerator, denominator, basis, interval })
    }

    /// Units with at least one conversion.
    #[must_use]
    pub const fn numerator(&self) -> u64 {
        self.numerator
    }

    /// Units looked at.
    #[must_use]
    pub const fn denominator(&self) -> u64 {
        self.denominator
    }

    /// What the rate is about.
    #[must_use]
    pub const fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The interval beside the rate.
    #[must_use]
    pub const fn interval(&self) -> Option<Interval> {
        self.interval
    }

    /// The share in \[0, 1\]; `None` when nothing was looked at.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// Too small to be ranked or used by a finding (`docs/counting.md`, Measures).
    #[must_use]
    pub const fn is_low_n(&self) -> bool {
        self.denominator < Self::FEW_TRIALS
            || self.numerator < Self::FEW_OUTCOMES
            || self.denominator - self.numerator < Self::FEW_OUTCOMES
    }

    /// The one respect in which this rate and the other differ, if they may be compared: a period or a
    /// population, everything else being equal.
    ///
    /// # Errors
    /// [`Incomparable`], naming what differs.
    pub fn contrast(&self, other: &Self) -> Result<Contrast, Incomparable> {
        let differ = self.basis.differences(&other.basis);
        match differ.as_slice() {
            [one @ (Contrast::Period | Contrast::Population)] => Ok(*one),
            _ => Err(Incomparable { differ }),
        }
    }
}

impl Basis {
    fn differences(&self, other: &Self) -> Vec<Contrast> {
        let same_goal = self.goal.name == other.goal.name;
        [
            (Contrast::Site, self.site != other.site),
            (Contrast::Goal, !same_goal),
            (Contrast::GoalVersion, same_goal && self.goal.version != other.goal.version),
            (Contrast::Base, self.base != other.base),
            (Contrast::Population, self.population != other.population),
            (Contrast::Period, self.range != other.range),
            (Contrast::Identity, self.identities != other.identities),
        ]
        .into_iter()
        .filter_map(|(contrast, differs)| differs.then_some(contrast))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Unit;

    fn basis() -> Basis {
        Basis {
            site: "shop".into(),
            goal: GoalRef { name: "buy".into(), version: 1 },
            base: Base::Unit(Unit::Visitor),
            population: Population::default(),
            range: TimeRange { start: 0, end: 10 },
            identities: vec![Identity::Audience],
        }
    }

    fn check(change: impl FnOnce(&mut Basis), expected: Result<Contrast, &[Contrast]>) {
        let mut other = basis();
        change(&mut other);
        let (a, b) = (Rate::new(1, 2, basis(), None).unwrap(), Rate::new(1, 2, other, None).unwrap());
        assert_eq!(a.contrast(&b), expected.map_err(|differ| Incomparable { differ: differ.to_vec() }));
    }

    #[test]
    fn rates_compare_in_one_declared_contrast_only() {
        check(|b| b.range.end = 20, Ok(Contrast::Period));
        check(|b| b.population.include_tagged = true, Ok(Contrast::Population));
        check(|_| (), Err(&[]));
        check(|b| b.base = Base::Unit(Unit::Session), Err(&[Contrast::Base]));
        check(|b| b.goal.version = 2, Err(&[Contrast::GoalVersion]));
        check(|b| b.identities.clear(), Err(&[Contrast::Identity]));
        check(
            |b| {
                b.range.end = 20;
                b.base = Base::Exposure;
            },
            Err(&[Contrast::Base, Contrast::Period]),
        );
    }

    #[test]
    fn a_numerator_above_its_denominator_is_no_rate() {
        assert_eq!(
            Rate::new(3, 2, basis(), None),
            Err(RateError::NotAShare { numerator: 3, denominator: 2 })
        );
    }

    #[test]
    fn small_numbers_are_flagged() {
        for (numerator, denominator, low) in
            [(5, 30, false), (4, 30, true), (10, 29, true), (26, 30, true), (0, 0, true), (25, 30, false)]
        {
            let rate = Rate::new(numerator, denominator, basis(), None).unwrap();
            assert_eq!(rate.is_low_n(), low, "{numerator}/{denominator}");
        }
    }
}
