//! Durations as a histogram whose relative error is bounded.

use serde::{Deserialize, Serialize};

/// Bits of a duration that are kept: values share a bucket with those within 1/256 of them.
const PRECISION: u32 = 7;

/// Counts of non-negative durations in ms. Values below 256 are exact; above, the relative error is at most 1/256.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// By bucket, up to the last one that is not empty: fewer than 8,000.
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    /// The greatest relative error of a quantile.
    pub const RELATIVE_ERROR: f64 = 1.0 / 256.0;

    /// Takes in a duration; negative ones count as 0.
    pub fn add(&mut self, ms: i64) {
        let bucket = bucket(u64::try_from(ms).unwrap_or(0)) as usize;
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
    }

    /// Takes in another histogram.
    pub fn merge(&mut self, other: &Self) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, other)| *count += other);
        self.total += other.total;
    }

    /// Number of durations taken in.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The ⌈q·n⌉-th smallest duration, in ms, for q in (0, 1]; `None` when there is none.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts stay far below 2^53, and q is positive"
        )]
        let rank = ((q * self.total as f64).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in (0..).zip(&self.counts) {
            seen += count;
            if seen >= rank {
                return Some(middle(bucket));
            }
        }
        None
    }
}

/// Durations below 2^(PRECISION + 1) have a bucket each; above, each power of two is cut into 2^PRECISION.
fn bucket(ms: u64) -> u32 {
    let exponent = (u64::BITS - ms.leading_zeros()).saturating_sub(PRECISION + 1);
    #[allow(clippy::cast_possible_truncation, reason = "below 2^(PRECISION + 1) after the shift")]
    let mantissa = (ms >> exponent) as u32;
    (exponent << PRECISION) + mantissa
}

fn middle(bucket: u32) -> u64 {
    let low = 1 << PRECISION;
    if bucket < 2 * low {
        return u64::from(bucket);
    }
    let exponent = (bucket >> PRECISION) - 1;
    let mantissa = bucket - (exponent << PRECISION);
    let start = u64::from(mantissa) << exponent;
    start + ((1_u64 << exponent) - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_the_error_said() {
        let mut values: Vec<i64> = (0..40).map(|power| 3_i64.pow(power % 38)).chain(0..600).collect();
        let mut histogram = Histogram::default();
        values.iter().for_each(|&value| histogram.add(value));
        values.sort_unstable();
        for percent in 1..=100_usize {
            let rank = (percent * values.len()).div_ceil(100);
            let exact = values[rank - 1] as f64;
            let found = histogram.quantile(percent as f64 / 100.0).unwrap() as f64;
            assert!(
                (found - exact).abs() <= exact * Histogram::RELATIVE_ERROR,
                "{percent}: {found} for {exact}"
            );
            assert!(exact >= 256.0 || found == exact, "{percent}: {found} for {exact}");
        }
    }

    #[test]
    fn merging_is_adding() {
        let (mut a, mut b, mut both) = (Histogram::default(), Histogram::default(), Histogram::default());
        for value in 0..1_000 {
            if value % 3 == 0 { &mut a } else { &mut b }.add(value * value);
            both.add(value * value);
        }
        a.merge(&b);
        assert_eq!(a, both);
    }

    #[test]
    fn an_empty_histogram_has_no_quantile() {
        assert_eq!(Histogram::default().quantile(0.5), None);
    }
}
