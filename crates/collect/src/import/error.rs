//! Why a file cannot be imported. After any of these, nothing of the file is in the store.

use std::{io, path::PathBuf};

use waymark_model::TextColumn;

use super::{
    amount::AmountError,
    field::{Field, nearest},
    map::MapError,
    source::{Compression, Format},
    times::TimeError,
};

/// Why a file cannot be imported. [`ImportError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No such file.
    #[error("there is no file `{}`", path.display())]
    Missing {
        /// The path given.
        path: PathBuf,
    },
    /// A folder.
    #[error("`{}` is a folder", path.display())]
    Directory {
        /// The path given.
        path: PathBuf,
    },
    /// A pipe, socket or device.
    #[error("`{}` is not a regular file", path.display())]
    NotRegular {
        /// The path given.
        path: PathBuf,
    },
    /// The system does not let it be read.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The path given.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// A file of 0 bytes, or of blanks.
    #[error("`{}` is empty", path.display())]
    Empty {
        /// The path given.
        path: PathBuf,
    },
    /// Only a header.
    #[error("`{}` has no rows: only a header", path.display())]
    NoRows {
        /// The path given.
        path: PathBuf,
    },
    /// The file changed meanwhile.
    #[error("`{}` was changed while it was read: nothing was imported", path.display())]
    Changed {
        /// The path given.
        path: PathBuf,
    },
    /// Plainly something else.
    #[error("`{}` is {foreign}", path.display())]
    Foreign {
        /// The path given.
        path: PathBuf,
        /// What it is.
        foreign: Foreign,
    },
    /// The format given is not that of the file.
    #[error("`{}` was said to be {given}, but holds {found}", path.display())]
    FormatMismatch {
        /// The path given.
        path: PathBuf,
        /// The format given.
        given: Format,
        /// The format found.
        found: Format,
    },
    /// No Parquet, or damaged beyond reading.
    #[error("`{}` cannot be read as Parquet: {reason}", path.display())]
    NotParquet {
        /// The path given.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A packed file that ends too early.
    #[error("`{}` ends in the middle of its {compression} data: the rest is missing, nothing was imported", path.display())]
    Truncated {
        /// The path given.
        path: PathBuf,
        /// What it is packed with.
        compression: Compression,
    },
    /// A packed file that cannot be unpacked.
    #[error("`{}` cannot be unpacked: its {compression} data are damaged ({reason}); nothing was imported", path.display())]
    Damaged {
        /// The path given.
        path: PathBuf,
        /// What it is packed with.
        compression: Compression,
        /// What the decoder says.
        reason: io::Error,
    },
    /// Text, but not UTF-8.
    #[error(
        "`{}` is not written in UTF-8: {rows} rows are not, the first in line {line}; nothing was imported",
        path.display()
    )]
    NotUtf8 {
        /// The path given.
        path: PathBuf,
        /// Rows that are not UTF-8.
        rows: u64,
        /// Line of the first.
        line: u64,
    },
    /// A first line that is not a header.
    #[error("the first line of `{}` is not a header: it {reason}", path.display())]
    Header {
        /// The path given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A column in the map that the file does not have.
    #[error("the file has no column `{column}`, which the column map takes for `{field}`")]
    MissingColumn {
        /// The field.
        field: String,
        /// The column looked for.
        column: String,
        /// The column probably meant.
        nearest: Option<String>,
        /// The columns there are.
        columns: String,
    },
    /// A field that every event needs has no column.
    #[error("no column says the `{field}` of an event")]
    MissingField {
        /// The field.
        field: String,
        /// The column probably meant.
        nearest: Option<String>,
        /// The columns there are.
        columns: String,
    },
    /// Two columns of one name.
    #[error("the file has more than one column `{column}`, so it cannot be known which one is meant")]
    DuplicateColumn {
        /// Their name.
        column: String,
    },
    /// A column of a type that has no text.
    #[error("the column `{column}` is of type {kind}, which cannot be imported")]
    UnsupportedColumn {
        /// The column.
        column: String,
        /// Its type.
        kind: String,
        /// The parts of it that can be.
        parts: String,
    },
    /// The column map.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The times.
    #[error(transparent)]
    Times(#[from] TimeError),
    /// The amounts.
    #[error(transparent)]
    Amounts(#[from] AmountError),
    /// The currency given for values that do not say theirs.
    #[error("the currency `{0}` is not a code of three capital letters, such as `EUR`")]
    Currency(String),
    /// Too little can be read to believe the rest.
    #[error(
        "{rejected} of {rows} rows cannot be read, so nothing was imported; the first, in line {line}, {reason}"
    )]
    MostRejected {
        /// Rows that are not blank, as far as the file was read.
        rows: u64,
        /// How many of them cannot be read.
        rejected: u64,
        /// Line of the first.
        line: u64,
        /// Its reason.
        reason: String,
        /// Where they are kept, if they could be.
        rejects: Option<PathBuf>,
    },
    /// Data that make the decoder give up.
    #[error("`{}` cannot be decoded: its data are damaged; nothing was imported", path.display())]
    Undecodable {
        /// The path given.
        path: PathBuf,
    },
    /// The system gives no thread.
    #[error("no thread can be started to read the file: {0}; nothing was imported")]
    Thread(io::Error),
}

/// What a file is that is no file of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// Text in UTF-16.
    #[error("written in UTF-16, not in UTF-8")]
    Utf16,
    /// A zip archive, or a spreadsheet.
    #[error("a zip archive or a spreadsheet")]
    Zip,
    /// Packed with bzip2.
    #[error("packed with bzip2")]
    Bzip2,
    /// Packed with xz.
    #[error("packed with xz")]
    Xz,
    /// Parquet in gzip or zstd.
    #[error("a packed Parquet file")]
    PackedParquet,
    /// One JSON array.
    #[error("one JSON array, not one object a line")]
    JsonArray,
    /// JSON objects over several lines.
    #[error("JSON written over several lines, not one object a line")]
    PrettyJson,
}

