//! The sections that a column is laid out in, and how it is put together from mapped ones. It knows neither
//! headers nor paths.

use std::{mem::size_of, ops::Range, sync::Arc};

use arrow_buffer::ArrowNativeType;
use bytemuck::cast_slice;
use memmap2::Mmap;

use crate::columns::{Buffer, Codes, Column, Dictionary, Numbers, Runs, TextCodes, Times};

/// Most sections a column has.
pub(super) const MOST_SECTIONS: usize = 3;

/// How sections are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Form {
    NoText = 1,
    Text8,
    Text16,
    Text32,
    Runs,
    Times,
    Seqs,
    NoSmall,
    Small,
    Numbers,
    Verified,
    EventIds,
}

impl Form {
    const ALL: [Self; 12] = [
        Self::NoText,
        Self::Text8,
        Self::Text16,
        Self::Text32,
        Self::Runs,
        Self::Times,
        Self::Seqs,
        Self::NoSmall,
        Self::Small,
        Self::Numbers,
        Self::Verified,
        Self::EventIds,
    ];

    pub(super) fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|form| *form as u32 == number)
    }
}

/// The texts of a dictionary one after another, and where each ends.
pub(super) struct Texts {
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl Texts {
    /// The texts of a text column; nothing for others.
    pub(super) fn from_column(column: &Column) -> Self {
        let mut texts = Self { ends: Vec::new(), bytes: Vec::new() };
        if let Column::Text(Some(text)) = column {
            for text in text.dictionary.texts().iter() {
                texts.bytes.extend_from_slice(text.as_bytes());
                texts.ends.push(texts.bytes.len() as u64);
            }
        }
        texts
    }
}

/// The form and sections of a column.
pub(super) fn sections<'a>(column: &'a Column, texts: &'a Texts) -> (Form, [&'a [u8]; MOST_SECTIONS]) {
    let text = |codes: &'a [u8]| [codes, cast_slice(&texts.ends), &texts.bytes];
    match column {
        Column::Text(None) => (Form::NoText, [&[], &[], &[]]),
        Column::Text(Some(TextCodes { codes, .. })) => match codes {
            Codes::U8(codes) => (Form::Text8, text(codes)),
            Codes::U16(codes) => (Form::Text16, text(cast_slice(codes))),
            Codes::U32(codes) => (Form::Text32, text(cast_slice(codes))),
        },
        Column::Runs(runs) => {
            (Form::Runs, [cast_slice(&runs.visitors), cast_slice(&runs.starts), &runs.flags])
        }
        Column::Times(times) => {
            let base = std::slice::from_ref(&times.base);
            (Form::Times, [cast_slice(base), cast_slice(&times.offsets), &[]])
        }
        Column::Seqs(seqs) => (Form::Seqs, [cast_slice(seqs), &[], &[]]),
        Column::Small(None) => (Form::NoSmall, [&[], &[], &[]]),
        Column::Small(Some(numbers)) => (Form::Small, [numbers, &[], &[]]),
        Column::Numbers(of) => (Form::Numbers, [cast_slice(&of.rows), cast_slice(&of.values), &[]]),
        Column::Verified(rows) => (Form::Verified, [cast_slice(rows), &[], &[]]),
        Column::EventIds(rows, ids) => (Form::EventIds, [cast_slice(rows), cast_slice(ids), &[]]),
    }
}

/// Sections of a mapped file.
pub(super) struct Mapped<'a> {
    pub(super) map: &'a Arc<Mmap>,
    pub(super) sections: [Range<usize>; MOST_SECTIONS],
    pub(super) rows: usize,
}

impl Mapped<'_> {
    /// The column, if the sections hold one of that form: as many rows as there should be, codes in the
    /// dictionary, starts and rows that ascend.
    pub(super) fn column(&self, form: Form) -> Option<Column> {
        Some(match form {
            Form::NoText => Column::Text(None),
            Form::Text8 => self.text(Codes::U8(self.full(0)?))?,
            Form::Text16 => self.text(Codes::U16(self.full(0)?))?,
            Form::Text32 => self.text(Codes::U32(self.full(0)?))?,
            Form::Runs => Column::Runs(self.runs()?),
            Form::Times => {
                let base: Buffer<i64> = self.slice(0)?;
                Column::Times(Times { base: *base.first()?, offsets: self.full(1)? })
            }
            Form::Seqs => Column::Seqs(self.full(0)?),
            Form::NoSmall => Column::Small(None),
            Form::Small => Column::Small(Some(self.full(0)?)),
            Form::Numbers => {
                let (rows, values) = (self.some_rows(0)?, self.slice(1)?);
                (rows.len() == values.len()).then_some(Column::Numbers(Numbers { rows, values }))?
            }
            Form::Verified => Column::Verified(self.some_rows(0)?),
            Form::EventIds => {
                let (rows, ids) = (self.some_rows(0)?, self.slice::<u128>(1)?);
                (rows.len() == ids.len()).then_some(Column::EventIds(rows, ids))?
            }
        })
    }

    fn slice<T: ArrowNativeType>(&self, section: usize) -> Option<Buffer<T>> {
        let range = &self.sections[section];
        Buffer::mapped(Arc::clone(self.map), range.start, range.len())
    }

    /// A section with one element a row.
    fn full<T: ArrowNativeType>(&self, section: usize) -> Option<Buffer<T>> {
        let all = self.sections[section].len() == self.rows * size_of::<T>();
        all.then(|| self.slice(section)).flatten()
    }

    /// A section with ascending rows.
    fn some_rows(&self, section: usize) -> Option<Buffer<u32>> {
        let rows: Buffer<u32> = self.slice(section)?;
        let inside = rows.last().is_none_or(|&last| (last as usize) < self.rows);
        (inside && rows.is_sorted_by(|one, next| one < next)).then_some(rows)
    }

    fn runs(&self) -> Option<Runs> {
        let (visitors, starts, flags): (Buffer<u64>, Buffer<u32>, Buffer<u8>) =
            (self.slice(0)?, self.slice(1)?, self.slice(2)?);
        let lengths = visitors.len() == flags.len() && visitors.len() + 1 == starts.len();
        let ends = starts.first() == Some(&0) && starts.last().map(|&last| last as usize) == Some(self.rows);
        let ascend =
            visitors.is_sorted_by(|one, next| one < next) && starts.is_sorted_by(|one, next| one < next);
        (lengths && ends && ascend).then_some(Runs { visitors, starts, flags })
    }

    fn text(&self, codes: Codes) -> Option<Column> {
        let dictionary = Dictionary::of_bytes(self.slice(2)?, self.slice(1)?)?;
        codes.fit(dictionary.texts().len()).then_some(Column::Text(Some(TextCodes { codes, dictionary })))
    }
}
