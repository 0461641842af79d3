//! Numbers as people read them: thousands apart, shares with the digits that their interval supports.

use waymark_analysis::{RateResult, questions::overview::ValueResult};
use waymark_model::{Interval, duration, money};

use super::style::{MUTED, styled};

/// A whole number with its thousands apart: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    apart(&number.to_string())
}

/// Digits with their thousands apart.
fn apart(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 session`, `5,000 visitors`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A share in per cent with so many decimals.
fn percent(share: f64, decimals: usize) -> String {
    format!("{:.decimals$}", share * 100.0)
}

/// Decimals that show two digits of half the interval's width.
fn decimals(interval: Interval) -> usize {
    let half = (interval.high - interval.low) * 50.0;
    (0..=4).find(|&decimals| half * 10_f64.powi(decimals) >= 9.5).unwrap_or(4).try_into().unwrap_or(4)
}

/// A share and its interval: `0.78 % [0.57–1.06 %]`; muted and marked `few` when it is too small to be ranked.
pub(crate) fn share(rate: &RateResult) -> String {
    let (Some(value), Some(interval)) = (rate.share, rate.interval) else { return styled(MUTED, "–") };
    let decimals = decimals(interval);
    let [value, low, high] = [value, interval.low, interval.high].map(|share| percent(share, decimals));
    let text = format!("{value} % [{low}–{high} %]");
    if rate.low_n { styled(MUTED, format!("{text} few")) } else { text }
}

/// A rate with what it is a share of: `0.78 % [0.57–1.06 %] of 5,000 visitors`.
pub(crate) fn rate(rate: &RateResult) -> String {
    format!("{} of {}", share(rate), counted(rate.denominator, &rate.base))
}

/// An amount in minor units of a currency: `1,234.50 EUR`.
pub(crate) fn amount(minor: impl Into<i128>, currency: &str) -> String {
    let minor = minor.into();
    if currency.is_empty() {
        let sign = if minor < 0 { "-" } else { "" };
        return format!("{sign}{} (no currency)", apart(&minor.unsigned_abs().to_string()));
    }
    let text = money::written(minor, currency);
    let digits = |c: char| c.is_ascii_digit();
    let start = text.find(digits).unwrap_or(0);
    let end = text[start..].find(|c| !digits(c)).map_or(text.len(), |length| start + length);
    format!("{}{}{}", &text[..start], apart(&text[start..end]), &text[end..])
}

/// Gross value and, where refunds were made, net: `120.00 EUR`, `120.00 EUR gross, 100.00 EUR net`; with the part that
/// is verified, where some is.
pub(crate) fn value(values: &[ValueResult]) -> String {
    let one = |value: &ValueResult| {
        let of = |minor| amount(minor, &value.currency);
        let mut text = of(value.gross);
        if value.refunds != 0 {
            text.push_str(&format!(" gross, {} net", of(value.net)));
        }
        if value.verified != 0 {
            text.push_str(&format!(", {} verified", of(value.verified)));
        }
        text
    };
    values.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A length of time with its two largest units: `2h13m`, `45s`, `350ms`.
pub(crate) fn time(ms: u64) -> String {
    const UNITS: [i64; 4] = [86_400_000, 3_600_000, 60_000, 1_000];
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    let largest = UNITS.iter().position(|unit| ms >= *unit);
    let smallest = largest.and_then(|at| UNITS.get(at + 1).or(UNITS.last())).copied().unwrap_or(1);
    duration::format(ms / smallest * smallest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), text);
        }
        assert_eq!(counted(1, "visitor"), "1 visitor");
        assert_eq!(amount(123_450, "EUR"), "1,234.50 EUR");
        assert_eq!(amount(-123_450, "JPY"), "-123,450 JPY");
        assert_eq!(amount(-5, ""), "-5 (no currency)");
        assert_eq!(amount(i128::from(i64::MAX) * 4, "EUR"), "368,934,881,474,191,032.28 EUR");
    }

    fn check_rate(numerator: u64, denominator: u64, low: f64, high: f64, text: &str) {
        let interval = Interval { low, high, confidence: 0.95 };
        let result = RateResult {
            numerator,
            denominator,
            base: "visitor".to_owned(),
            share: (denominator > 0).then(|| numerator as f64 / denominator as f64),
            interval: (denominator > 0).then_some(interval),
            low_n: false,
        };
        assert_eq!(anstream::adapter::strip_str(&rate(&result)).to_string(), text);
    }

    #[test]
    fn shares_have_the_digits_that_their_interval_supports() {
        check_rate(39, 5_000, 0.005_709, 0.010_646, "0.78 % [0.57–1.06 %] of 5,000 visitors");
        check_rate(40, 100, 0.309, 0.498, "40.0 % [30.9–49.8 %] of 100 visitors");
        check_rate(1, 2, 0.094, 0.906, "50 % [9–91 %] of 2 visitors");
        check_rate(400_000, 1_000_000, 0.399_04, 0.400_96, "40.00 % [39.90–40.10 %] of 1,000,000 visitors");
        check_rate(0, 0, 0.0, 0.0, "– of 0 visitors");
    }

    #[test]
    fn value_says_what_was_taken_back_and_what_is_verified() {
        for (gross, verified, refunds, text) in [
            (12_000, 0, 0, "120.00 EUR"),
            (12_000, 9_000, 0, "120.00 EUR, 90.00 EUR verified"),
            (12_000, 0, -2_000, "120.00 EUR gross, 100.00 EUR net"),
            (12_000, 12_000, -2_000, "120.00 EUR gross, 100.00 EUR net, 120.00 EUR verified"),
        ] {
            let currency = "EUR".to_owned();
            assert_eq!(
                value(&[ValueResult { currency, gross, verified, refunds, net: gross + refunds }]),
                text
            );
        }
    }

    #[test]
    fn times_have_two_units() {
        for (ms, text) in
            [(350, "350ms"), (45_678, "45s"), (7_980_500, "2h13m"), (90_061_000, "1d1h"), (0, "0s")]
        {
            assert_eq!(time(ms), text);
        }
    }
}
