//! The columns of a segment file: their names, types, field ids and encodings. It moves no rows.

use std::{collections::HashMap, sync::Arc};

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use parquet::{
    arrow::PARQUET_FIELD_ID_META_KEY,
    basic::{Compression, Encoding, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties, WriterVersion},
    },
    schema::types::ColumnPath,
};

use super::property_columns::{self, PropertyColumn};
use crate::columns::NumberColumn;

/// The format of segment files that this Waymark writes, and the newest that it reads.
pub const FORMAT: u32 = 2;

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

/// The type of a column: only such as Iceberg, Delta and Spark have too.
#[derive(Clone, Copy)]
enum Type {
    /// 64 bits, signed.
    Integer,
    /// Microseconds since 1970-01-01 UTC.
    Time,
    Text,
    /// 16 bytes.
    Bytes,
    Flag,
}

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

/// The columns that every file has, in order: field id, name, type, and whether every row has it.
///
/// Field ids are how table formats such as Iceberg know a column. A number stays with its column for good.
/// They rise without a gap, so that a table made from a file's columns gives them the same numbers by itself.
/// Properties go on from [`FIRST_PROPERTY_ID`], in the order in which the site got them; what every file
/// should have later takes the site's next number too.
const COLUMNS: [(i32, &str, Type, bool); 24] = [
    (1, VISITOR, Type::Integer, REQUIRED),
    (2, TIME, Type::Time, REQUIRED),
    (3, SEQ, Type::Integer, REQUIRED),
    (4, "name", Type::Text, OPTIONAL),
    (5, "host", Type::Text, OPTIONAL),
    (6, "path", Type::Text, OPTIONAL),
    (7, "referrer", Type::Text, OPTIONAL),
    (8, "channel", Type::Text, OPTIONAL),
    (9, "source", Type::Text, OPTIONAL),
    (10, "medium", Type::Text, OPTIONAL),
    (11, "campaign", Type::Text, OPTIONAL),
    (12, "country", Type::Text, OPTIONAL),
    (13, "device", Type::Text, OPTIONAL),
    (14, "browser", Type::Text, OPTIONAL),
    (15, "os", Type::Text, OPTIONAL),
    (16, number_name(NumberColumn::User), Type::Integer, OPTIONAL),
    (17, EVENT_ID, Type::Bytes, OPTIONAL),
    (18, number_name(NumberColumn::Value), Type::Integer, OPTIONAL),
    (19, "currency", Type::Text, OPTIONAL),
    (20, number_name(NumberColumn::Key), Type::Integer, OPTIONAL),
    (21, VERIFIED, Type::Flag, REQUIRED),
    (22, TAG, Type::Text, OPTIONAL),
    (23, IDENTITY, Type::Text, REQUIRED),
    (24, REST, Type::Text, OPTIONAL),
];

/// The field id of a site's first property.
pub(super) const FIRST_PROPERTY_ID: i32 = COLUMNS.len() as i32 + 1;

/// The name of a number column in files.
pub(super) const fn number_name(of: NumberColumn) -> &'static str {
    match of {
        NumberColumn::Value => "value",
        NumberColumn::Key => "key",
        NumberColumn::User => "user",
    }
}

/// The fields of a file with these properties, in order.
pub(super) fn schema(properties: &[PropertyColumn]) -> SchemaRef {
    let fixed = COLUMNS.map(|(id, name, kind, required)| field(id, name, kind, required));
    let own = properties.iter().map(|of| field(of.field_id, &of.name, Type::Text, OPTIONAL));
    Arc::new(Schema::new(fixed.into_iter().chain(own).collect::<Fields>()))
}

fn field(id: i32, name: &str, kind: Type, required: bool) -> Field {
    let kind = match kind {
        Type::Integer => DataType::Int64,
        Type::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Type::Text => text_type(),
        Type::Bytes => DataType::FixedSizeBinary(16),
        Type::Flag => DataType::Boolean,
    };
    let metadata = HashMap::from([(PARQUET_FIELD_ID_META_KEY.to_owned(), id.to_string())]);
    Field::new(name, kind, !required).with_metadata(metadata)
}

/// How texts lie in memory on their way to and from a file. The file says only that they are texts.
fn text_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The schema by which a file with these columns is decoded: texts come with their dictionaries.
pub(super) fn decoded(file: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(text_type())),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(file.fields().iter().map(field).collect::<Fields>()))
}

/// How each column is encoded and compressed; the measurements behind it are in the module's documentation.
pub(super) fn properties(own: &[PropertyColumn]) -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(zstd(6)?)
        .set_encoding(Encoding::PLAIN)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_dictionary_page_size_limit(8 << 20)
        .set_data_page_row_count_limit(GROUP_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by(concat!("waymark version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new(
            property_columns::IN_FILE.to_owned(),
            property_columns::encode(own),
        )]));
    let numbers = [NumberColumn::User, NumberColumn::Key].map(number_name);
    for name in [VISITOR, TIME, EVENT_ID].into_iter().chain(numbers) {
        let path = ColumnPath::new(vec![name.to_owned()]);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path.clone(), Encoding::PLAIN)
            .set_column_compression(path, zstd(1)?);
    }
    Ok(builder.build())
}

fn zstd(level: i32) -> Result<Compression, ParquetError> {
    Ok(Compression::ZSTD(ZstdLevel::try_new(level)?))
}

/// The property whose column has this name in a file of the first format.
pub(super) fn property_of_format_one(name: &str) -> Option<&str> {
    name.strip_prefix("prop.")
}

#[cfg(test)]
mod tests {
    use waymark_model::TextColumn;

    use super::*;

    #[test]
    fn field_ids_rise_without_a_gap_and_names_have_no_dots() {
        assert!(COLUMNS.iter().map(|(id, ..)| *id).eq(1..FIRST_PROPERTY_ID));
        assert!(COLUMNS.iter().all(|(_, name, ..)| !name.contains('.')));
        for column in TextColumn::ALL {
            assert!(COLUMNS.iter().any(|(_, name, ..)| *name == column.as_str()), "{column:?}");
        }
    }
}
