//! The columns of a segment file: their names, types and encodings. It moves no rows.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    errors::ParquetError,
    file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion},
    schema::types::ColumnPath,
};
use waymark_model::{Dimension, TextColumn};

use crate::columns::NumberColumn;

/// Most property columns a segment has; the less frequent ones go to `props_rest`.
pub const MOST_PROPERTIES: usize = 500;

/// Rows in a row group: a unit of parallel decoding.
pub(super) const GROUP_ROWS: usize = 1 << 20;

pub(super) const VISITOR: &str = "visitor";
pub(super) const TIME: &str = "time";
pub(super) const SEQ: &str = "seq";
pub(super) const EVENT_ID: &str = "event_id";
pub(super) const VERIFIED: &str = "verified";
pub(super) const TAG: &str = "tag";
pub(super) const IDENTITY: &str = "identity";
pub(super) const REST: &str = "props_rest";
const PROPERTY: &str = "prop.";

/// The name of a text column or property in files.
pub(super) fn text_name(of: &Dimension) -> String {
    match of {
        Dimension::Column(column) => column.as_str().to_owned(),
        Dimension::Property(key) => format!("{PROPERTY}{key}"),
    }
}

/// The property whose column has this name.
pub(super) fn property(name: &str) -> Option<&str> {
    name.strip_prefix(PROPERTY)
}

/// The name of a number column in files.
pub(super) const fn number_name(of: NumberColumn) -> &'static str {
    match of {
        NumberColumn::Value => "value",
        NumberColumn::Key => "key",
        NumberColumn::User => "user",
    }
}

/// The fields of a file with these properties, in order.
pub(super) fn schema(properties: &[String]) -> SchemaRef {
    let plain = |name: &str, kind| Field::new(name, kind, false);
    let sparse = |name: &str, kind| Field::new(name, kind, true);
    let mut fields = vec![
        plain(VISITOR, DataType::UInt64),
        plain(TIME, DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))),
        plain(SEQ, DataType::UInt64),
    ];
    let texts = TextColumn::ALL.into_iter().filter(|column| *column != TextColumn::Currency);
    fields.extend(texts.map(|column| sparse(column.as_str(), text_type())));
    fields.extend([
        sparse(number_name(NumberColumn::User), DataType::UInt64),
        sparse(EVENT_ID, DataType::FixedSizeBinary(16)),
        sparse(number_name(NumberColumn::Value), DataType::Int64),
        sparse(TextColumn::Currency.as_str(), text_type()),
        sparse(number_name(NumberColumn::Key), DataType::UInt64),
        plain(VERIFIED, DataType::Boolean),
        sparse(TAG, text_type()),
        plain(IDENTITY, text_type()),
    ]);
    let name = |key: &String| text_name(&Dimension::Property(key.clone()));
    fields.extend(properties.iter().map(|key| sparse(&name(key), text_type())));
    fields.push(sparse(REST, text_type()));
    Arc::new(Schema::new(fields))
}

fn text_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// How each column is encoded and compressed; the measurements behind it are in the module's documentation.
pub(super) fn properties() -> Result<WriterProperties, ParquetError> {
    let builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(zstd(6)?)
        .set_encoding(Encoding::PLAIN)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_dictionary_page_size_limit(8 << 20)
        .set_data_page_row_count_limit(GROUP_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by("waymark".to_owned());
    let mut builder = plainly(builder, TIME, Encoding::BYTE_STREAM_SPLIT, zstd(6)?);
    for name in [VISITOR, number_name(NumberColumn::User), number_name(NumberColumn::Key), EVENT_ID] {
        builder = plainly(builder, name, Encoding::PLAIN, zstd(1)?);
    }
    Ok(builder.build())
}

fn zstd(level: i32) -> Result<Compression, ParquetError> {
    Ok(Compression::ZSTD(ZstdLevel::try_new(level)?))
}

/// A column without a dictionary.
fn plainly(
    builder: WriterPropertiesBuilder,
    name: &str,
    encoding: Encoding,
    compression: Compression,
) -> WriterPropertiesBuilder {
    let path = || ColumnPath::new(vec![name.to_owned()]);
    builder
        .set_column_dictionary_enabled(path(), false)
        .set_column_encoding(path(), encoding)
        .set_column_compression(path(), compression)
}
