//! `props_rest`: the properties past the most frequent ones, packed into one JSON text a row. It knows nothing
//! of Parquet.

use std::collections::BTreeMap;

use waymark_model::Dimension;

use crate::columns::{CodeBuilder, Columns, ColumnsError, TextCodes};

/// Of these properties of a part, the `most` that most rows have; the most frequent one first.
pub(super) fn most_frequent(
    columns: &dyn Columns,
    keys: Vec<String>,
    most: usize,
) -> Result<Vec<String>, ColumnsError> {
    let mut counted = Vec::with_capacity(keys.len());
    for key in keys {
        let text = columns.text(&Dimension::Property(key.clone()))?;
        let absent = |text: TextCodes| (0..text.codes.len()).filter(|&row| text.codes.get(row) == 0).count();
        counted.push((text.map_or(usize::MAX, absent), key));
    }
    counted.sort_unstable();
    Ok(counted.into_iter().take(most).map(|(_, key)| key).collect())
}

/// The JSON texts of the given properties; `None` when there is none.
pub(super) fn pack(columns: &dyn Columns, keys: &[String]) -> Result<Option<TextCodes>, ColumnsError> {
    let mut rows: BTreeMap<usize, BTreeMap<&str, String>> = BTreeMap::new();
    let mut length = 0;
    for key in keys {
        let Some(text) = columns.text(&Dimension::Property(key.clone()))? else { continue };
        length = text.codes.len();
        for row in 0..length {
            if let Some(value) = text.dictionary.get(text.codes.get(row)) {
                rows.entry(row).or_default().insert(key, value.to_owned());
            }
        }
    }
    let mut builder = CodeBuilder::default();
    for (row, props) in rows {
        // A map of texts always has a JSON form.
        builder.set(row, &serde_json::to_string(&props).unwrap_or_default());
    }
    #[allow(clippy::cast_possible_truncation, reason = "a part has fewer than 2^30 rows")]
    let order: Vec<u32> = (0..length as u32).collect();
    Ok(builder.finish(&order))
}

/// The properties of each distinct JSON text, by code. Fails on what [`pack`] does not write.
pub(super) fn unpack(rest: &TextCodes) -> Result<Vec<BTreeMap<String, String>>, serde_json::Error> {
    let parse = |text: &str| {
        if text.is_empty() { Ok(BTreeMap::new()) } else { serde_json::from_str(text) }
    };
    rest.dictionary.texts().iter().map(parse).collect()
}

/// The column of one property out of the unpacked ones; `None` when no row has it.
pub(super) fn column(rest: &TextCodes, props: &[BTreeMap<String, String>], key: &str) -> Option<TextCodes> {
    let mut builder = CodeBuilder::default();
    let value = |props: &BTreeMap<String, String>| props.get(key).map_or("", String::as_str).to_owned();
    let by_code: Vec<u32> = props.iter().map(|props| builder.code(&value(props))).collect();
    let rows = rest.codes.len();
    let codes = (0..rows).map(|row| by_code[rest.codes.get(row) as usize]);
    TextCodes::narrow(codes, rows, builder.into_dictionary()?)
}
