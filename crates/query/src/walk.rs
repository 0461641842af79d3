//! Walks the visitors of a range in order, meeting each one's rows in all parts at once.

use std::ops::RangeInclusive;

use waymark_model::event::NO_VISITOR;
use waymark_store::columns::RUN_HAS_VALUES;

use crate::{
    engine::Cancel,
    fold::{Compiled, Glance, Integrity, State},
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
    values: u32,
    users: u32,
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
    let mut pieces = Vec::new();
    let mut visited = 0_u64;
    while let Some(visitor) = next(pass, &mut heads, &mut pieces) {
        visited += 1;
        if visited.is_multiple_of(CANCEL_EVERY) && cancel.is_cancelled() {
            return false;
        }
        if pass.may_glance
            && visitor != NO_VISITOR
            && let Some(glance) = glance(pass, &pieces)
            && folds.iter().all(|fold| fold.can_settle(&glance))
        {
            integrity.rows += u64::from(glance.rows);
            integrity.visitors += 1;
            folds.iter().zip(states.iter_mut()).for_each(|(fold, state)| fold.settle(state, &glance));
            continue;
        }
        let gathered = journey.gather(pass, visitor, &pieces);
        integrity.rows += gathered.rows;
        integrity.left_out += gathered.left_out;
        integrity.out_of_order += gathered.out_of_order;
        if !journey.range.is_empty() {
            integrity.visitors += u64::from(visitor != NO_VISITOR);
            folds.iter().zip(states.iter_mut()).for_each(|(fold, state)| fold.visit(state, pass, &journey));
        }
    }
    true
}

fn heads(pass: &Pass, visitors: &RangeInclusive<u64>) -> Vec<Head> {
    let head = |(number, view_of): (usize, &View)| {
        let all = &view_of.runs.visitors;
        let at = all.partition_point(|visitor| visitor < visitors.start());
        let end = all.partition_point(|visitor| visitor <= visitors.end());
        #[allow(clippy::cast_possible_truncation, reason = "there are far fewer than 2^32 parts")]
        let view = number as u32;
        let first = *view_of.runs.starts.get(at)?;
        let (values, users) = view_of.passed(first);
        (at < end).then(|| Head { view, at, end, visitor: all[at], values, users })
    };
    pass.views.iter().enumerate().filter_map(head).collect()
}

/// The next visitor, and where its rows lie.
#[inline]
fn next(pass: &Pass, heads: &mut Vec<Head>, pieces: &mut Vec<Piece>) -> Option<u64> {
    let visitor = heads.iter().map(|head| head.visitor).min()?;
    pieces.clear();
    let mut ended = false;
    for head in heads.iter_mut().filter(|head| head.visitor == visitor) {
        let view = &pass.views[head.view as usize];
        let runs = &view.runs;
        let (start, end) = (runs.starts[head.at], runs.starts[head.at + 1]);
        let (values, users) = (head.values, head.users);
        (head.values, head.users) = view.pass(values, users, end);
        pieces.push(Piece {
            view: head.view,
            start,
            end,
            flags: runs.flags[head.at],
            values: (values, head.values),
            users: (users, head.users),
        });
        head.at += 1;
        if head.at < head.end {
            head.visitor = runs.visitors[head.at];
        } else {
            ended = true;
        }
    }
    if ended {
        heads.retain(|head| head.at < head.end);
    }
    Some(visitor)
}

/// What can be said of a visitor without gathering the journey; `None` when it must be gathered: some rows are
/// tagged, or lie outside the range.
#[inline]
fn glance(pass: &Pass, pieces: &[Piece]) -> Option<Glance> {
    let mut glance = Glance { hits: 0, rows: 0, last: i64::MIN, has_values: false };
    for piece in pieces {
        let view = &pass.views[piece.view as usize];
        if !view.is_inside || pass.leaves_out(piece.flags) {
            return None;
        }
        let (start, end) = (piece.start as usize, piece.end as usize);
        glance.hits |= view.any_match(start, end);
        glance.rows += piece.end - piece.start;
        glance.last = glance.last.max(view.times.get(end - 1));
        glance.has_values |= piece.flags & RUN_HAS_VALUES != 0;
    }
    Some(glance)
}
