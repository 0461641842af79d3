//! The fast path: most visitors can be counted from the marks of their rows, without a visit. It must not know what folds
//! count.

use waymark_store::columns::RUN_HAS_VALUES;

use crate::{
    marks::{FIRST, MOST_FOLDS, Marks, VISIT},
    view::View,
};

/// Visitors counted without a visit, and how many of them match each fold's first bits.
#[derive(Debug, Default)]
pub(crate) struct FastPath {
    pub(crate) visitors: u64,
    pub(crate) rows: u64,
    pub(crate) first: [u64; MOST_FOLDS],
}

impl FastPath {
    /// Counts a visitor by its summary; returns whether it must be visited instead. There is no branch, because the
    /// processor cannot predict what visitors did.
    #[inline]
    pub(crate) fn count(&mut self, marks: &Marks, visitor: Summary, visit: bool) -> bool {
        let matters = visitor.has_values | (visitor.last > marks.over);
        let visit = visit | (visitor.mark & VISIT != 0) | ((visitor.mark >= FIRST) & matters);
        self.visitors += u64::from(!visit);
        self.rows += u64::from(visitor.rows) * u64::from(!visit);
        for (fold, first) in self.first.iter_mut().enumerate().take(marks.folds()) {
            *first += u64::from(!visit & (visitor.mark & (FIRST << fold) != 0));
        }
        visit
    }
}

/// What is known of a visitor without looking at single rows. All rows lie in the range, none is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// The marks of all rows.
    mark: u8,
    rows: u32,
    /// Time of the last row, or a later one that is not recent.
    last: i64,
    /// Some row has a value.
    has_values: bool,
}

impl Summary {
    /// The summary of no rows.
    pub(crate) const NOTHING: Self = Self { mark: 0, rows: 0, last: i64::MIN, has_values: false };

    /// Summarizes a run of a part; the marks of its rows stand from `at` on.
    #[inline(always)]
    pub(crate) fn new(view: &View, run: usize, marks: &[u8], at: usize) -> Self {
        let (start, end) = (view.runs.starts[run], view.runs.starts[run + 1]);
        Self {
            mark: any(marks, at, (end - start) as usize),
            rows: end - start,
            last: if view.is_recent { view.times.get(end as usize - 1) } else { view.bounds.time.1 },
            has_values: view.runs.flags[run] & RUN_HAS_VALUES != 0,
        }
    }

    /// Summarizes these rows and others of the same visitor.
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
