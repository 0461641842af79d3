//! Builds a part in memory from events in the order of their arrival.

use std::{collections::BTreeMap, sync::Arc};

use waymark_model::{Dimension, Event, Identity, Tag, TextColumn};

use super::{
    Bounds, Buffer, CodeBuilder, MemoryColumns, Numbers, Part, RUN_HAS_TAGS, RUN_HAS_VALUES, Runs, TextCodes,
    Times,
};

/// Collects events of one batch; [`PartBuilder::finish`] sorts them.
///
/// Sequence numbers are `batch · 2³² + rank`, where `rank` counts the events of the batch that have the same
/// time and arrived before. Batches are numbered in the order of arrival, so `(time, seq)` orders all events
/// of a site by time and then arrival, also across visitors; and since equal times are rare, the column
/// takes next to no room.
#[derive(Debug, Default)]
pub struct PartBuilder {
    visitors: Vec<u64>,
    times: Vec<i64>,
    columns: [CodeBuilder; TextColumn::ALL.len()],
    props: BTreeMap<Box<str>, CodeBuilder>,
    tags: Vec<u8>,
    identities: Vec<u8>,
    values: Vec<(u32, u64)>,
    keys: Vec<(u32, u64)>,
    users: Vec<(u32, u64)>,
    verified: Vec<u32>,
    event_ids: Vec<(u32, u128)>,
}

/// Bytes that a row takes up besides its texts, roughly.
const ROW_BYTES: usize = 40;

impl PartBuilder {
    /// Most rows a part may have.
    pub const MAX_ROWS: usize = 1 << 30;
    /// A part spans less than this many ms: one calendar month fits.
    pub const MAX_SPAN: i64 = 1 << 32;

    /// Takes an event. Those without a visitor are kept too.
    pub fn push(&mut self, event: &Event) {
        let row = self.visitors.len();
        #[allow(clippy::cast_possible_truncation, reason = "a builder holds fewer than 2^30 rows")]
        let short = row as u32;
        self.visitors.push(event.visitor);
        self.times.push(event.time);
        for column in TextColumn::ALL {
            self.columns[column as usize].set(row, event.text(column));
        }
        for (key, value) in &event.props {
            if !value.is_empty() {
                match self.props.get_mut(key.as_str()) {
                    Some(codes) => codes.set(row, value),
                    None => self.props.entry(key.as_str().into()).or_default().set(row, value),
                }
            }
        }
        self.tags.push(event.tag as u8);
        self.identities.push(event.identity as u8);
        self.values.extend(event.value.map(|value| (short, value as u64)));
        self.keys.extend(event.key.map(|key| (short, key)));
        self.users.extend(event.user.map(|user| (short, user)));
        self.verified.extend(event.verified.then_some(short));
        self.event_ids.extend(event.event_id.map(|id| (short, id)));
    }

