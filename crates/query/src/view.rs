//! A part as a pass sees it: the columns the pass needs, and its predicates evaluated once for each distinct value.

use std::{ops::Range, sync::Arc};

use waymark_model::{
    Dimension, TextColumn,
    event::{NO_VISITOR, RESERVED_PREFIX},
    normal::condition,
};
use waymark_store::columns::{
    Bounds, Buffer, CodeBuilder, Codes, ColumnName, ColumnsError, NumberColumn, Numbers, Part,
    RUN_HAS_VALUES, Runs, TextCodes, Times,
};

use crate::{
    cancel::Cancel,
    hits::{HitSet, RowNumbers},
    marks::Marks,
    own_names::{self, Texts},
    predicates::Predicates,
};

/// What else, beside predicates, a pass reads of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// Dimensions read as values (breakdowns, held properties, currencies), by slot.
    pub(crate) dimensions: Vec<Dimension>,
    /// Values in minor units.
    pub(crate) values: bool,
    /// Which values are verified.
    pub(crate) verified: bool,
    /// Order keys.
    pub(crate) keys: bool,
    /// Users.
    pub(crate) users: bool,
    /// Whether the event's name is reserved.
    pub(crate) reserved: bool,
    /// Every row's place in the order of arrival.
    pub(crate) seqs: bool,
}

/// Distinct values of the dimensions that are read, the same number for the same text in all parts; 0 is none.
#[derive(Debug)]
pub(crate) struct Values {
    texts: Vec<CodeBuilder>,
    cancel: Cancel,
}

impl Values {
    pub(crate) fn new(slots: usize, cancel: Cancel) -> Self {
        Self { texts: std::iter::repeat_with(CodeBuilder::default).take(slots).collect(), cancel }
    }

    /// The text behind a number; `None` for none.
    pub(crate) fn text(&self, slot: usize, number: u32) -> Option<&str> {
        self.texts[slot].text(number)
    }

    /// The number of a text, new or known.
    pub(crate) fn number(&mut self, slot: usize, text: &str) -> u32 {
        self.texts[slot].code(text)
    }

    /// Numbers the values of a column; several spellings of one page or host are one value, as people read it.
    fn column(&mut self, slot: usize, of: &Dimension, text: Option<TextCodes>) -> ValueColumn {
        text.map_or(ValueColumn(None), |TextCodes { codes, dictionary }| {
            self.texts[slot].reserve(dictionary.texts().len());
            let cancel = self.cancel.clone();
            // What a cancelled query has found is thrown away.
            let texts = dictionary.texts().iter().take_while(|_| !cancel.is_cancelled());
            let numbers = texts.map(|text| self.number(slot, &condition::shown_in(of, text))).collect();
            ValueColumn(Some((codes, numbers)))
        })
    }
}

/// The values of one dimension in one part.
#[derive(Debug)]
struct ValueColumn(Option<(Codes, Vec<u32>)>);

/// A value in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Worth {
    pub(crate) minor: i64,
    /// The number of its currency among the pass's values; 0 is none.
    pub(crate) currency: u32,
    pub(crate) is_verified: bool,
}

/// What a refund takes back in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refund {
    /// The number of the currency among the pass's values; 0 is none.
    pub(crate) currency: u32,
    /// Minor units, never negative.
    pub(crate) amount: i128,
}

