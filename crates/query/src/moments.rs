//! Sums over visitors from which the server makes intervals for units nested in visitors.

use serde::{Deserialize, Serialize};

/// For each visitor, N units (sessions, events) of which Y converted: the sums that a ratio's variance by
/// visitor needs (`docs/counting.md`, Measures).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// Visitors.
    pub visitors: u64,
    /// ΣY.
    pub y: u64,
    /// ΣN.
    pub n: u64,
    /// ΣY².
    pub yy: u128,
    /// ΣYN.
    pub yn: u128,
    /// ΣN².
    pub nn: u128,
}

impl Moments {
    /// Takes in a visitor with `n` units of which `y` converted.
    pub fn add(&mut self, y: u64, n: u64) {
        self.visitors += 1;
        self.n += n;
        self.nn += u128::from(n) * u128::from(n);
        // Most visitors do not convert.
        if y > 0 {
            self.convert(y, n);
        }
    }

    /// Lets `y` of the `n` units of a visitor convert that was taken in without converting any.
    pub(crate) fn convert(&mut self, y: u64, n: u64) {
        self.y += y;
        self.yy += u128::from(y) * u128::from(y);
        self.yn += u128::from(y) * u128::from(n);
    }

    /// Takes in the sums over other visitors.
    pub fn merge(&mut self, other: &Self) {
        self.visitors += other.visitors;
        self.y += other.y;
        self.n += other.n;
        self.yy += other.yy;
        self.yn += other.yn;
        self.nn += other.nn;
    }
}
