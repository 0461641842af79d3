//! Seeded randomness: draws, weighted choice, and numbers that look like hashes. Knows nothing of shops.

use rand::{Rng, RngExt};
use rand_pcg::Pcg64Mcg;

/// A random-looking number for each number, never the same for two: the finalizer of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) const fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One stream of random draws, fixed by two numbers.
pub(crate) struct Dice(Pcg64Mcg);

impl Dice {
    /// The stream of that key and number.
    pub(crate) fn new(key: u64, number: u64) -> Self {
        let low = mix(key ^ mix(number));
        Self(Pcg64Mcg::new(u128::from(mix(low ^ key)) << 64 | u128::from(low)))
    }

    /// Uniform in [0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// True with that probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// Uniform in 0..bound; 0 for a bound of 0. The bias of the multiplication is below bound / 2^32.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Exponential with that mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }

    /// Standard normal (Box and Muller, 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Poisson of that mean: by counting exponential gaps below 30, by the normal approximation above.
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return mean.sqrt().mul_add(self.normal(), mean).round().max(0.0) as u64;
        }
        let mut count = 0;
        let mut sum = self.exponential(1.0);
        while sum < mean {
            count += 1;
            sum += self.exponential(1.0);
        }
        count
    }

    /// An index drawn by weight.
    pub(crate) fn pick(&mut self, from: &Weighted) -> usize {
        let draw = self.0.next_u64();
        let index = (((draw >> 32) * from.slots.len() as u64) >> 32) as usize;
        let slot = from.slots[index];
        if draw as u32 <= slot.keep { index } else { usize::from(slot.other) }
    }
}

/// Indices with weights, drawn in constant time by the alias method (Vose, 1991).
pub(crate) struct Weighted {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
struct Slot {
    keep: u32,
    other: u16,
}

impl Weighted {
    /// Weights of the indices 0, 1, …: at least one, at most 65,536, none negative, not all zero.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut scaled: Vec<f64> = weights.into_iter().collect();
        let factor = scaled.len() as f64 / scaled.iter().sum::<f64>();
        scaled.iter_mut().for_each(|weight| *weight *= factor);
        let mut slots = vec![Slot { keep: u32::MAX, other: 0 }; scaled.len()];
        let (mut small, mut large): (Vec<_>, Vec<_>) = (0..scaled.len()).partition(|&at| scaled[at] < 1.0);
        while let (Some(&low), Some(&high)) = (small.last(), large.last()) {
            small.pop();
            slots[low] = Slot { keep: (scaled[low] * f64::from(u32::MAX)) as u32, other: high as u16 };
            scaled[high] -= 1.0 - scaled[low];
            if scaled[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Self { slots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_their_weights() {
        let weights = [5.0, 0.0, 1.0, 3.0, 1.0];
        let table = Weighted::new(weights);
        let mut dice = Dice::new(1, 2);
        let mut seen = [0_u32; 5];
        let draws = 200_000;
        for _ in 0..draws {
            seen[dice.pick(&table)] += 1;
        }
        for (weight, count) in weights.iter().zip(seen) {
            let p = weight / 10.0;
            let tolerance = 4.5 * (p * (1.0 - p) / f64::from(draws)).sqrt() + 1e-6;
            assert!((f64::from(count) / f64::from(draws) - p).abs() < tolerance, "{weight}: {count}");
        }
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut dice = Dice::new(3, 4);
        let n = 100_000;
        let mean_and_variance = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / f64::from(n);
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n))
        };
        let cases = [
            ("normal", (0..n).map(|_| dice.normal()).collect::<Vec<_>>(), 0.0, 1.0),
            ("exponential", (0..n).map(|_| dice.exponential(2.0)).collect(), 2.0, 4.0),
            ("poisson 3", (0..n).map(|_| dice.poisson(3.0) as f64).collect(), 3.0, 3.0),
            ("poisson 400", (0..n).map(|_| dice.poisson(400.0) as f64).collect(), 400.0, 400.0),
        ];
        for (name, values, mean, variance) in cases {
            let (found_mean, found_variance) = mean_and_variance(values);
            assert!(
                (found_mean - mean).abs() < 5.0 * (variance / f64::from(n)).sqrt(),
                "{name}: {found_mean}"
            );
            assert!((found_variance / variance - 1.0).abs() < 0.05, "{name}: {found_variance}");
        }
    }
}
