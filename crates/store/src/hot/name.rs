//! What columns are called in the cache. It knows nothing of their content.

use waymark_model::Dimension;
use xxhash_rust::xxh3::xxh3_128;

use crate::columns::{ColumnName, NumberColumn};

/// Something that has a file of its own in the cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A column.
    Column(ColumnName),
    /// The list of properties, kept as the dictionary of a text column without rows.
    Properties,
}

impl Item {
    /// The column, if it is one.
    pub(super) const fn column(&self) -> Option<&ColumnName> {
        match self {
            Self::Column(name) => Some(name),
            Self::Properties => None,
        }
    }

    /// The name inside the file, by which a file of another column is told apart.
    pub(super) fn name(&self) -> String {
        let fixed = match self {
            Self::Column(ColumnName::Text(of)) => return of.to_string(),
            Self::Column(ColumnName::Runs) => "visitor",
            Self::Column(ColumnName::Times) => "time",
            Self::Column(ColumnName::Seqs) => "seq",
            Self::Column(ColumnName::Tags) => "tag",
            Self::Column(ColumnName::Identities) => "identity",
            Self::Column(ColumnName::Numbers(NumberColumn::Value)) => "value",
            Self::Column(ColumnName::Numbers(NumberColumn::Key)) => "key",
            Self::Column(ColumnName::Numbers(NumberColumn::User)) => "user",
            Self::Column(ColumnName::Verified) => "verified",
            Self::Column(ColumnName::EventIds) => "event_id",
            Self::Properties => "properties",
        };
        fixed.to_owned()
    }

    /// The file's name. Keys of properties are foreign text of any length, so their hash stands for them.
    pub(super) fn file(&self) -> String {
        match self {
            Self::Column(ColumnName::Text(Dimension::Property(key))) => {
                format!("prop-{:032x}.hot", xxh3_128(key.as_bytes()))
            }
            other => format!("{}.hot", other.name()),
        }
    }
}
