//! Dictionary-encoded text: each row holds a small number, each number stands for one distinct text.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::{Buffer, Dictionary};

/// The codes of a column's rows, as narrow as the dictionary allows.
#[derive(Clone, Debug)]
pub enum Codes {
    /// At most 256 distinct texts.
    U8(Buffer<u8>),
    /// At most 65,536.
    U16(Buffer<u16>),
    /// More.
    U32(Buffer<u32>),
}

impl Codes {
    /// The narrowest form of the codes of so many rows, for a dictionary of that size.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "codes are below the dictionary's size")]
    pub fn narrow(codes: impl Iterator<Item = u32>, rows: usize, dictionary: usize) -> Self {
        match dictionary {
            0..=0x100 => Self::U8(all(codes.map(|code| code as u8), rows).into()),
            0x101..=0x1_0000 => Self::U16(all(codes.map(|code| code as u16), rows).into()),
            _ => Self::U32(all(codes, rows).into()),
        }
    }

    /// The code of a row.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => u32::from(codes[row]),
            Self::U16(codes) => u32::from(codes[row]),
            Self::U32(codes) => codes[row],
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::U16(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every code is in a dictionary of that size: what a reader of foreign bytes must check once.
    #[must_use]
    pub fn fit(&self, dictionary: usize) -> bool {
        let highest = match self {
            Self::U8(codes) => codes.iter().copied().max().map(u32::from),
            Self::U16(codes) => codes.iter().copied().max().map(u32::from),
            Self::U32(codes) => codes.iter().copied().max(),
        };
        highest.is_none_or(|code| (code as usize) < dictionary)
    }
}

/// About so many numbers, taken from within, so that an iterator over lists goes through each in a loop of its own.
fn all<T>(numbers: impl Iterator<Item = T>, about: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(about);
    numbers.for_each(|number| all.push(number));
    all
}

/// A text column of a part: a code a row, and what the codes stand for.
#[derive(Clone, Debug)]
pub struct TextCodes {
    /// One code a row.
    pub codes: Codes,
    /// The texts by code.
    pub dictionary: Dictionary,
}

/// Encodes texts one by one. Columns that stay empty cost nothing; a distinct text costs its own bytes and few more.
#[derive(Debug, Default)]
pub struct CodeBuilder {
    codes: Vec<u32>,
    /// The distinct texts one after another, the empty one first, and where each ends.
    text: String,
    ends: Vec<u64>,
    /// The codes, by their texts.
    known: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: u32,
}

impl CodeBuilder {
    /// Sets the text of a row. Rows come in rising order; those left out have no text.
    #[inline]
    pub fn set(&mut self, row: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        let code = self.code(text);
        self.codes.resize(row, 0);
        self.codes.push(code);
    }

    /// The code that stands for a text, new or known.
    pub fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if self.last > 0 && of_code(&self.text, &self.ends, self.last) == text {
            return self.last;
        }
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        #[allow(clippy::cast_possible_truncation, reason = "a part has fewer than 2^32 rows")]
        let next = self.ends.len() as u32;
        let hash = self.hasher.hash_one(text);
        let known = self.known.find(hash, |code| of_code(&self.text, &self.ends, *code) == text).copied();
        let code = known.unwrap_or_else(|| {
            self.text.push_str(text);
            self.ends.push(self.text.len() as u64);
            let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
            self.known.insert_unique(hash, next, |code| hasher.hash_one(of_code(all, ends, *code)));
            next
        });
        self.last = code;
        code
    }

    /// The text of a code; `None` for 0, and for a number that is no code.
    #[must_use]
    pub fn text(&self, code: u32) -> Option<&str> {
        let is_code = code > 0 && (code as usize) < self.ends.len();
        is_code.then(|| of_code(&self.text, &self.ends, code))
    }

    /// Makes room for so many distinct texts, so that those known are not moved while they are taken.
    pub fn reserve(&mut self, texts: usize) {
        let (all, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        let more = texts.saturating_sub(self.known.len());
        self.known.reserve(more, |code| hasher.hash_one(of_code(all, ends, *code)));
        self.ends.reserve(more);
    }

    /// Roughly the memory in use, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 16 + self.codes.len() * 4
    }

    /// The column, its rows put in the given order; `None` when no row had a text.
    #[must_use]
    pub fn finish(mut self, order: &[u32]) -> Option<TextCodes> {
        let mut codes = std::mem::take(&mut self.codes);
        codes.resize(order.len(), 0);
        let dictionary = self.into_dictionary()?;
        let codes = order.iter().map(|&row| codes[row as usize]);
        let codes = Codes::narrow(codes, order.len(), dictionary.texts().len());
        Some(TextCodes { codes, dictionary })
    }

    /// The dictionary so far, with the empty text first.
    #[must_use]
    pub fn into_dictionary(self) -> Option<Dictionary> {
        Dictionary::of_bytes(self.text.into_bytes().into(), self.ends.into())
    }
}

/// The text of a code that is not 0, among texts that lie one after another.
#[inline]
fn of_code<'t>(all: &'t str, ends: &[u64], code: u32) -> &'t str {
    let at = code as usize;
    #[allow(clippy::cast_possible_truncation, reason = "both lie within a text in memory")]
    let range = ends[at - 1] as usize..ends[at] as usize;
    &all[range]
}
