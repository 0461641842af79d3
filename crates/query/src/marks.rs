//! What a row means to the fast path, as bits of a byte: whether its visitor must be visited, and what the folds count
//! otherwise. It must not know what folds count.

use smallvec::SmallVec;

/// When a fold must visit a visitor. All others are told apart by one thing alone: whether a row matches the first bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Whatever the rows match.
    pub(crate) always: bool,
    /// When a row matches one of these bits.
    pub(crate) later: u64,
    /// When a row matches one of these bits and there is a value, or the last row's time is after `over`.
    pub(crate) first: u64,
    pub(crate) over: i64,
}

/// Makes the marks of rows by what they match.
#[derive(Debug)]
pub(crate) struct Marks {
    terms: SmallVec<[Terms; 1]>,
    /// The rows that matter to a visit.
    relevant: u64,
    /// The earliest of the folds' `over`.
    pub(crate) over: i64,
}

/// The visitor must be visited.
pub(crate) const VISIT: u8 = 1;
/// The row matters to a visit.
pub(crate) const RELEVANT: u8 = 2;
/// Of the first fold, the next one's is the next bit: the row matches the first bits.
pub(crate) const FIRST: u8 = 4;
/// As many folds as there are bits.
pub(crate) const MOST_FOLDS: usize = 6;

impl Marks {
    /// Those of folds that have these terms, and visit only rows that match some of the relevant bits. `None` where
    /// there are too many folds.
    pub(crate) fn new(terms: SmallVec<[Terms; 1]>, relevant: u64) -> Option<Self> {
        let over = terms.iter().map(|terms| terms.over).min()?;
        (terms.len() <= MOST_FOLDS).then_some(Self { terms, relevant, over })
    }

    /// How many folds they are for.
    pub(crate) fn folds(&self) -> usize {
        self.terms.len()
    }

    /// The mark of a row that matches these bits.
    pub(crate) fn mark(&self, hits: u64) -> u8 {
        let visit = self.terms.iter().any(|terms| terms.always || hits & terms.later != 0);
        let mark = if visit { VISIT } else { 0 } | if hits & self.relevant != 0 { RELEVANT } else { 0 };
        let firsts = self.terms.iter().enumerate();
        firsts.fold(mark, |mark, (fold, terms)| mark | (u8::from(hits & terms.first != 0) * FIRST) << fold)
    }
}
