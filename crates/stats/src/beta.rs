//! Distribution function and quantile of the beta distribution, accurate for shapes from ½ to 10¹³ and beyond.
//! Knows nothing of rates.
//!
//! A general library's version loses all digits at such shapes (it subtracts log-gammas near 10¹³ and stops its
//! series early), so the pieces here are chosen for size: Loader's deviance form for the density ("Fast and
//! accurate computation of binomial probabilities", 2000), the continued fraction of DiDonato & Morris (ACM TOMS
//! 18, 1992) for the tail, and Temme's uniform expansion (DLMF 8.18.9) where both shapes exceed 10⁶.

use statrs::function::{erf::erfc_inv, gamma::ln_gamma};

use crate::normal;

/// Above this smaller shape the uniform expansion's error, of order shape^(−3/2), is below 10⁻⁹ of probability.
const UNIFORM_FROM: f64 = 1e6;

/// A number in [0, 1] together with its complement, so that neither loses digits when the other is near 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split {
    /// The number itself.
    pub(crate) value: f64,
    /// One minus the number.
    pub(crate) complement: f64,
}

impl Split {
    fn from_log_odds(u: f64) -> Self {
        Self { value: 1.0 / (1.0 + (-u).exp()), complement: 1.0 / (1.0 + u.exp()) }
    }
}

/// The point below which a Beta(a, b) variable falls with probability `p`; `a, b > 0`, `0 < p < 1`.
///
/// Newton's method on the logarithm of the probability, over log-odds, where the derivative is the kernel
/// itself; steps that leave the bracket are replaced by bisection, so it ends for every input.
pub(crate) fn lower_quantile(a: f64, b: f64, p: f64) -> Split {
    let (mut low, mut high) = (-745.0, 745.0);
    let spread = (1.0 / a + 1.0 / b).sqrt();
    let z = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p);
    let mut u = ((a / b).ln() + z * spread).clamp(low, high);
    for _ in 0..200 {
        let at = Split::from_log_odds(u);
        let reached = lower_probability(a, b, at);
        if reached > p {
            high = u;
        } else {
            low = u;
        }
        let step = reached / kernel(a, b, at) * (reached / p).ln();
        let newton = u - step;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        let moved = (next - u).abs();
        u = next;
        if moved <= 1e-15 * (1.0 + u.abs()) {
            break;
        }
    }
    Split::from_log_odds(u)
}

/// `P(X ≤ at)` for `X ~ Beta(a, b)`.
pub(crate) fn lower_probability(a: f64, b: f64, at: Split) -> f64 {
    if a.min(b) > UNIFORM_FROM {
        return uniform_expansion(a, b, at);
    }
    if a * at.complement >= b * at.value {
        kernel(a, b, at) * tail_fraction(a, b, at)
    } else {
        let mirrored = Split { value: at.complement, complement: at.value };
        1.0 - kernel(b, a, mirrored) * tail_fraction(b, a, mirrored)
    }
}

/// `xᵃ(1−x)ᵇ / B(a, b)`: the density with respect to log-odds.
fn kernel(a: f64, b: f64, at: Split) -> f64 {
    let total = a + b;
    let stirling = stirling_error(total) - stirling_error(a) - stirling_error(b);
    (stirling - deviance(a, b, at)).exp() * (a * (b / total) / std::f64::consts::TAU).sqrt()
}

/// `a·ln(a/((a+b)x)) + b·ln(b/((a+b)(1−x)))`, without cancellation near the mean.
fn deviance(a: f64, b: f64, at: Split) -> f64 {
    let off = distance_from_mean(a, b, at);
    let (mean, rest) = (a / (a + b), b / (a + b));
    a * excess_over_log(off / mean, at.value / mean) + b * excess_over_log(-off / rest, at.complement / rest)
}

/// `x − a/(a+b)`, taken on the side where it is exact.
fn distance_from_mean(a: f64, b: f64, at: Split) -> f64 {
    if a < b { at.value - a / (a + b) } else { b / (a + b) - at.complement }
}

