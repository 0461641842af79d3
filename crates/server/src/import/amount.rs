//! Amounts of money in a file: decimal numbers in major units, or whole minor units.

/// Minor units of a decimal number in major units, and whether it was rounded: decimals that the currency does not
/// have are rounded to the nearest, halves away from zero. A point separates decimals; nothing separates thousands.
pub(super) fn minor_units(text: &str, decimals: u32) -> Option<(i64, bool)> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let point = digits.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = point.map_or((digits, &[][..]), |point| (&digits[..point], &digits[point + 1..]));
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(decimals as usize));
    let missing = decimals - u32::try_from(kept.len()).ok()?;
    let mut minor = 0_i64;
    for digit in whole.iter().chain(kept) {
        minor = minor.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    minor = minor.checked_mul(10_i64.checked_pow(missing)?)?;
    if rest.first().is_some_and(|digit| *digit >= b'5') {
        minor = minor.checked_add(1)?;
    }
    Some((if negative { -minor } else { minor }, rest.iter().any(|digit| *digit != b'0')))
}

/// Whole minor units; zeros after a point are borne, since numbers of tables are often written with them.
pub(super) fn whole(text: &str) -> Option<i64> {
    minor_units(text, 0).filter(|(_, rounded)| !rounded).map(|(amount, _)| amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_become_minor_units() {
        for (text, decimals, expected) in [
            ("19.90", 2, Some((1990, false))),
            ("19.9", 2, Some((1990, false))),
            ("19", 2, Some((1900, false))),
            (".5", 2, Some((50, false))),
            ("5.", 2, Some((500, false))),
            ("+1.00", 2, Some((100, false))),
            ("-1.25", 2, Some((-125, false))),
            ("19.9000", 2, Some((1990, false))),
            ("19.905", 2, Some((1991, true))),
            ("-19.905", 2, Some((-1991, true))),
            ("12.349999999999999", 2, Some((1235, true))),
            ("1200", 0, Some((1200, false))),
            ("1.5", 3, Some((1500, false))),
            ("92233720368547758.07", 2, Some((i64::MAX, false))),
            ("92233720368547758.08", 2, None),
            ("19,90", 2, None),
            ("1e3", 2, None),
            ("", 2, None),
            (".", 2, None),
            ("-", 2, None),
            ("1.2.3", 2, None),
            ("€5", 2, None),
        ] {
            assert_eq!(minor_units(text, decimals), expected, "{text}");
        }
    }

    #[test]
    fn minor_units_are_whole() {
        for (text, expected) in
            [("1990", Some(1990)), ("1990.0", Some(1990)), ("-5", Some(-5)), ("19.9", None)]
        {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