/// A part with what a pass needs of it.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) bounds: Arc<Bounds>,
    /// All rows lie in the range of the query.
    pub(crate) is_inside: bool,
    /// Some rows are so near the end of the range that chains may still be open.
    pub(crate) is_recent: bool,
    pub(crate) runs: Runs,
    /// How many rows, the first ones, are of no visitor.
    anonymous: u32,
    pub(crate) times: Times,
    pub(crate) seqs: Buffer<u64>,
    pub(crate) tags: Option<Buffer<u8>>,
    hits: HitSet,
    /// Further sets of predicates, which only some rows are asked for.
    sets: Vec<HitSet>,
    /// The mark of rows by their code in the only column that predicates look at; empty where there are none or several.
    mark_of: Vec<u8>,
    values: Numbers,
    keys: Numbers,
    users: Numbers,
    verified: Buffer<u32>,
    dimensions: Vec<ValueColumn>,
    reserved: Option<(Codes, Vec<bool>)>,
    /// Rows that a counting rule leaves out, ascending, and the bits they lose.
    duplicates: Vec<(u32, u64)>,
    /// The bits that some row loses.
    duplicate_bits: u64,
    /// What refunds take back: rows, ascending, with the account, the currency's number and the amount.
    refunds: Vec<(u32, u32, Refund)>,
    /// Refunds, ascending, that have an order key but no order.
    orphans: Vec<u32>,
    /// Rows, ascending, and bits for which other events of their order key tell the value.
    joined: Vec<(u32, u64, Worth)>,
}

impl View {
    pub(crate) fn new(
        part: &Part,
        asked: Asked<'_>,
        marks: Option<&Marks>,
        known: &mut Values,
    ) -> Result<Self, ColumnsError> {
        let columns = &part.columns;
        let Asked { predicates, sets, needs } = asked;
        let hits = HitSet::new(part, predicates)?;
        let sets = sets.iter().map(|set| HitSet::new(part, set)).collect::<Result<_, _>>()?;
        let mut dimensions = Vec::new();
        for (slot, dimension) in needs.dimensions.iter().enumerate() {
            dimensions.push(known.column(slot, dimension, columns.text(dimension)?));
        }
        let numbers = |wanted: bool, of| if wanted { columns.numbers(of) } else { Ok(Numbers::default()) };
        let on_numbers = asked.on_numbers();
        let verified = needs.verified || on_numbers;
        let name = Dimension::Column(TextColumn::Name);
        let names = if needs.reserved { own_names::texts(&**columns, &name)? } else { None };
        let runs = columns.runs()?;
        let mark_of = marks.map_or(Vec::new(), |marks| hits.marks_of_codes(marks));
        Ok(Self {
            bounds: Arc::clone(&part.bounds),
            is_inside: false,
            is_recent: false,
            anonymous: if runs.visitors.first() == Some(&NO_VISITOR) { runs.starts[1] } else { 0 },
            runs,
            times: columns.times()?,
            seqs: Buffer::default(),
            tags: columns.tags()?,
            hits,
            sets,
            mark_of,
            values: numbers(needs.values || on_numbers, NumberColumn::Value)?,
            keys: numbers(needs.keys, NumberColumn::Key)?,
            users: numbers(needs.users, NumberColumn::User)?,
            verified: if verified { columns.verified()? } else { Buffer::default() },
            dimensions,
            reserved: names.map(|Texts { text: TextCodes { codes, dictionary }, .. }| {
                (codes, dictionary.texts().iter().map(|text| text.starts_with(RESERVED_PREFIX)).collect())
            }),
            duplicates: Vec::new(),
            duplicate_bits: 0,
            refunds: Vec::new(),
            orphans: Vec::new(),
            joined: Vec::new(),
        })
    }

    /// The predicates that a row matches, as bits, counting rules aside.
    #[inline]
    pub(crate) fn matches(&self, row: usize) -> u64 {
        self.hits.matches(row, self)
    }

    /// The same of a further set of predicates.
    pub(crate) fn matches_of(&self, set: usize, row: usize) -> u64 {
        self.sets.get(set).map_or(0, |set| set.matches(row, self))
    }

    /// Adds what each of these rows matches.
    pub(crate) fn match_all(&self, rows: Range<usize>, to: &mut Vec<u64>) {
        self.hits.match_all(rows, self, to);
    }

    /// The bits that a row loses to a counting rule.
    #[inline]
    pub(crate) fn duplicates(&self, row: u32, hits: u64) -> u64 {
        if hits & self.duplicate_bits == 0 {
            return 0;
        }
        self.duplicates.binary_search_by_key(&row, |(row, _)| *row).map_or(0, |at| self.duplicates[at].1)
    }

