//! One visitor's events in order, gathered from the parts they lie in.

use std::ops::Range;

use waymark_model::{Selects, Touch, event::NO_VISITOR};

use crate::{
    engagement::{self, VirtualEvent},
    pass::Pass,
    sessions,
    view::{Refund, View, Worth},
};

/// The rows of one visitor in one part.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) view: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// What the rows have: `RUN_HAS_TAGS`, `RUN_HAS_VALUES`.
    pub(crate) flags: u8,
    /// Where the rows' values stand among the part's, if the pass reads values.
    pub(crate) values: Range<usize>,
    /// The same for users.
    pub(crate) users: Range<usize>,
}

/// Rows of a piece that are gathered before a query looks whether it was cancelled.
const ROWS_AT_ONCE: u32 = 1 << 16;

impl Piece {
    /// The same rows in pieces that are not too long.
    fn chunks(&self) -> impl Iterator<Item = Self> + use<'_> {
        let starts = (self.start..self.end).step_by(ROWS_AT_ONCE as usize);
        starts.map(|start| {
            let end = self.end.min(start.saturating_add(ROWS_AT_ONCE));
            Self { start, end, ..self.clone() }
        })
    }
}

/// Where a row of a journey lies; virtual events lie nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowRef {
    pub(crate) view: u32,
    pub(crate) row: u32,
}

impl RowRef {
    /// Nowhere yet.
    pub(crate) const VIRTUAL: Self = Self::of_threshold(u32::MAX);

    /// The virtual event that a threshold makes.
    pub(crate) const fn of_threshold(number: u32) -> Self {
        Self { view: u32::MAX, row: number }
    }

    pub(crate) const fn is_virtual(self) -> bool {
        self.view == u32::MAX
    }
}

/// A journey: parallel lists in the order of `(time, seq)`, and the part of them that lies in the range.
#[derive(Debug, Default)]
pub(crate) struct Journey {
    pub(crate) visitor: u64,
    pub(crate) times: Vec<i64>,
    /// The predicates each row matches, as bits, counting rules aside.
    pub(crate) hits: Vec<u64>,
    pub(crate) rows: Vec<RowRef>,
    /// The session of each row, counted from 0 over the whole journey.
    pub(crate) sessions: Vec<u32>,
    /// The rows in the range.
    pub(crate) range: Range<usize>,
    /// Which sessions the population lets in, when it does not let in all.
    session_in: Option<Vec<bool>>,
    /// In the order of their views.
    pieces: Vec<Piece>,
    scratch: Vec<(i64, u64, RowRef)>,
}

/// What gathering left out or found wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) rows: u64,
    pub(crate) left_out: u64,
    pub(crate) out_of_order: u64,
}

