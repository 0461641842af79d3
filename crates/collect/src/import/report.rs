//! What an import has read, in numbers that add up, and in JSON for programs.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;
use waymark_model::{Event, TextColumn};

use super::{
    amount::SignOf,
    notice::Notices,
    reject::Reject,
    source::{Compression, Format},
    times::TimeForm,
};

/// Most event names that a report tells apart.
const MOST_NAMES: usize = 1000;

/// What an import has read: `rows = imported + duplicates + line_items + rejected + blank`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The file.
    pub path: PathBuf,
    /// What the rows are written in.
    pub format: Format,
    /// What the file is packed with.
    pub compression: Compression,
    /// What the columns of a CSV file are separated by.
    pub delimiter: Option<char>,
    /// Which column filled which field, as a column map.
    pub map: String,
    /// Columns that filled nothing.
    pub unused: Vec<String>,
    /// How times were read.
    pub times: TimesRead,
    /// What separates decimals in the amounts, if that was given or found.
    pub decimal: Option<SignOf>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Where the rejected rows are.
    pub rejects: RejectsFile,
}

/// How times were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimesRead {
    /// How they are written.
    pub form: TimeForm,
    /// The unit was given, not found.
    pub given: bool,
    /// The zone of times that have none.
    pub zone: String,
}

/// Where the rejected rows are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectsFile {
    /// There are none.
    None,
    /// In this file.
    Written(PathBuf),
    /// The file could not be written: the rows are counted only.
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

/// Counts of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows and blank lines read, without the header.
    pub rows: u64,
    /// Events made, without the duplicates.
    pub imported: u64,
    /// Events whose `event_id` the site had already, from this file or from elsewhere.
    pub duplicates: u64,
    /// Rows that only go on with the order of the row before them.
    pub line_items: u64,
    /// Rows that cannot be read.
    pub rejected: u64,
    /// Lines without anything.
    pub blank: u64,
    /// Texts in which something like an e-mail address was replaced.
    pub redacted: u64,
    /// Times without a zone.
    pub local_times: u64,
    /// What else there is to say about rows that were taken, by its kind.
    pub notices: Notices,
    /// Time of the earliest and of the latest event, in ms since 1970-01-01 UTC.
    pub span: Option<(i64, i64)>,
    /// Events of each name; at most 1,000 names.
    pub names: BTreeMap<String, u64>,
    /// Rejected rows of each kind.
    pub reasons: BTreeMap<&'static str, ReasonCount>,
    /// Rows with texts beyond ASCII.
    #[serde(skip)]
    pub(super) beyond_ascii: u64,
}

/// Rejected rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// How many.
    pub rows: u64,
    /// Line of the first.
    pub line: u64,
    /// What is wrong with the first.
    pub reason: String,
}

impl Counts {
    /// Rows that are not blank.
    #[must_use]
    pub const fn tried(&self) -> u64 {
        self.imported + self.duplicates + self.line_items + self.rejected
    }

    /// Counts events that were made as ones that the site had already.
    pub(super) fn set_known(&mut self, known: &Self) {
        self.duplicates = known.imported;
        self.imported = self.imported.saturating_sub(known.imported);
        for (name, events) in &known.names {
            if let Some(count) = self.names.get_mut(name) {
                *count = count.saturating_sub(*events);
            }
        }
        self.names.retain(|_, events| *events > 0);
    }

    /// The same counts, when so many of the events are found to be duplicates after all.
    #[must_use]
    pub fn with_duplicates(mut self, duplicates: u64) -> Self {
        let more = duplicates.saturating_sub(self.duplicates);
        (self.duplicates, self.imported) = (self.duplicates + more, self.imported.saturating_sub(more));
        self
    }

    pub(super) fn count_line_item(&mut self) {
        self.rows += 1;
        self.line_items += 1;
    }

    pub(super) fn count_event(&mut self, event: &Event) {
        self.rows += 1;
        self.imported += 1;
        let (first, last) = self.span.unwrap_or((event.time, event.time));
        self.span = Some((first.min(event.time), last.max(event.time)));
        let name = event.text(TextColumn::Name);
        if let Some(count) = self.names.get_mut(name) {
            *count += 1;
        } else if self.names.len() < MOST_NAMES {
            self.names.insert(name.to_owned(), 1);
        }
    }

    pub(super) fn count_blank(&mut self) {
        self.rows += 1;
        self.blank += 1;
    }

    pub(super) fn count_reject(&mut self, line: u64, reject: &Reject) {
        self.rows += 1;
        self.rejected += 1;
        let first = || ReasonCount { rows: 0, line, reason: reject.to_string() };
        self.reasons.entry(reject.code()).or_insert_with(first).rows += 1;
    }

    /// The rejected row that comes first in the file.
    pub(super) fn first_reject(&self) -> Option<&ReasonCount> {
        self.reasons.values().min_by_key(|reason| reason.line)
    }
}

impl std::fmt::Display for TimesRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "times read as {}", self.form)?;
        match self.form {
            TimeForm::Dates => write!(f, "; those without a zone as {}", self.zone),
            TimeForm::Since1970(_) if self.given => f.write_str(", as given"),
            TimeForm::Since1970(_) => Ok(()),
        }
    }
}
