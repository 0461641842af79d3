//! What became of a part of an event that is not kept as it was sent. The event itself counts, and says so: its properties
//! `$left_out` and `$repaired` name the fields, the answer says why.

use std::borrow::Cow;

use waymark_model::normal::{NoAmount, limits, properties};

use super::enrich::UrlError;

/// What became of a field, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The field, or the property's key.
    pub field: String,
    /// Why.
    pub reason: Reason,
}

/// Why a field is left out or repaired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A field that nobody knows.
    #[error("an event has no such field{}", suggestion(.0.as_deref()))]
    UnknownField(Option<String>),
    /// A field of the wrong kind.
    #[error("it must be {0}")]
    WrongKind(&'static str),
    /// The address cannot be read.
    #[error(transparent)]
    BadUrl(UrlError),
    /// The value is not an amount.
    #[error(transparent)]
    Value(NoAmount),
    /// The value's currency cannot be read.
    #[error("its currency is not a code of three letters")]
    BadCurrency,
    /// The time cannot be read.
    #[error(
        "it is neither milliseconds since 1970 nor RFC 3339: the event is taken as happening when it arrived"
    )]
    BadTime,
    /// The visitor cannot be read.
    #[error(
        "it is not a visitor's identifier of 1 to {} bytes, nor `id` and `since` of a consent",
        limits::TEXT_BYTES
    )]
    BadVisitor,
    /// A placeholder stands where an identifier is expected.
    #[error("`{0}` is a placeholder: it counts as missing")]
    Placeholder(&'static str),
    /// An identifier that is too long.
    #[error("it is longer than {} bytes", limits::TEXT_BYTES)]
    LongIdentifier,
    /// A property's key that is too long or has control characters.
    #[error("a property's key has at most {} bytes and no control characters", limits::KEY_BYTES)]
    BadKey,
    /// A list or an object that is too long to be kept as a text.
    #[error("its JSON is longer than {} bytes", limits::TEXT_BYTES)]
    LongJson,
    /// Too many properties.
    #[error("an event has at most {} properties", limits::PROPERTIES)]
    ManyProperties,
    /// A property that only Waymark sets.
    #[error("only Waymark itself sets this property")]
    Reserved,
    /// A text that was cut, or has U+FFFD where something unreadable was.
    #[error("it was cut to the longest that is kept, or has U+FFFD in place of what cannot be read")]
    Text,
    /// A value with more decimals than its currency has.
    #[error("it has more decimals than its currency and was rounded")]
    Rounded,
}

fn suggestion(hint: Option<&str>) -> String {
    hint.map(|hint| format!(": did you mean `{hint}`?")).unwrap_or_default()
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownField(_) => "unknown_field",
            Self::WrongKind(_) => "wrong_kind",
            Self::BadUrl(_) => "bad_url",
            Self::Value(NoAmount::Ambiguous { .. }) => "ambiguous_value",
            Self::Value(NoAmount::TooLarge) => "large_value",
            Self::Value(NoAmount::OtherCurrency { .. }) => "other_currency",
            Self::Value(NoAmount::NotAnAmount | NoAmount::OtherNotation(_)) => "bad_value",
            Self::BadCurrency => "bad_currency",
            Self::BadTime => "unreadable_time",
            Self::BadVisitor => "bad_visitor",
            Self::Placeholder(_) => "placeholder",
            Self::LongIdentifier => "long_identifier",
            Self::BadKey => "bad_property",
            Self::LongJson => "long_json",
            Self::ManyProperties => "many_properties",
            Self::Reserved => "reserved_property",
            Self::Text => "repaired_text",
            Self::Rounded => "rounded_value",
        }
    }

    /// Whether the field is kept, though not as it was sent; otherwise it is left out.
    #[must_use]
    pub const fn is_repair(&self) -> bool {
        matches!(self, Self::Text | Self::Rounded)
    }
}

impl Remark {
    /// A remark on a field.
    #[must_use]
    pub fn new(field: &str, reason: Reason) -> Self {
        let end = field.floor_char_boundary(limits::KEY_BYTES);
        Self { field: field[..end].to_owned(), reason }
    }

    /// What is counted: the code; of a placeholder, also where it stands and which it is, such as `placeholder_key.undefined`.
    #[must_use]
    pub fn counted(&self) -> Cow<'static, str> {
        match self.reason {
            Reason::Placeholder(text) => Cow::Owned(format!("placeholder_{}.{text}", self.field)),
            _ => Cow::Borrowed(self.reason.code()),
        }
    }
}

/// The properties that name what was left out and what was repaired.
#[must_use]
pub fn marks(remarks: &[Remark]) -> Vec<(&'static str, String)> {
    if remarks.is_empty() {
        return Vec::new();
    }
    let fields = |is_repair: bool| {
        let named = remarks.iter().filter(move |remark| remark.reason.is_repair() == is_repair);
        properties::names(named.map(|remark| remark.field.as_str()))
    };
    let marks = [(properties::LEFT_OUT, fields(false)), (properties::REPAIRED, fields(true))];
    marks.into_iter().filter(|(_, names)| !names.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes are the texts of small letters in this file that a case is turned into.
    #[test]
    fn the_documentation_names_every_code_and_no_other() {
        let of = |line: &'static str| line.split_once("=> \"")?.1.strip_suffix("\",");
        let mut codes: Vec<&str> = include_str!("remark.rs").lines().filter_map(of).collect();
        let docs = include_str!("../../../docs/collecting.md");
        let (_, table) = docs.split_once("## When a part of an event cannot be kept").unwrap();
        let table = table.split("\n## ").next().unwrap();
        let row = |line: &'static str| line.strip_prefix("| `")?.split('`').next();
        let mut documented: Vec<&str> = table.lines().filter_map(row).collect();
        codes.sort_unstable();
        documented.sort_unstable();
        assert!(codes.len() > 10, "{codes:?}");
        assert_eq!(documented, codes);
    }

    #[test]
    fn marks_name_each_field_once() {
        let remarks = [
            Remark::new("value", Reason::Value(NoAmount::NotAnAmount)),
            Remark::new("value", Reason::BadCurrency),
            Remark::new("title", Reason::Text),
            Remark::new("url", Reason::Placeholder("null")),
        ];
        let expected = [("$left_out", "value,url".to_owned()), ("$repaired", "title".to_owned())];
        assert_eq!(marks(&remarks), expected);
        assert!(marks(&[]).is_empty());
        assert_eq!(remarks[3].counted(), "placeholder_url.null");
    }
}
