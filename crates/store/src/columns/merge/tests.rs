//! Merging parts is building one part of all their events.

use proptest::{collection::vec, prelude::*};
use waymark_model::{Event, Identity, TextColumn};

use super::*;
use crate::columns::testing::{Row, events, expected, rows};

fn part(events: &[Event], batch: u32) -> Part {
    let mut builder = PartBuilder::default();
    events.iter().for_each(|event| builder.push(event));
    builder.finish(batch).unwrap()
}

/// Merges batches of events, checks the parts' sizes, and compares with all rows put in order.
fn check(batches: &[Vec<Event>], split_rows: usize, event_ids: bool) -> Vec<Part> {
    let parts: Vec<Part> = (1..).zip(batches).map(|(batch, events)| part(events, batch)).collect();
    let merged: Vec<Part> = merge(&parts, MergeOptions { split_rows, split_bytes: usize::MAX, event_ids })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut all: Vec<Row> = parts.iter().flat_map(rows).collect();
    all.sort_by_key(|(event, seq)| (event.visitor, event.time, *seq));
    if !event_ids {
        // Those of imported events are kept.
        let collected = all.iter_mut().filter(|(event, _)| event.identity != Identity::Imported);
        collected.for_each(|(event, _)| event.event_id = None);
    }
    assert_eq!(merged.iter().flat_map(rows).collect::<Vec<_>>(), all);
    assert!(merged.windows(2).all(|pair| pair[0].bounds.visitor.1 < pair[1].bounds.visitor.0));
    for part in &merged {
        assert!(part.bounds.rows as usize <= split_rows || part.bounds.visitors == 1, "{:?}", part.bounds);
        let again = merge(
            std::slice::from_ref(part),
            MergeOptions { split_rows: usize::MAX, split_bytes: usize::MAX, event_ids },
        );
        assert_eq!(again.unwrap().next().unwrap().unwrap().bounds, part.bounds, "bounds are exact");
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn merging_is_building_at_once(
        batches in vec(events(20), 1..6),
        split_rows in 1_usize..50,
        event_ids: bool,
    ) {
        check(&batches, split_rows, event_ids);
    }

    #[test]
    fn one_part_merged_is_the_part_that_was_built(events in events(40)) {
        let merged = check(std::slice::from_ref(&events), usize::MAX, true);
        assert_eq!((merged.len(), &*merged[0].bounds), (1, &*part(&events, 1).bounds));
        assert_eq!(rows(&merged[0]), expected(&events, 1));
    }
}

#[test]
fn dictionaries_of_every_width_are_unified() {
    let batch = |first: u32, count: u32| -> Vec<Event> {
        let event = |at: u32| {
            let text = (first + at).to_string();
            Event::new(u64::from(at % 1_000), i64::from(at), "view").with_text(TextColumn::Path, &text)
        };
        (0..count).map(event).collect()
    };
    for (first, second, width) in [(200, 250, 2), (45_000, 45_000, 4), (100, 300, 2)] {
        let merged = check(&[batch(0, first), batch(second / 2, second)], usize::MAX, true);
        let of = waymark_model::Dimension::Column(TextColumn::Path);
        let text = merged[0].columns.text(&of).unwrap().unwrap();
        let found = match text.codes {
            crate::columns::Codes::U8(_) => 1,
            crate::columns::Codes::U16(_) => 2,
            crate::columns::Codes::U32(_) => 4,
        };
        assert_eq!(
            (found, text.dictionary.texts().len()),
            (width, 1 + (second + first.min(second / 2)) as usize)
        );
    }
}

#[test]
fn parts_too_far_apart_are_refused_and_none_give_none() {
    let far = [part(&[Event::new(1, 0, "a")], 1), part(&[Event::new(1, 1 << 32, "a")], 2)];
    let options = MergeOptions { split_rows: 10, split_bytes: usize::MAX, event_ids: true };
    assert!(matches!(merge(&far, options), Err(MergeError::Span(span)) if span == 1 << 32));
    assert!(merge(&[], options).unwrap().next().is_none());
}

#[test]
fn parts_with_long_texts_are_cut_by_their_bytes() {
    let event = |number: u64| {
        let text = format!("/{number:0>200}");
        Event::new(number % 50, 1_000 + number as i64, "view").with_text(TextColumn::Path, &text)
    };
    let of = |numbers: Range<u64>| {
        let mut builder = PartBuilder::default();
        numbers.for_each(|number| builder.push(&event(number)));
        builder.finish(1).unwrap()
    };
    let options = MergeOptions { split_rows: usize::MAX, split_bytes: 64 << 10, event_ids: true };
    let parts = [of(0..500), of(500..1_000)];
    let merged: Vec<Part> = merge(&parts, options).unwrap().collect::<Result<_, _>>().unwrap();
    assert!((3..10).contains(&merged.len()), "{} parts", merged.len());
    let visitors: Vec<_> = merged.iter().map(|part| part.bounds.visitor).collect();
    assert!(visitors.windows(2).all(|pair| pair[0].1 < pair[1].0), "{visitors:?}");
    assert_eq!(merged.iter().map(|part| part.bounds.rows).sum::<u32>(), 1_000);
}
