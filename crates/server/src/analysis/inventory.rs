//! Which events a site has, and which of them look like success: for a site without goals. Counts rows; sessions and
//! journeys are none of its business.

use std::collections::BTreeMap;

use serde::Serialize;
use waymark_model::{Dimension, TextColumn, event::RESERVED_PREFIX};
use waymark_store::columns::{ColumnsError, NumberColumn, Part};

/// Events of one name, tagged ones left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct EventKind {
    /// The name.
    pub(crate) name: String,
    /// How many there are.
    pub(crate) events: u64,
    /// How many carry an order key.
    pub(crate) with_key: u64,
    /// How many carry a value.
    pub(crate) with_value: u64,
}

impl EventKind {
    /// Whether it looks like what the site exists for: most of its events carry an order key or a value.
    fn looks_like_success(&self) -> bool {
        let most = |count: u64| 2 * count > self.events;
        !self.name.starts_with(RESERVED_PREFIX) && (most(self.with_key) || most(self.with_value))
    }
}

/// The kinds of events among the rows, the most frequent first.
pub(crate) fn event_kinds(parts: &[Part]) -> Result<Vec<EventKind>, ColumnsError> {
    let mut kinds: BTreeMap<Box<str>, EventKind> = BTreeMap::new();
    for part in parts {
        for (name, counts) in of_part(part)? {
            let kind = kinds.entry(name).or_default();
            kind.events += counts[0];
            kind.with_key += counts[1];
            kind.with_value += counts[2];
        }
    }
    let named = kinds.into_iter().map(|(name, kind)| EventKind { name: name.into(), ..kind });
    let mut kinds: Vec<EventKind> = named.filter(|kind| kind.events > 0).collect();
    kinds.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.name.cmp(&b.name)));
    Ok(kinds)
}

/// The kind that looks most like the site's purpose: of those with keys or values, the rarest.
pub(crate) fn likely_headline(kinds: &[EventKind]) -> Option<&EventKind> {
    kinds.iter().filter(|kind| kind.looks_like_success()).min_by_key(|kind| kind.events)
}

/// A name, its events, those with a key, and those with a value.
type Counted = (Box<str>, [u64; 3]);

/// For each name of a part its events, those with a key, and those with a value.
fn of_part(part: &Part) -> Result<Vec<Counted>, ColumnsError> {
    let Some(names) = part.columns.text(&Dimension::Column(TextColumn::Name))? else { return Ok(Vec::new()) };
    let tags = part.columns.tags()?;
    let texts = names.dictionary.texts();
    let mut counts = vec![[0; 3]; texts.len()];
    let mut count = |row: usize, what: usize| {
        let is_tagged = tags.as_ref().is_some_and(|tags| tags[row] != 0);
        if !is_tagged {
            counts[names.codes.get(row) as usize][what] += 1;
        }
    };
    (0..part.bounds.rows as usize).for_each(|row| count(row, 0));
    part.columns.numbers(NumberColumn::Key)?.rows.iter().for_each(|&row| count(row as usize, 1));
    part.columns.numbers(NumberColumn::Value)?.rows.iter().for_each(|&row| count(row as usize, 2));
    Ok(texts.iter().cloned().zip(counts).filter(|(name, _)| !name.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use waymark_model::{Event, Tag};
    use waymark_store::columns::PartBuilder;

    use super::*;

    fn part(events: &[Event]) -> Part {
        let mut builder = PartBuilder::default();
        events.iter().for_each(|event| builder.push(event));
        builder.finish(1).unwrap()
    }

    #[test]
    fn kinds_are_counted_and_the_likely_headline_is_the_rarest_with_keys() {
        let keyed = |visitor, name| {
            let mut event = Event::new(visitor, 1, name);
            event.key = Some(visitor);
            event
        };
        let mut robot = keyed(9, "buy");
        robot.tag = Tag::Bot;
        let first = part(&[Event::new(1, 1, "view"), keyed(1, "buy"), robot]);
        let second = part(&[
            Event::new(2, 1, "view"),
            keyed(2, "checkout"),
            keyed(3, "checkout"),
            keyed(3, "$refund"),
        ]);
        let kinds = event_kinds(&[first, second]).unwrap();
        let shown: Vec<_> =
            kinds.iter().map(|kind| (kind.name.as_str(), kind.events, kind.with_key)).collect();
        assert_eq!(shown, [("checkout", 2, 2), ("view", 2, 0), ("$refund", 1, 1), ("buy", 1, 1)]);
        assert_eq!(likely_headline(&kinds).map(|kind| kind.name.as_str()), Some("buy"));
        assert_eq!(likely_headline(&kinds[1..2]), None);
    }
}
