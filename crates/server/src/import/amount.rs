//! Whole amounts of money in a file: minor units.

use waymark_model::money::minor_units;

/// Whole minor units; zeros after a point are borne, since numbers of tables are often written with them.
pub(super) fn whole(text: &str) -> Option<i64> {
    minor_units(text, 0).filter(|(_, rounded)| !rounded).map(|(amount, _)| amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_are_whole() {
        for (text, expected) in
            [("1990", Some(1990)), ("1990.0", Some(1990)), ("-5", Some(-5)), ("19.9", None)]
        {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
