//! Writes a part to a segment file and syncs it. Naming and renaming are the caller's.

use std::{
    io,
    path::{Path, PathBuf},
};

use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    errors::ParquetError,
};

use super::{
    FileHash, PropertyColumn, PropertyColumns, SegmentMeta, encode::Encoder, file::HashingFile, schema,
};
use crate::{
    columns::{Bounds, ColumnsError, Part},
    vfs::{SyncPoint, Vfs, is_disk_full},
};

/// Rows turned into arrays at a time.
const BATCH_ROWS: usize = 1 << 16;

/// Why a segment was not written. The file, if there is one, is not to be used; no stored row is lost.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// A column of the part could not be read.
    #[error("cannot write a segment: {0}; no stored event is lost")]
    Columns(#[from] ColumnsError),
    /// The disk did not take the bytes.
    #[error("cannot write the segment {path}: {source}; no stored event is lost")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The rows could not be encoded.
    #[error("cannot encode the segment {path}: {source}; no stored event is lost")]
    Encode {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        source: ParquetError,
    },
    /// The bytes could not be made durable.
    #[error("cannot sync the segment {path}: {source}; no stored event is lost")]
    Sync {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl SegmentError {
    /// Whether the disk is full, so that the same write can succeed later.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Write { source, .. } if is_disk_full(source))
    }
}

/// A segment that was written and synced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Length of the file.
    pub bytes: u64,
    /// Hash of the whole file.
    pub hash: FileHash,
    /// What it holds.
    pub bounds: Bounds,
    /// The properties that have columns of their own in it.
    pub properties: Vec<PropertyColumn>,
}

impl Written {
    /// What the manifest says of the segment once it has its final name.
    #[must_use]
    pub fn named(self, file: String) -> SegmentMeta {
        SegmentMeta { file, format: schema::FORMAT, hash: self.hash, bytes: self.bytes, bounds: self.bounds }
    }
}

/// Writes all rows of the part to a new file and syncs its content. Properties get the columns that the site
/// has for them.
///
/// # Errors
/// When the name is taken, the disk refuses, or a column of the part cannot be read. What was written until
/// then stays for the caller to remove.
pub fn write(
    vfs: &dyn Vfs,
    path: &Path,
    part: &Part,
    properties: &PropertyColumns,
) -> Result<Written, SegmentError> {
    let encoder = Encoder::new(part, properties)?;
    let own = encoder.properties.clone();
    let refused = |source| SegmentError::Write { path: path.to_path_buf(), source };
    let mut file = HashingFile::new(vfs.create_new(path).map_err(refused)?);
    encode(&mut file, encoder, part.bounds.rows as usize).map_err(|error| failed(path, error))?;
    file.file
        .sync_data(SyncPoint::AtomicContent)
        .map_err(|source| SegmentError::Sync { path: path.to_path_buf(), source })?;
    let bounds = (*part.bounds).clone();
    Ok(Written { bytes: file.bytes, hash: file.hash(), bounds, properties: own })
}

fn encode(file: &mut HashingFile, mut encoder: Encoder, rows: usize) -> Result<(), ParquetError> {
    let options = ArrowWriterOptions::new()
        .with_properties(schema::properties(&encoder.properties)?)
        // It would tell some readers that texts are a type of their own.
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(file, encoder.schema.clone(), options)?;
    for start in (0..rows).step_by(BATCH_ROWS) {
        writer.write(&encoder.batch(&(start..rows.min(start + BATCH_ROWS)))?)?;
    }
    writer.close()?;
    Ok(())
}

/// Disk errors come out of the encoder wrapped.
fn failed(path: &Path, error: ParquetError) -> SegmentError {
    let path = path.to_path_buf();
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(source) => SegmentError::Write { path, source: *source },
            Err(other) => SegmentError::Encode { path, source: ParquetError::External(other) },
        },
        source => SegmentError::Encode { path, source },
    }
}
