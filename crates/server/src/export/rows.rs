//! A site's rows as events, in the order of visitor, time and arrival, whichever parts they lie in.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

use waymark_model::{Dimension, Event, Identity, Tag, TextColumn};
use waymark_store::columns::{Buffer, ColumnsError, NumberColumn, Numbers, Part, Runs, TextCodes, Times};

/// All rows of some parts.
pub(crate) struct Rows {
    readers: Vec<Reader>,
    /// The next row of each part: visitor, time, arrival, part.
    next: BinaryHeap<Reverse<(u64, i64, u64, usize)>>,
    properties: Vec<String>,
    event: Event,
}

impl Rows {
    /// Reads the columns of all parts.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub(crate) fn new(parts: &[Part]) -> Result<Self, ColumnsError> {
        let mut readers = Vec::with_capacity(parts.len());
        let mut properties = BTreeSet::new();
        let parts: Vec<&Part> = parts.iter().filter(|part| !part.bounds.bare).collect();
        for part in &parts {
            properties.extend(part.columns.properties()?);
            readers.push(Reader::new(part)?);
        }
        let mut rows = Self {
            readers,
            next: BinaryHeap::new(),
            properties: properties.into_iter().collect(),
            event: Event::default(),
        };
        (0..parts.len()).for_each(|part| rows.queue(part));
        Ok(rows)
    }

    /// The keys of all properties, sorted.
    pub(super) fn properties(&self) -> &[String] {
        &self.properties
    }

    /// The next event; valid until the next call.
    pub(super) fn next_event(&mut self) -> Option<&Event> {
        let Reverse((.., part)) = self.next.pop()?;
        self.readers[part].read(&mut self.event);
        self.queue(part);
        Some(&self.event)
    }

    fn queue(&mut self, part: usize) {
        let next = self.readers[part].key().map(|(visitor, time, seq)| Reverse((visitor, time, seq, part)));
        self.next.extend(next);
    }
}

/// The rows of one part, in order.
struct Reader {
    row: usize,
    rows: usize,
    run: usize,
    runs: Runs,
    times: Times,
    seqs: Buffer<u64>,
    texts: Vec<(TextColumn, TextCodes)>,
    properties: Vec<(String, TextCodes)>,
    value: Sparse,
    key: Sparse,
    user: Sparse,
    verified: (Buffer<u32>, usize),
    event_ids: (Buffer<u32>, Buffer<u128>, usize),
    tags: Option<Buffer<u8>>,
    identities: Option<Buffer<u8>>,
    identity: Identity,
}

impl Reader {
    fn new(part: &Part) -> Result<Self, ColumnsError> {
        let columns = &*part.columns;
        let mut texts = Vec::new();
        for column in TextColumn::ALL {
            texts.extend(columns.text(&Dimension::Column(column))?.map(|codes| (column, codes)));
        }
        let mut properties = Vec::new();
        for key in columns.properties()? {
            let codes = columns.text(&Dimension::Property(key.clone()))?;
            properties.extend(codes.map(|codes| (key, codes)));
        }
        let (id_rows, ids) = columns.event_ids()?;
        Ok(Self {
            row: 0,
            rows: part.bounds.rows as usize,
            run: 0,
            runs: columns.runs()?,
            times: columns.times()?,
            seqs: columns.seqs()?,
            texts,
            properties,
            value: Sparse::new(columns.numbers(NumberColumn::Value)?),
            key: Sparse::new(columns.numbers(NumberColumn::Key)?),
            user: Sparse::new(columns.numbers(NumberColumn::User)?),
            verified: (columns.verified()?, 0),
            event_ids: (id_rows, ids, 0),
            tags: columns.tags()?,
            identities: columns.identities()?,
            identity: part.bounds.identities.first().copied().unwrap_or_default(),
        })
    }

