//! Rows of Parquet: the columns wanted as texts, parts of nested columns by their path. Damaged files may make the decoder
//! panic: whoever reads rows does so on a thread of its own.

mod cell;
mod path;

use std::{borrow::Cow, fs::File, sync::atomic::Ordering};

use arrow_array::RecordBatch;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};

use super::{
    error::ImportError,
    map::{ColumnMap, Layout},
    record::{EXCERPT, Record},
    reject::Reject,
    rows::{Rows, Step},
    source::Source,
};
use path::Path;

/// Rows decoded at a time.
const BATCH: usize = 4096;

pub(super) struct ParquetRows {
    source: Source,
    layout: Layout,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    /// The columns wanted: their number in the layout, and where they lie in a batch.
    wanted: Vec<(usize, Path)>,
    row: usize,
    /// Rows read, and rows there are.
    read: u64,
    total: u64,
    text: String,
}

impl ParquetRows {
    pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Self, ImportError> {
        let broken = |error: parquet::errors::ParquetError| damaged(source, error.to_string());
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = ParquetRecordBatchReaderBuilder::<File>::try_new_with_options(source.file()?, options);
        let builder = builder.map_err(broken)?;
        let fields = builder.schema().fields().clone();
        let mut names = path::names(&fields);
        for (_, name) in map.columns() {
            if !names.iter().any(|known| known == name) && path::find(&fields, name).is_some() {
                names.push(name.to_owned());
            }
        }
        let layout = Layout::to_header(map, names)?;
        let mut columns: Vec<usize> = layout.slots.iter().map(|(_, column)| *column).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut wanted = Vec::new();
        for column in columns {
            let name = &layout.columns[column];
            let found = path::find(&fields, name).ok_or_else(|| path::unreadable(&fields, name))?;
            wanted.push((column, found.with_leaves(builder.parquet_schema(), name)));
        }
        let mut roots: Vec<usize> = wanted.iter().map(|(_, path)| path.root).collect();
        roots.sort_unstable();
        roots.dedup();
        for (_, path) in &mut wanted {
            path.root = roots.binary_search(&path.root).unwrap_or_default();
        }
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let batches = builder.with_projection(mask).with_batch_size(BATCH).build().map_err(broken)?;
        let (source, text) = (source.clone(), String::new());
        Ok(Self { source, layout, batches, batch: None, wanted, row: 0, read: 0, total, text })
    }

    /// Decodes the next batch; false at the end.
    fn advance(&mut self) -> Result<bool, ImportError> {
        let batch = self.batches.next().transpose();
        self.batch = batch.map_err(|error| damaged(&self.source, error.to_string()))?;
        self.row = 0;
        let share = u128::from(self.source.length()) * u128::from(self.read) / u128::from(self.total.max(1));
        self.source.done().store(u64::try_from(share).unwrap_or_default(), Ordering::Relaxed);
        Ok(self.batch.is_some())
    }

    fn fill(&mut self, record: &mut Record) -> Result<(), Reject> {
        let Some(batch) = &self.batch else { return Ok(()) };
        for (column, path) in &self.wanted {
            let Some((array, row)) = path.cell(batch, self.row) else { continue };
            self.text.clear();
            if path.is_list {
                cell::write_json(array, row, &mut self.text)?;
            } else {
                cell::write(array, row, path.leaf, &mut self.text)?;
            }
            record.set(*column, cell::kind_of(array.data_type()), |text| text.push_str(&self.text));
        }
        Ok(())
    }
}

impl Rows for ParquetRows {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next(&mut self, record: &mut Record) -> Result<Step, ImportError> {
        while self.batch.as_ref().is_none_or(|batch| self.row >= batch.num_rows()) {
            if !self.advance()? {
                return Ok(Step::End);
            }
        }
        self.read += 1;
        record.reset(self.read, self.layout.columns.len());
        let step = self.fill(record).map_or_else(Step::Rejected, |()| Step::Row);
        self.row += 1;
        Ok(step)
    }

    /// There is no text in the file: the cells are shown, separated by commas.
    fn excerpt(&self, record: &Record) -> Cow<'_, [u8]> {
        let cells: Vec<&str> = self.wanted.iter().map(|(column, _)| record.cell(*column)).collect();
        let mut text = cells.join(",").into_bytes();
        text.truncate(EXCERPT);
        Cow::Owned(text)
    }
}

fn damaged(source: &Source, reason: String) -> ImportError {
    ImportError::NotParquet { path: source.path().to_owned(), reason }
}
