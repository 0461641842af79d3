//! Relative lift `variant/control − 1` by Fieller's theorem (Fieller 1954, JRSS B 16). Knows nothing of what the
//! two estimates measure.
//!
//! The confidence set is {θ : |b − (1+θ)a| ≤ z·√(v_b + (1+θ)²v_a)}: all lifts that a test on the absolute scale
//! would not reject. So the p-value and the set cannot disagree, and the set is as lopsided as the data are. A
//! symmetric interval `θ̂ ± z·s.e.` is not: with both arms at 3 % and 300 units it covers .917 instead of .95 and
//! misses on one side only. The price is that the set need not be an interval when the control is within noise
//! of zero; [`LiftRegion`] says which shape it has.

use crate::{BinaryRate, Confidence, Interval, StatsError, normal};

/// A value and the variance of that value (not of one observation).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    value: f64,
    variance: f64,
}

impl Estimate {
    /// # Errors
    /// [`StatsError::BadEstimate`] unless both are finite and the variance is not negative.
    pub fn new(value: f64, variance: f64) -> Result<Self, StatsError> {
        if value.is_finite() && variance.is_finite() && variance >= 0.0 {
            Ok(Self { value, variance })
        } else {
            Err(StatsError::BadEstimate { value, variance })
        }
    }

    /// The estimate itself.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Its squared standard error.
    pub fn variance(&self) -> f64 {
        self.variance
    }
}

/// All lifts compatible with the data, as shares (0.1 is +10 %).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiftRegion {
    /// Everything between two finite lifts: the usual case.
    Bounded(Interval),
    /// This lift or any higher one: the control may be as good as zero, the variant is not.
    AtLeast(f64),
    /// This lift or any lower one (means only: the control's sign is not settled).
    AtMost(f64),
    /// Everything except the open gap between the two lifts (means only: the control's sign is not settled).
    Complement {
        /// Upper end of the lower part.
        up_to: f64,
        /// Lower end of the upper part.
        from: f64,
    },
    /// Every lift: the data say nothing on the relative scale. The absolute difference still has an interval.
    Unbounded,
}

impl LiftRegion {
    /// Whether a lift is compatible with the data.
    pub fn contains(&self, lift: f64) -> bool {
        match *self {
            Self::Bounded(interval) => interval.contains(lift),
            Self::AtLeast(from) => lift >= from,
            Self::AtMost(up_to) => lift <= up_to,
            Self::Complement { up_to, from } => lift <= up_to || lift >= from,
            Self::Unbounded => true,
        }
    }
}

/// A relative lift with its confidence set and the test of "no lift" that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// `variant/control − 1`; `None` when the control's estimate is exactly 0.
    pub estimate: Option<f64>,
    /// The lifts compatible with the data.
    pub region: LiftRegion,
    /// Two-sided p-value of "no lift", below `1 − confidence` exactly when the region excludes 0. `None` when
    /// both variances are 0, where there is nothing to test.
    pub p_value: Option<f64>,
}

/// Lift of one rate over another; the region is cut to lifts of −100 % and above. `None` when an arm has no trials.
///
/// An arm without successes or without failures gets Anscombe's variance (see [`BinaryRate::estimate`]), so
/// 30 of 500 against 0 of 500 is "at least +…", not an infinite or empty result.
pub fn lift_of_rates(
    control: &impl BinaryRate,
    variant: &impl BinaryRate,
    confidence: Confidence,
) -> Option<Lift> {
    let lift = lift_of_means(control.estimate()?, variant.estimate()?, confidence)?;
    Some(Lift { region: not_below_total_loss(lift.region), ..lift })
}

/// Lift of one independent mean over another. `None` when the control is exactly 0 with variance 0: no multiple of
/// it is anything else.
pub fn lift_of_means(control: Estimate, variant: Estimate, confidence: Confidence) -> Option<Lift> {
    let z = confidence.z();
    if control.value == 0.0 && control.variance == 0.0 {
        return None;
    }
    let variance = control.variance + variant.variance;
    Some(Lift {
        estimate: (control.value != 0.0).then(|| variant.value / control.value - 1.0),
        region: fieller(control, variant, z, confidence),
        p_value: (variance > 0.0)
            .then(|| normal::two_sided_p((variant.value - control.value) / variance.sqrt())),
    })
}

/// Solves `A·ρ² − 2ab·ρ + B ≤ 0` for the ratio ρ = 1 + θ, with A = a² − z²v_a and B = b² − z²v_b.
fn fieller(control: Estimate, variant: Estimate, z: f64, confidence: Confidence) -> LiftRegion {
    let (a, b) = (control.value, variant.value);
    let lead = a.powi(2) - z * z * control.variance;
    let constant = b.powi(2) - z * z * variant.variance;
    let discriminant = variant.variance * lead + b.powi(2) * control.variance;
    if lead < 0.0 && discriminant <= 0.0 {
        return LiftRegion::Unbounded;
    }
    // One root from the sum that does not cancel, the other from the product of the roots.
    let sum = a * b + (z * discriminant.max(0.0).sqrt()).copysign(a * b);
    if lead == 0.0 {
        return half_line(constant, sum);
    }
    let first = sum / lead;
    let second = if sum == 0.0 { 0.0 } else { constant / sum };
    let (low, high) = (first.min(second) - 1.0, first.max(second) - 1.0);
    if lead < 0.0 {
        LiftRegion::Complement { up_to: low, from: high }
    } else {
        // Only a root beyond the range of floating point is refused: then nothing bounds the lift in practice.
        Interval::new(low, high, confidence).map_or(LiftRegion::Unbounded, LiftRegion::Bounded)
    }
}

/// The set when the quadratic term vanishes: `constant ≤ sum·ρ`, where `sum` is then `2ab`.
fn half_line(constant: f64, sum: f64) -> LiftRegion {
    if sum > 0.0 {
        LiftRegion::AtLeast(constant / sum - 1.0)
    } else if sum < 0.0 {
        LiftRegion::AtMost(constant / sum - 1.0)
    } else {
        LiftRegion::Unbounded
    }
}

/// Rates cannot be negative, so neither can their ratio: cuts a region to lifts ≥ −1.
fn not_below_total_loss(region: LiftRegion) -> LiftRegion {
    match region {
        LiftRegion::Bounded(interval) => LiftRegion::Bounded(Interval::clamped(
            interval.low(),
            interval.high(),
            (-1.0, f64::MAX),
            interval.confidence(),
        )),
        // The lower part of a complement is at negative ratios: the roots' product has the sign of A < 0.
        LiftRegion::Complement { from, .. } | LiftRegion::AtLeast(from) if from > -1.0 => {
            LiftRegion::AtLeast(from)
        }
        _ => LiftRegion::Unbounded,
    }
}
