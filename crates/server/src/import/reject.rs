//! Why a row cannot be imported. Nothing here stops an import.

use super::{
    field::{LONGEST_KEY, MOST_PROPS},
    record::LONGEST_ROW,
};

/// Longest text of an event, in bytes.
pub const LONGEST_TEXT: usize = 1 << 10;

/// Why a row was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Bytes that are no UTF-8.
    #[error("not UTF-8: byte 0x{byte:02X} at position {position} of the row")]
    NotUtf8 {
        /// The first byte that does not fit.
        byte: u8,
        /// Where it is in the row, from 1.
        position: usize,
    },
    /// A NUL character.
    #[error("has a NUL character")]
    Nul,
    /// A row that is too long.
    #[error("longer than {LONGEST_ROW} bytes")]
    TooLong,
    /// A quoted field without end.
    #[error("has a quoted field that does not end (within {LONGEST_ROW} bytes)")]
    UnclosedQuote,
    /// More or fewer fields than the header.
    #[error("has {found} fields where the header has {expected}")]
    FieldCount {
        /// Fields of the row.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// Not a JSON object.
    #[error("no JSON object: {0}")]
    NotJson(String),
    /// A field that every event needs is empty.
    #[error("has no {0}")]
    MissingField(&'static str),
    /// A text that is no time in the form of the others.
    #[error("its time `{0}` cannot be read")]
    BadTime(String),
    /// A time that is no year of ours.
    #[error("its time `{0}` is outside the years 1990 to 2100")]
    FarTime(String),
    /// A text that is no amount.
    #[error("its value `{0}` is no amount: digits, with a point before decimals, are")]
    BadValue(String),
    /// A text that is no currency.
    #[error("its currency `{0}` is no code of three letters")]
    BadCurrency(String),
    /// A text that is no tag.
    #[error("its tag `{0}` is none of bot, internal, test")]
    BadTag(String),
    /// A text that is too long.
    #[error("its {0} is longer than {LONGEST_TEXT} bytes")]
    LongText(String),
    /// A property key that is too long.
    #[error("has a property key longer than {LONGEST_KEY} bytes")]
    LongKey,
    /// Too many properties.
    #[error("has more than {MOST_PROPS} properties")]
    ManyProps,
}

impl Reject {
    /// A stable code for the kind of reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Nul => "nul",
            Self::TooLong => "too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::FieldCount { .. } => "field_count",
            Self::NotJson(_) => "not_json",
            Self::MissingField(_) => "missing_field",
            Self::BadTime(_) => "bad_time",
            Self::FarTime(_) => "far_time",
            Self::BadValue(_) => "bad_value",
            Self::BadCurrency(_) => "bad_currency",
            Self::BadTag(_) => "bad_tag",
            Self::LongText(_) => "long_text",
            Self::LongKey => "long_key",
            Self::ManyProps => "many_props",
        }
    }
}
