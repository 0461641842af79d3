//! For tests: random events, and a part read back row by row. Knows nothing of files.

use proptest::{collection::vec, option::of, prelude::*, sample::select};
use waymark_model::{Dimension, Event, Identity, Tag, TextColumn};

use super::{NumberColumn, Part, RUN_HAS_TAGS, RUN_HAS_VALUES};

/// A row as it was put in, and its sequence number.
pub(crate) type Row = (Event, u64);

/// Every row of a part, by reading every column; fails on columns that contradict one another.
pub(crate) fn rows(part: &Part) -> Vec<Row> {
    let (columns, bounds) = (&*part.columns, &*part.bounds);
    let runs = columns.runs().unwrap();
    let times = columns.times().unwrap();
    let seqs = columns.seqs().unwrap();
    assert_eq!((runs.visitors.len(), seqs.len()), (bounds.visitors as usize, bounds.rows as usize));
    let mut rows = Vec::new();
    for (run, visitor) in runs.visitors.iter().enumerate() {
        for row in runs.starts[run] as usize..runs.starts[run + 1] as usize {
            rows.push((Event::new(*visitor, times.get(row), ""), seqs[row]));
        }
    }
    fill_texts(part, &mut rows);
    fill_small(part, &mut rows);
    fill_numbers(part, &mut rows);
    let flag = |range: &[u32]| {
        let rows = &rows[range[0] as usize..range[1] as usize];
        let tagged = rows.iter().any(|(event, _)| event.tag != Tag::None);
        let valued = rows.iter().any(|(event, _)| event.value.is_some());
        (u8::from(tagged) * RUN_HAS_TAGS) | (u8::from(valued) * RUN_HAS_VALUES)
    };
    let flags: Vec<u8> = runs.starts.windows(2).map(flag).collect();
    assert_eq!(&*runs.flags, &flags);
    assert!(rows.is_sorted_by_key(|(event, seq)| (event.visitor, event.time, *seq)));
    rows
}

fn fill_texts(part: &Part, rows: &mut [Row]) {
    for column in TextColumn::ALL {
        let Some(text) = part.columns.text(&Dimension::Column(column)).unwrap() else { continue };
        for (row, (event, _)) in rows.iter_mut().enumerate() {
            event.set_text(column, text.dictionary.get(text.codes.get(row)).unwrap_or_default());
        }
    }
    for key in part.columns.properties().unwrap() {
        let text = part.columns.text(&Dimension::Property(key.clone())).unwrap().unwrap();
        assert!((0..rows.len()).any(|row| text.codes.get(row) != 0), "{key} is listed but nowhere");
        for (row, (event, _)) in rows.iter_mut().enumerate() {
            let value = text.dictionary.get(text.codes.get(row));
            event.props.extend(value.map(|value| (key.clone(), value.to_owned())));
        }
    }
}

fn fill_small(part: &Part, rows: &mut [Row]) {
    let tags = part.columns.tags().unwrap();
    let kinds = part.columns.identities().unwrap();
    let identities = &part.bounds.identities;
    assert_eq!((tags.is_some(), kinds.is_some()), (part.bounds.tagged > 0, identities.len() > 1));
    for (row, (event, _)) in rows.iter_mut().enumerate() {
        event.tag =
            [Tag::None, Tag::Bot, Tag::Internal, Tag::Test][tags.as_ref().map_or(0, |t| t[row]) as usize];
        let kind = kinds.as_ref().map_or(identities[0] as u8, |kinds| kinds[row]);
        event.identity = [Identity::Audience, Identity::Consented, Identity::Imported][kind as usize];
    }
}

fn fill_numbers(part: &Part, rows: &mut [Row]) {
    let numbers = |column| part.columns.numbers(column).unwrap();
    let (values, keys, users) =
        (numbers(NumberColumn::Value), numbers(NumberColumn::Key), numbers(NumberColumn::User));
    let verified = part.columns.verified().unwrap();
    let (id_rows, ids) = part.columns.event_ids().unwrap();
    for (row, (event, _)) in rows.iter_mut().enumerate() {
        let row = row as u32;
        event.value = values.get(row).map(|bits| bits as i64);
        (event.key, event.user) = (keys.get(row), users.get(row));
        event.verified = verified.binary_search(&row).is_ok();
        event.event_id = id_rows.binary_search(&row).ok().map(|at| ids[at]);
    }
}

/// An event with its properties in the order of their keys, as [`rows`] gives them.
pub(crate) fn canonical(mut event: Event) -> Event {
    event.props.retain(|(_, value)| !value.is_empty());
    event.props.sort_unstable();
    event
}

/// The rows that a part of these events has, if the batch has that number.
pub(crate) fn expected(events: &[Event], batch: u32) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let rank = events[..at].iter().filter(|other| other.time == event.time).count() as u64;
        rows.push((canonical(event.clone()), u64::from(batch) << 32 | rank));
    }
    rows.sort_by_key(|(event, seq)| (event.visitor, event.time, *seq));
    rows
}

/// Up to `most` events of few visitors, close in time, with every kind of column now and then.
pub(crate) fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 1..=most)
}

fn event() -> impl Strategy<Value = Event> {
    let text = || select(vec!["", "", "", "a", "b", "view", "é\u{0}\"\\", "a longer text than most"]);
    let number = || of(select(vec![0, 1, 7, u64::MAX, 1 << 63]));
    let visitor = select(vec![0, 1, 2, 3, 1 << 40, u64::MAX]);
    let time = prop_oneof![0_i64..5, Just(1_000), -3_i64..(1 << 31)];
    let tag = select(vec![Tag::None, Tag::None, Tag::None, Tag::Bot, Tag::Internal, Tag::Test]);
    let identity =
        select(vec![Identity::Audience, Identity::Audience, Identity::Consented, Identity::Imported]);
    let props = vec((select(vec!["item", "plan", "a.b", "Ü"]), text()), 0..3);
    let numbers = (number(), number(), of(any::<i64>()), of(any::<u128>()), any::<bool>());
    (visitor, time, tag, identity, props, numbers, vec(text(), 3)).prop_map(
        |(visitor, time, tag, identity, props, (user, key, value, event_id, verified), texts)| {
            let mut event = Event::new(visitor, time, texts[0]);
            event.set_text(TextColumn::Path, texts[1]);
            event.set_text(TextColumn::Currency, texts[2]);
            (event.tag, event.identity, event.verified) = (tag, identity, verified);
            (event.user, event.key, event.value, event.event_id) = (user, key, value, event_id);
            for (key, value) in props {
                if event.props.iter().all(|(known, _)| known != key) {
                    event.props.push((key.to_owned(), value.to_owned()));
                }
            }
            event
        },
    )
}
