//! Confidence levels and closed intervals: the types that every estimate here is reported in. Knows no method.

use crate::{StatsError, normal};

/// The share of repetitions in which an interval is to contain the truth: inside (0, 1), 95 % unless told.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// A level as a share: `0.95`, not `95`.
    ///
    /// # Errors
    /// [`StatsError::ConfidenceOutOfRange`] unless `0 < level < 1`.
    pub fn new(level: f64) -> Result<Self, StatsError> {
        if level > 0.0 && level < 1.0 {
            Ok(Self(level))
        } else {
            Err(StatsError::ConfidenceOutOfRange { level })
        }
    }

    /// The level as a share in (0, 1).
    pub fn level(self) -> f64 {
        self.0
    }

    /// Error probability left in both tails together: `1 − level`.
    pub fn alpha(self) -> f64 {
        1.0 - self.0
    }

    /// Two-sided critical value of the standard normal: 1.959964 at 95 %.
    pub fn z(self) -> f64 {
        normal::two_sided_critical(self.alpha())
    }
}

impl Default for Confidence {
    fn default() -> Self {
        Self(0.95)
    }
}

/// A closed interval with finite bounds in order, and the confidence it was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
    confidence: Confidence,
}

impl Interval {
    /// An interval from its bounds, in whatever unit the estimate has.
    ///
    /// # Errors
    /// [`StatsError::BoundsNotOrdered`] when a bound is not finite or `low > high`.
    pub fn new(low: f64, high: f64, confidence: Confidence) -> Result<Self, StatsError> {
        if low.is_finite() && high.is_finite() && low <= high {
            Ok(Self { low, high, confidence })
        } else {
            Err(StatsError::BoundsNotOrdered { low, high })
        }
    }

    /// Lower bound.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Upper bound, never below [`low`](Self::low).
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The confidence the bounds were computed for.
    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// `high − low`.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether `value` lies inside, bounds included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// An interval of rates: clamped to `[0, 1]`, so that rounding cannot leave the range of a rate.
    pub(crate) fn of_rate(low: f64, high: f64, confidence: Confidence) -> Self {
        Self::clamped(low, high, (0.0, 1.0), confidence)
    }

    /// Bounds that a caller has shown to be finite and ordered up to rounding, kept inside `range`.
    pub(crate) fn clamped(low: f64, high: f64, range: (f64, f64), confidence: Confidence) -> Self {
        let low = low.max(range.0).min(range.1);
        Self { low, high: high.max(low).min(range.1), confidence }
    }
}
