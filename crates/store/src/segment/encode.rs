//! Turns flat columns into Arrow arrays, a range of rows at a time. It writes nothing.

use std::{ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, FixedSizeBinaryArray, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray, types::Int32Type,
};
use arrow_buffer::{Buffer as Bytes, NullBuffer};
use arrow_schema::{ArrowError, SchemaRef};
use waymark_model::{Dimension, Identity, Tag, TextColumn};

use super::{PropertyColumns, property_columns::PropertyColumn, rest, schema};
use crate::columns::{
    Buffer, Codes, ColumnsError, Dictionary, NumberColumn, Numbers, Part, Runs, TextCodes, Times,
};

/// All columns of a part, in the order of its schema.
pub(super) struct Encoder {
    pub(super) schema: SchemaRef,
    /// The properties that have columns of their own, in the order of the schema.
    pub(super) properties: Vec<PropertyColumn>,
    columns: Vec<Source>,
}

enum Source {
    Visitors(Runs),
    Times(Times),
    Seqs(Buffer<u64>),
    Text(Option<TextCodes>, Remap),
    Numbers(Numbers),
    EventIds(Buffer<u32>, Buffer<u128>),
    Verified(Buffer<u32>),
}

/// For each code of a dictionary its place among the texts of the current rows.
#[derive(Default)]
struct Remap(Vec<i32>);

impl Encoder {
    /// Reads all columns of the part. Properties that are not among these columns are packed.
    pub(super) fn new(part: &Part, properties: &PropertyColumns) -> Result<Self, ColumnsError> {
        let columns = &*part.columns;
        let mut others = columns.properties()?;
        let own = properties.of(&others);
        others.retain(|key| own.iter().all(|of| of.key != *key));
        let text = |of: &Dimension| Ok(Source::text(columns.text(of)?));
        let (event_rows, event_ids) = columns.event_ids()?;
        let mut sources = vec![
            Source::Visitors(columns.runs()?),
            Source::Times(columns.times()?),
            Source::Seqs(columns.seqs()?),
        ];
        for column in TextColumn::ALL.into_iter().filter(|column| *column != TextColumn::Currency) {
            sources.push(text(&Dimension::Column(column))?);
        }
        sources.extend([
            Source::Numbers(columns.numbers(NumberColumn::User)?),
            Source::EventIds(event_rows, event_ids),
            Source::Numbers(columns.numbers(NumberColumn::Value)?),
            text(&Dimension::Column(TextColumn::Currency))?,
            Source::Numbers(columns.numbers(NumberColumn::Key)?),
            Source::Verified(columns.verified()?),
            Source::text(columns.tags()?.and_then(tag_codes)),
            Source::text(identity_codes(part, columns.identities()?)),
            Source::text(rest::pack(columns, &others)?),
        ]);
        for of in &own {
            sources.push(text(&Dimension::Property(of.key.clone()))?);
        }
        Ok(Self { schema: schema::schema(&own), properties: own, columns: sources })
    }

    /// Those rows of all columns.
    pub(super) fn batch(&mut self, rows: &Range<usize>) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(|column| column.array(rows)).collect::<Result<_, _>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

fn tag_codes(tags: Buffer<u8>) -> Option<TextCodes> {
    let names = [Tag::None, Tag::Bot, Tag::Internal, Tag::Test].map(Tag::as_str);
    Some(TextCodes { codes: Codes::U8(tags), dictionary: Dictionary::new(names)? })
}

fn identity_codes(part: &Part, identities: Option<Buffer<u8>>) -> Option<TextCodes> {
    let known = [Identity::Audience, Identity::Consented, Identity::Imported];
    let names = std::iter::once("").chain(known.map(Identity::as_str));
    let codes = match identities {
        Some(kinds) => kinds.iter().map(|&kind| kind + 1).collect(),
        None => {
            let only = part.bounds.identities.first().map_or(0, |&kind| kind as u8);
            vec![only + 1; part.bounds.rows as usize]
        }
    };
    Some(TextCodes { codes: Codes::U8(codes.into()), dictionary: Dictionary::new(names)? })
}

impl Source {
    fn text(codes: Option<TextCodes>) -> Self {
        let size = codes.as_ref().map_or(0, |text| text.dictionary.texts().len());
        Self::Text(codes, Remap(vec![-1; size]))
    }

