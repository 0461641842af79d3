//! Turns Arrow arrays of one file column back into the flat form. It reads no file.

use std::mem;

use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, StringArray,
    cast::AsArray,
    types::{Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, UInt64Type},
};
use arrow_buffer::{ArrowNativeType, NullBuffer};

use crate::columns::{Buffer, CodeBuilder, Column, Numbers, Runs, TextCodes, Times};

/// What a file column decodes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Visitors,
    /// Counted from this time, in ms.
    Times(i64),
    Seqs,
    Text,
    Numbers,
    EventIds,
    Verified,
}

/// The decoded rows of one row group.
pub(super) enum Chunk {
    Visitors { visitors: Vec<u64>, starts: Vec<u32> },
    Times { base: i64, offsets: Vec<u32> },
    Seqs(Vec<u64>),
    Text(Box<TextChunk>),
    Numbers(Vec<u32>, Vec<u64>),
    EventIds(Vec<u32>, Vec<u128>),
    Verified(Vec<u32>),
}

/// Text rows with a dictionary of their own.
#[derive(Default)]
pub(super) struct TextChunk {
    codes: Vec<u32>,
    texts: CodeBuilder,
    /// The last dictionary met, and the code of each of its texts.
    last: Option<StringArray>,
    remap: Vec<u32>,
}

/// The file does not hold what this crate writes.
pub(super) type Mismatch = String;

impl Chunk {
    /// An empty chunk with room for so many rows where every row has a value.
    pub(super) fn new(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Visitors => Self::Visitors { visitors: Vec::new(), starts: Vec::new() },
            Kind::Times(base) => Self::Times { base, offsets: Vec::with_capacity(rows) },
            Kind::Seqs => Self::Seqs(Vec::with_capacity(rows)),
            Kind::Text => {
                Self::Text(Box::new(TextChunk { codes: Vec::with_capacity(rows), ..TextChunk::default() }))
            }
            Kind::Numbers => Self::Numbers(Vec::new(), Vec::new()),
            Kind::EventIds => Self::EventIds(Vec::new(), Vec::new()),
            Kind::Verified => Self::Verified(Vec::new()),
        }
    }

    /// Rows none of which has a value.
    pub(super) fn absent(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Text => Self::Text(Box::new(TextChunk { codes: vec![0; rows], ..TextChunk::default() })),
            other => Self::new(other, 0),
        }
    }

    /// Takes an array whose first row is the segment's row `first`.
    pub(super) fn push(&mut self, array: &ArrayRef, first: u32) -> Result<(), Mismatch> {
        let wrong = || format!("a column has type {}", array.data_type());
        match self {
            Self::Visitors { visitors, starts } => {
                for (row, &visitor) in (first..).zip(bits(array).ok_or_else(wrong)?) {
                    if visitors.last() != Some(&visitor) {
                        visitors.push(visitor);
                        starts.push(row);
                    }
                }
            }
            Self::Times { base, offsets } => {
                if let Some(array) = array.as_primitive_opt::<TimestampMicrosecondType>() {
                    push_offsets(offsets, array.values().iter().map(|time| time.div_euclid(1_000)), *base)?;
                } else {
                    // So it is in the first format.
                    let array = array.as_primitive_opt::<TimestampMillisecondType>().ok_or_else(wrong)?;
                    push_offsets(offsets, array.values().iter().copied(), *base)?;
                }
            }
            Self::Seqs(seqs) => {
                seqs.extend_from_slice(bits(array).ok_or_else(wrong)?);
            }
            Self::Text(text) => text.push(array.as_dictionary_opt().ok_or_else(wrong)?)?,
            Self::Numbers(rows, values) => push_numbers(rows, values, array, first).ok_or_else(wrong)?,
            Self::EventIds(rows, ids) => push_ids(rows, ids, array, first).ok_or_else(wrong)?,
            Self::Verified(rows) => {
                let array = array.as_any().downcast_ref::<BooleanArray>().ok_or_else(wrong)?;
                let set = array.values().set_indices_u32();
                rows.extend(set.map(|row| first + row));
            }
        }
        Ok(())
    }
}

