//! Feeds the visitors of a range to the folds: most by the fast path, the others by a visit.

use std::ops::{Range, RangeInclusive};

use smallvec::SmallVec;
use waymark_model::event::NO_VISITOR;

use crate::{
    batch::Batch,
    fast_path::{self, FastPath, Summary},
    fold::{Compiled, Integrity, State},
    folds::Scratch,
    heads::{Head, Heads, MOST_ALONE, Next},
    journey::{Gathered, Journey, Piece},
    pass::Pass,
    view::View,
};

/// Feeds the visitors of a range to the folds, until the query is cancelled.
pub(crate) fn walk(
    pass: &Pass,
    folds: &[Compiled],
    states: &mut [State],
    integrity: &mut Integrity,
    visitors: RangeInclusive<u64>,
) {
    let mut heads = Heads::new(pass, &visitors);
    let mut walk = Walk {
        pass,
        folds,
        states,
        integrity,
        journey: Journey::default(),
        scratch: Scratch::default(),
        batch: Batch::default(),
        marks: Vec::new(),
        fast_path: FastPath::default(),
        to_visit: Vec::new(),
    };
    while let Some(next) = heads.next(pass) {
        match next {
            Next::Alone { head, end } => walk.alone(heads.head(head), end),
            Next::Together { visitor } => walk.together(&mut heads, visitor),
        }
        heads.advance(pass, next);
        if walk.batch.is_full() {
            walk.visit_batch();
        }
        if pass.stops() {
            return;
        }
    }
    walk.finish();
}

struct Walk<'a> {
    pass: &'a Pass,
    folds: &'a [Compiled],
    states: &'a mut [State],
    integrity: &'a mut Integrity,
    journey: Journey,
    scratch: Scratch,
    /// Visitors to be visited of whom only the rows that matter are gathered.
    batch: Batch,
    /// The marks of the rows at hand.
    marks: Vec<u8>,
    fast_path: FastPath,
    /// Positions of visitors that the fast path leaves to a visit.
    to_visit: Vec<usize>,
}

impl Walk<'_> {
    /// Visitors whose rows lie in one part.
    fn alone(&mut self, head: &mut Head, end: usize) {
        let pass = self.pass;
        let view = &pass.views[head.view as usize];
        let first = head.at;
        let Some(marks) = pass.marks.as_ref().filter(|_| view.is_inside) else {
            for at in first..end {
                if pass.stops() {
                    return;
                }
                let piece = head.piece(view, at);
                self.visit(view.runs.visitors[at], &[piece]);
            }
            return;
        };
        let starts = &view.runs.starts;
        let base = starts[first] as usize;
        self.marks.clear();
        view.mark(base..starts[end] as usize, marks, &mut self.marks);
        fast_path::pad(&mut self.marks);
        self.to_visit.resize(MOST_ALONE, 0);
        let mut count = 0;
        for at in first..end {
            let summary = Summary::new(view, at, &self.marks, starts[at] as usize - base);
            let visit = self.fast_path.count(marks, summary, pass.leaves_out(view.runs.flags[at]));
            self.to_visit[count] = at;
            count += usize::from(visit);
        }
        for at in 0..count {
            if pass.stops() {
                return;
            }
            let at = self.to_visit[at];
            let piece = head.piece(view, at);
            if pass.leaves_out(piece.flags) {
                self.tagged(view, view.runs.visitors[at], &[piece]);
            } else {
                let marks = starts[at] as usize - base..starts[at + 1] as usize - base;
                self.wait(view.runs.visitors[at], &[piece], marks);
            }
        }
    }

    /// A visitor whose rows may lie in several parts.
    fn together(&mut self, heads: &mut Heads, visitor: u64) {
        let pass = self.pass;
        let mut pieces = SmallVec::<[Piece; 4]>::new();
        let mut joined =
            pass.marks.as_ref().filter(|_| visitor != NO_VISITOR).map(|marks| (marks, Summary::NOTHING));
        self.marks.clear();
        for head in heads.at(visitor) {
            let view = &pass.views[head.view as usize];
            let piece = head.piece(view, head.at);
            joined =
                joined.filter(|_| view.is_inside && !pass.leaves_out(piece.flags)).map(|(marks, joined)| {
                    let start = self.marks.len();
                    view.mark(piece.start as usize..piece.end as usize, marks, &mut self.marks);
                    (marks, joined.join(Summary::new(view, head.at, &self.marks, start)))
                });
            pieces.push(piece);
        }
        match joined {
            None => self.visit(visitor, &pieces),
            Some((marks, summary)) => {
                if self.fast_path.count(marks, summary, false) {
                    self.wait(visitor, &pieces, 0..self.marks.len());
                }
            }
        }
    }

    /// Puts a visitor, given the marks of its rows, where it will be visited; all of them lie in the range, and none is
    /// left out.
    fn wait(&mut self, visitor: u64, pieces: &[Piece], marks: Range<usize>) {
        if self.pass.relevant.is_none() {
            return self.visit(visitor, pieces);
        }
        self.integrity.rows += marks.len() as u64;
        self.integrity.visitors += 1;
        self.batch.push(visitor, pieces, &self.marks[marks]);
    }

    fn finish(mut self) {
        self.visit_batch();
        self.integrity.visitors += self.fast_path.visitors;
        self.integrity.rows += self.fast_path.rows;
        let folds = self.folds.iter().zip(self.states.iter_mut());
        for ((fold, state), first) in folds.zip(self.fast_path.first) {
            fold.count_unvisited(state, self.fast_path.visitors, first);
        }
    }

    fn visit_batch(&mut self) {
        let Self { pass, folds, states, scratch, batch, .. } = self;
        batch.visit(pass, |journey| {
            folds
                .iter()
                .zip(states.iter_mut())
                .for_each(|(fold, state)| fold.visit(state, pass, journey, scratch));
        });
    }

    /// A visitor some of whose rows, mostly all, are left out; all lie in the range.
    fn tagged(&mut self, view: &View, visitor: u64, pieces: &[Piece; 1]) {
        let rows = pieces[0].start as usize..pieces[0].end as usize;
        if view.are_tagged(rows.clone()) {
            self.integrity.rows += rows.len() as u64;
            self.integrity.left_out += rows.len() as u64;
        } else {
            self.visit(visitor, pieces);
        }
    }

    /// Visits a visitor with all its rows.
    fn visit(&mut self, visitor: u64, pieces: &[Piece]) {
        let Self { pass, folds, states, scratch, journey, integrity, .. } = self;
        let Gathered { rows, left_out, out_of_order } = journey.gather(pass, visitor, pieces);
        integrity.rows += rows;
        integrity.left_out += left_out;
        integrity.out_of_order += out_of_order;
        if !journey.range.is_empty() {
            integrity.visitors += u64::from(visitor != NO_VISITOR);
            folds
                .iter()
                .zip(states.iter_mut())
                .for_each(|(fold, state)| fold.visit(state, pass, journey, scratch));
        }
    }
}
