//! Numbers in a column of times: whole, with a fraction, or with an exponent. What they count is the model's to say.

use waymark_model::normal::time_unit::{Number, TimeUnit};

/// A number, and how exactly it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    number: Number,
    /// How many of its last digits are not written: the 7 of `1.78031E+12`.
    lost_digits: usize,
}

impl Written {
    /// Reads `1433173932`, `1433173932.535` or `1.433173932535e12`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
            return Some(Self { number: Number::parse(text)?, lost_digits: 0 });
        };
        let number = Number::parse(mantissa)?;
        let shift = usize::try_from(exponent.parse::<i8>().ok()?).ok()?;
        if shift == 0 {
            return Some(Self { number, lost_digits: 0 });
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let (moved, rest) = fraction.split_at(fraction.len().min(shift));
        let lost_digits = shift - moved.len();
        let shifted = format!("{whole}{moved}{}.{rest}0", "0".repeat(lost_digits));
        Some(Self { number: Number::parse(&shifted)?, lost_digits })
    }

    /// Milliseconds since 1970 of the number in a unit, rounded down; `None` when it is not exact to the millisecond.
    pub(super) fn milliseconds(self, unit: TimeUnit) -> Option<i64> {
        let finer = match unit {
            TimeUnit::S | TimeUnit::Ms => 0,
            TimeUnit::Us => 3,
            TimeUnit::Ns => 6,
        };
        unit.milliseconds(self.number).filter(|_| self.lost_digits <= finer)
    }

    /// The unit in which the number is a time from 1990 to 2100, exact to the millisecond.
    pub(super) fn unit(self) -> Option<TimeUnit> {
        TimeUnit::of(self.number).filter(|unit| self.milliseconds(*unit).is_some())
    }
}

/// Whether the text is a number that a spreadsheet has rounded.
pub(super) fn is_rounded(text: &str) -> bool {
    Written::parse(text).is_some_and(|number| number.lost_digits > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        for (text, expected) in [
            ("17", Some((17, 0, 0))),
            ("17.5", Some((17, 500, 0))),
            ("17.0009", Some((17, 0, 0))),
            ("1.75e1", Some((17, 500, 0))),
            ("1.7803008001234568e+18", Some((1_780_300_800_123_456_800, 0, 2))),
            ("1.78031E+12", Some((1_780_310_000_000, 0, 7))),
            ("9223372036854775808", None),
            ("1e19", None),
            ("1e-3", None),
            ("-17", None),
            ("1e", None),
            (".5", None),
            ("", None),
        ] {
            let expected = expected.map(|(whole, thousandths, lost_digits)| Written {
                number: Number { whole, thousandths },
                lost_digits,
            });
            assert_eq!(Written::parse(text), expected, "{text}");
        }
    }
}