impl Journey {
    /// Gathers a visitor's rows; afterwards `range` is empty when the visitor is not to be visited.
    pub(crate) fn gather(&mut self, pass: &Pass, visitor: u64, pieces: &[Piece]) -> Gathered {
        self.clear();
        self.visitor = visitor;
        self.pieces.extend_from_slice(pieces);
        let gathered = self.collect(pass, pieces);
        sessions::find(&self.times, pass.scope.session_gap_ms, &mut self.sessions);
        self.engage(pass);
        self.range = self.rows_in_range(pass, pieces);
        self.select(pass);
        gathered
    }

    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.hits.clear();
        self.rows.clear();
        self.sessions.clear();
        self.session_in = None;
        self.pieces.clear();
    }

    /// Reads what is known of `rows`, which may be of several visitors and lack those that do not matter. Their sessions
    /// are unknown.
    pub(crate) fn read(&mut self, pass: &Pass) {
        let Self { rows, times, hits, .. } = self;
        let view = |at: &RowRef| &pass.views[at.view as usize];
        hits.extend(rows.iter().map(|at| view(at).matches(at.row as usize)));
        times.extend(rows.iter().map(|at| view(at).times.get(at.row as usize)));
        self.sessions.resize(rows.len(), 0);
    }

    /// Makes the journey that of one visitor among those read.
    pub(crate) fn turn_to(&mut self, pass: &Pass, visitor: u64, rows: Range<usize>, pieces: &[Piece]) {
        self.visitor = visitor;
        self.pieces.clear();
        self.pieces.extend_from_slice(pieces);
        if pieces.len() > 1 {
            self.sort(pass, rows.clone());
        }
        self.range = rows;
    }

    fn collect(&mut self, pass: &Pass, pieces: &[Piece]) -> Gathered {
        let mut gathered = Gathered::default();
        for piece in pieces.iter().flat_map(Piece::chunks).take_while(|_| !pass.stops()) {
            let view = &pass.views[piece.view as usize];
            let (start, end) = (piece.start as usize, piece.end as usize);
            let offsets = &view.times.offsets[start..end];
            gathered.rows += offsets.len() as u64;
            gathered.out_of_order += u64::from(!offsets.is_sorted());
            let Some(tags) = view.tags.as_ref().filter(|_| pass.leaves_out(piece.flags)) else {
                let base = view.times.base;
                self.times.extend(offsets.iter().map(|&offset| base + i64::from(offset)));
                view.match_all(start..end, &mut self.hits);
                self.rows.extend((piece.start..piece.end).map(|row| RowRef { view: piece.view, row }));
                continue;
            };
            for (row, &offset) in (piece.start..piece.end).zip(offsets) {
                let time = view.times.base + i64::from(offset);
                if tags[row as usize] != 0 {
                    gathered.left_out += u64::from(pass.scope.range.contains(time));
                    continue;
                }
                self.times.push(time);
                self.hits.push(view.matches(row as usize));
                self.rows.push(RowRef { view: piece.view, row });
            }
        }
        if pieces.len() > 1 {
            self.sort(pass, 0..self.times.len());
        }
        gathered
    }

    /// Puts a visitor's rows from several parts in the order of `(time, seq)`.
    fn sort(&mut self, pass: &Pass, rows: Range<usize>) {
        if self.times[rows.clone()].is_sorted_by(|a, b| a < b) {
            return;
        }
        let mut keyed = std::mem::take(&mut self.scratch);
        keyed.clear();
        keyed.extend(rows.clone().map(|row| {
            let at = self.rows[row];
            let seqs = &pass.views[at.view as usize].seqs;
            (self.times[row], seqs.get(at.row as usize).copied().unwrap_or(0), at)
        }));
        keyed.sort_by_key(|&(time, seq, _)| (time, seq));
        for (to, &(time, _, at)) in rows.zip(&keyed) {
            self.times[to] = time;
            self.rows[to] = at;
            self.hits[to] = pass.views[at.view as usize].matches(at.row as usize);
        }
        self.scratch = keyed;
    }

    /// The rows in the range, of those in these pieces.
    fn rows_in_range(&self, pass: &Pass, pieces: &[Piece]) -> Range<usize> {
        let is_inside = |piece: &Piece| pass.views[piece.view as usize].is_inside;
        if pass.thresholds.is_empty() && pieces.iter().all(is_inside) {
            return 0..self.times.len();
        }
        let range = pass.scope.range;
        let first = self.times.partition_point(|&time| time < range.start);
        let last = self.times.partition_point(|&time| time < range.end);
        first..last.max(first)
    }

    /// Adds the virtual events of the visitor's sessions.
    fn engage(&mut self, pass: &Pass) {
        if !pass.thresholds.is_empty() && self.visitor != NO_VISITOR {
            let events = engagement::virtual_events(pass, &self.times, &self.hits, &self.sessions);
            self.insert_virtual(&events);
        }
    }

    /// Puts virtual events behind their rows, in the order given, which is that of the rows.
    fn insert_virtual(&mut self, events: &[VirtualEvent]) {
        let mut from = self.times.len();
        let all = from + events.len();
        self.times.resize(all, 0);
        self.hits.resize(all, 0);
        self.rows.resize(all, RowRef::VIRTUAL);
        self.sessions.resize(all, 0);
        // From the last one: each row moves once, behind all that were not moved yet.
        for (before, event) in events.iter().enumerate().rev() {
            let (start, to) = (event.after + 1, event.after + 1 + before);
            self.times.copy_within(start..from, to + 1);
            self.hits.copy_within(start..from, to + 1);
            self.rows.copy_within(start..from, to + 1);
            self.sessions.copy_within(start..from, to + 1);
            self.times[to] = event.time;
            self.hits[to] = event.hits;
            self.rows[to] = RowRef::of_threshold(event.threshold);
            self.sessions[to] = self.sessions[event.after];
            from = start;
        }
    }

    /// Lets the population's filter decide: all, some sessions, or nothing of the journey.
    fn select(&mut self, pass: &Pass) {
        let Some(bit) = pass.filter else { return };
        if self.visitor == NO_VISITOR {
            self.range.end = self.range.start;
            return;
        }
        let touch = pass.scope.population.touch;
        match pass.scope.population.selects {
            Selects::Visitors => {
                if !self.decides(self.range.clone(), touch, bit) {
                    self.range.end = self.range.start;
                }
            }
            Selects::Sessions => {
                let count = self.sessions.last().map_or(0, |&last| last as usize + 1);
                let mut chosen = vec![false; count];
                for session in self.sessions_in(self.range.clone()) {
                    let number = self.sessions[session.start] as usize;
                    chosen[number] = self.decides(session, touch, bit);
                }
                if !chosen.contains(&true) {
                    self.range.end = self.range.start;
                }
                self.session_in = Some(chosen);
            }
        }
    }

    fn decides(&self, mut rows: Range<usize>, touch: Touch, bit: u64) -> bool {
        let real = |&row: &usize| !self.rows[row].is_virtual();
        let deciding = match touch {
            Touch::First => rows.find(real),
            Touch::Last => rows.rfind(real),
        };
        deciding.is_some_and(|row| self.hits[row] & bit != 0)
    }

    /// The sessions among these rows, as ranges of rows.
    pub(crate) fn sessions_in(&self, rows: Range<usize>) -> Vec<Range<usize>> {
        sessions::ranges(&self.sessions, rows)
    }

    /// Whether the row's session is in the population.
    #[inline]
    pub(crate) fn is_in(&self, row: usize) -> bool {
        self.session_in.as_ref().is_none_or(|chosen| chosen[self.sessions[row] as usize])
    }

    /// Whether some row may have a user.
    pub(crate) fn has_users(&self) -> bool {
        self.pieces.iter().any(|piece| !piece.users.is_empty())
    }

    pub(crate) fn is_virtual(&self, row: usize) -> bool {
        self.rows[row].is_virtual()
    }

    /// The number of the threshold that made the row, if it is a virtual event.
    pub(crate) fn threshold(&self, row: usize) -> Option<u32> {
        let at = self.rows[row];
        at.is_virtual().then_some(at.row)
    }

    /// The predicates of a further set that the row matches, as bits.
    pub(crate) fn matches_of(&self, pass: &Pass, set: usize, row: usize) -> u64 {
        let at = self.rows[row];
        self.view(pass, at).map_or(0, |view| view.matches_of(set, at.row as usize))
    }

    /// What the row, a refund, takes back from an account, by currency.
    pub(crate) fn refunded<'a>(
        &self,
        pass: &'a Pass,
        row: usize,
        account: u32,
    ) -> impl Iterator<Item = Refund> + use<'a> {
        let at = self.rows[row];
        self.view(pass, at).into_iter().flat_map(move |view| view.refunded(at.row, account))
    }

    /// Whether the row, a refund, has no order.
    pub(crate) fn is_orphan(&self, pass: &Pass, row: usize) -> bool {
        let at = self.rows[row];
        self.view(pass, at).is_some_and(|view| view.is_orphan(at.row))
    }

    /// The bits that counting rules across visitors take from a row.
    pub(crate) fn duplicates(&self, pass: &Pass, row: usize) -> u64 {
        let at = self.rows[row];
        self.view(pass, at).map_or(0, |view| view.duplicates(at.row, self.hits[row]))
    }

    pub(crate) fn value(&self, pass: &Pass, row: usize) -> Option<i64> {
        let at = self.rows[row];
        let piece = self.piece(at).filter(|piece| !piece.values.is_empty())?;
        self.view(pass, at)?.value_among(at.row, &piece.values)
    }

    /// The row's own value, with the currency read from a slot.
    pub(crate) fn worth(&self, pass: &Pass, row: usize, currency: usize) -> Option<Worth> {
        let minor = self.value(pass, row)?;
        let at = self.rows[row];
        self.view(pass, at).map(|view| view.worth(at.row, minor, currency))
    }

    /// The value that another event of its order key tells of the row, for a bit.
    pub(crate) fn joined(&self, pass: &Pass, row: usize, bit: u64) -> Option<Worth> {
        let at = self.rows[row];
        self.view(pass, at).and_then(|view| view.joined(at.row, bit))
    }

    pub(crate) fn key(&self, pass: &Pass, row: usize) -> Option<u64> {
        let at = self.rows[row];
        self.view(pass, at).and_then(|view| view.key(at.row))
    }

    /// The row's place in the order of arrival, if the pass reads it.
    pub(crate) fn seq(&self, pass: &Pass, row: usize) -> u64 {
        let at = self.rows[row];
        self.view(pass, at).and_then(|view| view.seqs.get(at.row as usize)).copied().unwrap_or(0)
    }

    /// Why the row is left out unless asked for; 0 for an ordinary one.
    pub(crate) fn tag(&self, pass: &Pass, row: usize) -> u8 {
        let at = self.rows[row];
        self.view(pass, at).map_or(0, |view| view.tag(at.row))
    }

    pub(crate) fn user(&self, pass: &Pass, row: usize) -> Option<u64> {
        let at = self.rows[row];
        let piece = self.piece(at).filter(|piece| !piece.users.is_empty())?;
        self.view(pass, at)?.user_among(at.row, &piece.users)
    }

    fn piece(&self, at: RowRef) -> Option<&Piece> {
        let found = self.pieces.binary_search_by_key(&at.view, |piece| piece.view).ok()?;
        self.pieces.get(found)
    }

    /// The number of the row's value in a dimension that the pass reads; 0 is none.
    pub(crate) fn dimension(&self, pass: &Pass, slot: usize, row: usize) -> u32 {
        let at = self.rows[row];
        self.view(pass, at).map_or(0, |view| view.dimension(slot, at.row as usize))
    }

    /// The text of the row's value in a dimension that the pass reads.
    pub(crate) fn text<'a>(&self, pass: &'a Pass, slot: usize, row: usize) -> Option<&'a str> {
        pass.values.text(slot, self.dimension(pass, slot, row))
    }

    pub(crate) fn is_reserved(&self, pass: &Pass, row: usize) -> bool {
        let at = self.rows[row];
        self.view(pass, at).is_none_or(|view| view.is_reserved(at.row as usize))
    }

    fn view<'a>(&self, pass: &'a Pass, at: RowRef) -> Option<&'a View> {
        pass.views.get(at.view as usize)
    }
}
