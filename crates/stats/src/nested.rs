//! Rates whose trials come in visitors: per session, per event. Knows the six sums over visitors, never a visitor.
//!
//! Sessions of one visitor resemble each other, so treating them as independent understates the error. With Y_i
//! successes among the N_i units of visitor i and r = ΣY/ΣN, the visitor is the independent unit and the delta
//! method gives (Deng, Knoblich & Lu 2018, "Applying the delta method in metric analytics", KDD)
//!
//! > Var(r) = (s²_Y − 2r·s_YN + r²·s²_N) / (n·N̄²) = n/(n−1) · Σe_i² / M²,  e_i = Y_i − r·N_i,  M = ΣN.
//!
//! # Few visitors
//! r is the coefficient of the intercept-only regression of the M units with visitors as clusters. The leverage of
//! visitor i is h_i = N_i/M, and the bias-reduced CR2 estimator (Bell & McCaffrey 2002, Survey Methodology 28)
//! reduces to Σ e_i²/(1−h_i) / M². That sum needs every visitor. Under the working model from which CR2 is
//! derived (independent units of equal variance) E e_i² = σ²N_i(1−h_i), hence E Σe_i² = σ²M(1−κ) with κ = Σh_i² =
//! ΣN²/M², and
//!
//! > Var(r) ≈ Σe_i² / (M²·(1−κ))
//!
//! has the same expectation as CR2, is equal to it when all N_i are equal (both are then the delta method), and
//! needs the six sums alone. **This is an approximation of CR2**, exact on average, not visitor by visitor.
//!
//! 1/κ is the number of equally active visitors that would do the same (Kish 1965). Satterthwaite's degrees of
//! freedom for the sum above, under the same model, are M²(1−κ)² / (S₂ − 2S₃/M + S₂²/M²) with S_k = ΣN^k; since
//! S₃ ≥ S₂²/M they are at least **1/κ − 1**, which is used: exact for equal N_i, cautious otherwise.
//!
//! Both corrections apply when there are fewer than 50 visitors *or* when so few are active that 1/κ < 50.
//!
//! # Coverage
//! Of nominal 95 % intervals, simulated by `coverage_table` in this crate's tests (standard error .1–.25 points);
//! "alike" is the correlation of two units of one visitor:
//!
//! | units per visitor | rate | 30 visitors | 200 | 5,000 |
//! |---|---|---|---|---|
//! | 3 each, alike .2 | 30 % | 95.7 | 95.0 | 95.1 |
//! | geometric, mean 2, alike .2 | 30 % | 95.8 | 94.9 | 95.1 |
//! | geometric, mean 5, alike .2 | 30 % | 94.6 | 94.5 | 94.7 |
//! | geometric, mean 2, independent | 10 % | 97.3 | 95.5 | 94.8 |
//! | geometric, mean 3, regulars convert more | 10 % | 94.4 | 93.9 | 94.9 |
//! | power law 2.5 up to 100, alike .2 | 30 % | 96.0 | 93.7 | 94.9 |
//! | power law 2 up to 200, alike .2 | 30 % | 95.8 | 93.2 | 94.8 |
//! | power law 2 up to 200, alike .1 | 3 % | 97.4 | 92.4 | 93.9 |
//!
//! Heavy tails with a few hundred visitors fall short: a handful of visitors then carry most of the variance.

use crate::{BinaryRate, Confidence, StatsError, normal};

/// Below this many visitors, real or by activity, the small-sample variance and Student's t are used.
const SMALL_SAMPLE: f64 = 50.0;

/// Sums over visitors of the successes Y and the units N: sufficient for the rate ΣY/ΣN and its error.
///
/// All are integers, so merging parts in any order and grouping gives the same bits as one pass over all visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NestedMoments {
    /// Visitors seen, with or without units.
    pub visitors: u64,
    /// ΣY: successful units.
    pub sum_y: u64,
    /// ΣN: units.
    pub sum_n: u64,
    /// ΣY².
    pub sum_yy: u128,
    /// ΣYN.
    pub sum_yn: u128,
    /// ΣN².
    pub sum_nn: u128,
}

impl NestedMoments {
    /// The sums of one visitor with `y` successes among `n` units. Never overflows.
    pub fn of_visitor(y: u64, n: u64) -> Self {
        let (wide_y, wide_n) = (u128::from(y), u128::from(n));
        Self {
            visitors: 1,
            sum_y: y,
            sum_n: n,
            sum_yy: wide_y * wide_y,
            sum_yn: wide_y * wide_n,
            sum_nn: wide_n * wide_n,
        }
    }

    /// The sums of two disjoint sets of visitors.
    ///
    /// # Errors
    /// [`StatsError::MomentsOverflow`] when a sum leaves its integer: beyond 1.8·10¹⁹ units in all.
    pub fn merge(self, other: Self) -> Result<Self, StatsError> {
        let narrow = |a: u64, b: u64| a.checked_add(b).ok_or(StatsError::MomentsOverflow);
        let wide = |a: u128, b: u128| a.checked_add(b).ok_or(StatsError::MomentsOverflow);
        Ok(Self {
            visitors: narrow(self.visitors, other.visitors)?,
            sum_y: narrow(self.sum_y, other.sum_y)?,
            sum_n: narrow(self.sum_n, other.sum_n)?,
            sum_yy: wide(self.sum_yy, other.sum_yy)?,
            sum_yn: wide(self.sum_yn, other.sum_yn)?,
            sum_nn: wide(self.sum_nn, other.sum_nn)?,
        })
    }