    /// Visitor, time and arrival of the current row.
    fn key(&mut self) -> Option<(u64, i64, u64)> {
        if self.row >= self.rows {
            return None;
        }
        while self.runs.starts.get(self.run + 1).is_some_and(|&end| end as usize <= self.row) {
            self.run += 1;
        }
        Some((*self.runs.visitors.get(self.run)?, self.times.get(self.row), self.seqs[self.row]))
    }

    /// Fills the event from the current row and goes on to the next.
    fn read(&mut self, event: &mut Event) {
        event.clear();
        let Some((visitor, time, _)) = self.key() else { return };
        (event.visitor, event.time) = (visitor, time);
        let row = self.row;
        for (column, codes) in &self.texts {
            if let Some(text) = codes.dictionary.get(codes.codes.get(row)) {
                event.set_text(*column, text);
            }
        }
        for (key, codes) in &self.properties {
            let text = codes.dictionary.get(codes.codes.get(row));
            event.props.extend(text.map(|text| (key.clone(), text.to_owned())));
        }
        event.value = self.value.take(row).map(|bits| bits as i64);
        event.key = self.key.take(row);
        event.user = self.user.take(row);
        event.verified = take(&self.verified.0, &mut self.verified.1, row).is_some();
        event.event_id = take(&self.event_ids.0, &mut self.event_ids.2, row).map(|at| self.event_ids.1[at]);
        event.tag = self.tags.as_ref().map_or(Tag::None, |tags| tag(tags[row]));
        event.identity = self.identities.as_ref().map_or(self.identity, |kinds| identity(kinds[row]));
        self.row += 1;
    }
}

/// A sparse column, read in the order of its rows.
struct Sparse {
    numbers: Numbers,
    at: usize,
}

impl Sparse {
    const fn new(numbers: Numbers) -> Self {
        Self { numbers, at: 0 }
    }

    fn take(&mut self, row: usize) -> Option<u64> {
        take(&self.numbers.rows, &mut self.at, row).map(|at| self.numbers.values[at])
    }
}

/// The place of a row among those that have something, if it is the next of them.
fn take(rows: &[u32], at: &mut usize, row: usize) -> Option<usize> {
    let found = rows.get(*at).is_some_and(|&next| next as usize == row).then_some(*at);
    *at += usize::from(found.is_some());
    found
}

fn tag(number: u8) -> Tag {
    [Tag::None, Tag::Bot, Tag::Internal, Tag::Test]
        .into_iter()
        .find(|tag| *tag as u8 == number)
        .unwrap_or_default()
}

fn identity(number: u8) -> Identity {
    let known = [Identity::Audience, Identity::Consented, Identity::Imported];
    known.into_iter().find(|kind| *kind as u8 == number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use waymark_store::columns::PartBuilder;

    use super::*;

    #[test]
    fn rows_of_several_parts_come_back_in_order_and_whole() {
        let mut full = Event::new(2, 20, "buy").with_text(TextColumn::Path, "/done");
        (full.value, full.key, full.user, full.event_id) = (Some(-7), Some(8), Some(9), Some(10));
        (full.verified, full.tag, full.identity) = (true, Tag::Test, Identity::Consented);
        full.props.push(("item".to_owned(), "a".to_owned()));
        let first = [Event::new(3, 5, "view"), full];
        let second = [Event::new(2, 30, "view"), Event::new(1, 40, "view"), Event::new(2, 20, "tie")];
        let part = |batch, events: &[Event]| {
            let mut builder = PartBuilder::default();
            events.iter().for_each(|event| builder.push(event));
            builder.finish(batch).unwrap()
        };
        let mut rows = Rows::new(&[part(2, &second), part(1, &first)]).unwrap();
        assert_eq!(rows.properties(), ["item"]);
        let mut found = Vec::new();
        while let Some(event) = rows.next_event() {
            found.push(event.clone());
        }
        let [by_three, full] = first;
        let [later, by_one, tie] = second;
        assert_eq!(found, [by_one, full, tie, later, by_three]);
    }
}
