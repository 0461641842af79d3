//! Merges parts of one site into new parts, cut between visitors. Decides the order of rows and where to cut;
//! moving them is `gather`'s part. It knows nothing of files.

use std::{cmp::Reverse, collections::BinaryHeap, ops::Range};

use waymark_model::Identity;

use super::{ColumnsError, MemoryColumns, Part, PartBuilder, gather::gather};

/// How parts are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeOptions {
    /// A new part has at most so many rows, unless a single visitor has more …
    pub split_rows: usize,
    /// … and takes up about so many bytes of memory.
    pub split_bytes: usize,
    /// Whether event identifiers are kept. Those of imported events always are: a file may be imported again after
    /// years, and whoever is erased by then must not be known by them.
    pub event_ids: bool,
}

/// Why parts cannot be merged. Nothing is lost: the parts are as they were.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A column could not be read.
    #[error("cannot merge parts: {0}")]
    Columns(#[from] ColumnsError),
    /// The parts are of different months.
    #[error(
        "cannot merge parts that are {0} ms apart: a part holds at most one calendar month; nothing was changed"
    )]
    Span(u64),
    /// One visitor has more rows than a part can hold.
    #[error(
        "visitor {visitor:016x} has {rows} events in one month, which is more than a part can hold; nothing was changed"
    )]
    VisitorTooLarge {
        /// The visitor.
        visitor: u64,
        /// Its rows in all parts.
        rows: usize,
    },
}

/// The merged parts, one after another: see [`merge`].
#[derive(Debug)]
pub struct Merge {
    inputs: Vec<Input>,
    options: MergeOptions,
    /// The next visitor of each input that has one left.
    next: BinaryHeap<Reverse<(u64, usize)>>,
}

/// A part to be merged.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) columns: MemoryColumns,
    /// The identity of all rows, where they have no column for it.
    pub(super) identity: u8,
    /// The rows are bare.
    pub(super) bare: bool,
    run: usize,
}

/// Rows of an input that stay together.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) input: usize,
    pub(super) rows: Range<usize>,
}

/// Merges parts of one site, each within the same calendar month and all bare or none, into parts of about `split_rows` rows: all
/// rows of all parts, by `(visitor, time, seq)`, every visitor whole in one part, visitors ascending from part
/// to part. Memory in use is that of one new part (the inputs' columns are read where they lie, and let go after each part).
///
/// # Errors
/// When a column cannot be read or the parts are further apart than one part can hold.
pub fn merge(parts: &[Part], options: MergeOptions) -> Result<Merge, MergeError> {
    let earliest = parts.iter().map(|part| part.bounds.time.0).min().unwrap_or(0);
    let latest = parts.iter().map(|part| part.bounds.time.1).max().unwrap_or(0);
    let span = latest.abs_diff(earliest);
    if span >= PartBuilder::MAX_SPAN.unsigned_abs() {
        return Err(MergeError::Span(span));
    }
    let mut inputs = Vec::with_capacity(parts.len());
    for part in parts {
        let input = Input::from_part(part, options.event_ids)?;
        input.columns.let_go();
        inputs.push(input);
    }
    let rows = parts.iter().map(|part| part.bounds.rows as usize).sum();
    let text = inputs.iter().map(|input| input.columns.text_bytes()).sum();
    let options = MergeOptions { split_rows: rows_within(options, rows, text), ..options };
    let firsts = inputs.iter().map(|input| input.columns.runs.visitors.first());
    let next = (0..).zip(firsts).filter_map(|(at, first)| Some(Reverse((*first?, at)))).collect();
    Ok(Merge { inputs, options, next })
}

impl Iterator for Merge {
    type Item = Result<Part, MergeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let pieces = match self.plan() {
            Ok(pieces) => pieces,
            Err(error) => {
                self.next.clear();
                return Some(Err(error));
            }
        };
        let part = gather(&self.inputs, &pieces);
        self.inputs.iter().for_each(|input| input.columns.let_go());
        part.map(Ok)
    }
}

/// Bytes that a row of a part takes up besides its texts, roughly.
pub(crate) const ROW_BYTES: usize = 24;

/// Most rows of a part, where so many rows have texts of so many bytes together.
pub(crate) fn rows_within(options: MergeOptions, rows: usize, text: usize) -> usize {
    // Texts are there twice: where they are gathered, and where they are encoded.
    let bytes_of_row = ROW_BYTES + 2 * text / rows.max(1);
    options.split_rows.min(options.split_bytes / bytes_of_row).max(1)
}

