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
