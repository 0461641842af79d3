//! What every rate can do, whether its trials are independent or nested in visitors: Wilson's interval and a
//! Wald estimate for ratios. Knows nothing of how the trials were counted.

use crate::{Confidence, Estimate, Interval};

/// A share of trials that succeeded, with the number of independent trials that it is worth.
pub trait BinaryRate {
    /// Successes over trials, in [0, 1]; `None` without trials.
    fn rate(&self) -> Option<f64>;

    /// How many independent trials carry the same information: the trials themselves where they are
    /// independent, fewer where they are nested. `None` without trials.
    fn effective_trials(&self) -> Option<f64>;

    /// The critical value that stands for "z standard errors"; larger than the normal's where the variance
    /// itself was estimated from few visitors.
    fn critical_value(&self, confidence: Confidence) -> f64 {
        confidence.z()
    }

    /// Wilson's score interval (Wilson 1927, JASA 22) on the effective trials; `None` without trials.
    ///
    /// It contains the rate, lies inside [0, 1], starts at exactly 0 without successes and ends at exactly 1
    /// without failures.
    fn wilson(&self, confidence: Confidence) -> Option<Interval> {
        let (rate, trials) = (self.rate()?, self.effective_trials()?);
        let critical = self.critical_value(confidence);
        let low = wilson_low(rate, trials, critical).min(rate);
        let high = (1.0 - wilson_low(1.0 - rate, trials, critical)).max(rate);
        Some(Interval::of_rate(low, high, confidence))
    }

    /// The rate with its plug-in variance `r(1−r)/n`, for ratios of rates; `None` without trials.
    ///
    /// At a rate of exactly 0 or 1 the plug-in variance would be 0, as if nothing were uncertain. There, and
    /// only there, the variance is taken at `(n·r + ½)/(n + 1)` instead (Anscombe's half); the value stays.
    fn estimate(&self) -> Option<Estimate> {
        let (rate, trials) = (self.rate()?, self.effective_trials()?);
        let certain = rate <= 0.0 || rate >= 1.0;
        let at = if certain { (trials * rate + 0.5) / (trials + 1.0) } else { rate };
        Estimate::new(rate, at * (1.0 - at) / trials).ok()
    }
}

/// Lower Wilson bound, in the form that subtracts nothing: the textbook numerator times its conjugate.
fn wilson_low(rate: f64, trials: f64, z: f64) -> f64 {
    let half = 0.5 * z * z;
    let spread = z * (trials * rate * (1.0 - rate) + 0.5 * half).sqrt();
    trials * rate * rate / (trials * rate + half + spread)
}
