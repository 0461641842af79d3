//! Amounts of money in the notations that people and programs use. What can be read in two ways is not guessed.

use super::notation::{self, Decimal, Parts, Written};
use crate::{
    event::REFUND,
    money::{currencies, decimals, is_currency},
};

/// An amount that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Whole minor units of the currency: cents, yen.
    pub minor: i64,
    /// The currency that the text itself names, else the one that was declared, else the one that is assumed.
    pub currency: Option<String>,
    /// It had more decimals than the currency has, and was rounded to the nearest, halves away from zero.
    pub is_rounded: bool,
}

/// Why a text is not read as an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAmount {
    /// It is not a number, perhaps with a currency.
    #[error("it is not an amount, such as `19.90 EUR`")]
    NotAnAmount,
    /// It can be read in two ways.
    #[error(
        "it is {decimal} or {grouped}: the sign before its last three digits separates decimals or thousands"
    )]
    Ambiguous {
        /// The number, if the sign separates decimals.
        decimal: String,
        /// The number, if the sign groups thousands.
        grouped: String,
    },
    /// Its signs have other roles than those of the amounts beside it.
    #[error("it is written in another notation than the amounts beside it")]
    OtherNotation(Decimal),
    /// It names another currency than the field beside it.
    #[error("it is in {written}, and the currency beside it is {declared}")]
    OtherCurrency {
        /// The currency in the text.
        written: String,
        /// The currency beside it.
        declared: String,
    },
    /// Beyond what 64 bits of minor units hold.
    #[error("it is more money than can be counted: the largest amount is 92,233,720,368,547,758.07 EUR")]
    TooLarge,
}

/// What is known of an amount beside its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notation<'c> {
    /// The currency that stands beside the amount: a different one in the text is an error.
    pub declared: Option<&'c str>,
    /// The currency that is assumed where neither text nor field names one.
    pub assumed: Option<&'c str>,
    /// The sign that is known to separate decimals.
    pub decimal: Option<Decimal>,
}

impl Notation<'_> {
    /// Reads an amount: `19.90`, `19,90 EUR`, `€19.90`, `EUR 1,299.00`, `1 299,00 €`, `-5 USD`.
    ///
    /// # Errors
    /// When it is not an amount, can be read in two ways, or is too large.
    pub fn read(&self, text: &str) -> Result<Amount, NoAmount> {
        let plain = plain(text);
        let found = Signed::of(&plain).ok_or(NoAmount::NotAnAmount)?;
        let currency = self.currency(&found)?;
        let places = decimals(currency.as_deref().unwrap_or(""));
        let (parts, exponent) = self.parts(found.number, places)?;
        let (minor, is_rounded) = minor(&parts, exponent, places).ok_or(NoAmount::TooLarge)?;
        let minor = if found.is_negative { -minor } else { minor };
        let minor = i64::try_from(minor).map_err(|_| NoAmount::TooLarge)?;
        Ok(Amount { minor, currency, is_rounded })
    }

    /// The currency of the amount; one in the text must be the declared one.
    fn currency(&self, found: &Signed<'_>) -> Result<Option<String>, NoAmount> {
        let beside = self.declared.or(self.assumed);
        let code = found.code.map(str::to_ascii_uppercase);
        let of_symbol = found.symbol.map(currencies);
        let contradicts = |code: &str| of_symbol.is_some_and(|known| !known.contains(&code));
        let other = |written: &str, declared: &str| {
            Err(NoAmount::OtherCurrency { written: written.to_owned(), declared: declared.to_owned() })
        };
        match (code, of_symbol, beside) {
            (Some(code), ..) if contradicts(&code) => other(found.symbol.unwrap_or(""), &code),
            (Some(code), ..) => match self.declared {
                Some(declared) if declared != code => other(&code, declared),
                _ => Ok(Some(code)),
            },
            (None, Some([only]), _) => match self.declared {
                Some(declared) if declared != *only => other(only, declared),
                _ => Ok(Some((*only).to_owned())),
            },
            // One of several dollars: which one, only what stands beside it says.
            (None, Some(_), Some(beside)) if contradicts(beside) => other(found.symbol.unwrap_or(""), beside),
            (None, _, beside) => Ok(beside.map(str::to_owned)),
        }
    }

    /// The digits before and after the decimals' sign, and the exponent.
    fn parts(&self, number: &str, places: u32) -> Result<(Parts, i32), NoAmount> {
        let (number, exponent) = match number.split_once(['e', 'E']) {
            None => (number, 0),
            Some((number, exponent)) => (number, exponent_of(exponent).ok_or(NoAmount::NotAnAmount)?),
        };
        let parts = match (notation::read(number).ok_or(NoAmount::NotAnAmount)?, self.decimal) {
            (Written::Whole(whole), _) => Parts { whole, fraction: String::new() },
            (Written::Known(decimal, _), Some(known)) if decimal != known => {
                return Err(NoAmount::OtherNotation(decimal));
            }
            (Written::Known(_, parts), _) => parts,
            (Written::Either(sign, parts), Some(known)) => {
                if sign == known {
                    parts
                } else {
                    parts.grouped()
                }
            }
            // A currency of three decimals has just these; one without decimals is written with commas for thousands.
            (Written::Either(Decimal::Point, parts), None) if places == 3 => parts,
            (Written::Either(Decimal::Comma, parts), None) if places == 0 => parts.grouped(),
            (Written::Either(_, parts), None) => {
                let decimal = format!("{}.{}", parts.whole, parts.fraction);
                return Err(NoAmount::Ambiguous { decimal, grouped: parts.grouped().whole });
            }
        };
        Ok((parts, exponent))
    }
}

