//! Amounts of money as people write them, `19.90 EUR`, and as they are kept: whole minor units of a currency.

use serde::{Deserialize, Serialize};

/// Currencies whose minor unit is not a hundredth (ISO 4217, list one), with their number of decimals.
const DECIMALS: [(u32, &[&str]); 3] = [
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
            "XAF", "XOF", "XPF",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

/// An amount of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents, pence, yen.
    pub amount: i64,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

/// A text that is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number and a code.
    #[error(
        "`{0}` is no amount of money: write a number, a space and a currency's three letters, such as `19.90 EUR`"
    )]
    Form(String),
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals, `{text}` has more")]
    Decimals {
        /// The amount as written.
        text: String,
        /// Its currency.
        currency: String,
        /// How many decimals the currency has.
        decimals: u32,
    },
    /// Beyond what 64 bits of minor units hold.
    #[error("`{0}` is more money than can be counted")]
    TooLarge(String),
}

/// How many decimals the currency has by ISO 4217; 2 for codes that the standard does not single out.
#[must_use]
pub fn decimals(currency: &str) -> u32 {
    DECIMALS.iter().find(|(_, codes)| codes.contains(&currency)).map_or(2, |(decimals, _)| *decimals)
}

/// Whether the text has the form of an ISO 4217 code: three capital letters.
#[must_use]
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl Money {
    /// Reads `19.90 EUR`, `1200 JPY` or `-5 USD`. A point separates decimals; nothing separates thousands.
    ///
    /// # Errors
    /// When the text is anything else, has more decimals than the currency, or exceeds 64 bits of minor units.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let form = || MoneyError::Form(text.to_owned());
        let (number, currency) = text.trim().split_once(' ').ok_or_else(form)?;
        let currency = currency.trim_start();
        let (sign, digits) = number.strip_prefix('-').map_or((1, number), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_currency(currency) || !is_number(whole) || !fraction.is_none_or(is_number) {
            return Err(form());
        }
        let (fraction, decimals) = (fraction.unwrap_or(""), decimals(currency));
        if fraction.len() > decimals as usize {
            let (text, currency) = (text.to_owned(), currency.to_owned());
            return Err(MoneyError::Decimals { text, currency, decimals });
        }
        let minor = format!("{whole}{fraction:0<width$}", width = decimals as usize);
        let amount = minor.parse::<i128>().ok().and_then(|amount| i64::try_from(sign * amount).ok());
        let amount = amount.ok_or_else(|| MoneyError::TooLarge(text.to_owned()))?;
        Ok(Self { amount, currency: currency.to_owned() })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, amount) = (if self.amount < 0 { "-" } else { "" }, self.amount.unsigned_abs());
        match decimals(&self.currency) {
            0 => write!(f, "{sign}{amount} {}", self.currency),
            decimals => {
                let unit = 10_u64.pow(decimals);
                let (whole, fraction) = (amount / unit, amount % unit);
                write!(f, "{sign}{whole}.{fraction:0width$} {}", self.currency, width = decimals as usize)
            }
        }
    }
}

/// Minor units of a decimal number in major units, and whether it was rounded: decimals that the currency does not
/// have are rounded to the nearest, halves away from zero. A point separates decimals; nothing separates thousands.
#[must_use]
pub fn minor_units(text: &str, decimals: u32) -> Option<(i64, bool)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_in_minor_units() {
        let cases = [
            ("19.90 EUR", Some(1990)),
            ("19.9 EUR", Some(1990)),
            ("20 EUR", Some(2000)),
            ("1200 JPY", Some(1200)),
            ("1.5 KWD", Some(1500)),
            ("1.2345 CLF", Some(12345)),
            ("-5 USD", Some(-500)),
            ("0.01 USD", Some(1)),
            ("19.905 EUR", None),
            ("1.0 JPY", None),
            ("1,000.00 EUR", None),
            ("19.90", None),
            ("19.90 euro", None),
            ("19. EUR", None),
            (".5 EUR", None),
            ("EUR 5", None),
            ("", None),
            ("92233720368547758.08 EUR", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Money::parse(text).ok().map(|money| money.amount), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn money_reads_as_it_is_written(amount: i64, code in 0..4_usize) {
            let money = Money { amount, currency: ["EUR", "JPY", "KWD", "CLF"][code].to_owned() };
            assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }
    }

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
}
