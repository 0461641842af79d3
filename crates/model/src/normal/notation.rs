//! How a number is written: which sign separates decimals, which groups thousands, and when that cannot be known.

/// The sign that separates decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decimal {
    /// `1,299.00`
    Point,
    /// `1.299,00`
    Comma,
}

impl Decimal {
    const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What a number's digits and signs show by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// No sign that could separate decimals.
    Whole(String),
    /// One sign is known to separate decimals, and the other, where there is one, to group thousands.
    Known(Decimal, Parts),
    /// One sign, once, before three digits: `1.299` is 1.299 or 1299. `Parts` are those if it separates decimals.
    Either(Decimal, Parts),
}

/// The digits before and after the sign of decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) whole: String,
    pub(super) fraction: String,
}

impl Parts {
    /// All digits, as one whole number.
    pub(super) fn grouped(self) -> Self {
        Self { whole: self.whole + &self.fraction, fraction: String::new() }
    }
}

/// Reads digits with their signs: points, commas, spaces and apostrophes. `None` when that is not how a number is written.
pub(super) fn read(text: &str) -> Option<Written> {
    let is_sign = |c: char| matches!(c, '.' | ',' | ' ' | '\'');
    if !text.contains(|c: char| c.is_ascii_digit())
        || text.contains(|c: char| !c.is_ascii_digit() && !is_sign(c))
    {
        return None;
    }
    let points = text.matches('.').count();
    let commas = text.matches(',').count();
    match (points, commas) {
        (0, 0) => whole(text, None).map(Written::Whole),
        (1, 0) => once(text, Decimal::Point),
        (0, 1) => once(text, Decimal::Comma),
        (_, 0) => several(text, Decimal::Comma),
        (0, _) => several(text, Decimal::Point),
        _ => both(text),
    }
}

/// Thousands are grouped by this sign several times: the other one would separate decimals.
fn several(text: &str, decimal: Decimal) -> Option<Written> {
    let whole = whole(text, Some(decimal.other().sign()))?;
    Some(Written::Known(decimal, Parts { whole, fraction: String::new() }))
}

/// Both signs: the later one separates decimals, and stands there once.
fn both(text: &str) -> Option<Written> {
    let decimal = if text.rfind('.') > text.rfind(',') { Decimal::Point } else { Decimal::Comma };
    let (before, fraction) = text.split_once(decimal.sign())?;
    let whole = whole(before, Some(decimal.other().sign()))?;
    is_digits(fraction).then(|| Written::Known(decimal, Parts { whole, fraction: fraction.to_owned() }))
}

fn once(text: &str, decimal: Decimal) -> Option<Written> {
    let (before, fraction) = text.split_once(decimal.sign())?;
    if !fraction.is_empty() && !is_digits(fraction) {
        return None;
    }
    let is_spaced = before.contains([' ', '\'']);
    let parts = Parts { whole: whole(before, None)?, fraction: fraction.to_owned() };
    let could_group =
        !is_spaced && fraction.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
    Some(if could_group { Written::Either(decimal, parts) } else { Written::Known(decimal, parts) })
}

/// Digits, with thousands grouped by one sign or not at all: the last group has three digits, those before it three, or two
/// as in India.
fn whole(text: &str, sign: Option<char>) -> Option<String> {
    let Some(sign) = sign.or_else(|| text.chars().find(|c| !c.is_ascii_digit())) else {
        return Some(text.to_owned());
    };
    let groups: Vec<&str> = text.split(sign).collect();
    let (first, rest) = groups.split_first()?;
    if rest.is_empty() {
        return is_digits(first).then(|| (*first).to_owned());
    }
    let (last, middle) = rest.split_last()?;
    let have = |digits: usize| middle.iter().all(|group| group.len() == digits);
    let is_grouped = (have(3) && first.len() <= 3) || (have(2) && first.len() <= 2);
    let all_digits = groups.iter().all(|group| is_digits(group));
    (is_grouped && last.len() == 3 && all_digits).then(|| groups.concat())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            None => "none".to_owned(),
            Some(Written::Whole(whole)) => whole,
            Some(Written::Known(decimal, Parts { whole, fraction })) => {
                format!("{whole}{}{fraction}", decimal.sign())
            }
            Some(Written::Either(decimal, Parts { whole, fraction })) => {
                format!("{whole}{}{fraction}?", decimal.sign())
            }
        }
    }

    #[test]
    fn signs_have_a_role_or_none() {
        for (text, expected) in [
            ("1299", "1299"),
            ("1 299", "1299"),
            ("1'299", "1299"),
            ("12 345 678", "12345678"),
            ("19.90", "19.90"),
            ("19,90", "19,90"),
            ("19,9", "19,9"),
            ("5.", "5."),
            (".5", ".5"),
            ("0.299", "0.299"),
            ("1299.000", "1299.000"),
            ("19.9000", "19.9000"),
            ("1.299", "1.299?"),
            ("1,299", "1,299?"),
            ("123,456", "123,456?"),
            ("1,299.00", "1299.00"),
            ("1.299,00", "1299,00"),
            ("1 299,00", "1299,00"),
            ("1'299.00", "1299.00"),
            ("1 299,000", "1299,000"),
            ("1.299.000", "1299000,"),
            ("1,299,000", "1299000."),
            ("12,34,567.89", "1234567.89"),
            ("1.299.000,5", "1299000,5"),
            ("1,29.00", "none"),
            ("1.2.3", "none"),
            ("1,2,3", "none"),
            ("1.299,00,0", "none"),
            ("1 29", "none"),
            ("1 299'000", "none"),
            ("1299 000", "none"),
            ("", "none"),
            (".", "none"),
            (",", "none"),
            ("1e3", "none"),
            ("a", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
