//! Cells of Parquet as the texts that the same cells of a CSV file would have. It knows no files.

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType,
    cast::AsArray,
    types::{
        Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float32Type,
        Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};
use jiff::{Timestamp, tz::TimeZone};

use super::super::{
    record::{CellKind, push},
    reject::Reject,
    rows::utf8,
};

/// What Parquet says of a column beyond the type that its cells have in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// Nothing.
    Plain,
    /// Its times are UTC, though their type does not say so: INT96, as Spark and Hive write it.
    Utc,
    /// Its 16 bytes are a UUID.
    Uuid,
}

/// Whether cells of that type can be written as a text.
pub(super) const fn is_readable(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8
            | DataType::Binary
            | DataType::FixedSizeBinary(_)
            | DataType::Boolean
            | DataType::Date32
            | DataType::Date64
            | DataType::Timestamp(..)
            | DataType::Null
    ) || matches!(kind_of(kind), CellKind::Number)
}

/// What the type says of its cells.
pub(super) const fn kind_of(kind: &DataType) -> CellKind {
    match kind {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => CellKind::Number,
        _ => CellKind::Text,
    }
}

/// Writes a cell that is not null.
pub(super) fn write(array: &ArrayRef, row: usize, leaf: Leaf, text: &mut String) -> Result<(), Reject> {
    match array.data_type() {
        DataType::Utf8 => text.push_str(array.as_string::<i32>().value(row)),
        DataType::Binary => text.push_str(utf8(array.as_binary::<i32>().value(row))?),
        DataType::FixedSizeBinary(_) => push_bytes(array.as_fixed_size_binary().value(row), leaf, text),
        DataType::Boolean => push(text, array.as_boolean().value(row)),
        DataType::Date32 => {
            push_moment(text, i128::from(value::<Date32Type>(array, row)) * 86_400_000_000_000, false);
        }
        DataType::Date64 => push_moment(text, i128::from(value::<Date64Type>(array, row)) * 1_000_000, false),
        DataType::Timestamp(unit, zone) => {
            push_moment(text, nanoseconds(array, row, *unit), zone.is_some() || leaf == Leaf::Utc);
        }
        _ => write_number(array, row, text),
    }
    Ok(())
}

fn write_number(array: &ArrayRef, row: usize, text: &mut String) {
    match array.data_type() {
        DataType::Int8 => push(text, value::<Int8Type>(array, row)),
        DataType::Int16 => push(text, value::<Int16Type>(array, row)),
        DataType::Int32 => push(text, value::<Int32Type>(array, row)),
        DataType::Int64 => push(text, value::<Int64Type>(array, row)),
        DataType::UInt8 => push(text, value::<UInt8Type>(array, row)),
        DataType::UInt16 => push(text, value::<UInt16Type>(array, row)),
        DataType::UInt32 => push(text, value::<UInt32Type>(array, row)),
        DataType::UInt64 => push(text, value::<UInt64Type>(array, row)),
        // What is not a number stands for nothing in tables.
        DataType::Float32 if value::<Float32Type>(array, row).is_nan() => {}
        DataType::Float64 if value::<Float64Type>(array, row).is_nan() => {}
        DataType::Float32 => push(text, format_args!("{:?}", value::<Float32Type>(array, row))),
        DataType::Float64 => push(text, format_args!("{:?}", value::<Float64Type>(array, row))),
        DataType::Decimal32(..) => {
            text.push_str(&array.as_primitive::<Decimal32Type>().value_as_string(row));
        }
        DataType::Decimal64(..) => {
            text.push_str(&array.as_primitive::<Decimal64Type>().value_as_string(row));
        }
        DataType::Decimal128(..) => {
            text.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row));
        }
        DataType::Decimal256(..) => {
            text.push_str(&array.as_primitive::<Decimal256Type>().value_as_string(row));
        }
        _ => {}
    }
}

/// Writes a cell of any type as JSON.
pub(super) fn write_json(array: &ArrayRef, row: usize, text: &mut String) -> Result<(), Reject> {
    if array.is_null(row) {
        text.push_str("null");
        return Ok(());
    }
    match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let (values, offsets) = (list.values(), list.value_offsets());
            #[allow(clippy::cast_sign_loss, reason = "places in an array")]
            let rows = offsets[row] as usize..offsets[row + 1] as usize;
            text.push('[');
            for at in rows.clone() {
                if at > rows.start {
                    text.push(',');
                }
                write_json(values, at, text)?;
            }
            text.push(']');
        }
        DataType::Struct(members) => {
            text.push('{');
            for (at, (member, values)) in members.iter().zip(array.as_struct().columns()).enumerate() {
                if at > 0 {
                    text.push(',');
                }
                push(text, serde_json::Value::from(member.name().as_str()));
                text.push(':');
                write_json(values, row, text)?;
            }
            text.push('}');
        }
        kind => {
            let mut cell = String::new();
            write(array, row, Leaf::Plain, &mut cell)?;
            let is_plain = *kind == DataType::Boolean
                || (kind_of(kind) == CellKind::Number && cell.ends_with(|c: char| c.is_ascii_digit()));
            if is_plain { text.push_str(&cell) } else { push(text, serde_json::Value::from(cell)) }
        }
    }
    Ok(())
}

/// A UUID as it is usually written; other bytes in hexadecimal digits.
fn push_bytes(bytes: &[u8], leaf: Leaf, text: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        if leaf == Leaf::Uuid && matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        push(text, format_args!("{byte:02x}"));
    }
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
