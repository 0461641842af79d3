//! Identifiers of orders, visitors, users and events: trimmed, otherwise untouched, and told apart from the placeholders that
//! programs write where they have none.

use std::borrow::Cow;

/// Placeholders, in small letters.
const PLACEHOLDERS: [&str; 17] = [
    "null",
    "undefined",
    "nan",
    "none",
    "nil",
    "n/a",
    "na",
    "(not set)",
    "(none)",
    "-",
    "0",
    // What other programs print for the same: a database, C, a log, and JavaScript.
    "\\n",
    "(null)",
    "<null>",
    "(undefined)",
    "(empty)",
    "[object object]",
];

/// What a UUID of zeros is counted as.
const ZERO_UUID: &str = "zero uuid";

/// What a text says where an identifier is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier<'t> {
    /// There is no text.
    Absent,
    /// A placeholder such as `undefined`, in small letters: it counts as missing, and is counted.
    Placeholder(&'static str),
    /// An identifier.
    Given(&'t str),
}

impl<'t> Identifier<'t> {
    /// The identifier, if one is given.
    #[must_use]
    pub const fn given(self) -> Option<&'t str> {
        match self {
            Self::Given(text) => Some(text),
            Self::Absent | Self::Placeholder(_) => None,
        }
    }

    /// Whether a placeholder stands in its place.
    #[must_use]
    pub const fn is_placeholder(self) -> bool {
        matches!(self, Self::Placeholder(_))
    }
}

/// Reads an identifier.
#[must_use]
pub fn identifier(text: &str) -> Identifier<'_> {
    let text = text.trim();
    if text.is_empty() {
        return Identifier::Absent;
    }
    match PLACEHOLDERS.iter().find(|placeholder| placeholder.eq_ignore_ascii_case(text)) {
        Some(placeholder) => Identifier::Placeholder(placeholder),
        None if is_zero_uuid(text) => Identifier::Placeholder(ZERO_UUID),
        None => Identifier::Given(text),
    }
}

/// A UUID of zeros: with or without dashes and braces, or as a URN.
fn is_zero_uuid(text: &str) -> bool {
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let zeros = text.bytes().filter(|byte| *byte == b'0').count();
    let dashes = text.bytes().filter(|byte| *byte == b'-').count();
    zeros == 32 && matches!(dashes, 0 | 4) && zeros + dashes == text.len()
}

/// The digits of a number that stands where an identifier is expected: `1001.0`, which some programs write for whole
/// numbers, is `1001`, and `1e3` is `1000`. Any other number is as it is written. It never goes through a float.
#[must_use]
pub fn digits(number: &str) -> Cow<'_, str> {
    whole_number(number).map_or(Cow::Borrowed(number), Cow::Owned)
}

/// The digits of a number with a fraction or an exponent, if it is whole and of a sensible length.
fn whole_number(number: &str) -> Option<String> {
    const LONGEST: usize = 64;
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) || (whole, sign) == (number, "") {
        return None;
    }
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let point = usize::try_from(point).ok().filter(|point| (1..=LONGEST).contains(point))?;
    let all = format!("{whole}{fraction}");
    let (kept, rest) = all.split_at(point.min(all.len()));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let digits = format!("{kept:0<point$}");
    // An exponent is a float's way of writing; it has no zeros in front.
    let digits = if whole == "0" { digits.trim_start_matches('0') } else { &digits };
    Some(if digits.is_empty() { "0".to_owned() } else { format!("{sign}{digits}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_missing() {
        for text in [
            "undefined",
            "UNDEFINED",
            " undefined ",
            "null",
            "NULL",
            "NaN",
            "None",
            "nil",
            "N/A",
            "n/a",
            "NA",
            "(not set)",
            "(Not Set)",
            "(none)",
            "-",
            "0",
            "\\N",
            "(null)",
            "[object Object]",
            "00000000-0000-0000-0000-000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "00000000000000000000000000000000",
            "urn:uuid:00000000-0000-0000-0000-000000000000",
        ] {
            let expected = if text.len() < 30 { text.trim().to_lowercase() } else { ZERO_UUID.to_owned() };
            match identifier(text) {
                Identifier::Placeholder(found) => assert_eq!(found, expected),
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in ["", " ", "\u{a0}", "\t\n"] {
            assert_eq!(identifier(text), Identifier::Absent, "{text:?}");
        }
    }

    #[test]
    fn identifiers_are_trimmed_and_otherwise_untouched() {
        for (text, expected) in [
            ("1001", "1001"),
            ("1001 ", "1001"),
            ("\u{a0}1001\t", "1001"),
            ("00123", "00123"),
            ("A-7", "A-7"),
            ("a b", "a b"),
            ("00", "00"),
            ("0.0", "0.0"),
            ("--", "--"),
            ("undefined-1", "undefined-1"),
            ("nancy", "nancy"),
            ("100000000000000000001", "100000000000000000001"),
            ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"),
            ("000000000000000000000000000000000", "000000000000000000000000000000000"),
        ] {
            assert_eq!(identifier(text), Identifier::Given(expected), "{text}");
        }
    }

    #[test]
    fn a_number_is_its_digits() {
        for (number, expected) in [
            ("1001", "1001"),
            ("1001.0", "1001"),
            ("1001.00", "1001"),
            ("-7.0", "-7"),
            ("1e3", "1000"),
            ("1.5E+3", "1500"),
            ("1e+21", "1000000000000000000000"),
            ("100000000000000000001", "100000000000000000001"),
            ("100000000000000000001.0", "100000000000000000001"),
            ("1001.5", "1001.5"),
            ("1.2345e2", "1.2345e2"),
            ("1e999", "1e999"),
            ("1e-3", "1e-3"),
            ("0.0", "0"),
            ("007", "007"),
            ("x", "x"),
            ("", ""),
        ] {
            assert_eq!(digits(number), expected, "{number}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_given_is_given_again(text in "[ -~\u{a0}]{0,40}") {
            if let Some(once) = identifier(&text).given() {
                assert_eq!(identifier(once), Identifier::Given(once));
            }
        }
    }
}
