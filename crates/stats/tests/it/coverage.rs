//! How often the intervals hold the truth: exactly enumerated for lifts, simulated with a seed for nested rates.
//! `cargo test --release -p waymark-stats -- --ignored --nocapture coverage_table` prints the long table.

use waymark_stats::{BinaryRate, Confidence, NestedMoments, NestedRate, Proportion, lift_of_rates};

use crate::rng::Rng;

/// Binomial probabilities for 0..=n by the recurrence of successive terms.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let mut term = (1.0 - p).powf(n as f64);
    let mut terms = vec![term];
    for k in 0..n {
        term *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        terms.push(term);
    }
    terms
}

/// Two equal arms at 3 % with 300 units each and no lift, over all outcomes that matter: Fieller's set covers what it
/// says, evenly; the symmetric interval around the lift does not, and always misses on the same side.
#[test]
fn lift_coverage_at_low_rates() {
    const UNITS: u64 = 300;
    let c = Confidence::default();
    let weights = binomial(UNITS, 0.03);
    let (mut fieller, mut symmetric, mut above, mut below) = (0.0, 0.0, 0.0, 0.0);
    for (a, weight_a) in weights.iter().enumerate().take(60) {
        for (b, weight_b) in weights.iter().enumerate().take(60) {
            let weight = weight_a * weight_b;
            let [control, variant] = [a, b].map(|k| Proportion::new(k as u64, UNITS).unwrap());
            let lift = lift_of_rates(&control, &variant, c).unwrap();
            fieller += weight * f64::from(u8::from(lift.region.contains(0.0)));
            if a == 0 || b == 0 {
                continue;
            }
            let share = |k: usize| (1.0 - k as f64 / UNITS as f64) / k as f64;
            let estimate = b as f64 / a as f64 - 1.0;
            let half = c.z() * (1.0 + estimate) * (share(a) + share(b)).sqrt();
            symmetric += weight * f64::from(u8::from(estimate.abs() <= half));
            above += weight * f64::from(u8::from(estimate - half > 0.0));
            below += weight * f64::from(u8::from(estimate + half < 0.0));
        }
    }
    println!("Fieller {fieller:.4}; symmetric {symmetric:.4}, misses high {above:.4}, low {below:.4}");
    assert!((fieller - 0.949).abs() < 0.002, "{fieller}");
    assert!((symmetric - 0.917).abs() < 0.003, "{symmetric}");
    assert!(above.max(below) > 0.080 && above.min(below) < 0.002, "{above} {below}");
}

/// How units spread over visitors, and how alike a visitor's units are.
struct World {
    name: &'static str,
    /// Cumulative distribution of units per visitor, from 1.
    units: Vec<f64>,
    /// Success probability by units of the visitor.
    chance: fn(u64) -> f64,
    /// Correlation of two units of one visitor (beta-binomial).
    alike: f64,
}

impl World {
    fn new(
        name: &'static str,
        weight: impl Fn(f64) -> f64,
        most: u32,
        chance: fn(u64) -> f64,
        alike: f64,
    ) -> Self {
        let weights: Vec<f64> = (1..=most).map(|n| weight(f64::from(n))).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let units = weights
            .iter()
            .map(|w| {
                sum += w / total;
                sum
            })
            .collect();
        Self { name, units, chance, alike }
    }

    /// The true rate: expected successes over expected units.
    fn truth(&self) -> f64 {
        let (mut successes, mut units, mut before) = (0.0, 0.0, 0.0);
        for (n, upto) in (1u64..).zip(&self.units) {
            units += (upto - before) * n as f64;
            successes += (upto - before) * n as f64 * (self.chance)(n);
            before = *upto;
        }
        successes / units
    }

