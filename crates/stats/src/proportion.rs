//! Successes among independent trials, and the intervals for them. Knows nothing of visitors or sessions.

use crate::{BinaryRate, Confidence, Interval, StatsError, beta};

/// Whether a rate rests on too few units to be ranked or used by a finding: fewer than 30 trials, or fewer
/// than 5 successes, or fewer than 5 failures.
///
/// The counts are the plain ones, also where trials are nested in visitors. A value that is `low_n` is shown
/// muted, with its interval; it is not hidden. `successes` above `trials` counts as no failures.
pub fn low_n(successes: u64, trials: u64) -> bool {
    trials < 30 || successes < 5 || trials.saturating_sub(successes) < 5
}

/// `successes` out of `trials`, each trial independent: converters among visitors, users or funnel entrants.
///
/// No trials is a valid state: it has no rate and no interval (`None`), since [0, 1] would look like a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// # Errors
    /// [`StatsError::SuccessesExceedTrials`].
    pub fn new(successes: u64, trials: u64) -> Result<Self, StatsError> {
        if successes <= trials {
            Ok(Self { successes, trials })
        } else {
            Err(StatsError::SuccessesExceedTrials { successes, trials })
        }
    }

    /// Units that succeeded.
    pub fn successes(&self) -> u64 {
        self.successes
    }

    /// Units that could have.
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// [`low_n`] of these counts.
    pub fn is_low_n(&self) -> bool {
        low_n(self.successes, self.trials)
    }

    /// Clopper–Pearson interval (Clopper & Pearson 1934, Biometrika 26): covers with *at least* the stated
    /// confidence for every true rate. For guarantees; wider than Wilson. `None` without trials.
    pub fn clopper_pearson(&self, confidence: Confidence) -> Option<Interval> {
        self.equal_tails(confidence, |count| count, |count| count + 1.0)
    }

    /// Jeffreys interval: equal tails of the Beta(k + ½, n − k + ½) posterior (Brown, Cai & DasGupta 2001,
    /// Statistical Science 16), for statements of probability about the rate. `None` without trials.
    ///
    /// By their convention the lower bound is 0 without successes and the upper bound 1 without failures. With
    /// a confidence below about 80 % and a success or two the interval need not contain the observed rate.
    pub fn jeffreys(&self, confidence: Confidence) -> Option<Interval> {
        self.equal_tails(confidence, |count| count + 0.5, |count| count + 0.5)
    }

    /// Equal-tailed beta bounds; `own` makes the shape of the count a tail starts from, `other` of the rest.
    fn equal_tails(
        &self,
        confidence: Confidence,
        own: impl Fn(f64) -> f64,
        other: impl Fn(f64) -> f64,
    ) -> Option<Interval> {
        let rate = self.rate()?;
        let (successes, failures) = (self.successes as f64, (self.trials - self.successes) as f64);
        let tail = 0.5 * confidence.alpha();
        let low = if self.successes == 0 {
            0.0
        } else {
            beta::lower_quantile(own(successes), other(failures), tail).value
        };
        let high = if rate >= 1.0 {
            1.0
        } else {
            beta::lower_quantile(own(failures), other(successes), tail).complement
        };
        Some(Interval::of_rate(low, high, confidence))
    }
}

impl BinaryRate for Proportion {
    fn rate(&self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    fn effective_trials(&self) -> Option<f64> {
        (self.trials > 0).then_some(self.trials as f64)
    }
}
