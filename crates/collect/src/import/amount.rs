//! Amounts of money in a file. One notation holds for a whole column: what the column does not prove is asked for, never
//! guessed. It knows no rows.

use std::str::FromStr;

use serde::Serialize;
use waymark_model::normal::{Amount, Decimal, NoAmount, Notation, amount::proves, identifier::digits};

use super::record::CellKind;

/// An amount, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    line: u64,
    text: String,
}

/// Why a file's amounts cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Rows in different notations.
    #[error(
        "the amounts are mixed: `{first_text}` in line {first_line} has {}, `{text}` in line {line} {}; nothing was imported",
        sign_of(*first),
        other(*first)
    )]
    Mixed {
        /// What separates decimals in the first.
        first: SignOf,
        /// Line of the first.
        first_line: u64,
        /// Its amount.
        first_text: String,
        /// The line of the other.
        line: u64,
        /// The amount there.
        text: String,
    },
    /// Nothing in the column says what the sign stands for.
    #[error(
        "the amount `{text}` in line {line} is {decimal} or {grouped}, and no other amount says which; nothing was imported"
    )]
    Either {
        /// Its line.
        line: u64,
        /// The amount.
        text: String,
        /// The number, if the sign separates decimals.
        decimal: String,
        /// The number, if the sign groups thousands.
        grouped: String,
    },
}

/// The sign that separates decimals, as `--decimal` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignOf {
    /// `1,299.00`
    Point,
    /// `1.299,00`
    Comma,
}

impl FromStr for SignOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "point" | "." => Ok(Self::Point),
            "comma" | "," => Ok(Self::Comma),
            _ => Err("use `point` (1,299.00) or `comma` (1.299,00)".to_owned()),
        }
    }
}

impl From<Decimal> for SignOf {
    fn from(decimal: Decimal) -> Self {
        match decimal {
            Decimal::Point => Self::Point,
            Decimal::Comma => Self::Comma,
        }
    }
}

impl From<SignOf> for Decimal {
    fn from(sign: SignOf) -> Self {
        match sign {
            SignOf::Point => Self::Point,
            SignOf::Comma => Self::Comma,
        }
    }
}

const fn sign_of(sign: SignOf) -> &'static str {
    match sign {
        SignOf::Point => "a decimal point",
        SignOf::Comma => "a decimal comma",
    }
}

const fn other(sign: SignOf) -> &'static str {
    match sign {
        SignOf::Point => "a comma there",
        SignOf::Comma => "a point there",
    }
}

impl AmountError {
    pub(super) fn hint(&self) -> String {
        let both = "`--decimal point` reads `1,299.00` and takes a lone comma for thousands; `--decimal comma` reads \
                    `1.299,00` and takes a lone point for thousands";
        match self {
            Self::Mixed { .. } => format!("write them all in one notation, or say which it is: {both}"),
            Self::Either { .. } => format!("say which it is: {both}"),
        }
    }
}

/// Why an amount is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The row's own mistake.
    Row(NoAmount),
    /// The column cannot be read.
    Column(AmountError),
}

/// Reads the amounts of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct AmountReader {
    given: Option<Decimal>,
    /// The first amount that proves a notation.
    proof: Option<(Decimal, Written)>,
    /// Something was met that can be read in two ways, and nothing yet that decides.
    is_open: bool,
}

/// A currency beside an amount, and one for all that say none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Currencies<'c> {
    pub(super) declared: Option<&'c str>,
    pub(super) assumed: Option<&'c str>,
}

impl AmountReader {
    /// A reader that goes by the notation given, or else finds it.
    pub(super) fn new(given: Option<SignOf>) -> Self {
        Self { given: given.map(Decimal::from), ..Self::default() }
    }

    /// Looks at an amount before any is read.
    pub(super) fn look(&mut self, text: &str, kind: CellKind, line: u64) {
        if kind == CellKind::Number || self.given.is_some() || self.proof.is_some() {
            return;
        }
        match proves(text) {
            Some(decimal) => self.prove(decimal, text, line),
            None => {
                self.is_open |= matches!(Notation::default().read(text), Err(NoAmount::Ambiguous { .. }));
            }
        }
    }

    /// Whether it would help to look at more.
    pub(super) const fn is_open(&self) -> bool {
        self.is_open && self.proof.is_none()
    }

    /// The sign that separates decimals, as far as it is known.
    pub(super) fn decimal(&self) -> Option<SignOf> {
        self.given.or(self.proof.as_ref().map(|(decimal, _)| *decimal)).map(Into::into)
    }

    fn prove(&mut self, decimal: Decimal, text: &str, line: u64) {
        self.proof = Some((decimal, Written { line, text: shown(text) }));
    }