    /// Number of events taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.visitors.len()
    }

    /// Whether no event was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.visitors.is_empty()
    }

    /// Roughly the memory in use, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts: usize = self.columns.iter().chain(self.props.values()).map(CodeBuilder::bytes).sum();
        self.len() * ROW_BYTES + texts + self.event_ids.len() * size_of::<(u32, u128)>()
    }

    /// The part, its rows sorted by `(visitor, time, arrival)`; `None` when no event was taken.
    ///
    /// All events must lie within [`PartBuilder::MAX_SPAN`] of one another; callers divide them by calendar
    /// month (live tails by that bound) first.
    #[must_use]
    pub fn finish(self, batch: u32) -> Option<Part> {
        let order = self.order();
        let ranks = ranks(&self.times);
        let pick = |row: &u32| *row as usize;
        let seqs: Vec<u64> =
            order.iter().map(|row| (u64::from(batch) << 32) | u64::from(ranks[pick(row)])).collect();
        let tags: Vec<u8> = order.iter().map(|row| self.tags[pick(row)]).collect();
        let identities: Vec<u8> = order.iter().map(|row| self.identities[pick(row)]).collect();
        let times: Vec<i64> = order.iter().map(|row| self.times[pick(row)]).collect();
        let visitors: Vec<u64> = order.iter().map(|row| self.visitors[pick(row)]).collect();
        let bounds = bounds(&visitors, &times, &seqs, &tags, &identities)?;

        let mut position = vec![0_u32; order.len()];
        for (to, from) in order.iter().enumerate() {
            #[allow(clippy::cast_possible_truncation, reason = "fewer than 2^30 rows")]
            let to = to as u32;
            position[*from as usize] = to;
        }
        let fixed = TextColumn::ALL.into_iter().zip(self.columns).map(|(c, b)| (Dimension::Column(c), b));
        let props = self.props.into_iter().map(|(key, b)| (Dimension::Property(key.into()), b));
        let texts: BTreeMap<Dimension, TextCodes> =
            fixed.chain(props).filter_map(|(of, builder)| Some((of, builder.finish(&order)?))).collect();

        let several = bounds.identities.len() > 1;
        let values = moved(self.values, &position);
        let columns = MemoryColumns {
            texts,
            runs: runs(&visitors, &tags, &values.rows),
            times: offsets(&times, bounds.time.0),
            seqs: seqs.into(),
            tags: (bounds.tagged > 0).then(|| tags.into()),
            identities: several.then(|| identities.into()),
            values,
            keys: moved(self.keys, &position),
            users: moved(self.users, &position),
            verified: sorted(self.verified.iter().map(|&row| position[row as usize]).collect()).into(),
            event_ids: moved_ids(self.event_ids, &position),
        };
        Some(Part { bounds: Arc::new(bounds), columns: Arc::new(columns) })
    }

    fn order(&self) -> Vec<u32> {
        #[allow(clippy::cast_possible_truncation, reason = "fewer than 2^30 rows")]
        let mut keyed: Vec<(u64, i64, u32)> = self
            .visitors
            .iter()
            .zip(&self.times)
            .enumerate()
            .map(|(row, (&visitor, &time))| (visitor, time, row as u32))
            .collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, _, row)| row).collect()
    }
}

/// For each event, how many events of the same time arrived before it.
fn ranks(times: &[i64]) -> Vec<u32> {
    let mut ranks = vec![0; times.len()];
    #[allow(clippy::cast_possible_truncation, reason = "fewer than 2^30 rows")]
    let mut keyed: Vec<(i64, u32)> =
        times.iter().enumerate().map(|(row, &time)| (time, row as u32)).collect();
    keyed.sort_unstable();
    let mut rank = 0;
    for pair in keyed.windows(2) {
        rank = if pair[0].0 == pair[1].0 { rank + 1 } else { 0 };
        ranks[pair[1].1 as usize] = rank;
    }
    ranks
}

/// The visitors of sorted rows, where each one's rows begin, and what they have. `tags` has one number a row or
/// is empty; `valued` are the rows that have a value, ascending.
fn runs(visitors: &[u64], tags: &[u8], valued: &[u32]) -> Runs {
    let (mut distinct, mut starts) = (Vec::new(), Vec::new());
    for (row, visitor) in (0_u32..).zip(visitors) {
        if distinct.last() != Some(visitor) {
            distinct.push(*visitor);
            starts.push(row);
        }
    }
    #[allow(clippy::cast_possible_truncation, reason = "fewer than 2^30 rows")]
    starts.push(visitors.len() as u32);
    let flags = run_flags(&starts, tags, valued);
    Runs { visitors: distinct.into(), starts: starts.into(), flags: flags.into() }
}

/// The flags of runs that begin at these rows, the last of which is the number of rows; `tags` and `valued` as
/// above.
pub(crate) fn run_flags(starts: &[u32], tags: &[u8], valued: &[u32]) -> Vec<u8> {
    let mut valued = valued.iter().peekable();
    let flags = starts.windows(2).map(|run| {
        let rows = tags.get(run[0] as usize..run[1] as usize);
        let tagged = rows.is_some_and(|tags| tags.iter().any(|&tag| tag != Tag::None as u8));
        let mut flags = if tagged { RUN_HAS_TAGS } else { 0 };
        while valued.next_if(|&&row| row < run[1]).is_some() {
            flags |= RUN_HAS_VALUES;
        }
        flags
    });
    flags.collect()
}