    /// Adds one visitor in place; on error nothing is changed.
    ///
    /// # Errors
    /// As [`merge`](Self::merge).
    pub fn observe(&mut self, y: u64, n: u64) -> Result<(), StatsError> {
        *self = self.merge(Self::of_visitor(y, n))?;
        Ok(())
    }

    /// Whether some set of visitors could have these sums (necessary conditions, exact in integers).
    fn possible(&self) -> bool {
        let square = |x: u64| u128::from(x) * u128::from(x);
        let visitors = u128::from(self.visitors);
        square(self.sum_y) <= visitors.saturating_mul(self.sum_yy)
            && square(self.sum_n) <= visitors.saturating_mul(self.sum_nn)
            && u128::from(self.sum_y) <= self.sum_yy
            && u128::from(self.sum_n) <= self.sum_nn
    }
}

/// A rate of units nested in visitors: Y of N units succeeded, with 0 ≤ Y ≤ N for every visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NestedRate {
    moments: NestedMoments,
}

impl NestedRate {
    /// # Errors
    /// [`StatsError::MomentsInconsistent`] for sums that no visitors have; [`StatsError::NotARate`] when the sums
    /// show a visitor with more successes than units (conversions per session, say, instead of converting sessions).
    pub fn new(moments: NestedMoments) -> Result<Self, StatsError> {
        let m = &moments;
        if !m.possible() {
            Err(StatsError::MomentsInconsistent)
        } else if m.sum_y > m.sum_n || m.sum_yy > m.sum_yn || m.sum_yn > m.sum_nn {
            Err(StatsError::NotARate)
        } else {
            Ok(Self { moments })
        }
    }

    /// The sums behind the rate.
    pub fn moments(&self) -> &NestedMoments {
        &self.moments
    }

    /// [`low_n`](crate::low_n) of successful units and units.
    pub fn is_low_n(&self) -> bool {
        crate::low_n(self.moments.sum_y, self.moments.sum_n)
    }

    /// Kish's number of equally active visitors, (ΣN)²/ΣN²: from 1 to `visitors`. `None` without units.
    ///
    /// It is also what the units are worth if all units of a visitor always turn out alike.
    pub fn kish_visitors(&self) -> Option<f64> {
        let units = self.units()?;
        Some((units / self.moments.sum_nn as f64 * units).max(1.0))
    }

    /// Variance of the rate by the delta method over visitors (module text); `None` below two visitors.
    pub fn delta_variance(&self) -> Option<f64> {
        let visitors = self.moments.visitors as f64;
        (visitors >= 2.0).then_some(visitors / (visitors - 1.0) * self.scaled_residuals()?)
    }

    /// Variance of the rate by the CR2 approximation of the module text; `None` when one visitor has all units.
    pub fn small_sample_variance(&self) -> Option<f64> {
        let kept = 1.0 - 1.0 / self.kish_visitors()?;
        (kept > 0.0).then_some(self.scaled_residuals()? / kept)
    }

    /// Degrees of freedom behind the variance: `None` when there are enough visitors for the normal quantile.
    /// Never below 1.
    pub fn degrees_of_freedom(&self) -> Option<f64> {
        let kish = self.kish_visitors()?;
        (kish < SMALL_SAMPLE).then_some((kish - 1.0).max(1.0))
    }

    /// The variance in use: CR2's approximation for few visitors, else the plain delta method.
    pub fn variance(&self) -> Option<f64> {
        if self.degrees_of_freedom().is_some() { self.small_sample_variance() } else { self.delta_variance() }
    }

    /// Whether visitors differ enough to show how alike a visitor's units are.
    fn clustering_is_known(&self) -> bool {
        let m = &self.moments;
        0 < m.sum_y && m.sum_y < m.sum_n && self.variance().is_some()
    }

    fn units(&self) -> Option<f64> {
        (self.moments.sum_n > 0).then_some(self.moments.sum_n as f64)
    }

    /// Σe²/M², never negative.
    fn scaled_residuals(&self) -> Option<f64> {
        let (m, rate, units) = (&self.moments, self.rate()?, self.units()?);
        let squares = m.sum_yy as f64 - rate * (2.0 * m.sum_yn as f64 - rate * m.sum_nn as f64);
        Some(squares.max(0.0) / units / units)
    }
}

impl BinaryRate for NestedRate {
    fn rate(&self) -> Option<f64> {
        Some(self.moments.sum_y as f64 / self.units()?)
    }

    /// r(1−r)/Var(r), the trials that a simple proportion of this precision would have.
    ///
    /// Capped at the number of units: visitors whose units balance out (one success each) never make a rate more
    /// precise than independent units. Where the data cannot show how alike a visitor's units are (no successes,
    /// no failures, or one visitor) the worst case is taken: [`kish_visitors`](NestedRate::kish_visitors).
    fn effective_trials(&self) -> Option<f64> {
        let (rate, units, kish) = (self.rate()?, self.units()?, self.kish_visitors()?);
        if !self.clustering_is_known() {
            return Some(kish);
        }
        let trials = rate * (1.0 - rate) / self.variance()?;
        Some(if trials < units { trials } else { units })
    }

    /// Student's t on [`degrees_of_freedom`](NestedRate::degrees_of_freedom) where the variance was estimated
    /// from few visitors, otherwise the normal quantile.
    fn critical_value(&self, confidence: Confidence) -> f64 {
        match self.degrees_of_freedom() {
            Some(dof) if self.clustering_is_known() => normal::student_critical(confidence.alpha(), dof),
            _ => confidence.z(),
        }
    }
}