    /// Notes that a row loses a bit to a counting rule.
    pub(crate) fn add_duplicate(&mut self, row: u32, bit: u64) {
        self.duplicates.push((row, bit));
        self.duplicate_bits |= bit;
    }

    /// Notes that, for a bit, a row has the value that another event of its order key tells.
    pub(crate) fn join(&mut self, row: u32, bit: u64, worth: Worth) {
        self.joined.push((row, bit, worth));
    }

    /// The value that another event of its order key tells of a row, for a bit.
    #[inline]
    pub(crate) fn joined(&self, row: u32, bit: u64) -> Option<Worth> {
        let at = self.joined.binary_search_by_key(&(row, bit), |&(row, bit, _)| (row, bit)).ok()?;
        Some(self.joined[at].2)
    }

    /// Puts what was noted of rows in order, those that lose bits each once.
    pub(crate) fn sort_notes(&mut self) {
        self.joined.sort_unstable_by_key(|&(row, bit, _)| (row, bit));
        self.refunds.sort_unstable();
        self.orphans.sort_unstable();
        self.duplicates.sort_unstable();
        self.duplicates.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            kept.1 |= if same { later.1 } else { 0 };
            same
        });
    }

    pub(crate) fn has_keys(&self) -> bool {
        !self.keys.rows.is_empty()
    }

    /// The rows that have an order key, ascending.
    pub(crate) fn keyed_rows(&self) -> impl Iterator<Item = (u32, u64)> {
        self.keys.rows.iter().copied().zip(self.keys.values.iter().copied())
    }

    /// Whether the row is of no visitor.
    pub(crate) const fn is_anonymous(&self, row: u32) -> bool {
        row < self.anonymous
    }

    pub(crate) fn is_tagged(&self, row: u32) -> bool {
        self.tag(row) != 0
    }

    /// Why a row is left out unless asked for; 0 for an ordinary one.
    pub(crate) fn tag(&self, row: u32) -> u8 {
        self.tags.as_ref().map_or(0, |tags| tags[row as usize])
    }

    /// Whether all of the rows are.
    pub(crate) fn are_tagged(&self, rows: Range<usize>) -> bool {
        // To the end without a branch: mostly all are.
        let all = |tags: &Buffer<u8>| tags[rows].iter().fold(true, |all, &tag| all & (tag != 0));
        self.tags.as_ref().is_some_and(all)
    }

    /// Adds the marks of rows, by what they match on text.
    pub(crate) fn mark(&self, rows: Range<usize>, marks: &Marks, to: &mut Vec<u8>) {
        self.hits.mark(rows, marks, &self.mark_of, to);
    }

    /// Notes what a refund takes back from an account.
    pub(crate) fn refund(&mut self, row: u32, account: u32, refund: Refund) {
        self.refunds.push((row, account, refund));
    }

    /// Notes that a refund has an order key but no order.
    pub(crate) fn orphan(&mut self, row: u32) {
        self.orphans.push(row);
    }

    /// What a refund takes back from an account, by currency.
    pub(crate) fn refunded(&self, row: u32, account: u32) -> impl Iterator<Item = Refund> + '_ {
        let from = self.refunds.partition_point(|&(other, of, _)| (other, of) < (row, account));
        let of_row =
            self.refunds[from..].iter().take_while(move |&&(other, of, _)| (other, of) == (row, account));
        of_row.map(|&(_, _, refund)| refund)
    }

    /// Whether a refund has no order: no key, or one that no order has.
    pub(crate) fn is_orphan(&self, row: u32) -> bool {
        self.key(row).is_none() || self.orphans.binary_search(&row).is_ok()
    }

    /// What a row's own value is, with the currency read from a slot.
    pub(crate) fn worth(&self, row: u32, minor: i64, currency: usize) -> Worth {
        Worth { minor, currency: self.dimension(currency, row as usize), is_verified: self.is_verified(row) }
    }

    pub(crate) fn key(&self, row: u32) -> Option<u64> {
        self.keys.get(row)
    }

    /// A row's value, looked for among those at these positions.
    pub(crate) fn value_among(&self, row: u32, among: &Range<usize>) -> Option<i64> {
        number_among(&self.values, row, among).map(|bits| bits as i64)
    }

    /// A row's user, looked for among those at these positions.
    pub(crate) fn user_among(&self, row: u32, among: &Range<usize>) -> Option<u64> {
        number_among(&self.users, row, among)
    }

    /// The positions of the values of a run with those flags; those of earlier rows end at or after `from`.
    pub(crate) fn values_of(&self, from: usize, start: u32, end: u32, flags: u8) -> Range<usize> {
        if flags & RUN_HAS_VALUES == 0 { from..from } else { positions(&self.values.rows, from, start, end) }
    }

    /// The positions of the users of some rows; those of earlier rows end at or after `from`.
    pub(crate) fn users_of(&self, from: usize, start: u32, end: u32) -> Range<usize> {
        positions(&self.users.rows, from, start, end)
    }

    /// The number of a row's value in a dimension; 0 is none.
    pub(crate) fn dimension(&self, slot: usize, row: usize) -> u32 {
        self.dimensions[slot].0.as_ref().map_or(0, |(codes, numbers)| numbers[codes.get(row) as usize])
    }

    pub(crate) fn is_reserved(&self, row: usize) -> bool {
        self.reserved.as_ref().is_some_and(|(codes, reserved)| reserved[codes.get(row) as usize])
    }
}

