//! What an import says about rows that it took: what it read in one of several ways, changed, or left out. Nothing here
//! stops an import.

use std::collections::BTreeMap;

use serde::Serialize;

/// Something about a row that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// An amount with more decimals than its currency has.
    Rounded(String),
    /// A placeholder where an identifier is expected.
    Placeholder { field: &'static str, text: String },
    /// A quoted field over several lines, with separators in it.
    LongField,
    /// A tab-separated file with values in quotes.
    QuotesKept,
    /// A text or property that was cut, or with U+FFFD where something unreadable was.
    Repaired(String),
    /// A property that does not fit.
    LeftOut(String),
    /// A local time that the clock skips.
    SkippedTime(String),
    /// A local time that comes twice.
    RepeatedTime(String),
}

/// Notices of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeCount {
    /// How many.
    pub count: u64,
    /// Line of the first.
    pub line: u64,
    /// What the first is about, if that can be said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Notices by their kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Notices(BTreeMap<&'static str, NoticeCount>);

impl Notice {
    /// A stable code for the kind.
    fn code(&self) -> &'static str {
        match self {
            Self::Rounded(_) => "rounded",
            Self::Placeholder { field: "key", .. } => "placeholder_key",
            Self::Placeholder { field: "user", .. } => "placeholder_user",
            Self::Placeholder { .. } => "placeholder_event_id",
            Self::LongField => "field_over_lines",
            Self::QuotesKept => "quotes_kept",
            Self::Repaired(_) => "repaired",
            Self::LeftOut(_) => "left_out",
            Self::SkippedTime(_) => "skipped_time",
            Self::RepeatedTime(_) => "repeated_time",
        }
    }

    fn text(self) -> String {
        match self {
            Self::Rounded(text)
            | Self::Placeholder { text, .. }
            | Self::Repaired(text)
            | Self::LeftOut(text)
            | Self::SkippedTime(text)
            | Self::RepeatedTime(text) => text,
            Self::LongField | Self::QuotesKept => String::new(),
        }
    }
}

impl Notices {
    pub(super) fn add(&mut self, line: u64, notice: Notice) {
        let code = notice.code();
        if let Some(known) = self.0.get_mut(code) {
            known.count += 1;
        } else {
            self.0.insert(code, NoticeCount { count: 1, line, text: notice.text() });
        }
    }

    /// The notices of that kind.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&NoticeCount> {
        self.0.get(code)
    }

    /// Each kind of notice with what it means, for people; `counted` writes a number with its noun.
    pub fn sentences(
        &self,
        zone: &str,
        counted: impl Fn(u64, &str) -> String,
    ) -> impl Iterator<Item = (&NoticeCount, String)> {
        self.0.iter().map(move |(code, found)| {
            let n = |noun| counted(found.count, noun);
            let (has, were) = if found.count == 1 { ("has", "was") } else { ("have", "were") };
            let sentence = match *code {
                "rounded" => {
                    format!("{} {has} more decimals than the currency and {were} rounded", n("amount"))
                }
                "placeholder_key" => {
                    format!("{} {has} a placeholder instead of a key and counts as without key", n("row"))
                }
                "placeholder_user" => format!("{} {has} a placeholder instead of a user", n("row")),
                "placeholder_event_id" => format!("{} {has} a placeholder instead of an event_id", n("row")),
                "field_over_lines" => format!(
                    "{} {has} a quoted field over several lines with separators in it; if that is not one text, a \
                     closing quote is missing and rows were swallowed",
                    n("row")
                ),
                "quotes_kept" => format!(
                    "{} {has} values in quotes; the quotes were kept, as tab-separated files have no quoting",
                    n("row")
                ),
                "repaired" => format!("{} {were} too long or had unreadable characters, and {were} mended", n("text")),
                "left_out" => format!("{} did not fit and {were} left out", n("property")),
                "skipped_time" => format!(
                    "{} {were} in an hour that the clock skips in {zone} and {were} read as one hour later",
                    n("time")
                ),
                _ => format!(
                    "{} {were} in an hour that comes twice in {zone}; the first of the two was taken",
                    n("time")
                ),
            };
            (found, sentence)
        })
    }
}
