//! Events as one Parquet file, zstd, with the column names that imports know.

use std::{io::Write as _, sync::Arc};

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{
        BooleanBuilder, Int64Builder, StringBuilder, StringDictionaryBuilder, TimestampMillisecondBuilder,
        UInt64Builder,
    },
    types::Int32Type,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use waymark_model::{Event, Tag, TextColumn};

use super::{EventWriter, ExportError, Output, event_id};

/// Events that are written at once.
const BATCH: usize = 64 * 1024;

type Texts = StringDictionaryBuilder<Int32Type>;

/// Writes events as rows of a Parquet file.
pub(super) struct ParquetWriter {
    writer: ArrowWriter<Output>,
    schema: SchemaRef,
    properties: Vec<String>,
    columns: Columns,
}

/// The rows of a batch, column by column in the order of the schema.
struct Columns {
    rows: usize,
    visitor: UInt64Builder,
    time: TimestampMillisecondBuilder,
    texts: Vec<Texts>,
    user: UInt64Builder,
    event_id: StringBuilder,
    value: Int64Builder,
    key: UInt64Builder,
    verified: BooleanBuilder,
    tag: Texts,
    identity: Texts,
    properties: Vec<Texts>,
}

impl ParquetWriter {
    pub(super) fn new(output: Output, properties: Vec<String>) -> Result<Self, ExportError> {
        let schema = schema(&properties);
        let zstd = Compression::ZSTD(ZstdLevel::try_new(3)?);
        let settings = WriterProperties::builder().set_compression(zstd).set_created_by("waymark".to_owned());
        let writer = ArrowWriter::try_new(output, Arc::clone(&schema), Some(settings.build()))?;
        let columns = Columns::new(properties.len());
        Ok(Self { writer, schema, properties, columns })
    }

    fn write_batch(&mut self) -> Result<(), ExportError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), self.columns.finish())?;
        Ok(self.writer.write(&batch)?)
    }
}

impl EventWriter for ParquetWriter {
    fn write(&mut self, event: &Event) -> Result<(), ExportError> {
        self.columns.push(event, &self.properties);
        if self.columns.rows < BATCH { Ok(()) } else { self.write_batch() }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.write_batch()?;
        Ok(self.writer.into_inner()?.flush()?)
    }
}

fn schema(properties: &[String]) -> SchemaRef {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let mut fields = vec![
        Field::new("visitor", DataType::UInt64, false),
        Field::new("time", DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())), false),
    ];
    fields.extend(TextColumn::ALL.map(|column| Field::new(column.as_str(), text(), true)));
    fields.extend([
        Field::new("user", DataType::UInt64, true),
        Field::new("event_id", DataType::Utf8, true),
        Field::new("value_minor", DataType::Int64, true),
        Field::new("key", DataType::UInt64, true),
        Field::new("verified", DataType::Boolean, false),
        Field::new("tag", text(), true),
        Field::new("identity", text(), false),
    ]);
    fields.extend(properties.iter().map(|key| Field::new(format!("prop.{key}"), text(), true)));
    Arc::new(Schema::new(fields))
}

impl Columns {
    fn new(properties: usize) -> Self {
        let texts = |count| (0..count).map(|_| Texts::new()).collect();
        Self {
            rows: 0,
            visitor: UInt64Builder::new(),
            time: TimestampMillisecondBuilder::new().with_timezone("UTC"),
            texts: texts(TextColumn::ALL.len()),
            user: UInt64Builder::new(),
            event_id: StringBuilder::new(),
            value: Int64Builder::new(),
            key: UInt64Builder::new(),
            verified: BooleanBuilder::new(),
            tag: Texts::new(),
            identity: Texts::new(),
            properties: texts(properties),
        }
    }

    fn push(&mut self, event: &Event, properties: &[String]) {
        self.rows += 1;
        self.visitor.append_value(event.visitor);
        self.time.append_value(event.time);
        for (column, texts) in TextColumn::ALL.into_iter().zip(&mut self.texts) {
            texts.append_option(Some(event.text(column)).filter(|text| !text.is_empty()));
        }
        self.user.append_option(event.user);
        self.event_id.append_option(event.event_id.map(event_id));
        self.value.append_option(event.value);
        self.key.append_option(event.key);
        self.verified.append_value(event.verified);
        self.tag.append_option((event.tag != Tag::None).then(|| event.tag.as_str()));
        self.identity.append_value(event.identity.as_str());
        for (key, texts) in properties.iter().zip(&mut self.properties) {
            texts.append_option(event.prop(key));
        }
    }

    /// The rows so far as arrays, leaving none.
    fn finish(&mut self) -> Vec<ArrayRef> {
        self.rows = 0;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.visitor.finish()), Arc::new(self.time.finish())];
        let text = |texts: &mut Texts| -> ArrayRef { Arc::new(texts.finish()) };
        arrays.extend(self.texts.iter_mut().map(text));
        arrays.push(Arc::new(self.user.finish()));
        arrays.push(Arc::new(self.event_id.finish()));
        arrays.push(Arc::new(self.value.finish()));
        arrays.push(Arc::new(self.key.finish()));
        arrays.push(Arc::new(self.verified.finish()));
        arrays.extend([text(&mut self.tag), text(&mut self.identity)]);
        arrays.extend(self.properties.iter_mut().map(text));
        arrays
    }
}
