//! Reads chosen columns of a segment, after its whole file was checked. It keeps nothing between calls.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    mem,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
    file::{
        metadata::{PageIndexPolicy, RowGroupMetaData},
        statistics::Statistics,
    },
};
use waymark_model::Dimension;

use super::{
    SegmentMeta,
    decode::{self, Chunk, Kind},
    file, property_columns, schema,
};
use crate::{
    columns::{Column, ColumnName, ColumnsError, MemoryColumns, Part},
    parallel::parallel,
    vfs::Vfs,
};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 1 << 16;

/// An open segment whose bytes are known to be those that were written.
///
/// Since the hash of the whole file holds, media damage never reaches the Parquet parser; panics of the parser
/// are therefore not caught.
#[derive(Debug)]
pub struct SegmentReader {
    pub(super) meta: SegmentMeta,
    bytes: Bytes,
    parquet: ArrowReaderMetadata,
    /// The column of each property that has one, by the property's key.
    properties: BTreeMap<String, String>,
}

impl SegmentReader {
    /// Reads the file and checks its length and hash before anything else.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what was written.
    pub fn open(vfs: &dyn Vfs, path: &Path, meta: &SegmentMeta) -> Result<Self, ColumnsError> {
        let bytes = file::read_checked(vfs, path, meta)?;
        let parquet = load(&bytes).map_err(|error| damaged(meta, error))?;
        let rows = parquet.metadata().file_metadata().num_rows();
        if rows != i64::from(meta.bounds.rows) {
            return Err(damaged(meta, format!("{rows} rows instead of {}", meta.bounds.rows)));
        }
        let properties = properties(&parquet, meta.format).map_err(|error| damaged(meta, error))?;
        Ok(Self { meta: meta.clone(), bytes, parquet, properties })
    }

    /// Keys of the properties that occur, sorted.
    ///
    /// # Errors
    /// When the file's content is not what this crate writes.
    pub fn properties(&self) -> Result<Vec<String>, ColumnsError> {
        let mut keys: Vec<String> = self.properties.keys().cloned().collect();
        keys.extend(self.rest_properties()?);
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// The columns asked for, in the order asked, decoded by at most that many threads.
    ///
    /// # Errors
    /// When the file's content is not what this crate writes.
    pub fn columns(&self, names: &[ColumnName], threads: usize) -> Result<Vec<Column>, ColumnsError> {
        let mut needed: Vec<FileColumn> = names.iter().flat_map(|name| self.needed(name)).collect();
        needed.sort_unstable_by_key(|column| column.index);
        needed.dedup_by_key(|column| column.index);
        let decoded = self.decode(&needed, threads)?;
        names.iter().map(|name| self.assemble(name, &decoded)).collect()
    }

    /// The whole segment as a part in memory.
    ///
    /// # Errors
    /// When the file's content is not what this crate writes.
    pub fn part(&self, threads: usize) -> Result<Part, ColumnsError> {
        let names = ColumnName::all(self.properties()?);
        let mut part = MemoryColumns::default();
        for (name, column) in names.iter().zip(self.columns(&names, threads)?) {
            part.set(name, column).map_err(|_| self.damaged(format!("{name:?} has the wrong form")))?;
        }
        Ok(Part { bounds: Arc::new(self.meta.bounds.clone()), columns: Arc::new(part) })
    }
}

/// A column of the file, and what it decodes to.
#[derive(Clone, Copy)]
pub(super) struct FileColumn {
    pub(super) index: usize,
    pub(super) kind: Kind,
}

/// Columns of the file by index, and the packed properties once they are unpacked.
pub(super) struct Decoded {
    pub(super) columns: BTreeMap<usize, Column>,
    pub(super) packed: OnceCell<Vec<BTreeMap<String, String>>>,
}

impl SegmentReader {
    pub(super) fn damaged(&self, reason: impl ToString) -> ColumnsError {
        damaged(&self.meta, reason)
    }

    /// The file's column of that text or property.
    pub(super) fn find_text(&self, of: &Dimension) -> Option<FileColumn> {
        match of {
            Dimension::Column(column) => self.find(column.as_str(), Kind::Text),
            Dimension::Property(key) => self.find(self.properties.get(key)?, Kind::Text),
        }
    }

