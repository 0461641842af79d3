//! Numbers as times: which unit since 1970 they are in. For the years 1990 to 2100 no number fits two units.

use std::ops::Range;

use serde::Serialize;

/// Times outside the years 1990 to 2100 are mistakes: milliseconds since 1970-01-01 UTC.
pub const PLAUSIBLE: Range<i64> = 631_152_000_000..4_133_980_800_000;

/// What a number that stands for a time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

impl TimeUnit {
    /// All units, the longest first.
    pub const ALL: [Self; 4] = [Self::S, Self::Ms, Self::Us, Self::Ns];

    /// The unit's sign, by which it is given.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Ms => "ms",
            Self::Us => "us",
            Self::Ns => "ns",
        }
    }

    /// The unit's name for many of them.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::S => "seconds",
            Self::Ms => "milliseconds",
            Self::Us => "microseconds",
            Self::Ns => "nanoseconds",
        }
    }

    /// Milliseconds since 1970 of a number in this unit, rounded down.
    #[must_use]
    pub fn milliseconds(self, number: Number) -> Option<i64> {
        match self {
            Self::S => number.whole.checked_mul(1000)?.checked_add(number.thousandths),
            Self::Ms => Some(number.whole),
            Self::Us => Some(number.whole / 1000),
            Self::Ns => Some(number.whole / 1_000_000),
        }
    }

    /// The unit in which the number is a time from 1990 to 2100, if there is one.
    #[must_use]
    pub fn of(number: Number) -> Option<Self> {
        let fits = |unit: &Self| unit.milliseconds(number).is_some_and(|time| PLAUSIBLE.contains(&time));
        Self::ALL.into_iter().find(fits)
    }
}

impl std::str::FromStr for TimeUnit {
    type Err = UnknownUnit;

    fn from_str(text: &str) -> Result<Self, UnknownUnit> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == text).ok_or_else(|| UnknownUnit(text.to_owned()))
    }
}

/// A text that is not a unit of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time unit: use `s`, `ms`, `us` or `ns`")]
pub struct UnknownUnit(pub String);

/// A number that is not negative: its whole part, and the thousandths of its fraction, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The whole part.
    pub whole: i64,
    /// The first three digits of the fraction.
    pub thousandths: i64,
}

impl Number {
    /// Reads digits, perhaps with a point and a fraction.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let thousandth = |place| fraction.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
        let thousandths = thousandth(0) * 100 + thousandth(1) * 10 + thousandth(2);
        Some(Self { whole: whole.parse().ok()?, thousandths })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_one_unit() {
        for (text, expected) in [
            ("1796047155", Some((TimeUnit::S, 1_796_047_155_000))),
            ("1796047155.2509", Some((TimeUnit::S, 1_796_047_155_250))),
            ("1796047155000", Some((TimeUnit::Ms, 1_796_047_155_000))),
            ("1796047155000.7", Some((TimeUnit::Ms, 1_796_047_155_000))),
            ("1796047155000999", Some((TimeUnit::Us, 1_796_047_155_000))),
            ("1796047155000999999", Some((TimeUnit::Ns, 1_796_047_155_000))),
            ("0", None),
            ("631151999", None),
            ("631152000", Some((TimeUnit::S, 631_152_000_000))),
            ("4133980800", None),
        ] {
            let number = Number::parse(text).unwrap();
            let found = TimeUnit::of(number).and_then(|unit| Some((unit, unit.milliseconds(number)?)));
            assert_eq!(found, expected, "{text}");
        }
        for text in ["", "-1", "1.", ".5", "1e3", "99999999999999999999"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}
