//! What makes a statistical question ill-posed. Nothing here is about missing data: that is `None`, not an error.

/// An input that no statistic can be computed from. Nothing is lost: inputs are never modified on error.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// A confidence level outside the open interval (0, 1).
    #[error("confidence level {level} is not between 0 and 1 (exclusive); give a share such as 0.95")]
    ConfidenceOutOfRange {
        /// The level as given.
        level: f64,
    },
    /// Interval bounds that are not finite or not in order.
    #[error("interval bounds [{low}, {high}] must be finite and in ascending order")]
    BoundsNotOrdered {
        /// Lower bound as given.
        low: f64,
        /// Upper bound as given.
        high: f64,
    },
    /// More successes than trials.
    #[error(
        "{successes} successes in {trials} trials: successes cannot exceed trials; \
         count converting units, not conversions"
    )]
    SuccessesExceedTrials {
        /// Successes as given.
        successes: u64,
        /// Trials as given.
        trials: u64,
    },
    /// An estimate whose value is not finite, or whose variance is negative or not finite.
    #[error("estimate {value} with variance {variance}: both must be finite and the variance not negative")]
    BadEstimate {
        /// Value as given.
        value: f64,
        /// Variance as given.
        variance: f64,
    },
    /// A sum of squares or a count that no longer fits its integer.
    #[error("the moments no longer fit their integers; the sums before this addition are unchanged")]
    MomentsOverflow,
    /// Sums that no set of visitors can produce.
    #[error("the moments contradict each other: no set of visitors has these sums; fold the events again")]
    MomentsInconsistent,
    /// Sums in which some visitor has more successes than units, so that their quotient is not a rate.
    #[error("some visitor has more successes than units, so this is not a rate; use a per-unit mean instead")]
    NotARate,
    /// A cohort table whose rows remove more units than were at risk, or whose ages do not ascend.
    #[error("cohort row at age {age}: ages must ascend and no more units may leave than are at risk")]
    BadCohortRow {
        /// Age of the offending row.
        age: u64,
    },
}