    /// Reads an amount in major units.
    pub(super) fn read(
        &mut self,
        text: &str,
        kind: CellKind,
        line: u64,
        currencies: Currencies<'_>,
    ) -> Result<Amount, Unread> {
        let Currencies { declared, assumed } = currencies;
        // A number of a typed format is written with a point.
        let decimal = if kind == CellKind::Number { Some(Decimal::Point) } else { self.given };
        let read = |decimal| Notation { declared, assumed, decimal }.read(text);
        if decimal.is_some() {
            return read(decimal).map_err(Unread::Row);
        }
        match read(None) {
            Ok(amount) => {
                match (proves(text), &self.proof) {
                    (Some(found), Some((proven, _))) if found != *proven => {
                        return Err(self.mixed(text, line));
                    }
                    (Some(found), None) => self.prove(found, text, line),
                    _ => {}
                }
                Ok(amount)
            }
            Err(NoAmount::Ambiguous { decimal, grouped }) => match &self.proof {
                Some((proven, _)) if text.contains(sign(*proven)) => read(Some(*proven)).map_err(Unread::Row),
                Some(_) => Err(self.mixed(text, line)),
                None => {
                    Err(Unread::Column(AmountError::Either { line, text: shown(text), decimal, grouped }))
                }
            },
            Err(error) => Err(Unread::Row(error)),
        }
    }

    fn mixed(&self, text: &str, line: u64) -> Unread {
        let (first, written) = self
            .proof
            .as_ref()
            .map_or((SignOf::Point, None), |(decimal, written)| ((*decimal).into(), Some(written)));
        Unread::Column(AmountError::Mixed {
            first,
            first_line: written.map_or(0, |written| written.line),
            first_text: written.map_or(String::new(), |written| written.text.clone()),
            line,
            text: shown(text),
        })
    }
}

const fn sign(decimal: Decimal) -> char {
    match decimal {
        Decimal::Point => '.',
        Decimal::Comma => ',',
    }
}

/// Whole minor units; zeros after a point are ignored, since numbers of tables are often written with them.
pub(super) fn whole(text: &str) -> Option<i64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    digits(text).parse().ok()
}

/// An amount in a message.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a column: the minor units, or the error.
    fn column(texts: &[&str], given: Option<SignOf>) -> Result<Vec<i64>, String> {
        let mut reader = AmountReader::new(given);
        for (text, line) in texts.iter().zip(2..) {
            reader.look(text, CellKind::Untyped, line);
        }
        let mut read = Vec::new();
        for (text, line) in texts.iter().zip(2..) {
            match reader.read(text, CellKind::Untyped, line, Currencies::default()) {
                Ok(amount) => read.push(amount.minor),
                Err(Unread::Row(error)) => return Err(error.to_string()),
                Err(Unread::Column(error)) => return Err(format!("{error}; {}", error.hint())),
            }
        }
        Ok(read)
    }

    #[test]
    fn a_column_has_one_notation() {
        for (texts, expected) in [
            (&["19.90", "1,299.00", "5"][..], &[1990, 129_900, 500][..]),
            (&["19,90", "1.299,00", "5"], &[1990, 129_900, 500]),
            (&["1.299", "19.90"], &[130, 1990]),
            (&["1,299", "19,90"], &[130, 1990]),
            (&["5", "7 EUR"], &[500, 700]),
        ] {
            assert_eq!(column(texts, None).as_deref(), Ok(expected), "{texts:?}");
        }
        for (texts, expected) in [
            (
                &["19,90", "1.299"][..],
                "`19,90` in line 2 has a decimal comma, `1.299` in line 3 a point there",
            ),
            (&["1.299", "19,90"], "`19,90` in line 3 has a decimal comma, `1.299` in line 2 a point there"),
            (&["19.90", "1,299"], "`19.90` in line 2 has a decimal point, `1,299` in line 3 a comma there"),
            (&["5", "19.90", "19,90"], "`19.90` in line 3 has a decimal point, `19,90` in line 4"),
            (&["1.299", "5"], "`1.299` in line 2 is 1.299 or 1299, and no other amount says which"),
        ] {
            let error = column(texts, None).unwrap_err();
            assert!(error.contains(expected) && error.contains("--decimal"), "{texts:?}: {error}");
        }
    }

    #[test]
    fn what_is_given_decides() {
        for (texts, given, expected) in [
            (&["1.299", "5"][..], SignOf::Point, &[130, 500][..]),
            (&["1.299", "5"], SignOf::Comma, &[129_900, 500]),
            (&["1.299", "19,90"], SignOf::Comma, &[129_900, 1990]),
        ] {
            assert_eq!(column(texts, Some(given)).as_deref(), Ok(expected), "{texts:?}");
        }
        let error = column(&["19,90"], Some(SignOf::Point)).unwrap_err();
        assert!(error.contains("another notation"), "{error}");
    }

    #[test]
    fn numbers_of_typed_formats_have_a_point() {
        let mut reader = AmountReader::new(None);
        reader.look("1.299", CellKind::Number, 1);
        assert!(!reader.is_open());
        let amount = reader.read("1.299", CellKind::Number, 1, Currencies::default()).unwrap();
        assert_eq!((amount.minor, amount.is_rounded), (130, true));
    }

    #[test]
    fn minor_units_are_whole() {
        for (text, expected) in
            [("1990", Some(1990)), ("1990.0", Some(1990)), ("-5", Some(-5)), ("+5", Some(5)), ("19.9", None)]
        {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
