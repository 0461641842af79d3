//! Lengths of time as people write them: `30m`, `1h30m`, `7d`, `500ms`. A day is 24 hours here.

use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// The units, largest first, with their milliseconds.
const UNITS: [(&str, i64); 5] = [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)];

/// A text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no duration: write whole numbers with their units, largest first, such as `30m`, `1h30m`, `7d` or `500ms`"
)]
pub struct BadDuration(pub String);

/// Reads a length of time, in milliseconds: whole numbers, each with its unit, the largest unit first.
///
/// # Errors
/// When the text is anything else, or longer than 64 bits of milliseconds hold.
pub fn parse(text: &str) -> Result<i64, BadDuration> {
    read(text).ok_or_else(|| BadDuration(text.to_owned()))
}

fn read(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total = 0_i64;
    let mut units = UNITS.iter();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let after = &rest[digits..];
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (_, ms) = units.find(|(name, _)| *name == &after[..letters])?;
        let number: i64 = rest[..digits].parse().ok()?;
        total = total.checked_add(number.checked_mul(*ms)?)?;
        rest = after[letters..].trim_start();
    }
    Some(total)
}

/// Writes milliseconds in the form that [`parse`] reads. Lengths below zero, which it does not read, get a minus.
#[must_use]
pub fn format(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut text = if ms < 0 { "-".to_owned() } else { String::new() };
    let mut rest = ms.unsigned_abs();
    for (name, unit) in UNITS {
        let unit = unit.unsigned_abs();
        if rest >= unit {
            text.push_str(&format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        let cases = [
            ("30m", Some(30 * MINUTE)),
            ("1h30m", Some(90 * MINUTE)),
            ("1h 30m", Some(90 * MINUTE)),
            ("7d", Some(7 * DAY)),
            ("500ms", Some(500)),
            ("1s500ms", Some(1_500)),
            ("0s", Some(0)),
            ("90m", Some(90 * MINUTE)),
            ("", None),
            ("30", None),
            ("m", None),
            ("30m1h", None),
            ("5m5m", None),
            ("1.5h", None),
            ("-5s", None),
            ("5 s", None),
            ("5w", None),
            ("9999999999999999d", None),
            ("٣m", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn durations_are_written_shortly() {
        for (ms, text) in [(0, "0s"), (90 * MINUTE, "1h30m"), (7 * DAY, "7d"), (1_001, "1s1ms"), (-5, "-5ms")]
        {
            assert_eq!(format(ms), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn durations_read_as_they_are_written(ms in 0..=i64::MAX) {
            assert_eq!(parse(&format(ms)), Ok(ms));
        }
    }
}
