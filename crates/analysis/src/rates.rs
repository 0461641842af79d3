//! Rates with their intervals, out of the counts and moments that the engine returns.

use waymark_model::{Basis, Interval, Rate};
use waymark_query::Moments;
use waymark_stats::{BinaryRate, Confidence, NestedMoments, NestedRate, Proportion, StatsError};

use crate::error::QueryError;

/// A share of units that reached something, and how its units hang together.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share {
    /// Units that are independent of one another: visitors, users.
    Independent(Proportion),
    /// Units that come in visitors: sessions, events.
    ByVisitor(NestedRate),
}

impl Share {
    /// A share of independent units.
    pub(crate) fn independent(numerator: u64, denominator: u64) -> Result<Self, StatsError> {
        Proportion::new(numerator, denominator).map(Self::Independent)
    }

    /// A share of units that come in visitors.
    pub(crate) fn by_visitor(moments: &Moments) -> Result<Self, StatsError> {
        let sums = NestedMoments {
            visitors: moments.visitors,
            sum_y: moments.y,
            sum_n: moments.n,
            sum_yy: moments.yy,
            sum_yn: moments.yn,
            sum_nn: moments.nn,
        };
        NestedRate::new(sums).map(Self::ByVisitor)
    }

    /// Units that converted, and units.
    pub(crate) fn counts(&self) -> (u64, u64) {
        match self {
            Self::Independent(share) => (share.successes(), share.trials()),
            Self::ByVisitor(rate) => (rate.moments().sum_y, rate.moments().sum_n),
        }
    }

    /// Whether it has too few units to be ranked.
    pub(crate) fn is_low_n(&self) -> bool {
        let (numerator, denominator) = self.counts();
        waymark_stats::low_n(numerator, denominator)
    }

    /// Wilson's interval at 95 % (`docs/counting.md`, Measures); `None` without units.
    pub(crate) fn interval(&self) -> Option<Interval> {
        let found = self.wilson(Confidence::default())?;
        Some(Interval { low: found.low(), high: found.high(), confidence: found.confidence().level() })
    }

    /// The rate that says what it is about.
    pub(crate) fn about(&self, basis: Basis) -> Result<Rate, QueryError> {
        let (numerator, denominator) = self.counts();
        Ok(Rate::new(numerator, denominator, basis, self.interval())?)
    }
}

impl BinaryRate for Share {
    fn rate(&self) -> Option<f64> {
        match self {
            Self::Independent(share) => share.rate(),
            Self::ByVisitor(rate) => rate.rate(),
        }
    }

    fn effective_trials(&self) -> Option<f64> {
        match self {
            Self::Independent(share) => share.effective_trials(),
            Self::ByVisitor(rate) => rate.effective_trials(),
        }
    }

    fn critical_value(&self, confidence: Confidence) -> f64 {
        match self {
            Self::Independent(share) => share.critical_value(confidence),
            Self::ByVisitor(rate) => rate.critical_value(confidence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bounds in per mille, rounded: those of `statsmodels.stats.proportion.proportion_confint(…, method="wilson")`.
    fn check(share: Share, expected: Option<(f64, f64)>) {
        let found = share.interval().map(|interval| (interval.low, interval.high));
        let rounded = |x: f64| (x * 1e4).round() / 1e4;
        assert_eq!(found.map(|(low, high)| (rounded(low), rounded(high))), expected, "{share:?}");
    }

    #[test]
    fn visitors_are_independent() {
        check(Share::independent(5, 50).unwrap(), Some((0.0435, 0.2136)));
        check(Share::independent(0, 0).unwrap(), None);
        assert!(Share::independent(2, 1).is_err());
    }

    #[test]
    fn sessions_of_one_visitor_tell_less_than_those_of_many() {
        let (mut alike, mut mixed) = (Moments::default(), Moments::default());
        for visitor in 0..200 {
            alike.add(if visitor % 2 == 0 { 4 } else { 0 }, 4);
            mixed.add(2, 4);
        }
        let width = |moments: &Moments| {
            let found = Share::by_visitor(moments).unwrap().interval().unwrap();
            found.high - found.low
        };
        let plain = Share::independent(400, 800).unwrap().interval().unwrap();
        assert!(width(&alike) > 1.9 * (plain.high - plain.low));
        assert!((width(&mixed) - (plain.high - plain.low)).abs() < 1e-12);
        assert!(Share::by_visitor(&Moments { visitors: 1, y: 2, n: 1, yy: 4, yn: 2, nn: 1 }).is_err());
    }
}
