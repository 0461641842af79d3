//! Counts made from a stream's events alone, by the rules of the counting document, without the simulator's help.

use std::collections::{BTreeMap, HashMap, HashSet};

use waymark_model::{Event, Tag, TextColumn, time::SESSION_GAP};
use waymark_sim::{Shop, ShopConfig};

/// What the tests look at in an event; texts are interned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub visitor: u64,
    pub time: i64,
    pub late: bool,
    pub name: &'static str,
    pub path: &'static str,
    pub device: &'static str,
    pub country: &'static str,
    pub user: Option<u64>,
    pub key: Option<u64>,
    pub value: Option<i64>,
    pub id: u128,
    pub verified: bool,
    pub tag: Tag,
    pub has_item: bool,
}

#[derive(Default)]
struct Interner(HashMap<String, &'static str>);

impl Interner {
    fn text(&mut self, text: &str) -> &'static str {
        if let Some(&known) = self.0.get(text) {
            return known;
        }
        let leaked: &'static str = text.to_owned().leak();
        self.0.insert(text.to_owned(), leaked);
        leaked
    }

    fn row(&mut self, event: &Event) -> Row {
        Row {
            visitor: event.visitor,
            time: event.time,
            late: false,
            name: self.text(event.text(TextColumn::Name)),
            path: self.text(event.text(TextColumn::Path)),
            device: self.text(event.text(TextColumn::Device)),
            country: self.text(event.text(TextColumn::Country)),
            user: event.user,
            key: event.key,
            value: event.value,
            id: event.event_id.unwrap(),
            verified: event.verified,
            tag: event.tag,
            has_item: event.prop("item").is_some(),
        }
    }
}

/// All events of a stream, in order of arrival, with the stream at its end.
pub(crate) fn collect(config: ShopConfig) -> (Vec<Row>, Shop) {
    let mut shop = Shop::new(config).unwrap();
    let (mut rows, mut interner) = (Vec::new(), Interner::default());
    while let Some(mut row) = shop.next_event().map(|event| interner.row(event)) {
        row.late = shop.arrived().unwrap() > row.time;
        rows.push(row);
    }
    (rows, shop)
}

/// The sessions of all visitors, or of those without a tag; each by time.
pub(crate) fn sessions(rows: &[Row], untagged: bool) -> Vec<Vec<Row>> {
    let mut sorted: Vec<Row> = rows.iter().filter(|row| !untagged || row.tag == Tag::None).copied().collect();
    sorted.sort_by_key(|row| (row.visitor, row.time));
    let together = |a: &Row, b: &Row| a.visitor == b.visitor && b.time - a.time <= SESSION_GAP;
    sorted.chunk_by(together).map(<[Row]>::to_vec).collect()
}

/// Number of distinct values.
pub(crate) fn distinct(values: impl IntoIterator<Item = u64>) -> u64 {
    values.into_iter().collect::<HashSet<_>>().len() as u64
}

/// Events by name.
pub(crate) fn by_name(rows: &[Row]) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.name).or_default() += 1;
    }
    counts
}
