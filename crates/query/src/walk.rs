//! Walks the visitors of a range in order, meeting each one's rows in all parts at once.

use std::ops::RangeInclusive;

use waymark_model::event::NO_VISITOR;
use waymark_store::columns::RUN_HAS_VALUES;

use crate::{
    engine::Cancel,
    fold::{Compiled, Glance, Integrity, State},
    folds::Scratch,
    journey::{Journey, Piece},
    plan::Pass,
    view::View,
};

/// Visitors between two looks at whether the query was cancelled.
const CANCEL_EVERY: u64 = 4_096;

/// A position in the visitors of one part.
#[derive(Clone, Copy, Debug)]
struct Head {
    view: u32,
    at: usize,
    end: usize,
    visitor: u64,
    /// How far the part's values and users were passed.
    values: usize,
    users: usize,
}

impl Head {
    /// The rows of the visitor at this position.
    #[inline]
    fn rows(&self, view: &View) -> (u32, u32) {
        (view.runs.starts[self.at], view.runs.starts[self.at + 1])
    }

    /// The piece of the visitor at this position.
    fn piece(&mut self, view: &View) -> Piece {
        let (start, end) = self.rows(view);
        let values = view.values_of(self.values, start, end);
        let users = view.users_of(self.users, start, end);
        (self.values, self.users) = (values.end, users.end);
        Piece { view: self.view, start, end, flags: view.runs.flags[self.at], values, users }
    }
}

/// Feeds the visitors of a range to the folds; returns false when it was cancelled.
pub(crate) fn walk(
    pass: &Pass,
    folds: &[Compiled],
    states: &mut [State],
    integrity: &mut Integrity,
    visitors: RangeInclusive<u64>,
    cancel: &Cancel,
) -> bool {
    let mut heads = heads(pass, &visitors);
    let mut journey = Journey::default();
    let mut scratch = Scratch::default();
    let mut pieces = Vec::new();
    let mut visited = 0_u64;
    while let Some(visitor) = heads.iter().map(|head| head.visitor).min() {
        visited += 1;
        if visited.is_multiple_of(CANCEL_EVERY) && cancel.is_cancelled() {
            return false;
        }
        let glance = glance(pass, &heads, visitor);
        if let Some(glance) = glance
            && folds.iter().all(|fold| fold.can_settle(&glance))
        {
            integrity.rows += u64::from(glance.rows);
            integrity.visitors += 1;
            folds.iter().zip(states.iter_mut()).for_each(|(fold, state)| fold.settle(state, &glance));
            advance(pass, &mut heads, visitor);
            continue;
        }
        pieces.clear();
        let here = heads.iter_mut().filter(|head| head.visitor == visitor);
        pieces.extend(here.map(|head| head.piece(&pass.views[head.view as usize])));
        advance(pass, &mut heads, visitor);
        let only = pass.relevant.filter(|_| glance.is_some());
        let gathered = journey.gather(pass, visitor, &pieces, only);
        integrity.rows += gathered.rows;
        integrity.left_out += gathered.left_out;
        integrity.out_of_order += gathered.out_of_order;
        if !journey.range.is_empty() || only.is_some() {
            integrity.visitors += u64::from(visitor != NO_VISITOR);
            folds
                .iter()
                .zip(states.iter_mut())
                .for_each(|(fold, state)| fold.visit(state, pass, &journey, &mut scratch));
        }
    }
    true
}

fn heads(pass: &Pass, visitors: &RangeInclusive<u64>) -> Vec<Head> {
    let head = |(number, view): (usize, &View)| {
        let all = &view.runs.visitors;
        let at = all.partition_point(|visitor| visitor < visitors.start());
        let end = all.partition_point(|visitor| visitor <= visitors.end());
        #[allow(clippy::cast_possible_truncation, reason = "there are far fewer than 2^32 parts")]
        let number = number as u32;
        (at < end).then(|| Head { view: number, at, end, visitor: all[at], values: 0, users: 0 })
    };
    pass.views.iter().enumerate().filter_map(head).collect()
}

/// Moves all heads that stand on the visitor to the next one.
#[inline]
fn advance(pass: &Pass, heads: &mut Vec<Head>, visitor: u64) {
    let mut ended = false;
    for head in heads.iter_mut().filter(|head| head.visitor == visitor) {
        head.at += 1;
        if head.at < head.end {
            head.visitor = pass.views[head.view as usize].runs.visitors[head.at];
        } else {
            ended = true;
        }
    }
    if ended {
        heads.retain(|head| head.at < head.end);
    }
}

/// What can be said of a visitor without gathering the journey; `None` when it must be gathered: some rows are
/// tagged, or lie outside the range.
#[inline]
fn glance(pass: &Pass, heads: &[Head], visitor: u64) -> Option<Glance> {
    if !pass.may_glance || visitor == NO_VISITOR {
        return None;
    }
    let mut glance = Glance { hits: 0, rows: 0, last: i64::MIN, has_values: false };
    for head in heads.iter().filter(|head| head.visitor == visitor) {
        let view = &pass.views[head.view as usize];
        let flags = view.runs.flags[head.at];
        if !view.is_inside || pass.leaves_out(flags) {
            return None;
        }
        let (start, end) = head.rows(view);
        glance.hits |= view.any_match(start as usize, end as usize);
        glance.rows += end - start;
        let last = if view.is_recent { view.times.get(end as usize - 1) } else { view.bounds.time.1 };
        glance.last = glance.last.max(last);
        glance.has_values |= flags & RUN_HAS_VALUES != 0;
    }
    Some(glance)
}
