//! Which predicates the rows of a part match, as bits: each predicate is evaluated once for each distinct text, and the
//! rows combine what their texts pass. It must not know what the predicates are for.

use std::ops::Range;

use waymark_model::{Condition, Dimension};
use waymark_store::columns::{Codes, ColumnsError, Part};

use crate::{
    marks::Marks,
    own_names::{self, Texts},
    predicates::Predicates,
};

/// One column's share in the hits of a row: a set of predicate bits for each code.
#[derive(Debug)]
struct HitColumn {
    codes: Codes,
    bits: Vec<u64>,
}

impl HitColumn {
    /// Narrow codes get an entry for every number that they can be, so that looking one up needs no check.
    fn new(codes: Codes, mut bits: Vec<u64>) -> Self {
        if matches!(codes, Codes::U8(_)) {
            bits.resize(256, 0);
        }
        Self { codes, bits }
    }
}

/// A set of predicates on the rows of one part.
#[derive(Debug)]
pub(crate) struct HitSet {
    /// Bits that no row of this part can lack or have for want of a column.
    constant: u64,
    columns: Vec<HitColumn>,
    number_tests: Vec<(u64, Condition)>,
    on_numbers: u64,
}

/// What predicates ask of a row beside its texts.
pub(crate) trait RowNumbers {
    /// The row's value in minor units.
    fn value(&self, row: u32) -> Option<i64>;
    /// Whether that is verified.
    fn is_verified(&self, row: u32) -> bool;
}

impl HitSet {
    pub(crate) fn new(part: &Part, predicates: &Predicates) -> Result<Self, ColumnsError> {
        let mut constant = if predicates.len() == 64 { u64::MAX } else { (1 << predicates.len()) - 1 };
        let mut columns = Vec::new();
        for dimension in predicates.dimensions() {
            match own_names::texts(&*part.columns, &dimension)? {
                None => constant &= predicates.passing(&dimension, None),
                Some(texts) => {
                    let bits = bits(predicates, &dimension, &texts);
                    columns.push(HitColumn::new(texts.text.codes, bits));
                }
            }
        }
        let conditions =
            predicates.iter().flat_map(|(bit, predicate)| predicate.all.iter().map(move |one| (bit, one)));
        let on_numbers = conditions.filter(|(_, condition)| !matches!(condition, Condition::Text { .. }));
        let number_tests = on_numbers.map(|(bit, condition)| (bit, condition.clone())).collect();
        Ok(Self { constant, columns, number_tests, on_numbers: predicates.on_numbers() })
    }

    /// The predicates that a row matches.
    #[inline]
    pub(crate) fn matches(&self, row: usize, numbers: &impl RowNumbers) -> u64 {
        let bits = self.on_text(row);
        if bits & self.on_numbers != 0 { self.test_numbers(row, bits, numbers) } else { bits }
    }

    /// Adds what each of these rows matches.
    pub(crate) fn match_all(&self, rows: Range<usize>, numbers: &impl RowNumbers, to: &mut Vec<u64>) {
        match self.columns.as_slice() {
            [HitColumn { codes: Codes::U8(codes), bits }] if self.on_numbers == 0 && bits.len() == 256 => {
                let bits = bits.as_slice();
                to.extend(codes[rows].iter().map(|&code| self.constant & bits[usize::from(code)]));
            }
            _ => to.extend(rows.map(|row| self.matches(row, numbers))),
        }
    }

    /// The same, as far as predicates look at text.
    #[inline]
    fn on_text(&self, row: usize) -> u64 {
        let bits = |column: &HitColumn| column.bits[column.codes.get(row) as usize];
        self.columns.iter().fold(self.constant, |hits, column| hits & bits(column))
    }

    #[cold]
    fn test_numbers(&self, row: usize, mut bits: u64, numbers: &impl RowNumbers) -> u64 {
        #[allow(clippy::cast_possible_truncation, reason = "rows fit in 32 bits")]
        let row = row as u32;
        for (bit, condition) in &self.number_tests {
            let holds = match condition {
                Condition::Value { at_least, at_most } => numbers.value(row).is_some_and(|value| {
                    at_least.is_none_or(|bound| value >= bound) && at_most.is_none_or(|bound| value <= bound)
                }),
                Condition::Verified => numbers.is_verified(row),
                Condition::Text { .. } => true,
            };
            if !holds {
                bits &= !bit;
            }
        }
        bits
    }

    /// The mark of rows by their code in the only column; empty where there are none or several.
    pub(crate) fn marks_of_codes(&self, marks: &Marks) -> Vec<u8> {
        match self.columns.as_slice() {
            [column] => column.bits.iter().map(|&bits| marks.mark(self.constant & bits)).collect(),
            _ => Vec::new(),
        }
    }

    /// Adds the marks of rows, by what they match on text, given the marks of the codes of the only column.
    pub(crate) fn mark(&self, rows: Range<usize>, marks: &Marks, of: &[u8], to: &mut Vec<u8>) {
        match self.columns.as_slice() {
            [HitColumn { codes: Codes::U8(codes), .. }] if let Some(of) = of.first_chunk::<256>() => {
                to.extend(codes[rows].iter().map(|&code| of[usize::from(code)]));
            }
            [HitColumn { codes, .. }] => to.extend(rows.map(|row| of[codes.get(row) as usize])),
            _ => to.extend(rows.map(|row| marks.mark(self.on_text(row)))),
        }
    }
}

fn bits(predicates: &Predicates, of: &Dimension, texts: &Texts) -> Vec<u64> {
    let passing = |(code, text): (usize, &str)| match code < texts.own_from {
        true => predicates.passing(of, Some(text).filter(|text| !text.is_empty())),
        false => predicates.passing_own_name(text),
    };
    texts.text.dictionary.texts().iter().enumerate().map(passing).collect()
}