    /// The file's column of that name.
    pub(super) fn find(&self, name: &str, kind: Kind) -> Option<FileColumn> {
        let index = self.parquet.schema().fields().iter().position(|field| field.name() == name)?;
        Some(FileColumn { index, kind })
    }

    pub(super) fn decode(&self, columns: &[FileColumn], threads: usize) -> Result<Decoded, ColumnsError> {
        let groups = self.parquet.metadata().num_row_groups();
        let chunk = |unit: usize| self.chunk(columns[unit / groups], unit % groups);
        let mut chunks = parallel(columns.len() * groups, threads, chunk)?.into_iter();
        let grouped: Vec<_> =
            columns.iter().map(|_| Mutex::new(chunks.by_ref().take(groups).collect::<Vec<_>>())).collect();
        let joined = parallel(columns.len(), threads, |at| {
            let chunks = mem::take(&mut *grouped[at].lock().unwrap_or_else(PoisonError::into_inner));
            decode::join(columns[at].kind, chunks, self.meta.bounds.rows).map_err(|error| self.damaged(error))
        })?;
        let columns = columns.iter().map(|column| column.index).zip(joined).collect();
        Ok(Decoded { columns, packed: OnceCell::new() })
    }

    /// One column of one row group.
    fn chunk(&self, column: FileColumn, group: usize) -> Result<Chunk, ColumnsError> {
        let groups = self.parquet.metadata().row_groups();
        let rows = usize::try_from(groups[group].num_rows()).map_err(|error| self.damaged(error))?;
        if self.is_absent(column.index, group) {
            return Ok(Chunk::absent(column.kind, rows));
        }
        let first: i64 = groups[..group].iter().map(RowGroupMetaData::num_rows).sum();
        let mut first = u32::try_from(first).map_err(|error| self.damaged(error))?;
        let mask = ProjectionMask::roots(self.parquet.parquet_schema(), [column.index]);
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.parquet.clone())
                .with_row_groups(vec![group])
                .with_projection(mask)
                .with_batch_size(BATCH_ROWS)
                .build()
                .map_err(|error| self.damaged(error))?;
        let mut chunk = Chunk::new(column.kind, rows);
        for batch in reader {
            let batch = batch.map_err(|error| self.damaged(error))?;
            chunk.push(batch.column(0), first).map_err(|error| self.damaged(error))?;
            first = first.saturating_add(u32::try_from(batch.num_rows()).unwrap_or(u32::MAX));
        }
        Ok(chunk)
    }

    /// Whether no row of the row group has a value in the column.
    fn is_absent(&self, column: usize, group: usize) -> bool {
        let group = self.parquet.metadata().row_group(group);
        let nulls = group.column(column).statistics().and_then(Statistics::null_count_opt);
        nulls.is_some_and(|nulls| i64::try_from(nulls) == Ok(group.num_rows()))
    }
}

/// What the file's end says of its columns, which are decoded with dictionaries for texts.
fn load(bytes: &Bytes) -> Result<ArrowReaderMetadata, ParquetError> {
    let options = || ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Skip);
    let file = ArrowReaderMetadata::load(bytes, options().with_skip_arrow_metadata(true))?;
    let decoded = schema::decoded(file.schema());
    ArrowReaderMetadata::try_new(Arc::clone(file.metadata()), options().with_schema(decoded))
}

/// The columns of properties by their keys. In the first format they are told by the columns' names.
fn properties(
    file: &ArrowReaderMetadata,
    format: u32,
) -> Result<BTreeMap<String, String>, serde_json::Error> {
    if format == 1 {
        let names = file.schema().fields().iter().map(|field| field.name());
        let keyed = names.filter_map(|name| Some((schema::property_of_format_one(name)?, name)));
        return Ok(keyed.map(|(key, name)| (key.to_owned(), name.clone())).collect());
    }
    let noted = file.metadata().file_metadata().key_value_metadata();
    let noted = noted.and_then(|noted| noted.iter().find(|entry| entry.key == property_columns::IN_FILE));
    property_columns::decode(noted.and_then(|entry| entry.value.as_deref()).unwrap_or_default())
}

fn damaged(meta: &SegmentMeta, reason: impl ToString) -> ColumnsError {
    ColumnsError::Damaged { part: meta.file.clone(), reason: reason.to_string() }
}