fn bounds(visitors: &[u64], times: &[i64], seqs: &[u64], tags: &[u8], identities: &[u8]) -> Option<Bounds> {
    let span = |numbers: &[u64]| Some((*numbers.iter().min()?, *numbers.iter().max()?));
    let known = [Identity::Audience, Identity::Consented, Identity::Imported];
    let distinct = 1 + visitors.windows(2).filter(|pair| pair[0] != pair[1]).count();
    Some(Bounds {
        rows: u32::try_from(visitors.len()).ok()?,
        visitors: u32::try_from(distinct).ok()?,
        visitor: span(visitors)?,
        time: (*times.iter().min()?, *times.iter().max()?),
        seq: span(seqs)?,
        tagged: u32::try_from(tags.iter().filter(|&&tag| tag != 0).count()).ok()?,
        identities: known.into_iter().filter(|kind| identities.contains(&(*kind as u8))).collect(),
        bare: false,
    })
}

fn offsets(times: &[i64], base: i64) -> Times {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part spans less than 2^32 ms"
    )]
    let offsets: Vec<u32> = times.iter().map(|time| (time - base) as u32).collect();
    Times { base, offsets: offsets.into() }
}

fn moved(numbers: Vec<(u32, u64)>, position: &[u32]) -> Numbers {
    let moved = sorted(numbers.into_iter().map(|(row, number)| (position[row as usize], number)).collect());
    let (rows, values): (Vec<_>, Vec<_>) = moved.into_iter().unzip();
    Numbers { rows: rows.into(), values: values.into() }
}

fn moved_ids(ids: Vec<(u32, u128)>, position: &[u32]) -> (Buffer<u32>, Buffer<u128>) {
    let moved = sorted(ids.into_iter().map(|(row, id)| (position[row as usize], id)).collect());
    let (rows, ids): (Vec<_>, Vec<_>) = moved.into_iter().unzip();
    (rows.into(), ids.into())
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_keep_what_belongs_to_them() {
        let mut builder = PartBuilder::default();
        let mut late = Event::new(7, 20, "buy").with_text(TextColumn::Path, "/done");
        (late.value, late.key, late.tag) = (Some(-5), Some(99), Tag::Test);
        late.props.push(("item".into(), "a".into()));
        builder.push(&late);
        builder.push(&Event::new(7, 10, "view"));
        builder.push(&Event::new(3, 20, "view"));
        let part = builder.finish(2).unwrap();
        let columns = &part.columns;
        let runs = columns.runs().unwrap();
        assert_eq!(
            (&*runs.visitors, &*runs.starts, &*runs.flags),
            (&[3, 7][..], &[0, 1, 3][..], &[0, 3][..])
        );
        assert_eq!((0..3).map(|row| columns.times().unwrap().get(row)).collect::<Vec<_>>(), [20, 10, 20]);
        assert_eq!(&*columns.seqs().unwrap(), &[2 << 32 | 1, 2 << 32, 2 << 32]);
        let name = columns.text(&Dimension::Column(TextColumn::Name)).unwrap().unwrap();
        let names: Vec<_> = (0..3).map(|row| name.dictionary.get(name.codes.get(row)).unwrap()).collect();
        assert_eq!(names, ["view", "view", "buy"]);
        let item = columns.text(&Dimension::Property("item".into())).unwrap().unwrap();
        assert_eq!((0..3).map(|row| item.codes.get(row)).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(columns.numbers(super::super::NumberColumn::Value).unwrap().get(2), Some(-5_i64 as u64));
        assert_eq!(columns.numbers(super::super::NumberColumn::Key).unwrap().get(2), Some(99));
        assert_eq!(&*columns.tags().unwrap().unwrap(), &[0, 0, 3]);
        assert_eq!((part.bounds.rows, part.bounds.visitors, part.bounds.tagged), (3, 2, 1));
    }
}