/// The sign that a text proves to separate decimals: of `19,90` and `1.299.000` the comma, of `1299` and `1.299` none.
#[must_use]
pub fn proves(text: &str) -> Option<Decimal> {
    let plain = plain(text);
    match notation::read(Signed::of(&plain)?.number)? {
        Written::Known(decimal, _) => Some(decimal),
        Written::Whole(_) | Written::Either(..) => None,
    }
}

/// The value of an event as it is kept: a refund takes back, whatever the sign it is sent with.
#[must_use]
pub fn refunded(name: &str, minor: i64) -> i64 {
    if name == REFUND { minor.saturating_abs().saturating_neg() } else { minor }
}

/// The text with one kind of space, minus and apostrophe.
fn plain(text: &str) -> String {
    let spelled = text.trim().chars().map(|c| match c {
        '\u{A0}' | '\u{2007}' | '\u{2009}' | '\u{202F}' | '\t' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2019}' | '\u{B4}' | '`' => '\'',
        _ => c,
    });
    spelled.collect()
}

/// A number with what stands around it.
#[derive(Debug, Default)]
struct Signed<'t> {
    number: &'t str,
    is_negative: bool,
    /// A currency by its code.
    code: Option<&'t str>,
    /// A currency by its symbol.
    symbol: Option<&'t str>,
}

impl<'t> Signed<'t> {
    /// Takes sign and currency off both ends; each can stand there once.
    fn of(text: &'t str) -> Option<Self> {
        let (mut rest, mut found, mut signs) = (text.trim(), Self::default(), 0);
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            // As bookkeepers write what is taken off.
            (rest, found.is_negative, signs) = (inner.trim(), true, 1);
        }
        loop {
            let before = rest;
            rest = found.currency_at_start(rest)?;
            rest = found.currency_at_end(rest)?;
            // `19,-` and `19.-`: no cents.
            rest = rest.strip_suffix(",-").or_else(|| rest.strip_suffix(".-")).unwrap_or(rest);
            let unsigned = rest.strip_prefix(['-', '+']).or_else(|| rest.strip_suffix('-'));
            if let Some(unsigned) = unsigned {
                found.is_negative |= !rest.starts_with('+');
                (rest, signs) = (unsigned.trim(), signs + 1);
            }
            if rest == before {
                break;
            }
        }
        found.number = rest;
        (signs <= 1).then_some(found)
    }

    /// `None` when there are two.
    fn currency_at_start(&mut self, text: &'t str) -> Option<&'t str> {
        let end = text.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '('));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        let rest = rest.strip_prefix(". ").filter(|_| !word.is_empty()).unwrap_or(rest);
        self.take(word).then(|| rest.trim_start())
    }

    fn currency_at_end(&mut self, text: &'t str) -> Option<&'t str> {
        let is_word = |c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | ' ' | ')'));
        let is_short = |text: &&str| text.ends_with(char::is_alphabetic);
        let text = text.strip_suffix('.').filter(is_short).unwrap_or(text);
        let start = text.trim_end_matches(is_word).len();
        let (rest, word) = text.split_at(start);
        self.take(word).then(|| rest.trim_end())
    }

    /// Takes a code or a symbol; nothing is nothing.
    fn take(&mut self, word: &'t str) -> bool {
        let word = word.trim();
        if word.is_empty() {
            return true;
        }
        let is_code = is_currency(word) || crate::money::is_known(&word.to_ascii_uppercase());
        let place = if is_code {
            &mut self.code
        } else if currencies(word).is_empty() {
            return false;
        } else {
            &mut self.symbol
        };
        place.replace(word).is_none()
    }
}

fn exponent_of(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Whatever is longer is too large, or nothing.
    let magnitude = digits.parse().unwrap_or(i32::MAX).min(10_000);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// Decimals beyond these are what computers' fractions leave: 0.30000000000000004 is not rounded.
const NOISE: usize = 6;

/// Minor units of the digits, and whether they were rounded; `None` when they are too many.
fn minor(Parts { whole, fraction }: &Parts, exponent: i32, places: u32) -> Option<(i128, bool)> {
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(places);
    if digits.bytes().all(|digit| digit == b'0') {
        return Some((0, false));
    }
    let Ok(point) = usize::try_from(point) else { return Some((0, true)) };
    let kept = digits.get(..point).unwrap_or(&digits).trim_start_matches('0');
    let zeros = point.saturating_sub(digits.len());
    if kept.len() + zeros > 20 {
        return None;
    }
    let rest = digits.as_bytes().get(point..).unwrap_or_default();
    let minor: i128 = format!("0{kept}{:0<zeros$}", "").parse().ok()?;
    let rounds_up = rest.first().is_some_and(|digit| *digit >= b'5');
    Some((minor + i128::from(rounds_up), !is_noise(rest)))
}

/// Whether what lies beyond the minor units is nearly nothing, or nearly one.
fn is_noise(rest: &[u8]) -> bool {
    let seen = &rest[..rest.len().min(NOISE)];
    seen.iter().all(|digit| *digit == b'0')
        || (seen.len() == NOISE && seen.iter().all(|digit| *digit == b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(minor: i64, currency: &str) -> Result<Amount, NoAmount> {
        let currency = Some(currency.to_owned()).filter(|code| !code.is_empty());
        Ok(Amount { minor, currency, is_rounded: false })
    }

    #[test]
    fn usual_notations_are_read() {
        for (text, minor, currency) in [
            ("19.90", 1990, ""),
            ("19,90", 1990, ""),
            ("19.9", 1990, ""),
            ("19", 1900, ""),
            (".5", 50, ""),
            ("5.", 500, ""),
            ("+1.00", 100, ""),
            ("-1.25", -125, ""),
            ("\u{2212}1,25", -125, ""),
            ("1.25-", -125, ""),
            ("(1.25)", -125, ""),
            ("($1.25)", -125, ""),
            ("19.90 EUR", 1990, "EUR"),
            ("19,90 EUR", 1990, "EUR"),
            ("19.90EUR", 1990, "EUR"),
            ("19.90 eur", 1990, "EUR"),
            ("EUR 19.90", 1990, "EUR"),
            ("EUR19,90", 1990, "EUR"),
            ("€19.90", 1990, "EUR"),
            ("€ 19.90", 1990, "EUR"),
            ("-€19.90", -1990, "EUR"),
            ("€-19.90", -1990, "EUR"),
            ("19,90 €", 1990, "EUR"),
            ("19,90\u{a0}€", 1990, "EUR"),
            ("19,- €", 1900, "EUR"),
            ("CHF 20.-", 2000, "CHF"),
            ("1,299.00 USD", 129_900, "USD"),
            ("US$1,299.00", 129_900, "USD"),
            ("$1,299.00 USD", 129_900, "USD"),
            ("1.299,00 €", 129_900, "EUR"),
            ("1 299,00 €", 129_900, "EUR"),
            ("1\u{202f}299,00\u{a0}€", 129_900, "EUR"),
            ("1\u{2009}299", 129_900, ""),
            ("CHF 1’299.00", 129_900, "CHF"),
            ("1.299.000 €", 129_900_000, "EUR"),
            ("₹12,34,567.89", 123_456_789, "INR"),
            ("£5", 500, "GBP"),
            ("5 zł", 500, "PLN"),
            ("5 kr.", 500, ""),
            ("Fr. 20.-", 2000, "CHF"),
            ("$5", 500, ""),
            ("1200 JPY", 1200, "JPY"),
            ("¥1,299", 1299, "JPY"),
            ("1.299 KWD", 1299, "KWD"),
            ("1.5 KWD", 1500, "KWD"),
            ("1.2345 CLF", 12_345, "CLF"),
            ("1e3", 100_000, ""),
            ("1.5E+2", 15_000, ""),
            ("5e-1", 50, ""),
            ("19.9000", 1990, ""),
            ("0.299999999999999989", 30, ""),
            ("12.349999999999999", 1235, ""),
            ("0.30000000000000004", 30, ""),
            ("92233720368547758.07 EUR", i64::MAX, "EUR"),
            ("0e999999999999", 0, ""),
            ("3.50 BTC", 350, "BTC"),
        ] {
            let notation = match text {
                "¥1,299" => Notation { declared: Some("JPY"), ..Notation::default() },
                _ => Notation::default(),
            };
            assert_eq!(notation.read(text), amount(minor, currency), "{text}");
        }
    }

    #[test]
    fn what_has_more_decimals_is_rounded() {
        for (text, minor) in
            [("19.905", 1991), ("-19.905", -1991), ("0.299", 30), ("1299.004", 129_900), ("1e-9", 0)]
        {
            let notation = Notation { decimal: Some(Decimal::Point), ..Notation::default() };
            let expected = Amount { minor, currency: None, is_rounded: true };
            assert_eq!(notation.read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_guessed() {
        for (text, decimal, grouped) in [
            ("1.299", "1.299", "1299"),
            ("1,299", "1.299", "1299"),
            ("-123,456 EUR", "123.456", "123456"),
            ("1,299 KWD", "1.299", "1299"),
            ("1.299 JPY", "1.299", "1299"),
        ] {
            let (decimal, grouped) = (decimal.to_owned(), grouped.to_owned());
            assert_eq!(
                Notation::default().read(text),
                Err(NoAmount::Ambiguous { decimal, grouped }),
                "{text}"
            );
            assert_eq!(proves(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_beside_it_decide() {
        let read = |text, decimal| Notation { decimal: Some(decimal), ..Notation::default() }.read(text);
        assert_eq!(read("1.299", Decimal::Comma), amount(129_900, ""));
        assert_eq!(read("1,299", Decimal::Point), amount(129_900, ""));
        assert_eq!(read("1,299", Decimal::Comma).map(|amount| amount.minor), Ok(130));
        assert_eq!(read("19.90", Decimal::Comma), Err(NoAmount::OtherNotation(Decimal::Point)));
        assert_eq!(read("1.299,00", Decimal::Point), Err(NoAmount::OtherNotation(Decimal::Comma)));
        for (text, expected) in [
            ("19,90", Some(Decimal::Comma)),
            ("1.299,00", Some(Decimal::Comma)),
            ("1.299.000", Some(Decimal::Comma)),
            ("1 299,00 €", Some(Decimal::Comma)),
            ("19.90", Some(Decimal::Point)),
            ("1,299.00", Some(Decimal::Point)),
            ("1299", None),
            ("7 EUR", None),
            ("many", None),
        ] {
            assert_eq!(proves(text), expected, "{text}");
        }
    }

    #[test]
    fn a_currency_is_named_once_or_twice_the_same() {
        let declared = |text, code| Notation { declared: Some(code), ..Notation::default() }.read(text);
        let assumed = |text, code| Notation { assumed: Some(code), ..Notation::default() }.read(text);
        assert_eq!(declared("$5", "USD"), amount(500, "USD"));
        assert_eq!(declared("$5", "CAD"), amount(500, "CAD"));
        assert_eq!(declared("500", "JPY"), amount(500, "JPY"));
        assert_eq!(assumed("5", "EUR"), amount(500, "EUR"));
        assert_eq!(assumed("€5", "USD"), amount(500, "EUR"));
        assert_eq!(assumed("5 USD", "EUR"), amount(500, "USD"));
        for (found, written, beside) in [
            (declared("5 EUR", "USD"), "EUR", "USD"),
            (declared("€5", "USD"), "EUR", "USD"),
            (declared("$5", "EUR"), "$", "EUR"),
            (assumed("$5", "EUR"), "$", "EUR"),
            (Notation::default().read("$5 EUR"), "$", "EUR"),
        ] {
            let (written, declared) = (written.to_owned(), beside.to_owned());
            assert_eq!(found, Err(NoAmount::OtherCurrency { written, declared }));
        }
    }

    #[test]
    fn what_is_not_an_amount_says_why() {
        for text in [
            "",
            " ",
            "abc",
            "19.90 euro",
            "EUR",
            "€",
            "-",
            "--5",
            "-5-",
            "1.2.3",
            "1,29.00",
            "5 EUR USD",
            "€5€",
            "1e",
            "e5",
            "0x10",
            "5 %",
            "19.90 pcs",
            "NaN",
            "Infinity",
            "1/2",
            "5 EUR 3",
            "1-2",
            "(5",
            "[1]",
            "٣",
        ] {
            assert_eq!(Notation::default().read(text), Err(NoAmount::NotAnAmount), "{text}");
        }
        for text in
            ["92233720368547758.08", "1e999", "-1e30", "99999999999999999999999", "92233720368547758.08 EUR"]
        {
            assert_eq!(Notation::default().read(text), Err(NoAmount::TooLarge), "{text}");
        }
    }

    #[test]
    fn a_refund_takes_back() {
        for (name, minor, expected) in [
            ("$refund", 500, -500),
            ("$refund", -500, -500),
            ("purchase", -500, -500),
            ("$refund", i64::MIN, i64::MIN + 1),
        ] {
            assert_eq!(refunded(name, minor), expected, "{name} {minor}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "[0-9.,' €$A-Ze()+-]{0,16}") {
            let _ = (Notation::default().read(&text), proves(&text));
        }

        /// An amount reads as the same number in every notation.
        #[test]
        fn notations_agree(minor in 0_i64..100_000_000_000) {
            let (whole, cents) = (minor / 100, minor % 100);
            let digits = whole.to_string();
            let grouped = |sign: &str| {
                let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
                groups.join(sign)
            };
            for text in [
                format!("{whole}.{cents:02}"), format!("{whole},{cents:02} €"), format!("{}.{cents:02} EUR", grouped(",")),
                format!("€{},{cents:02}", grouped(".")), format!("{},{cents:02}", grouped("\u{202f}")),
                format!("{}.{cents:02}", grouped("’")),
            ] {
                assert_eq!(Notation::default().read(&text).map(|amount| amount.minor), Ok(minor), "{text}");
            }
        }
    }
}