    fn visitor(&self, rng: &mut Rng) -> (u64, u64) {
        let u = rng.uniform();
        let n = 1 + self.units.partition_point(|&upto| upto < u).min(self.units.len() - 1) as u64;
        let p = (self.chance)(n);
        if self.alike == 0.0 {
            return (rng.binomial(n, p), n);
        }
        // A Pólya urn gives the beta-binomial without drawing the beta.
        let weight = 1.0 / self.alike - 1.0;
        let mut y = 0;
        for drawn in 0..n {
            y += u64::from(rng.chance((weight * p + y as f64) / (weight + drawn as f64)));
        }
        (y, n)
    }

    /// Share of samples of `visitors` whose 95 % interval holds the truth.
    fn coverage(&self, visitors: u64, samples: u64, seed: u64) -> f64 {
        let (mut rng, truth, c) = (Rng::new(seed), self.truth(), Confidence::default());
        let mut held = 0;
        for _ in 0..samples {
            let mut moments = NestedMoments::default();
            for _ in 0..visitors {
                let (y, n) = self.visitor(&mut rng);
                moments.observe(y, n).unwrap();
            }
            let interval = NestedRate::new(moments).unwrap().wilson(c).unwrap();
            held += u64::from(interval.contains(truth));
        }
        held as f64 / samples as f64
    }
}

fn worlds() -> Vec<World> {
    let geometric = |mean: f64| move |n: f64| (1.0 - 1.0 / mean).powf(n - 1.0);
    vec![
        World::new("3 each, alike .2, 10 %", |n| f64::from(u8::from(n == 3.0)), 3, |_| 0.10, 0.2),
        World::new("3 each, alike .2, 30 %", |n| f64::from(u8::from(n == 3.0)), 3, |_| 0.30, 0.2),
        World::new("geometric 2, alike .2, 30 %", geometric(2.0), 60, |_| 0.30, 0.2),
        World::new("geometric 5, alike .2, 30 %", geometric(5.0), 150, |_| 0.30, 0.2),
        World::new("geometric 2, alike .1, 3 %", geometric(2.0), 60, |_| 0.03, 0.1),
        World::new("geometric 2, independent, 10 %", geometric(2.0), 60, |_| 0.10, 0.0),
        World::new("geometric 3, regulars convert", geometric(3.0), 90, |n| (0.02 * n as f64).min(0.5), 0.1),
        World::new("power 2.5 to 100, alike .2, 30 %", |n| n.powf(-2.5), 100, |_| 0.30, 0.2),
        World::new("power 2 to 200, alike .2, 30 %", |n| n.powf(-2.0), 200, |_| 0.30, 0.2),
        World::new("power 2 to 200, alike .1, 3 %", |n| n.powf(-2.0), 200, |_| 0.03, 0.1),
    ]
}

/// Ordinary clustering at ordinary sizes: 95 ± 0.5 %, with three standard errors of the simulation on top.
#[test]
fn nested_coverage() {
    let samples = 12_000;
    let noise = 3.0 * (0.95f64 * 0.05 / samples as f64).sqrt();
    for (world, visitors) in [(1, 30), (2, 30), (3, 30), (1, 200), (2, 200), (3, 200), (4, 1000), (6, 1000)] {
        let world = &worlds()[world];
        let got = world.coverage(visitors, samples, 20_260_101 + visitors);
        println!("{} with {visitors} visitors: {:.2} %", world.name, 100.0 * got);
        assert!((got - 0.95).abs() < 0.005 + noise, "{} with {visitors} visitors: {got}", world.name);
    }
}

/// Every world at three sizes; heavy tails at few visitors are known to fall short and are printed, not hidden.
#[test]
#[ignore = "prints a table; about a minute in release"]
fn coverage_table() {
    for world in worlds() {
        print!("{:34} rate {:.4}", world.name, world.truth());
        for (visitors, samples) in [(30, 40_000), (200, 20_000), (5_000, 8_000)] {
            print!("  {visitors}: {:.2} %", 100.0 * world.coverage(visitors, samples, 7));
        }
        println!();
    }
}