impl Merge {
    /// The pieces of the next part, in order.
    fn plan(&mut self) -> Result<Vec<Piece>, MergeError> {
        let mut pieces = Pieces::default();
        let mut of_visitor = Vec::new();
        while let Some(&Reverse((visitor, _))) = self.next.peek() {
            while let Some(&Reverse((same, input))) = self.next.peek()
                && same == visitor
            {
                self.next.pop();
                of_visitor.push(self.inputs[input].piece(input));
            }
            let rows = of_visitor.iter().map(|piece: &Piece| piece.rows.len()).sum();
            if rows > PartBuilder::MAX_ROWS {
                return Err(MergeError::VisitorTooLarge { visitor, rows });
            }
            if pieces.rows > 0 && pieces.rows + rows > self.options.split_rows {
                self.next.extend(of_visitor.iter().map(|piece| Reverse((visitor, piece.input))));
                break;
            }
            for piece in &of_visitor {
                let input = &mut self.inputs[piece.input];
                input.run += 1;
                let following = input.columns.runs.visitors.get(input.run);
                self.next.extend(following.map(|&visitor| Reverse((visitor, piece.input))));
            }
            self.interleave(&mut of_visitor, &mut pieces);
        }
        Ok(pieces.all)
    }

    /// Puts one visitor's rows in order, mostly by putting whole pieces in order.
    fn interleave(&self, of_visitor: &mut Vec<Piece>, to: &mut Pieces) {
        let key = |input: usize, row: usize| {
            let columns = &self.inputs[input].columns;
            (columns.times.get(row), columns.seqs[row], input)
        };
        let first = |piece: &Piece| key(piece.input, piece.rows.start);
        let last = |piece: &Piece| key(piece.input, piece.rows.end - 1);
        of_visitor.sort_unstable_by_key(first);
        if of_visitor.windows(2).all(|pair| last(&pair[0]) < first(&pair[1])) {
            of_visitor.drain(..).for_each(|piece| to.push(piece));
            return;
        }
        let rows = of_visitor.drain(..).flat_map(|piece| piece.rows.map(move |row| (piece.input, row)));
        let mut rows: Vec<(usize, usize)> = rows.collect();
        rows.sort_by_cached_key(|&(input, row)| key(input, row));
        rows.into_iter().for_each(|(input, row)| to.push(Piece { input, rows: row..row + 1 }));
    }
}

impl Input {
    pub(super) fn from_part(part: &Part, event_ids: bool) -> Result<Self, ColumnsError> {
        let identity = part.bounds.identities.first().map_or(0, |&kind| kind as u8);
        let has_imported = part.bounds.identities.contains(&Identity::Imported) && !part.bounds.bare;
        let columns = MemoryColumns::from_part(part, event_ids || has_imported)?;
        let mut input = Self { columns, identity, bare: part.bounds.bare, run: 0 };
        if !event_ids && has_imported {
            input.keep_imported_ids();
        }
        Ok(input)
    }

    /// Drops the identifiers of events that were not imported.
    fn keep_imported_ids(&mut self) {
        let Some(identities) = &self.columns.identities else { return };
        let (rows, ids) = std::mem::take(&mut self.columns.event_ids);
        let is_imported = |row: u32| identities[row as usize] == Identity::Imported as u8;
        let kept = rows.iter().copied().zip(ids.iter().copied()).filter(|(row, _)| is_imported(*row));
        let (rows, ids): (Vec<u32>, Vec<u128>) = kept.unzip();
        self.columns.event_ids = (rows.into(), ids.into());
    }

    /// The rows of the visitor it stands at. Runs are never empty.
    fn piece(&self, input: usize) -> Piece {
        let starts = &self.columns.runs.starts;
        Piece { input, rows: starts[self.run] as usize..starts[self.run + 1] as usize }
    }
}

/// Pieces in order, adjoining ones made one.
#[derive(Default)]
struct Pieces {
    all: Vec<Piece>,
    rows: usize,
}

impl Pieces {
    fn push(&mut self, piece: Piece) {
        self.rows += piece.rows.len();
        match self.all.last_mut() {
            Some(last) if last.input == piece.input && last.rows.end == piece.rows.start => {
                last.rows.end = piece.rows.end;
            }
            _ => self.all.push(piece),
        }
    }
}

#[cfg(test)]
mod tests;
