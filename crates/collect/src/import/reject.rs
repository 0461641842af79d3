//! Why a row cannot be imported. Nothing here stops an import.

use waymark_model::normal::NoAmount;

use super::record::LONGEST_ROW;

pub use waymark_model::normal::limits::TEXT_BYTES as LONGEST_TEXT;

/// Why a row was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Bytes that are not UTF-8.
    #[error("is not UTF-8: byte 0x{byte:02X} at position {position} of the row")]
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
    #[error("is longer than {LONGEST_ROW} bytes")]
    TooLong,
    /// A quoted field without end.
    #[error("has a quoted field that does not end (within {LONGEST_ROW} bytes)")]
    UnclosedQuote,
    /// Text after a closing quote.
    #[error("has text after a closing quote{}", if *escaped { BACKSLASHES } else { "" })]
    TextAfterQuote {
        /// A backslash is before that quote.
        escaped: bool,
    },
    /// More or fewer fields than the header.
    #[error("has {found} fields where the header has {expected}")]
    FieldCount {
        /// Fields of the row.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// Not a JSON object.
    #[error("is not a JSON object: {0}")]
    NotJson(String),
    /// A field that every event needs is empty.
    #[error("has no {field}{}", placeholder.as_ref().map_or(String::new(), |text| format!(": `{text}` stands for none")))]
    MissingField {
        /// The field.
        field: &'static str,
        /// What stands in its place.
        placeholder: Option<String>,
    },
    /// A text that is not a time in the form of the others.
    #[error("its time `{0}` cannot be read")]
    BadTime(String),
    /// A time outside the years 1990 to 2100.
    #[error("its time `{0}` is outside the years 1990 to 2100")]
    FarTime(String),
    /// A text that is not an amount.
    #[error("its value `{text}` cannot be read: {reason}")]
    BadValue {
        /// The text.
        text: String,
        /// Why not.
        reason: NoAmount,
    },
    /// A text that is not a whole number of minor units.
    #[error("its value_minor `{0}` is not a whole number of minor units, such as cents")]
    NotMinor(String),
    /// A text that is not a currency.
    #[error("its currency `{0}` is not a code of three letters")]
    BadCurrency(String),
    /// A text that is not a tag.
    #[error("its tag `{0}` is not one of bot, internal, test")]
    BadTag(String),
    /// An identifier that is too long.
    #[error("its {0} is longer than {LONGEST_TEXT} bytes")]
    LongText(String),
}

const BACKSLASHES: &str =
    ": its quotes are escaped by backslashes, and CSV doubles them (`\"\"`); export it without escaping";

impl Reject {
    /// A stable code for the kind of reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Nul => "nul",
            Self::TooLong => "too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TextAfterQuote { .. } => "text_after_quote",
            Self::FieldCount { .. } => "field_count",
            Self::NotJson(_) => "not_json",
            Self::MissingField { .. } => "missing_field",
            Self::BadTime(_) => "bad_time",
            Self::FarTime(_) => "far_time",
            Self::BadValue { .. } | Self::NotMinor(_) => "bad_value",
            Self::BadCurrency(_) => "bad_currency",
            Self::BadTag(_) => "bad_tag",
            Self::LongText(_) => "long_text",
        }
    }
}
