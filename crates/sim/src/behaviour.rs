//! How likely a visitor does what, given latent intent and device: the one place with these probabilities,
//! used by the simulation and by the expectations that state its truths.
//!
//! The constants are chosen, not measured: they put the shop at about 55 % of visitors who view a product,
//! 9 % who fill a cart and 2.5 % who buy.

use waymark_model::time::{HOUR, MINUTE};

use crate::{plants::Micro, traffic::PROFILES};

/// A visitor makes at most this many visits.
pub(crate) const MAX_VISITS: u16 = 12;
/// With a saved cart, the next visit takes it up with this probability.
pub(crate) const RESUME: f64 = 0.45;
/// Another visit follows soon with this probability, else some days later.
pub(crate) const SOON: f64 = 0.25;
/// The shortest time between two visits, and the mean of what is added to it when the next one follows soon (ms).
pub(crate) const REST: i64 = 31 * MINUTE;
pub(crate) const SOON_AFTER: f64 = 3.0 * HOUR as f64;
/// Else at least one day lies between two visits; the mean and the most of what is added to it (days).
pub(crate) const DAYS_AWAY: f64 = 2.5;
pub(crate) const MOST_DAYS_AWAY: f64 = 13.0;

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Another visit follows.
pub(crate) fn returns(intent: f64) -> f64 {
    logistic(0.4f64.mul_add(intent, -1.1))
}

/// A visit that does not take up a cart views a product.
pub(crate) fn views(intent: f64) -> f64 {
    logistic(0.55f64.mul_add(intent, 0.05))
}

/// A visit that views a product fills the cart.
pub(crate) fn carts(intent: f64) -> f64 {
    logistic(0.95f64.mul_add(intent, -2.35))
}

/// A visit with a filled cart begins the checkout.
pub(crate) fn checks_out(intent: f64) -> f64 {
    logistic(0.5f64.mul_add(intent, -0.7))
}

/// A visit that began the checkout gets through its first page. Intent plays no part any more.
pub(crate) fn gives_details(profile: u8) -> f64 {
    match PROFILES[usize::from(profile)].device {
        "desktop" => 0.78,
        "tablet" => 0.74,
        _ => 0.70,
    }
}

/// A visit that got to the checkout's second page buys. Intent plays no part any more.
pub(crate) fn buys(profile: u8) -> f64 {
    match PROFILES[usize::from(profile)].device {
        "desktop" => 0.80,
        "tablet" => 0.76,
        _ => 0.70,
    }
}

/// A visit does this secondary action; 0 for [`Micro::AddToCart`], which is a step.
pub(crate) fn acts(micro: Micro, intent: f64) -> f64 {
    let mean = match micro {
        Micro::AddToCart => return 0.0,
        Micro::Newsletter => 0.030,
        Micro::Account => 0.012,
        Micro::Brochure => 0.025,
        Micro::Video => 0.040,
        Micro::Social => 0.008,
    };
    (mean * 0.4f64.mul_add(intent, -0.08).exp()).min(0.5)
}
