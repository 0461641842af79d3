//! Rows of Parquet: the columns wanted, of any flat type, as texts. Damaged files may make the decoder panic: whoever
//! reads rows does so on a thread of its own.

use std::{borrow::Cow, fs::File, sync::atomic::Ordering};

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, RecordBatch,
    cast::AsArray,
    types::{
        Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};
use jiff::{Timestamp, tz::TimeZone};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};

use super::{
    error::ImportError,
    map::{ColumnMap, Layout},
    record::{EXCERPT, Record, push},
    reject::Reject,
    rows::{Rows, Step, utf8},
    source::Source,
};

/// Rows decoded at a time.
const BATCH: usize = 4096;

pub(super) struct ParquetRows {
    source: Source,
    layout: Layout,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    /// The columns of the batch: their number in the layout.
    wanted: Vec<usize>,
    row: usize,
    /// Rows read, and rows there are.
    read: u64,
    total: u64,
    bytes: String,
}

impl ParquetRows {
    pub(super) fn open(source: &Source, map: &ColumnMap) -> Result<Self, ImportError> {
        let broken = |error: parquet::errors::ParquetError| damaged(source, error.to_string());
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = ParquetRecordBatchReaderBuilder::<File>::try_new_with_options(source.file()?, options);
        let builder = builder.map_err(broken)?;
        let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        let layout = Layout::to_header(map, names)?;
        let mut wanted: Vec<usize> = layout.slots.iter().map(|(_, column)| *column).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for column in &wanted {
            let field = builder.schema().field(*column);
            if !is_readable(field.data_type()) {
                let (column, kind) = (field.name().clone(), field.data_type().to_string());
                return Err(ImportError::UnsupportedColumn { column, kind });
            }
        }
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
        let batches = builder.with_projection(mask).with_batch_size(BATCH).build().map_err(broken)?;
        let (source, bytes) = (source.clone(), String::new());
        Ok(Self { source, layout, batches, batch: None, wanted, row: 0, read: 0, total, bytes })
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
        for (column, array) in self.wanted.iter().zip(batch.columns()) {
            if array.is_valid(self.row) {
                self.bytes.clear();
                write_cell(array, self.row, &mut self.bytes)?;
                record.set(*column, |text| text.push_str(&self.bytes));
            }
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
        let cells: Vec<&str> = self.wanted.iter().map(|column| record.cell(*column)).collect();
        let mut text = cells.join(",").into_bytes();
        text.truncate(EXCERPT);
        Cow::Owned(text)
    }
}

fn damaged(source: &Source, reason: String) -> ImportError {
    ImportError::NotParquet { path: source.path().to_owned(), reason }
}

const fn is_readable(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8
            | DataType::Binary
            | DataType::Boolean
            | DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Float32
            | DataType::Float64
            | DataType::Decimal128(..)
            | DataType::Date32
            | DataType::Date64
            | DataType::Timestamp(..)
            | DataType::Null
    )
}

/// Writes a cell that is not null as the text that the same cell of a CSV file would have.
fn write_cell(array: &ArrayRef, row: usize, text: &mut String) -> Result<(), Reject> {
    match array.data_type() {
        DataType::Utf8 => text.push_str(array.as_string::<i32>().value(row)),
        DataType::Binary => text.push_str(utf8(array.as_binary::<i32>().value(row))?),
        DataType::Boolean => push(text, array.as_boolean().value(row)),
        DataType::Int8 => push(text, value::<Int8Type>(array, row)),
        DataType::Int16 => push(text, value::<Int16Type>(array, row)),
        DataType::Int32 => push(text, value::<Int32Type>(array, row)),
        DataType::Int64 => push(text, value::<Int64Type>(array, row)),
        DataType::UInt8 => push(text, value::<UInt8Type>(array, row)),
        DataType::UInt16 => push(text, value::<UInt16Type>(array, row)),
        DataType::UInt32 => push(text, value::<UInt32Type>(array, row)),
        DataType::UInt64 => push(text, value::<UInt64Type>(array, row)),
        // A number that is none stands for nothing in tables; 8693.0 keeps its point.
        DataType::Float32 if value::<Float32Type>(array, row).is_nan() => {}
        DataType::Float64 if value::<Float64Type>(array, row).is_nan() => {}
        DataType::Float32 => push(text, format_args!("{:?}", value::<Float32Type>(array, row))),
        DataType::Float64 => push(text, format_args!("{:?}", value::<Float64Type>(array, row))),
        DataType::Decimal128(..) => {
            text.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row));
        }
        DataType::Date32 => {
            push_moment(text, i128::from(value::<Date32Type>(array, row)) * 86_400_000_000_000, false);
        }
        DataType::Date64 => push_moment(text, i128::from(value::<Date64Type>(array, row)) * 1_000_000, false),
        DataType::Timestamp(unit, zone) => push_moment(text, nanoseconds(array, row, *unit), zone.is_some()),
        _ => {}
    }
    Ok(())
}

fn value<T: ArrowPrimitiveType>(array: &ArrayRef, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn nanoseconds(array: &ArrayRef, row: usize, unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => i128::from(value::<TimestampSecondType>(array, row)) * 1_000_000_000,
        TimeUnit::Millisecond => i128::from(value::<TimestampMillisecondType>(array, row)) * 1_000_000,
        TimeUnit::Microsecond => i128::from(value::<TimestampMicrosecondType>(array, row)) * 1000,
        TimeUnit::Nanosecond => i128::from(value::<TimestampNanosecondType>(array, row)),
    }
}

/// Writes a moment in RFC 3339; without its zone when it is a local time. Beyond the calendar, nothing.
fn push_moment(text: &mut String, nanoseconds: i128, zoned: bool) {
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(moment) if zoned => push(text, moment),
        Ok(moment) => push(text, TimeZone::UTC.to_datetime(moment)),
        Err(_) => {}
    }
}