    fn array(&mut self, rows: &Range<usize>) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Visitors(runs) => Arc::new(Int64Array::from(visitors(runs, rows))),
            Self::Times(times) => {
                // No way in takes a time so far away that its microseconds are too many.
                let times: Vec<i64> = rows.clone().map(|row| times.get(row).saturating_mul(1_000)).collect();
                Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"))
            }
            Self::Seqs(seqs) => {
                Arc::new(Int64Array::from_iter_values(seqs[rows.clone()].iter().map(|seq| seq.cast_signed())))
            }
            Self::Text(None, _) => Arc::new(DictionaryArray::new(
                Int32Array::new_null(rows.len()),
                Arc::new(StringArray::from(Vec::<&str>::new())),
            )),
            Self::Text(Some(text), remap) => Arc::new(text_array(text, remap, rows)?),
            Self::Numbers(numbers) => {
                let (values, present) = dense(&numbers.rows, &numbers.values, rows, u64::cast_signed);
                Arc::new(Int64Array::new(values.into(), present))
            }
            Self::EventIds(id_rows, ids) => {
                let (values, present) = dense(id_rows, ids, rows, u128::to_be_bytes);
                let bytes = Bytes::from_vec(values.into_flattened());
                Arc::new(FixedSizeBinaryArray::try_new(16, bytes, present)?)
            }
            Self::Verified(verified) => {
                let ones = vec![true; verified.len()];
                let (values, _) = dense(verified, &ones, rows, |one| one);
                Arc::new(BooleanArray::from(values))
            }
        })
    }
}

/// The visitor of each row, the same bits as a signed number.
fn visitors(runs: &Runs, rows: &Range<usize>) -> Vec<i64> {
    let mut visitors = Vec::with_capacity(rows.len());
    let mut run = runs.starts.partition_point(|&start| start as usize <= rows.start).saturating_sub(1);
    let mut row = rows.start;
    while row < rows.end {
        let end = rows.end.min(runs.starts[run + 1] as usize);
        visitors.resize(end - rows.start, runs.visitors[run].cast_signed());
        (row, run) = (end, run + 1);
    }
    visitors
}

/// One value a row out of those of some rows, and which rows have one.
fn dense<T: Copy, V: Default + Clone>(
    of: &[u32],
    values: &[T],
    rows: &Range<usize>,
    value: impl Fn(T) -> V,
) -> (Vec<V>, Option<NullBuffer>) {
    let first = of.partition_point(|&row| (row as usize) < rows.start);
    let last = of.partition_point(|&row| (row as usize) < rows.end);
    let mut dense = vec![V::default(); rows.len()];
    let mut present = vec![false; rows.len()];
    for (&row, &number) in of[first..last].iter().zip(&values[first..last]) {
        dense[row as usize - rows.start] = value(number);
        present[row as usize - rows.start] = true;
    }
    (dense, Some(NullBuffer::from(present)))
}

/// The rows' texts, with a dictionary of only the texts that occur in them.
fn text_array(
    text: &TextCodes,
    remap: &mut Remap,
    rows: &Range<usize>,
) -> Result<DictionaryArray<Int32Type>, ArrowError> {
    let mut used = Vec::new();
    let (keys, present) = match &text.codes {
        Codes::U8(codes) => keys(&codes[rows.clone()], &mut remap.0, &mut used),
        Codes::U16(codes) => keys(&codes[rows.clone()], &mut remap.0, &mut used),
        Codes::U32(codes) => keys(&codes[rows.clone()], &mut remap.0, &mut used),
    };
    used.iter().for_each(|&code| remap.0[code as usize] = -1);
    let texts = text.dictionary.texts();
    let values = StringArray::from_iter_values(used.iter().map(|&code| &texts[code as usize]));
    let keys = Int32Array::new(keys.into(), Some(NullBuffer::from(present)));
    DictionaryArray::try_new(keys, Arc::new(values) as Arc<dyn Array>)
}

fn keys<T: Copy + Into<u32>>(codes: &[T], remap: &mut [i32], used: &mut Vec<u32>) -> (Vec<i32>, Vec<bool>) {
    let key = |&code: &T| {
        let code: u32 = code.into();
        if code == 0 {
            return 0;
        }
        let slot = &mut remap[code as usize];
        if *slot < 0 {
            #[allow(clippy::cast_possible_truncation, reason = "a batch has fewer than 2^31 rows")]
            #[allow(clippy::cast_possible_wrap, reason = "a batch has fewer than 2^31 rows")]
            let next = used.len() as i32;
            *slot = next;
            used.push(code);
        }
        *slot
    };
    (codes.iter().map(key).collect(), codes.iter().map(|&code| code.into() != 0).collect())
}
