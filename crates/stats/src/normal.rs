//! Normal and Student quantiles and tail probabilities. Knows nothing of rates.

use libm::erfc;
use statrs::function::erf::erfc_inv;

use crate::beta;

/// The `z` with `P(|Z| > z) = alpha`, for `alpha` in (0, 1).
pub(crate) fn two_sided_critical(alpha: f64) -> f64 {
    std::f64::consts::SQRT_2 * erfc_inv(alpha)
}

/// `P(|Z| > |z|)` for a standard normal `Z`.
pub(crate) fn two_sided_p(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// `P(Z ≤ z)` for a standard normal `Z`.
pub(crate) fn cdf(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// The `t` with `P(|T| > t) = alpha` for Student's `T` with `dof ≥ 1` (fractions allowed) degrees of freedom.
///
/// `T²/(dof + T²)` is Beta(½, dof/2); both the quantile and its complement come from the beta, so neither a
/// small nor a large `dof` cancels.
pub(crate) fn student_critical(alpha: f64, dof: f64) -> f64 {
    let split = beta::lower_quantile(0.5 * dof, 0.5, alpha);
    (dof * split.complement / split.value).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.t.ppf(1 - alpha/2, dof)`, scipy 1.x; the script is `testdata/oracle.py`.
    #[test]
    fn student_matches_scipy() {
        for row in include_str!("../testdata/student.csv").lines().filter(|l| !l.starts_with('#')).skip(1) {
            let cell: Vec<f64> = row.split(',').map(|c| c.parse().unwrap()).collect();
            let got = student_critical(cell[0], cell[1]);
            assert!((got / cell[2] - 1.0).abs() < 1e-10, "{row}: {got}");
        }
    }

    /// Critical values to 15 digits as in any table of the normal distribution.
    #[test]
    fn normal_matches_tables() {
        for (alpha, z) in [
            (0.10, 1.644853626951472),
            (0.05, 1.959963984540054),
            (0.01, 2.575829303548901),
            (0.001, 3.290526731491926),
        ] {
            assert!((two_sided_critical(alpha) - z).abs() < 1e-12, "{alpha}");
            assert!((two_sided_p(z) - alpha).abs() < 1e-12, "{alpha}");
            assert!((cdf(z) - (1.0 - alpha / 2.0)).abs() < 1e-12, "{alpha}");
        }
    }
}
