//! A part some of whose order keys are voided: the same rows, of which those with such a key are tagged as tests. It must
//! not know who voided them, or why.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use hashbrown::HashSet;
use waymark_model::{Dimension, Tag};

use super::{
    Buffer, ColumnName, Columns, ColumnsError, NumberColumn, Numbers, Part, RUN_HAS_TAGS, Runs, TextCodes,
    Times,
};

/// Hashes of a site's order keys whose events count as tests.
pub type VoidedKeys = Arc<HashSet<u64>>;

/// The columns of a part, seen so.
struct Voided {
    of: Part,
    keys: VoidedKeys,
    /// The rows that have such a key, ascending, once somebody asked.
    rows: OnceLock<Vec<u32>>,
}

impl Part {
    /// The same rows; those with one of these order keys are tagged as tests, unless they are tagged already. The
    /// part's bounds stay as they are.
    #[must_use]
    pub fn voiding(self, keys: &VoidedKeys) -> Self {
        if keys.is_empty() {
            return self;
        }
        let bounds = Arc::clone(&self.bounds);
        let columns = Voided { of: self, keys: Arc::clone(keys), rows: OnceLock::new() };
        Self { bounds, columns: Arc::new(columns) }
    }
}

impl Voided {
    /// The rows that have a voided key, ascending.
    fn rows(&self) -> Result<&[u32], ColumnsError> {
        if let Some(rows) = self.rows.get() {
            return Ok(rows);
        }
        let keys = self.of.columns.numbers(NumberColumn::Key)?;
        let rows = keys.rows.iter().zip(keys.values.iter());
        let rows = rows.filter(|(_, key)| self.keys.contains(*key)).map(|(row, _)| *row).collect();
        Ok(self.rows.get_or_init(|| rows))
    }
}

impl fmt::Debug for Voided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voided").field("of", &self.of).finish_non_exhaustive()
    }
}

impl Columns for Voided {
    fn prefetch(&self, names: &[ColumnName]) -> Result<(), ColumnsError> {
        let keys = ColumnName::Numbers(NumberColumn::Key);
        if names.contains(&keys) || !names.iter().any(|of| matches!(of, ColumnName::Tags | ColumnName::Runs))
        {
            return self.of.columns.prefetch(names);
        }
        self.of.columns.prefetch(&[names, &[keys]].concat())
    }

    fn tags(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        let (rows, tags) = (self.rows()?, self.of.columns.tags()?);
        if rows.is_empty() {
            return Ok(tags);
        }
        let none = || vec![Tag::None as u8; self.of.bounds.rows as usize];
        let mut tags = tags.map_or_else(none, |tags| tags.to_vec());
        for &row in rows {
            let tag = tags.get_mut(row as usize).filter(|tag| **tag == Tag::None as u8);
            tag.into_iter().for_each(|tag| *tag = Tag::Test as u8);
        }
        Ok(Some(tags.into()))
    }

    fn runs(&self) -> Result<Runs, ColumnsError> {
        let (rows, mut runs) = (self.rows()?, self.of.columns.runs()?);
        if !rows.is_empty() {
            let mut flags = runs.flags.to_vec();
            for row in rows {
                let run = runs.starts.partition_point(|start| start <= row).saturating_sub(1);
                flags.get_mut(run).into_iter().for_each(|flags| *flags |= RUN_HAS_TAGS);
            }
            runs.flags = flags.into();
        }
        Ok(runs)
    }

    fn text(&self, of: &Dimension) -> Result<Option<TextCodes>, ColumnsError> {
        self.of.columns.text(of)
    }

    fn properties(&self) -> Result<Vec<String>, ColumnsError> {
        self.of.columns.properties()
    }

    fn times(&self) -> Result<Times, ColumnsError> {
        self.of.columns.times()
    }

    fn seqs(&self) -> Result<Buffer<u64>, ColumnsError> {
        self.of.columns.seqs()
    }

    fn identities(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        self.of.columns.identities()
    }

    fn numbers(&self, of: NumberColumn) -> Result<Numbers, ColumnsError> {
        self.of.columns.numbers(of)
    }

    fn verified(&self) -> Result<Buffer<u32>, ColumnsError> {
        self.of.columns.verified()
    }

    fn event_ids(&self) -> Result<(Buffer<u32>, Buffer<u128>), ColumnsError> {
        self.of.columns.event_ids()
    }
}
