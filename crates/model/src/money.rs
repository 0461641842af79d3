//! Amounts of money as people write them, `19.90 EUR`, and as they are kept: whole minor units of a currency.

use serde::{Deserialize, Serialize};

use crate::normal::{NoAmount, Notation};

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

/// Codes of ISO 4217, list one: by these, a currency is known in small letters too.
const CODES: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY \
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR \
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR \
    MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VES VND VUV WST XAF \
    XCD XOF XPF YER ZAR ZMW ZWG";

/// Symbols, and the currencies that each may stand for.
const SYMBOLS: [(&str, &[&str]); 48] = [
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    (
        "$",
        &[
            "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "DOP", "CUP",
            "BBD", "BMD", "BND", "BSD", "BZD", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD", "TTD",
            "XCD",
        ],
    ),
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("C$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("A$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("S$", &["SGD"]),
    ("NT$", &["TWD"]),
    ("MX$", &["MXN"]),
    ("R$", &["BRL"]),
    ("¥", &["JPY", "CNY"]),
    ("￥", &["JPY", "CNY"]),
    ("円", &["JPY"]),
    ("元", &["CNY"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("Ft", &["HUF"]),
    ("lei", &["RON"]),
    ("лв", &["BGN"]),
    ("₽", &["RUB"]),
    ("руб", &["RUB"]),
    ("₴", &["UAH"]),
    ("₺", &["TRY"]),
    ("TL", &["TRY"]),
    ("₪", &["ILS"]),
    ("₹", &["INR"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("₩", &["KRW"]),
    ("฿", &["THB"]),
    ("₫", &["VND"]),
    ("đ", &["VND"]),
    ("₱", &["PHP"]),
    ("₦", &["NGN"]),
    ("₡", &["CRC"]),
    ("₲", &["PYG"]),
    ("₸", &["KZT"]),
    ("₾", &["GEL"]),
    ("Fr", &["CHF"]),
    ("SFr", &["CHF"]),
    ("R", &["ZAR"]),
    ("RM", &["MYR"]),
    ("Rp", &["IDR"]),
    ("KM", &["BAM"]),
];

/// An amount of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents, pence, yen.
    pub amount: i64,
    /// ISO 4217 code: three capital letters.
    pub currency: String,
}

/// A text that is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number and a code.
    #[error(
        "`{0}` is not an amount of money: write a number, a space and a currency's three letters, such as `19.90 EUR`"
    )]
    Form(String),
    /// It can be read in two ways.
    #[error("`{text}` is {decimal} or {grouped}: write the decimals too, such as `{grouped}.00`")]
    Ambiguous {
        /// The amount as written.
        text: String,
        /// The number, if its sign separates decimals.
        decimal: String,
        /// The number, if its sign groups thousands.
        grouped: String,
    },
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

/// Whether the text is a code of ISO 4217.
#[must_use]
pub fn is_known(code: &str) -> bool {
    is_currency(code) && CODES.split(' ').any(|known| known == code)
}

/// The currencies that a symbol may stand for; none for a text that is not a symbol.
#[must_use]
pub fn currencies(symbol: &str) -> &'static [&'static str] {
    SYMBOLS.iter().find(|(known, _)| *known == symbol).map_or(&[], |(_, codes)| codes)
}

impl Money {
    /// Reads `19.90 EUR`, `1200 JPY`, `1,299.00 USD` or `-5 €`.
    ///
    /// # Errors
    /// When the text is not an amount of one currency, can be read in two ways, has more decimals than the currency, or exceeds
    /// 64 bits of minor units.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let owned = || text.to_owned();
        let found = Notation::default().read(text).map_err(|error| match error {
            NoAmount::Ambiguous { decimal, grouped } => {
                MoneyError::Ambiguous { text: owned(), decimal, grouped }
            }
            NoAmount::TooLarge => MoneyError::TooLarge(owned()),
            NoAmount::NotAnAmount | NoAmount::OtherNotation(_) | NoAmount::OtherCurrency { .. } => {
                MoneyError::Form(owned())
            }
        })?;
        let currency = found.currency.ok_or_else(|| MoneyError::Form(owned()))?;
        if found.is_rounded {
            let decimals = decimals(&currency);
            return Err(MoneyError::Decimals { text: owned(), currency, decimals });
        }
        Ok(Self { amount: found.minor, currency })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&written(self.amount.into(), &self.currency))
    }
}

/// Minor units of a currency as people write them; sums may exceed what one [`Money`] holds.
#[must_use]
pub fn written(minor: i128, currency: &str) -> String {
    let (sign, amount) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    match decimals(currency) {
        0 => format!("{sign}{amount} {currency}"),
        decimals => {
            let unit = 10_u128.pow(decimals);
            let (whole, fraction) = (amount / unit, amount % unit);
            format!("{sign}{whole}.{fraction:0width$} {currency}", width = decimals as usize)
        }
    }
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
            ("1.0 JPY", Some(1)),
            ("1.5 JPY", None),
            ("19,90 EUR", Some(1990)),
            ("€19.90", Some(1990)),
            ("1,000.00 EUR", Some(100_000)),
            ("1.000 EUR", None),
            ("$5", None),
            ("19.90", None),
            ("19.90 euro", None),
            ("EUR 5", Some(500)),
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
    fn symbols_stand_for_known_codes() {
        assert_eq!(CODES.split(' ').filter(|code| !is_currency(code)).count(), 0);
        for (symbol, codes) in SYMBOLS {
            assert!(codes.iter().all(|code| is_known(code)), "{symbol}");
        }
        for (_, codes) in DECIMALS {
            assert!(codes.iter().all(|code| is_known(code)), "{codes:?}");
        }
    }
}
