//! Share converted by age, for cohorts of which part has not had the time yet. Knows ages as plain numbers, no dates.
//!
//! A unit that entered yesterday cannot have converted after a week; counting it as lost makes every recent period
//! look worse. The Aalen–Johansen estimator (Aalen & Johansen 1978, Scand. J. Statist. 5) counts a unit only for as
//! long as it was watched:
//!
//! > I(t) = Σ_{j ≤ t} S_{j−1}·c_j/n_j,   S_j = S_{j−1}·(1 − (c_j + x_j)/n_j)
//!
//! with n_j units at risk at age j, of which c_j convert and x_j end otherwise. When every unit was watched to age
//! t, I(t) is the plain share of converters, and its interval the plain Wilson interval.

use crate::{BinaryRate, Confidence, Interval, StatsError, newcombe_difference};

/// What happened to a cohort's units at one age, in any unit of time that the whole table shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AgeRow {
    /// Time since the unit entered.
    pub age: u64,
    /// Units whose first conversion came at this age.
    pub converted: u64,
    /// Units that ended at this age in another way, after which they cannot convert.
    pub ended: u64,
    /// Units watched up to and including this age and no further. At equal age events come first.
    pub censored: u64,
}

impl AgeRow {
    fn leaving(&self) -> Option<u64> {
        self.converted.checked_add(self.ended)?.checked_add(self.censored)
    }
}

/// A cohort: the units that entered, and per age those that left the watch. Units in no row were watched past the
/// last age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CohortTable {
    units: u64,
    rows: Vec<AgeRow>,
}

impl CohortTable {
    /// # Errors
    /// [`StatsError::BadCohortRow`] when ages do not strictly ascend or more units leave than are at risk.
    pub fn new(units: u64, rows: Vec<AgeRow>) -> Result<Self, StatsError> {
        let mut at_risk = units;
        let mut previous = None;
        for row in &rows {
            let bad = StatsError::BadCohortRow { age: row.age };
            if previous >= Some(row.age) {
                return Err(bad);
            }
            previous = Some(row.age);
            at_risk = row.leaving().and_then(|leaving| at_risk.checked_sub(leaving)).ok_or(bad)?;
        }
        Ok(Self { units, rows })
    }

    /// Units that entered.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// The share converted by `age`, inclusive. `None` for an empty cohort, and for an age that nobody was watched
    /// to: an unripe cohort has no result there, rather than a low one.
    pub fn incidence(&self, age: u64) -> Option<Incidence> {
        let mut curve = Curve { at_risk: self.units, surviving: 1.0, converted: 0.0 };
        let mut steps = Vec::new();
        for row in self.rows.iter().take_while(|row| row.age <= age) {
            if let Some(step) = curve.advance(row) {
                steps.push(step);
            }
            let followed_no_further = curve.at_risk == 0 && curve.surviving > 0.0;
            if followed_no_further && row.age < age {
                return None;
            }
        }
        (self.units > 0).then(|| Incidence {
            age,
            share: curve.converted.clamp(0.0, 1.0),
            variance: variance(&steps, curve.converted),
            watched: steps.last().map_or(self.units, |step| step.at_risk) as f64,
        })
    }

    /// Newcombe interval of `variant − control`, both at the same `age`; `None` when either has no result there.
    pub fn incidence_difference(
        control: &Self,
        variant: &Self,
        age: u64,
        confidence: Confidence,
    ) -> Option<Interval> {
        newcombe_difference(&control.incidence(age)?, &variant.incidence(age)?, confidence)
    }
}

/// State of the estimator between two ages.
struct Curve {
    at_risk: u64,
    surviving: f64,
    converted: f64,
}

/// One age's contribution to the variance.
struct Step {
    at_risk: u64,
    converted: f64,
    leaving: f64,
    surviving_before: f64,
    share_after: f64,
}

impl Curve {
    /// Applies a row; `None` when nobody was at risk any more.
    fn advance(&mut self, row: &AgeRow) -> Option<Step> {
        let at_risk = self.at_risk;
        self.at_risk = at_risk.saturating_sub(row.leaving()?);
        if at_risk == 0 {
            return None;
        }
        let (converted, leaving) = (row.converted as f64, (row.converted + row.ended) as f64);
        let surviving_before = self.surviving;
        self.converted += surviving_before * converted / at_risk as f64;
        self.surviving *= (at_risk - row.converted - row.ended) as f64 / at_risk as f64;
        Some(Step { at_risk, converted, leaving, surviving_before, share_after: self.converted })
    }
}

/// Delta-method variance of I(t) (Marubini & Valsecchi 1995, Analysing Survival Data, chapter 10).
fn variance(steps: &[Step], share: f64) -> f64 {
    let sum: f64 = steps
        .iter()
        .map(|step| {
            let n = step.at_risk as f64;
            let ahead = share - step.share_after;
            let hazard = if step.leaving < n { step.leaving / (n * (n - step.leaving)) } else { 0.0 };
            let here = step.surviving_before * step.converted / (n * n);
            ahead * ahead * hazard + step.surviving_before * here * (n - step.converted) / n
                - 2.0 * ahead * here
        })
        .sum();
    sum.max(0.0)
}

/// The share of a cohort that converted by one age. Its [`wilson`](BinaryRate::wilson) interval rests on I(1−I)/Var.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incidence {
    age: u64,
    share: f64,
    variance: f64,
    watched: f64,
}

impl Incidence {
    /// The age it holds for. Shares of different ages do not compare.
    pub fn age(&self) -> u64 {
        self.age
    }

    /// Delta-method variance of the share; 0 while nothing or everything has converted.
    pub fn variance(&self) -> f64 {
        self.variance
    }
}

impl BinaryRate for Incidence {
    fn rate(&self) -> Option<f64> {
        Some(self.share)
    }

    /// I(1−I)/Var; where that is 0/0, the units still watched at the last age that counted.
    fn effective_trials(&self) -> Option<f64> {
        let trials = self.share * (1.0 - self.share) / self.variance;
        Some(if trials.is_finite() && trials > 0.0 { trials } else { self.watched })
    }
}