impl RowNumbers for View {
    fn value(&self, row: u32) -> Option<i64> {
        self.values.get(row).map(|bits| bits as i64)
    }

    fn is_verified(&self, row: u32) -> bool {
        self.verified.binary_search(&row).is_ok()
    }
}

/// What a pass asks of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) predicates: &'a Predicates,
    pub(crate) sets: &'a [Predicates],
    pub(crate) needs: &'a Needs,
}

impl Asked<'_> {
    fn on_numbers(&self) -> bool {
        self.predicates.on_numbers() != 0 || self.sets.iter().any(|set| set.on_numbers() != 0)
    }
}

/// The columns that a pass reads, so that they can be decoded together.
pub(crate) fn wanted(asked: Asked<'_>) -> Vec<ColumnName> {
    let Asked { predicates, sets, needs } = asked;
    let mut names = vec![ColumnName::Runs, ColumnName::Times, ColumnName::Tags];
    let reserved = needs.reserved.then_some(Dimension::Column(TextColumn::Name));
    let tested = std::iter::once(predicates).chain(sets).flat_map(Predicates::dimensions);
    names.extend(tested.chain(needs.dimensions.iter().cloned()).chain(reserved).map(ColumnName::Text));
    let on_numbers = asked.on_numbers();
    let number = |wanted: bool, of| wanted.then_some(ColumnName::Numbers(of));
    names.extend(number(needs.values || on_numbers, NumberColumn::Value));
    names.extend(number(needs.keys, NumberColumn::Key));
    names.extend(number(needs.users, NumberColumn::User));
    names.extend((needs.verified || on_numbers).then_some(ColumnName::Verified));
    names.extend(needs.seqs.then_some(ColumnName::Seqs));
    names
}

fn number_among(numbers: &Numbers, row: u32, among: &Range<usize>) -> Option<u64> {
    let at = numbers.rows[among.clone()].binary_search(&row).ok()?;
    Some(numbers.values[among.start + at])
}

/// Where the rows from `start` to `end` stand in an ascending list, looked for from a position at or before them: in
/// steps that double, so that what is near is found soon.
fn positions(rows: &[u32], from: usize, start: u32, end: u32) -> Range<usize> {
    let mut step = 1;
    let mut low = from;
    while low + step < rows.len() && rows[low + step] < start {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(rows.len());
    let first = low + rows[low..high].partition_point(|&row| row < start);
    let count = rows[first..].iter().take_while(|&&row| row < end).count();
    first..first + count
}
