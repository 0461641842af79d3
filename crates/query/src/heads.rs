//! Where a walk stands in each part, and whose turn is next. It must not know what is asked of visitors.

use std::ops::RangeInclusive;

use waymark_model::event::NO_VISITOR;

use crate::{journey::Piece, pass::Pass, view::View};

/// Most visitors that come at a time.
pub(crate) const MOST_ALONE: usize = 1_024;

/// A position in the visitors of one part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) view: u32,
    pub(crate) at: usize,
    end: usize,
    /// How far the part's values and users were passed.
    values: usize,
    users: usize,
}

impl Head {
    /// The rows of the visitor at a position, which may not be before one asked for earlier.
    pub(crate) fn piece(&mut self, view: &View, at: usize) -> Piece {
        let runs = &view.runs;
        let (start, end, flags) = (runs.starts[at], runs.starts[at + 1], runs.flags[at]);
        let values = view.values_of(self.values, start, end, flags);
        let users = view.users_of(self.users, start, end);
        (self.values, self.users) = (values.end, users.end);
        Piece { view: self.view, start, end, flags, values, users }
    }
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    /// The visitors from where this head stands to this position, none of whom has rows in another part. None is
    /// [`NO_VISITOR`].
    Alone { head: usize, end: usize },
    /// This visitor, who may have rows in several parts.
    Together { visitor: u64 },
}

/// A walk's positions in all parts that have visitors of its range left.
#[derive(Debug)]
pub(crate) struct Heads {
    heads: Vec<Head>,
    /// The visitor that each head stands at.
    visitors: Vec<u64>,
}

impl Heads {
    /// The beginning of a range of visitors.
    pub(crate) fn new(pass: &Pass, range: &RangeInclusive<u64>) -> Self {
        let mut new = Self { heads: Vec::new(), visitors: Vec::new() };
        for (number, view) in (0..).zip(&pass.views) {
            let all = &view.runs.visitors;
            let at = all.partition_point(|visitor| visitor < range.start());
            let end = all.partition_point(|visitor| visitor <= range.end());
            if at < end {
                new.heads.push(Head { view: number, at, end, values: 0, users: 0 });
                new.visitors.push(all[at]);
            }
        }
        new
    }

    /// Whose turn is next, in the order of visitors; `None` at the end.
    pub(crate) fn next(&self, pass: &Pass) -> Option<Next> {
        let (mut lowest, mut second, mut head) = (*self.visitors.first()?, u64::MAX, 0);
        for (at, &visitor) in self.visitors.iter().enumerate().skip(1) {
            second = second.min(visitor.max(lowest));
            head = if visitor < lowest { at } else { head };
            lowest = lowest.min(visitor);
        }
        if lowest == second || lowest == NO_VISITOR {
            return Some(Next::Together { visitor: lowest });
        }
        let Head { view, at, end, .. } = self.heads[head];
        let end = end.min(at + MOST_ALONE);
        let end = at + count_below(&pass.views[view as usize].runs.visitors[at..end], second);
        Some(Next::Alone { head, end })
    }

    /// The head at a position that [`Heads::next`] gave.
    pub(crate) fn head(&mut self, at: usize) -> &mut Head {
        &mut self.heads[at]
    }

    /// The heads that stand at a visitor.
    pub(crate) fn at(&mut self, visitor: u64) -> impl Iterator<Item = &mut Head> {
        let here = self.visitors.iter().map(move |&at| at == visitor);
        self.heads.iter_mut().zip(here).filter_map(|(head, here)| here.then_some(head))
    }

    /// Moves on behind those whose turn it was.
    pub(crate) fn advance(&mut self, pass: &Pass, past: Next) {
        match past {
            Next::Alone { head, end } => self.set(pass, head, end),
            Next::Together { visitor } => {
                for head in (0..self.heads.len()).rev() {
                    if self.visitors[head] == visitor {
                        self.set(pass, head, self.heads[head].at + 1);
                    }
                }
            }
        }
    }

    fn set(&mut self, pass: &Pass, at: usize, position: usize) {
        let head = &mut self.heads[at];
        head.at = position;
        if position < head.end {
            self.visitors[at] = pass.views[head.view as usize].runs.visitors[position];
        } else {
            self.heads.remove(at);
            self.visitors.remove(at);
        }
    }
}

/// How many of these ascending visitors are below a bound, looked for in steps that double: few are found soon.
fn count_below(visitors: &[u64], bound: u64) -> usize {
    if visitors.last().is_none_or(|&last| last < bound) {
        return visitors.len();
    }
    let mut step = 1;
    while step < visitors.len() && visitors[step] < bound {
        step *= 2;
    }
    let low = step / 2;
    low + visitors[low..step.min(visitors.len())].partition_point(|&visitor| visitor < bound)
}