/// The numbers of a column, as bits: signed ones, or unsigned as they are in the first format.
fn bits(array: &ArrayRef) -> Option<&[u64]> {
    let signed = array.as_primitive_opt::<Int64Type>().map(|of| bytemuck::cast_slice(of.values()));
    signed.or_else(|| array.as_primitive_opt::<UInt64Type>().map(|of| &**of.values()))
}

fn push_offsets(offsets: &mut Vec<u32>, times: impl Iterator<Item = i64>, base: i64) -> Result<(), Mismatch> {
    let mut outside = false;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked at the end")]
    offsets.extend(times.map(|time| {
        let offset = time.wrapping_sub(base) as u64;
        outside |= offset > u64::from(u32::MAX);
        offset as u32
    }));
    if outside { Err("a time is outside the segment's range".to_owned()) } else { Ok(()) }
}

/// Rows that have a value in the array, as rows of the segment.
fn present(array: &dyn Array, first: u32) -> impl Iterator<Item = (u32, usize)> {
    let nulls = array.nulls();
    let few = nulls.into_iter().flat_map(NullBuffer::valid_indices);
    let all = 0..if nulls.is_some() { 0 } else { array.len() };
    #[allow(clippy::cast_possible_truncation, reason = "a part has fewer than 2^30 rows")]
    all.chain(few).map(move |at| (first + at as u32, at))
}

fn push_numbers(rows: &mut Vec<u32>, values: &mut Vec<u64>, array: &ArrayRef, first: u32) -> Option<()> {
    if array.null_count() == array.len() {
        return Some(());
    }
    let bits = bits(array)?;
    for (row, at) in present(array, first) {
        rows.push(row);
        values.push(bits[at]);
    }
    Some(())
}

fn push_ids(rows: &mut Vec<u32>, ids: &mut Vec<u128>, array: &ArrayRef, first: u32) -> Option<()> {
    let array = array.as_fixed_size_binary_opt()?;
    for (row, at) in present(array, first) {
        rows.push(row);
        ids.push(u128::from_be_bytes(array.value(at).try_into().ok()?));
    }
    Some(())
}

impl TextChunk {
    fn push(&mut self, array: &DictionaryArray<Int32Type>) -> Result<(), Mismatch> {
        let texts = array.values().as_string_opt::<i32>().ok_or("a text column holds no texts")?;
        self.learn(texts);
        let keys = array.keys();
        // Arrow guarantees that keys which are not null are in the dictionary; those which are null may be anything.
        #[allow(clippy::cast_sign_loss, reason = "places in an array")]
        match keys.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => self.codes.extend(keys.values().iter().map(|&key| self.remap[key as usize])),
            Some(nulls) if nulls.null_count() == keys.len() => {
                self.codes.resize(self.codes.len() + keys.len(), 0);
            }
            Some(nulls) => self.codes.extend(
                keys.values()
                    .iter()
                    .zip(nulls)
                    .map(|(&key, valid)| if valid { self.remap[key as usize] } else { 0 }),
            ),
        }
        Ok(())
    }

    /// All arrays of a row group usually share a dictionary, which is then learnt once.
    fn learn(&mut self, texts: &StringArray) {
        let same = |last: &StringArray| {
            last.offsets().ptr_eq(texts.offsets()) && last.values().ptr_eq(texts.values())
        };
        if !self.last.as_ref().is_some_and(same) {
            self.remap.clear();
            let codes = (0..texts.len()).map(|at| self.texts.code(texts.value(at)));
            self.remap.extend(codes);
            self.last = Some(texts.clone());
        }
    }
}