/// Most columns that a message lists.
const LISTED: usize = 20;

impl ImportError {
    pub(super) fn missing_column(field: &Field, column: &str, columns: &[String]) -> Self {
        let (field, column) = (field.name(), column.to_owned());
        Self::MissingColumn { nearest: near(&column, columns), columns: list(columns), field, column }
    }

    pub(super) fn missing_field(field: &Field, columns: &[String]) -> Self {
        // A column `Name` is a customer's, a product's or an order's name more often than an event's.
        let nearest = match field {
            Field::Text(TextColumn::Name) => event_column(columns),
            _ => near(&field.name(), columns),
        };
        Self::MissingField { nearest, columns: list(columns), field: field.name() }
    }

    /// What to do about it, if that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Directory { .. } => "name one file; a folder is imported file by file".to_owned(),
            Self::NotRegular { .. } => "write it to a file first: it is read more than once".to_owned(),
            Self::Changed { .. } => "import it again when nothing writes to it".to_owned(),
            Self::Foreign { foreign, .. } => foreign.hint().to_owned(),
            Self::FormatMismatch { found, .. } => {
                format!("leave `--format` out, or give `--format {}`", found.to_string().to_lowercase())
            }
            Self::NotParquet { .. } => {
                "if it holds text, give `--format csv` or `--format ndjson`".to_owned()
            }
            Self::Truncated { .. } | Self::Damaged { .. } | Self::Undecodable { .. } => {
                "copy or download the file again".to_owned()
            }
            Self::NotUtf8 { .. } => UTF8_HINT.to_owned(),
            Self::Header { .. } => "the first line of a CSV file names its columns".to_owned(),
            Self::MissingColumn { field, column, nearest, columns } => {
                let constant = match field.as_str() {
                    "name" | "currency" | "tag" => {
                        format!("; to give every event the text, write it in quotes: `--map \"{field}='{column}',…\"`")
                    }
                    _ => String::new(),
                };
                match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`? The columns are: {columns}{constant}"),
                    None => format!("the columns are: {columns}{constant}"),
                }
            }
            Self::MissingField { field, nearest: Some(nearest), columns } => {
                format!("say which one does: `--map {field}={nearest},…`; the columns are: {columns}")
            }
            Self::MissingField { field, columns, .. } if field == "name" => format!(
                "say which column names what happened: `--map name=COLUMN,…`; or, when all rows are the same event, name \
                 it: `--map \"name='purchase',…\"`; the columns are: {columns}"
            ),
            Self::MissingField { field, columns, .. } => {
                format!("say which one does: `--map {field}=COLUMN,…`; the columns are: {columns}")
            }
            Self::DuplicateColumn { .. } => {
                "give each column a name of its own in the file's first line, or remove the one that you do not need"
                    .to_owned()
            }
            Self::UnsupportedColumn { parts, .. } if !parts.is_empty() => {
                format!("name one of its parts instead: {parts}")
            }
            Self::UnsupportedColumn { .. } => {
                "leave it out, or write it as text, number or timestamp".to_owned()
            }
            Self::Map(MapError::UnknownField { nearest: Some(nearest), .. }) => {
                format!("did you mean `{nearest}`?")
            }
            Self::Map(MapError::UnknownField { .. }) => {
                format!("the fields are: {}", Field::names().collect::<Vec<_>>().join(", "))
            }
            Self::Map(MapError::OpenQuote(_)) => {
                "a quote within a quoted text is doubled: `name='it''s done'`".to_owned()
            }
            Self::Amounts(error) => error.hint(),
            Self::Times(error) => error.hint(),
            Self::MostRejected { rejects: Some(path), .. } => {
                format!("`{}` has each of them with its reason", path.display())
            }
            _ => return None,
        })
    }
}

const UTF8_HINT: &str =
    "write it in UTF-8, such as by `iconv -f LATIN1 -t UTF-8 IN > OUT` (or WINDOWS-1252 for LATIN1)";

impl Foreign {
    const fn hint(self) -> &'static str {
        match self {
            Self::Utf16 => "write it in UTF-8, such as by `iconv -f UTF-16 -t UTF-8 IN > OUT`",
            Self::Zip => "unpack it, or save the sheet as CSV, and import that",
            Self::Bzip2 | Self::Xz => "unpack it first; gzip and zstd are unpacked while reading",
            Self::PackedParquet => "unpack it first: Parquet is compressed by itself",
            Self::JsonArray => "write one object a line, such as by `jq -c '.[]' IN > OUT`",
            Self::PrettyJson => "write one object a line, such as by `jq -c . IN > OUT`",
        }
    }
}

/// Columns that say what happened, in small letters.
const EVENT_COLUMNS: [&str; 6] = ["event", "event_name", "eventname", "event_type", "event type", "action"];

fn event_column(columns: &[String]) -> Option<String> {
    EVENT_COLUMNS.iter().find_map(|known| columns.iter().find(|name| name.to_lowercase() == *known).cloned())
}

fn near(name: &str, columns: &[String]) -> Option<String> {
    nearest(name, columns.iter().map(String::as_str)).map(str::to_owned)
}

fn list(columns: &[String]) -> String {
    let listed = columns.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if columns.len() > LISTED { format!("{listed}, and {} more", columns.len() - LISTED) } else { listed }
}
