//! How far apart two rates are, in absolute terms. Knows nothing of relative lift.

use crate::{BinaryRate, Confidence, Interval};

/// Newcombe's hybrid score interval for `variant − control` (Newcombe 1998, Statistics in Medicine 17:873, method
/// 10), in rate points within [−1, 1]; `None` when an arm has no trials.
///
/// Each side joins the Wilson distances of both arms in quadrature, so it also serves rates nested in visitors,
/// whose Wilson intervals rest on effective trials (the same recovery of variances as Zou & Donner 2008).
pub fn newcombe_difference(
    control: &impl BinaryRate,
    variant: &impl BinaryRate,
    confidence: Confidence,
) -> Option<Interval> {
    let (a, b) = (control.rate()?, variant.rate()?);
    let (of_a, of_b) = (control.wilson(confidence)?, variant.wilson(confidence)?);
    let difference = b - a;
    let down = (b - of_b.low()).hypot(of_a.high() - a);
    let up = (of_b.high() - b).hypot(a - of_a.low());
    Some(Interval::clamped(difference - down, difference + up, (-1.0, 1.0), confidence))
}

/// Halvings of the range in which a p-value is looked for: enough for nine digits.
const HALVINGS: u32 = 36;
/// The least p-value that is told apart from 0: levels of confidence nearer to 1 are hardly different numbers.
const LEAST_P: f64 = 1e-12;

/// The p-value that belongs to [`newcombe_difference`]: the least α at which the interval of confidence 1 − α leaves out 0;
/// `None` when an arm has no trials.
///
/// So a verdict by this p-value is the verdict by the interval that is shown beside it, at every level. It is found by
/// halving, as the interval only grows with its confidence.
pub fn newcombe_p_value(control: &impl BinaryRate, variant: &impl BinaryRate) -> Option<f64> {
    let leaves_out_zero = |log_alpha: f64| {
        let confidence = Confidence::new(1.0 - log_alpha.exp()).ok()?;
        let interval = newcombe_difference(control, variant, confidence)?;
        Some(interval.low() > 0.0 || interval.high() < 0.0)
    };
    let (mut low, mut high) = (LEAST_P.ln(), 0.0_f64);
    if leaves_out_zero(low)? {
        return Some(0.0);
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if leaves_out_zero(middle)? { high = middle } else { low = middle }
    }
    Some(high.exp())
}