/// The column out of the chunks of all row groups, in order.
pub(super) fn join(kind: Kind, chunks: Vec<Chunk>, rows: u32) -> Result<Column, Mismatch> {
    Ok(match kind {
        Kind::Visitors => Column::Runs(join_runs(chunks, rows)?),
        Kind::Times(base) => {
            let offsets = chain(chunks, |chunk| match chunk {
                Chunk::Times { offsets, .. } => offsets,
                _ => Vec::new(),
            });
            Column::Times(Times { base, offsets: whole(offsets, rows)? })
        }
        Kind::Seqs => {
            let seqs = chain(chunks, |chunk| match chunk {
                Chunk::Seqs(seqs) => seqs,
                _ => Vec::new(),
            });
            Column::Seqs(whole(seqs, rows)?)
        }
        Kind::Text => Column::Text(join_texts(chunks, rows)?),
        Kind::Numbers => {
            let (mut of, mut numbers) = (Vec::new(), Vec::new());
            for chunk in chunks {
                if let Chunk::Numbers(rows, values) = chunk {
                    of.extend(rows);
                    numbers.extend(values);
                }
            }
            Column::Numbers(Numbers { rows: of.into(), values: numbers.into() })
        }
        Kind::EventIds => {
            let (mut of, mut all) = (Vec::new(), Vec::new());
            for chunk in chunks {
                if let Chunk::EventIds(rows, ids) = chunk {
                    of.extend(rows);
                    all.extend(ids);
                }
            }
            Column::EventIds(of.into(), all.into())
        }
        Kind::Verified => {
            let rows = chain(chunks, |chunk| match chunk {
                Chunk::Verified(rows) => rows,
                _ => Vec::new(),
            });
            Column::Verified(rows.into())
        }
    })
}

fn chain<T>(chunks: Vec<Chunk>, of: impl Fn(Chunk) -> Vec<T>) -> Vec<T> {
    let chunks: Vec<Vec<T>> = chunks.into_iter().map(of).collect();
    let mut all = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    chunks.into_iter().for_each(|chunk| all.extend(chunk));
    all
}

fn whole<T: ArrowNativeType>(numbers: Vec<T>, rows: u32) -> Result<Buffer<T>, Mismatch> {
    if numbers.len() == rows as usize {
        Ok(numbers.into())
    } else {
        Err(format!("a column has {} rows instead of {rows}", numbers.len()))
    }
}

fn join_runs(chunks: Vec<Chunk>, rows: u32) -> Result<Runs, Mismatch> {
    let (mut all, mut all_starts) = (Vec::new(), Vec::new());
    for chunk in chunks {
        if let Chunk::Visitors { visitors, starts } = chunk {
            let same = usize::from(all.last().is_some() && all.last() == visitors.first());
            all.extend_from_slice(&visitors[same..]);
            all_starts.extend_from_slice(&starts[same..]);
        }
    }
    all_starts.push(rows);
    if !all.is_sorted_by(|one, next| one < next) {
        return Err("visitors are not in order".to_owned());
    }
    let flags = vec![0; all.len()];
    Ok(Runs { visitors: all.into(), starts: all_starts.into(), flags: flags.into() })
}

fn join_texts(chunks: Vec<Chunk>, rows: u32) -> Result<Option<TextCodes>, Mismatch> {
    let mut builder = CodeBuilder::default();
    let mut coded: Vec<(Vec<u32>, Vec<u32>)> = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let Chunk::Text(mut text) = chunk else { continue };
        // Without a text all codes are 0.
        let texts = mem::take(&mut text.texts).into_dictionary();
        let remap =
            texts.map_or(vec![0], |texts| texts.texts().iter().map(|text| builder.code(text)).collect());
        coded.push((text.codes, remap));
    }
    let found: usize = coded.iter().map(|(codes, _)| codes.len()).sum();
    if found != rows as usize {
        return Err(format!("a text column has {found} rows instead of {rows}"));
    }
    let codes = coded.iter().flat_map(|(codes, remap)| codes.iter().map(|&code| remap[code as usize]));
    Ok(builder.into_dictionary().and_then(|dictionary| TextCodes::narrow(codes, found, dictionary)))
}