/// `d − ln(1 + d)`, where `ratio` is `1 + d`.
fn excess_over_log(d: f64, ratio: f64) -> f64 {
    if d.abs() > 0.1 {
        return d - ratio.ln();
    }
    // With v = d/(2+d): ln(1+d) = 2·atanh(v) and d − 2v = d·v.
    let v = d / (2.0 + d);
    let square = v * v;
    let series = (0..7).rev().fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 3));
    d * v - 2.0 * v * square * series
}

/// `ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π]`.
fn stirling_error(x: f64) -> f64 {
    if x < 16.0 {
        return ln_gamma(x) - ((x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln());
    }
    let s = 1.0 / (x * x);
    (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / x
}

/// The continued fraction that, times the kernel, gives the tail below a point at or below the mean.
/// Evaluated by the modified Lentz method; about √a steps are needed.
fn tail_fraction(a: f64, b: f64, at: Split) -> f64 {
    let (x, y) = (at.value, at.complement);
    let drift = a * y - b * x;
    let term = |n: f64| {
        n + n * (b - n) * x / (a + 2.0 * n - 1.0)
            + (a + n) / (a + 2.0 * n + 1.0) * (drift + 1.0 + n * (1.0 + y))
    };
    let mut value = a / (a + 1.0) * (drift + 1.0);
    let (mut c, mut d) = (value, 0.0);
    for step in 1..100_000u32 {
        let n = f64::from(step);
        let numerator = (a + n - 1.0) / (a + 2.0 * n - 1.0) * (a + b + n - 1.0) / (a + 2.0 * n - 1.0)
            * n
            * (b - n)
            * x
            * x;
        let denominator = term(n);
        d = 1.0 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        let ratio = c * d;
        value *= ratio;
        if (ratio - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 / value
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < 1e-290 { 1e-290 } else { x }
}

/// Temme's expansion to its first correction: Φ(r) + φ(r)(1/r − 1/q), r the signed root of twice the deviance
/// and q the standardised distance from the mean.
fn uniform_expansion(a: f64, b: f64, at: Split) -> f64 {
    let total = a + b;
    let (mean, rest) = (a / total, b / total);
    let off = distance_from_mean(a, b, at);
    let r = (2.0 * deviance(a, b, at)).max(0.0).sqrt().copysign(off);
    let scale = (total * mean * rest).sqrt();
    let correction = if r.abs() < 1e-3 {
        // The limit at the mean, where the two reciprocals cancel.
        (rest - mean) / (3.0 * scale)
    } else {
        1.0 / r - mean * rest / (off * scale)
    };
    normal::cdf(r) + (-0.5 * r * r).exp() / std::f64::consts::TAU.sqrt() * correction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles to 25 digits by mpmath; the script is `testdata/oracle.py`.
    #[test]
    fn quantile_matches_multiprecision() {
        for row in include_str!("../testdata/beta.csv").lines().filter(|l| !l.starts_with('#')).skip(1) {
            let cell: Vec<f64> = row.split(',').map(|c| c.parse().unwrap()).collect();
            let got = lower_quantile(cell[0], cell[1], cell[2]);
            assert!((got.value / cell[3] - 1.0).abs() < 1e-12, "{row}: value {}", got.value);
            assert!((got.complement / cell[4] - 1.0).abs() < 1e-12, "{row}: complement {}", got.complement);
        }
    }

    /// The two ways to compute the probability meet where one takes over from the other.
    #[test]
    fn expansion_meets_fraction() {
        for (a, b) in [(1.1e6_f64, 1.1e6_f64), (1.1e6, 4e7), (3e9, 1.1e6)] {
            for z in [-6.0, -2.0, -0.5, 1e-9, 0.7, 3.0] {
                let at = Split::from_log_odds((a / b).ln() + z * (1.0 / a + 1.0 / b).sqrt());
                let by_fraction = if a * at.complement >= b * at.value {
                    kernel(a, b, at) * tail_fraction(a, b, at)
                } else {
                    let m = Split { value: at.complement, complement: at.value };
                    1.0 - kernel(b, a, m) * tail_fraction(b, a, m)
                };
                let by_expansion = uniform_expansion(a, b, at);
                assert!(
                    (by_fraction - by_expansion).abs() < 1e-9,
                    "{a} {b} {z}: {by_fraction} {by_expansion}"
                );
            }
        }
    }
}
