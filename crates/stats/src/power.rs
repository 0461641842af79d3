//! How many units a difference takes to be seen. Knows nothing of how the units are come by.

use crate::{Confidence, normal};

/// Trials in each of two equal periods (or arms) for a difference of these two rates to be found with this power, in a
/// two-sided test at the confidence's level; `None` for equal rates, for what is no rate, and for a power outside (0, 1).
///
/// > n = (z_{α/2}·√(2p̄(1−p̄)) + z_β·√(p₁(1−p₁) + p₂(1−p₂)))² / (p₂ − p₁)²,  p̄ = (p₁ + p₂)/2
///
/// (Fleiss, Levin & Paik 2003, "Statistical Methods for Rates and Proportions", 3rd edition, eq. 4.14, without correction for
/// continuity; R's `power.prop.test` computes the same.) Trials nested in visitors take as many times more as they are worth
/// less than independent ones.
pub fn trials_needed(from: f64, to: f64, confidence: Confidence, power: f64) -> Option<f64> {
    let is_rate = |rate: f64| (0.0..=1.0).contains(&rate);
    let is_asked = is_rate(from) && is_rate(to) && from != to && power > 0.0 && power < 1.0;
    if !is_asked {
        return None;
    }
    let variance = |rate: f64| rate * (1.0 - rate);
    let pooled = (2.0 * variance(0.5 * (from + to))).sqrt();
    let apart = (variance(from) + variance(to)).sqrt();
    let missed = normal::two_sided_critical(2.0 * (1.0 - power));
    Some(((confidence.z() * pooled + missed * apart) / (to - from)).powi(2))
}
