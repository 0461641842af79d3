//! Takes rows out of a part, or out of rows all that tells of somebody. It must not know which rows, nor why.

use std::sync::Arc;

use waymark_model::{Dimension, TextColumn, event::NO_VISITOR};

use super::{
    Bounds, ColumnsError, MemoryColumns, Part, Runs,
    gather::gather,
    merge::{Input, Piece},
    run_flags,
};

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// It stays as it is.
    Whole,
    /// It stays without whatever tells of its visitor.
    Bare,
    /// It goes.
    Not,
}

/// What is left of a part.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// The rows that stay as they are.
    pub(crate) whole: Option<Part>,
    /// Those that stay bare.
    pub(crate) bare: Option<Part>,
}

/// The visitor that all bare rows share that had one: they still go before events that never had.
const SOMEBODY: u64 = 1;

/// What is left of a part; `keep` is asked for each row, by its number.
pub(crate) fn rewrite(part: &Part, keep: impl Fn(u32) -> Keep) -> Result<Left, ColumnsError> {
    let input = Input::from_part(part, true)?;
    let mut whole: Vec<Piece> = Vec::new();
    let mut bare = Vec::new();
    for row in 0..part.bounds.rows {
        let at = row as usize;
        match (keep(row), whole.last_mut()) {
            (Keep::Not, _) => {}
            (Keep::Bare, _) => bare.push(at),
            (Keep::Whole, Some(piece)) if piece.rows.end == at => piece.rows.end += 1,
            (Keep::Whole, _) => whole.push(Piece { input: 0, rows: at..at + 1 }),
        }
    }
    let inputs = [input];
    let whole = if whole.is_empty() { None } else { gather(&inputs, &whole) };
    Ok(Left { whole, bare: stripped(&inputs, bare)? })
}

/// The rows without visitor, user, identifier, device, place and the page they came from; in the order of time.
fn stripped(inputs: &[Input; 1], mut rows: Vec<usize>) -> Result<Option<Part>, ColumnsError> {
    let of = &inputs[0].columns;
    let anonymous = match of.runs.visitors.first() {
        Some(&NO_VISITOR) => of.runs.starts[1] as usize,
        _ => 0,
    };
    rows.sort_unstable_by_key(|&row| (row >= anonymous, of.times.get(row), of.seqs[row]));
    let nobody = rows.iter().take_while(|&&row| row < anonymous).count();
    let pieces: Vec<Piece> = rows.iter().map(|&row| Piece { input: 0, rows: row..row + 1 }).collect();
    let Some(part) = (if pieces.is_empty() { None } else { gather(inputs, &pieces) }) else {
        return Ok(None);
    };
    let mut columns = MemoryColumns::from_part(&part, false)?;
    columns.texts.retain(|of, _| stays(of));
    columns.users = Default::default();
    let tags = columns.tags.as_deref().unwrap_or_default();
    columns.runs = runs(nobody, rows.len(), tags, &columns.values.rows);
    let (first, last) = (columns.runs.visitors.first(), columns.runs.visitors.last());
    let visitor = (first.copied().unwrap_or_default(), last.copied().unwrap_or_default());
    let visitors = if visitor.0 == visitor.1 { 1 } else { 2 };
    let bounds = Bounds { visitor, visitors, bare: true, ..(*part.bounds).clone() };
    Ok(Some(Part { bounds: Arc::new(bounds), columns: Arc::new(columns) }))
}

/// The first rows are nobody's, the others somebody's.
fn runs(nobody: usize, rows: usize, tags: &[u8], valued: &[u32]) -> Runs {
    let both = [(NO_VISITOR, 0..nobody), (SOMEBODY, nobody..rows)];
    let (visitors, starts): (Vec<u64>, Vec<u32>) = both
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(of, rows)| (of, short(rows.start)))
        .unzip();
    let starts: Vec<u32> = starts.into_iter().chain([short(rows)]).collect();
    let flags = run_flags(&starts, tags, valued);
    Runs { visitors: visitors.into(), starts: starts.into(), flags: flags.into() }
}

/// Whether bare rows keep a text: what says which event it was, and by which campaign, not who had it.
const fn stays(of: &Dimension) -> bool {
    !matches!(
        of,
        Dimension::Column(
            TextColumn::Referrer
                | TextColumn::Country
                | TextColumn::Device
                | TextColumn::Browser
                | TextColumn::Os
        )
    )
}

#[allow(clippy::cast_possible_truncation, reason = "a part has fewer than 2^30 rows")]
const fn short(row: usize) -> u32 {
    row as u32
}

#[cfg(test)]
mod tests {
    use waymark_model::{Event, Tag};

    use super::*;
    use crate::columns::{PartBuilder, testing::rows};

    /// An order of a visitor at a time, with everything that an event can tell.
    fn order(visitor: u64, time: i64) -> Event {
        let mut event = TextColumn::ALL
            .into_iter()
            .fold(Event::new(visitor, time, ""), |event, column| event.with_text(column, column.as_str()));
        event.props = vec![("plan".to_owned(), "pro".to_owned())];
        (event.user, event.key, event.value, event.event_id) = (Some(3), Some(time as u64), Some(7), Some(9));
        event
    }

    fn part(events: &[Event]) -> Part {
        let mut builder = PartBuilder::default();
        events.iter().for_each(|event| builder.push(event));
        builder.finish(1).unwrap()
    }

    #[test]
    fn bare_rows_are_in_order_and_tell_of_nobody() {
        let mut test = order(9, 3);
        test.tag = Tag::Test;
        let of = part(&[order(9, 1), test, order(5, 2), order(5, 4), order(NO_VISITOR, 5)]);
        let left = rewrite(&of, |_| Keep::Bare).unwrap();
        assert!(left.whole.is_none());
        let bare = left.bare.unwrap();
        let bounds = &bare.bounds;
        assert_eq!((bounds.rows, bounds.visitors, bounds.visitor, bounds.bare), (5, 2, (0, 1), true));
        let found = rows(&bare);
        let times: Vec<_> = found.iter().map(|(event, _)| (event.visitor, event.time)).collect();
        assert_eq!(times, [(0, 5), (1, 1), (1, 2), (1, 3), (1, 4)]);
        for (event, _) in found {
            assert_eq!((event.user, event.event_id, event.value), (None, None, Some(7)));
            assert_eq!((event.key, event.prop("plan")), (Some(event.time as u64), Some("pro")));
            assert_eq!(event.tag == Tag::Test, event.time == 3);
            let kept: Vec<_> =
                TextColumn::ALL.into_iter().filter(|&column| !event.text(column).is_empty()).collect();
            use TextColumn::{Campaign, Channel, Currency, Host, Medium, Name, Path, Source};
            assert_eq!(kept, [Name, Host, Path, Channel, Source, Medium, Campaign, Currency]);
        }
    }

    #[test]
    fn rows_that_stay_whole_are_as_they_were() {
        let events = [order(9, 1), order(9, 3), order(5, 2), order(NO_VISITOR, 5)];
        let of = part(&events);
        let odd = |row| if row % 2 == 1 { Keep::Whole } else { Keep::Not };
        let left = rewrite(&of, odd).unwrap();
        assert!(left.bare.is_none());
        let expected: Vec<_> =
            (0..).zip(rows(&of)).filter(|(row, _)| row % 2 == 1).map(|(_, row)| row).collect();
        assert_eq!(rows(&left.whole.unwrap()), expected);
        let none = rewrite(&of, |_| Keep::Not).unwrap();
        assert!(none.whole.is_none() && none.bare.is_none());
    }
}
