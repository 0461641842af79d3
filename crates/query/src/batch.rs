//! Journeys of many visitors gathered together, of each only the rows that matter: what is read of rows that lie far
//! apart is read for all visitors at once, so that the memory's waits overlap.

use crate::{
    journey::{Journey, Piece, RowRef},
    marks::RELEVANT,
    pass::Pass,
};

/// Visitors, and rows, that make a batch worth visiting.
const MOST_VISITORS: usize = 1_024;
const MOST_ROWS: usize = 16 * 1_024;

/// Visitors waiting to be visited, whose rows all lie in the range and are not left out.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    waiting: Vec<Waiting>,
    pieces: Vec<Piece>,
    /// The rows of all, one visitor after another; the visitor at hand is in its range.
    journey: Journey,
}

/// A visitor, and where its rows and pieces end.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    visitor: u64,
    rows: usize,
    pieces: usize,
}

impl Batch {
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= MOST_VISITORS || self.journey.rows.len() >= MOST_ROWS
    }

    /// Puts the visitor's rows that matter in the queue, by the marks of the rows of all pieces.
    pub(crate) fn push(&mut self, visitor: u64, pieces: &[Piece], mut marks: &[u8]) {
        let rows = &mut self.journey.rows;
        let mut found = rows.len();
        for piece in pieces {
            let (of_piece, others) = marks.split_at((piece.end - piece.start) as usize);
            marks = others;
            rows.resize(found + of_piece.len(), RowRef::VIRTUAL);
            // Without a branch: whether a row matters cannot be foretold.
            for (row, mark) in (piece.start..).zip(of_piece) {
                rows[found] = RowRef { view: piece.view, row };
                found += usize::from(mark & RELEVANT != 0);
            }
        }
        rows.truncate(found);
        self.pieces.extend_from_slice(pieces);
        self.waiting.push(Waiting { visitor, rows: found, pieces: self.pieces.len() });
    }

    /// Hands out all journeys, in the order of their coming. Sessions are unknown.
    pub(crate) fn visit(&mut self, pass: &Pass, mut visit: impl FnMut(&Journey)) {
        self.journey.read(pass);
        let (mut row, mut piece) = (0, 0);
        for &Waiting { visitor, rows, pieces } in &self.waiting {
            self.journey.turn_to(pass, visitor, row..rows, &self.pieces[piece..pieces]);
            visit(&self.journey);
            (row, piece) = (rows, pieces);
        }
        self.waiting.clear();
        self.pieces.clear();
        self.journey.clear();
    }
}
