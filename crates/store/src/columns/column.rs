//! One column of a part, whichever it is: what decoders hand on. It knows nothing of files.

use std::collections::BTreeMap;

use waymark_model::{Dimension, TextColumn};

use super::{
    Buffer, Codes, ColumnName, Columns, ColumnsError, Dictionary, MemoryColumns, NumberColumn, Numbers, Part,
    Runs, TextCodes, Times,
};

/// A column in the flat form. Which variant belongs to which [`super::ColumnName`] is fixed by name.
#[derive(Clone, Debug)]
pub enum Column {
    /// A text column or property; `None` when no row has it.
    Text(Option<TextCodes>),
    /// Visitors and their rows.
    Runs(Runs),
    /// Times.
    Times(Times),
    /// Sequence numbers.
    Seqs(Buffer<u64>),
    /// Tags or identities, a number a row; `None` when no row is tagged or all have one identity.
    Small(Option<Buffer<u8>>),
    /// A sparse number column.
    Numbers(Numbers),
    /// Rows whose value is verified, ascending.
    Verified(Buffer<u32>),
    /// Rows that have an event identifier, ascending, and the identifiers.
    EventIds(Buffer<u32>, Buffer<u128>),
}

impl Column {
    /// The column of that name.
    pub(crate) fn read(columns: &dyn Columns, name: &ColumnName) -> Result<Self, ColumnsError> {
        Ok(match name {
            ColumnName::Text(of) => Self::Text(columns.text(of)?),
            ColumnName::Runs => Self::Runs(columns.runs()?),
            ColumnName::Times => Self::Times(columns.times()?),
            ColumnName::Seqs => Self::Seqs(columns.seqs()?),
            ColumnName::Tags => Self::Small(columns.tags()?),
            ColumnName::Identities => Self::Small(columns.identities()?),
            ColumnName::Numbers(of) => Self::Numbers(columns.numbers(*of)?),
            ColumnName::Verified => Self::Verified(columns.verified()?),
            ColumnName::EventIds => {
                let (rows, ids) = columns.event_ids()?;
                Self::EventIds(rows, ids)
            }
        })
    }
}

impl ColumnName {
    /// All columns of a part with these properties.
    pub(crate) fn all(properties: Vec<String>) -> Vec<Self> {
        let fixed = TextColumn::ALL.into_iter().map(Dimension::Column);
        let texts = fixed.chain(properties.into_iter().map(Dimension::Property)).map(Self::Text);
        let numbers = [NumberColumn::Value, NumberColumn::Key, NumberColumn::User].map(Self::Numbers);
        let plain = [Self::Runs, Self::Times, Self::Seqs, Self::Tags, Self::Identities, Self::Verified];
        texts.chain(plain).chain(numbers).chain([Self::EventIds]).collect()
    }
}

impl TextCodes {
    /// The column of so many rows in its narrowest form; `None` when no row has a text. Codes are below the
    /// dictionary's size.
    #[must_use]
    pub fn narrow(codes: impl Iterator<Item = u32>, rows: usize, dictionary: Dictionary) -> Option<Self> {
        let size = dictionary.texts().len();
        (size > 1).then(|| Self { codes: Codes::narrow(codes, rows, size), dictionary })
    }

    /// As [`MemoryColumns::let_go`].
    pub(super) fn let_go(&self) {
        self.dictionary.let_go();
        match &self.codes {
            Codes::U8(codes) => codes.let_go(),
            Codes::U16(codes) => codes.let_go(),
            Codes::U32(codes) => codes.let_go(),
        }
    }
}

/// A column that is not of the form its name asks for: a mistake in this crate, not in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongForm;

impl MemoryColumns {
    /// All columns of a part; those that lie in a mapped file stay there.
    pub(crate) fn from_part(part: &Part, event_ids: bool) -> Result<Self, ColumnsError> {
        let columns = &*part.columns;
        let mut names = ColumnName::all(columns.properties()?);
        names.retain(|name| event_ids || *name != ColumnName::EventIds);
        make_ready(part, &names)?;
        let mut texts = BTreeMap::new();
        for name in names {
            if let ColumnName::Text(of) = name
                && let Some(text) = columns.text(&of)?
            {
                texts.insert(of, text);
            }
        }
        Ok(Self {
            texts,
            runs: columns.runs()?,
            times: columns.times()?,
            seqs: columns.seqs()?,
            tags: columns.tags()?,
            identities: columns.identities()?,
            values: columns.numbers(NumberColumn::Value)?,
            keys: columns.numbers(NumberColumn::Key)?,
            users: columns.numbers(NumberColumn::User)?,
            verified: columns.verified()?,
            event_ids: if event_ids { columns.event_ids()? } else { Default::default() },
        })
    }

    /// Bytes of the distinct texts of all columns.
    pub(crate) fn text_bytes(&self) -> usize {
        self.texts.values().map(|text| text.dictionary.bytes()).sum()
    }

    /// Lets go of the memory that mapped columns take up, until they are read again.
    pub(crate) fn let_go(&self) {
        self.texts.values().for_each(TextCodes::let_go);
        self.runs.visitors.let_go();
        self.times.offsets.let_go();
        self.seqs.let_go();
        [&self.tags, &self.identities].into_iter().flatten().for_each(Buffer::let_go);
        for numbers in [&self.values, &self.keys, &self.users] {
            numbers.values.let_go();
        }
        self.event_ids.1.let_go();
    }

    /// Puts a column in its place.
    pub(crate) fn set(&mut self, name: &ColumnName, column: Column) -> Result<(), WrongForm> {
        match (name, column) {
            (ColumnName::Text(of), Column::Text(Some(text))) => drop(self.texts.insert(of.clone(), text)),
            (ColumnName::Text(_), Column::Text(None)) => {}
            (ColumnName::Runs, Column::Runs(runs)) => self.runs = runs,
            (ColumnName::Times, Column::Times(times)) => self.times = times,
            (ColumnName::Seqs, Column::Seqs(seqs)) => self.seqs = seqs,
            (ColumnName::Tags, Column::Small(tags)) => self.tags = tags,
            (ColumnName::Identities, Column::Small(kinds)) => self.identities = kinds,
            (ColumnName::Numbers(NumberColumn::Value), Column::Numbers(numbers)) => self.values = numbers,
            (ColumnName::Numbers(NumberColumn::Key), Column::Numbers(numbers)) => self.keys = numbers,
            (ColumnName::Numbers(NumberColumn::User), Column::Numbers(numbers)) => self.users = numbers,
            (ColumnName::Verified, Column::Verified(rows)) => self.verified = rows,
            (ColumnName::EventIds, Column::EventIds(rows, ids)) => self.event_ids = (rows, ids),
            _ => return Err(WrongForm),
        }
        Ok(())
    }
}

/// Numbers that are decoded at a time: columns of large parts few at once, so that memory stays bounded.
const NUMBERS_AT_ONCE: usize = 4 << 20;

/// Has the columns decoded in few passes over the file.
fn make_ready(part: &Part, names: &[ColumnName]) -> Result<(), ColumnsError> {
    let rows = part.bounds.rows.max(1) as usize;
    names.chunks((NUMBERS_AT_ONCE / rows).max(1)).try_for_each(|names| part.columns.prefetch(names))
}
