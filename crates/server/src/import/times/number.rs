//! Numbers in a column of times: whole, with a fraction, or with an exponent. It knows no unit.

/// A number that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// Its whole part.
    pub(super) whole: i64,
    /// The thousandths of its fraction, rounded down.
    pub(super) thousandths: i64,
    /// How many of its last digits are not written: the 7 of `1.78031E+12`.
    pub(super) lost_digits: usize,
}

impl Number {
    /// Reads `1433173932`, `1433173932.535` or `1.433173932535e12`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i8>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        if exponent == 0 {
            return Some(Self {
                whole: whole.parse().ok()?,
                thousandths: thousandths(fraction),
                lost_digits: 0,
            });
        }
        let shift = usize::try_from(exponent).ok()?;
        let (moved, rest) = fraction.split_at(fraction.len().min(shift));
        let lost_digits = shift - moved.len();
        let whole = format!("{whole}{moved}{}", "0".repeat(lost_digits)).parse().ok()?;
        Some(Self { whole, thousandths: thousandths(rest), lost_digits })
    }
}

/// Whether the text is a number that a spreadsheet has rounded.
pub(super) fn is_rounded(text: &str) -> bool {
    Number::parse(text).is_some_and(|number| number.lost_digits > 0)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn thousandths(fraction: &str) -> i64 {
    let place = |place| fraction.as_bytes().get(place).map_or(0, |digit| i64::from(digit - b'0'));
    place(0) * 100 + place(1) * 10 + place(2)
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
            let expected =
                expected.map(|(whole, thousandths, lost_digits)| Number { whole, thousandths, lost_digits });
            assert_eq!(Number::parse(text), expected, "{text}");
        }
    }
}
