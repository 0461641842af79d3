//! What a glance at a visitor's rows says: of most visitors so much that they need no visit. It must not know what
//! folds count.

use smallvec::SmallVec;
use waymark_store::columns::RUN_HAS_VALUES;

use crate::view::View;

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

/// What rows mean to a glance, as bits of a mark.
#[derive(Debug)]
pub(crate) struct Marks {
    terms: SmallVec<[Terms; 1]>,
    /// The rows that matter to a visit.
    relevant: u64,
    /// The earliest of the folds' `over`.
    over: i64,
}

/// The visitor must be visited.
const VISIT: u8 = 1;
/// The row matters to a visit.
pub(crate) const RELEVANT: u8 = 2;
/// Of the first fold, the next one's is the next bit: the row matches the first bits.
const FIRST: u8 = 4;
/// As many folds as there are bits.
const MOST_FOLDS: usize = 6;

impl Marks {
    /// Of folds that have these terms, and visit only rows that match some of the relevant bits. `None` where there
    /// are too many of them.
    pub(crate) fn new(terms: SmallVec<[Terms; 1]>, relevant: u64) -> Option<Self> {
        let over = terms.iter().map(|terms| terms.over).min()?;
        (terms.len() <= MOST_FOLDS).then_some(Self { terms, relevant, over })
    }

    /// The mark of a row by what it matches.
    pub(crate) fn of(&self, hits: u64) -> u8 {
        let visit = self.terms.iter().any(|terms| terms.always || hits & terms.later != 0);
        let mark = if visit { VISIT } else { 0 } | if hits & self.relevant != 0 { RELEVANT } else { 0 };
        let firsts = self.terms.iter().enumerate();
        firsts.fold(mark, |mark, (fold, terms)| mark | (u8::from(hits & terms.first != 0) * FIRST) << fold)
    }
}

/// Visitors that a glance settled, and how many of them match each fold's first bits.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) visitors: u64,
    pub(crate) rows: u64,
    pub(crate) first: [u64; MOST_FOLDS],
}

impl Settled {
    /// Takes in a visitor of whom the glance says all; says whether it must be visited instead. There is no branch:
    /// what visitors did cannot be foretold.
    #[inline]
    pub(crate) fn take(&mut self, marks: &Marks, glance: Glance, visit: bool) -> bool {
        let matters = glance.has_values | (glance.last > marks.over);
        let visit = visit | (glance.mark & VISIT != 0) | ((glance.mark >= FIRST) & matters);
        self.visitors += u64::from(!visit);
        self.rows += u64::from(glance.rows) * u64::from(!visit);
        for (fold, first) in self.first.iter_mut().enumerate().take(marks.terms.len()) {
            *first += u64::from(!visit & (glance.mark & (FIRST << fold) != 0));
        }
        visit
    }
}

/// What can be said of a visitor without looking at single rows. All rows lie in the range, none is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glance {
    /// The marks of all rows.
    mark: u8,
    rows: u32,
    /// Time of the last row, or a later one that is not recent.
    last: i64,
    /// Some row has a value.
    has_values: bool,
}

impl Glance {
    /// Of no rows.
    pub(crate) const NOTHING: Self = Self { mark: 0, rows: 0, last: i64::MIN, has_values: false };

    /// Of a run of a part; the marks of its rows stand from `at` on.
    #[inline(always)]
    pub(crate) fn of(view: &View, run: usize, marks: &[u8], at: usize) -> Self {
        let (start, end) = (view.runs.starts[run], view.runs.starts[run + 1]);
        Self {
            mark: any(marks, at, (end - start) as usize),
            rows: end - start,
            last: if view.is_recent { view.times.get(end as usize - 1) } else { view.bounds.time.1 },
            has_values: view.runs.flags[run] & RUN_HAS_VALUES != 0,
        }
    }

    /// Of these rows and others of the same visitor.
    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            mark: self.mark | other.mark,
            rows: self.rows + other.rows,
            last: self.last.max(other.last),
            has_values: self.has_values | other.has_values,
        }
    }
}

/// How many marks are looked at together.
const TOGETHER: usize = 16;

/// Puts so many empty marks behind those of rows that several can be read from any of them on.
pub(crate) fn pad(marks: &mut Vec<u8>) {
    marks.resize(marks.len() + TOGETHER, 0);
}

/// The bits of so many marks, at least one, from a position on. Few visitors have many rows, but how many cannot be
/// foretold.
#[inline(always)]
fn any(marks: &[u8], at: usize, count: usize) -> u8 {
    let marks = &marks[at..];
    let Some((few, more)) = marks.split_first_chunk::<TOGETHER>() else {
        return marks.iter().take(count).fold(0, |all, mark| all | mark);
    };
    let few = u128::from_le_bytes(*few) & u128::MAX >> (8 * (TOGETHER - count.clamp(1, TOGETHER)));
    #[allow(clippy::cast_possible_truncation, reason = "all bits are brought into the lowest byte")]
    let few = {
        let half = (few | few >> 64) as u64;
        let quarter = half | half >> 32;
        let eighth = quarter | quarter >> 16;
        (eighth | eighth >> 8) as u8
    };
    if count <= TOGETHER { few } else { more[..count - TOGETHER].iter().fold(few, |all, mark| all | mark) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_is_that_of_the_rows_asked_for() {
        for count in 1..60 {
            for marked in 0..count + 20 {
                let mut marks = vec![0_u8; count + 23];
                marks[marked + 3] = 4;
                assert_eq!(any(&marks, 3, count) == 4, marked < count, "{count} marks, {marked} is set");
            }
        }
        assert_eq!(any(&[0, 1, 2, 4], 1, 2), 3);
    }
}
