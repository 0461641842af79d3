//! Builds a part out of pieces of others, column by column. The order of the pieces is given.

use std::{collections::BTreeSet, sync::Arc};

use waymark_model::{Dimension, Identity, Tag};

use super::{
    Bounds, Buffer, CodeBuilder, Codes, MemoryColumns, Numbers, Part, Runs, TextCodes, Times,
    merge::{Input, Piece},
    run_flags,
};

/// The part of these pieces; `None` when there are none. Pieces of one input ascend. Mapped columns are let go one by one, as
/// soon as they were read: a system may map much more around a page than the page that was asked for.
pub(super) fn gather(inputs: &[Input], pieces: &[Piece]) -> Option<Part> {
    let rows: usize = pieces.iter().map(|piece| piece.rows.len()).sum();
    let tags = tags(inputs, pieces, rows);
    let (identities, kinds) = identities(inputs, pieces, rows);
    let values = numbers(inputs, pieces, |columns| &columns.values);
    let runs = runs(inputs, pieces, &tags, &values.rows);
    let (times, time) = times(inputs, pieces, rows)?;
    let seqs: Vec<u64> = pieces
        .iter()
        .flat_map(|piece| &inputs[piece.input].columns.seqs[piece.rows.clone()])
        .copied()
        .collect();
    inputs.iter().for_each(|input| input.columns.seqs.let_go());
    let tagged = tags.iter().filter(|&&tag| tag != Tag::None as u8).count();
    let bounds = Bounds {
        rows: u32::try_from(rows).ok()?,
        visitors: u32::try_from(runs.visitors.len()).ok()?,
        visitor: (*runs.visitors.first()?, *runs.visitors.last()?),
        time,
        seq: (*seqs.iter().min()?, *seqs.iter().max()?),
        tagged: u32::try_from(tagged).ok()?,
        identities: kinds,
        bare: inputs.iter().all(|input| input.bare),
    };
    let dimensions: BTreeSet<&Dimension> =
        inputs.iter().flat_map(|input| input.columns.texts.keys()).collect();
    let text = |of: &Dimension| Some((of.clone(), texts(inputs, pieces, of, rows)?));
    let columns = MemoryColumns {
        texts: dimensions.into_iter().filter_map(text).collect(),
        runs,
        times,
        seqs: seqs.into(),
        tags: (tagged > 0).then(|| tags.into()),
        identities: (bounds.identities.len() > 1).then(|| identities.into()),
        values,
        keys: numbers(inputs, pieces, |columns| &columns.keys),
        users: numbers(inputs, pieces, |columns| &columns.users),
        verified: sparse(inputs, pieces, |columns| &columns.verified)
            .map(|(row, ..)| row)
            .collect::<Vec<_>>()
            .into(),
        event_ids: event_ids(inputs, pieces),
    };
    Some(Part { bounds: Arc::new(bounds), columns: Arc::new(columns) })
}

fn tags(inputs: &[Input], pieces: &[Piece], rows: usize) -> Vec<u8> {
    let mut tags = Vec::with_capacity(rows);
    for piece in pieces {
        match &inputs[piece.input].columns.tags {
            Some(of) => tags.extend_from_slice(&of[piece.rows.clone()]),
            None => tags.resize(tags.len() + piece.rows.len(), Tag::None as u8),
        }
    }
    tags
}

/// The identity of each row, and which occur.
fn identities(inputs: &[Input], pieces: &[Piece], rows: usize) -> (Vec<u8>, Vec<Identity>) {
    let mut all = Vec::with_capacity(rows);
    for piece in pieces {
        let input = &inputs[piece.input];
        match &input.columns.identities {
            Some(of) => all.extend_from_slice(&of[piece.rows.clone()]),
            None => all.resize(all.len() + piece.rows.len(), input.identity),
        }
    }
    let known = [Identity::Audience, Identity::Consented, Identity::Imported];
    let occur = known.into_iter().filter(|kind| all.contains(&(*kind as u8))).collect();
    (all, occur)
}

fn runs(inputs: &[Input], pieces: &[Piece], tags: &[u8], valued: &[u32]) -> Runs {
    let (mut visitors, mut starts, mut row): (Vec<u64>, Vec<u32>, usize) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        let of = &inputs[piece.input].columns.runs;
        let mut run = of.starts.partition_point(|&start| start as usize <= piece.rows.start) - 1;
        let mut at = piece.rows.start;
        while at < piece.rows.end {
            if visitors.last() != Some(&of.visitors[run]) {
                visitors.push(of.visitors[run]);
                starts.push(short(row + at - piece.rows.start));
            }
            run += 1;
            at = of.starts[run] as usize;
        }
        row += piece.rows.len();
    }
    starts.push(short(row));
    let flags = run_flags(&starts, tags, valued);
    Runs { visitors: visitors.into(), starts: starts.into(), flags: flags.into() }
}

/// The times, counted from the earliest, and the earliest and latest.
fn times(inputs: &[Input], pieces: &[Piece], rows: usize) -> Option<(Times, (i64, i64))> {
    let slices = || {
        pieces.iter().map(|piece| {
            let times = &inputs[piece.input].columns.times;
            (times.base, &times.offsets[piece.rows.clone()])
        })
    };
    let earliest = slices().filter_map(|(base, of)| Some(base + i64::from(*of.iter().min()?))).min()?;
    let latest = slices().filter_map(|(base, of)| Some(base + i64::from(*of.iter().max()?))).max()?;
    let mut offsets: Vec<u32> = Vec::with_capacity(rows);
    for (base, of) in slices() {
        // Differences of times within less than 2³² ms: exact modulo 2³².
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "exact modulo 2³²")]
        let shift = base.wrapping_sub(earliest) as u32;
        offsets.extend(of.iter().map(|offset| offset.wrapping_add(shift)));
    }
    Some((Times { base: earliest, offsets: offsets.into() }, (earliest, latest)))
}

/// A text column with a dictionary of the texts that occur; `None` when none does.
fn texts(inputs: &[Input], pieces: &[Piece], of: &Dimension, rows: usize) -> Option<TextCodes> {
    let columns: Vec<Option<&TextCodes>> = inputs.iter().map(|input| input.columns.texts.get(of)).collect();
    let mut known = known_codes(&columns, pieces);
    let mut builder = CodeBuilder::default();
    let mut codes = Vec::with_capacity(rows);
    for piece in pieces {
        let Some(text) = columns[piece.input] else {
            codes.resize(codes.len() + piece.rows.len(), 0);
            continue;
        };
        let mut code = |old: u32| {
            let slot = known[piece.input].slot(old);
            if *slot == UNKNOWN {
                *slot = builder.code(&text.dictionary.texts()[old as usize]);
            }
            *slot
        };
        match &text.codes {
            Codes::U8(of) => codes.extend(of[piece.rows.clone()].iter().map(|&old| code(old.into()))),
            Codes::U16(of) => codes.extend(of[piece.rows.clone()].iter().map(|&old| code(old.into()))),
            Codes::U32(of) => codes.extend(of[piece.rows.clone()].iter().map(|&old| code(old))),
        }
    }
    columns.into_iter().flatten().for_each(TextCodes::let_go);
    TextCodes::narrow(codes.into_iter(), rows, builder.into_dictionary()?)
}

/// What the codes of an input became: those between the lowest and the highest that occur, since large dictionaries are
/// in the order of the rows.
struct KnownCodes {
    first: u32,
    codes: Vec<u32>,
}

impl KnownCodes {
    fn slot(&mut self, old: u32) -> &mut u32 {
        &mut self.codes[(old - self.first) as usize]
    }
}

fn known_codes(columns: &[Option<&TextCodes>], pieces: &[Piece]) -> Vec<KnownCodes> {
    let mut spans: Vec<Option<(u32, u32)>> = vec![None; columns.len()];
    for piece in pieces {
        let Some(text) = columns[piece.input] else { continue };
        let rows = piece.rows.clone();
        let found = match &text.codes {
            Codes::U8(of) => span(&of[rows]),
            Codes::U16(of) => span(&of[rows]),
            Codes::U32(of) => span(&of[rows]),
        };
        let both = |(low, high): (u32, u32), (found_low, found_high): (u32, u32)| {
            (low.min(found_low), high.max(found_high))
        };
        spans[piece.input] = spans[piece.input].into_iter().chain(found).reduce(both);
    }
    let known = |span: Option<(u32, u32)>| {
        let (first, last) = span.unwrap_or_default();
        KnownCodes { first, codes: vec![UNKNOWN; (last - first) as usize + 1] }
    };
    spans.into_iter().map(known).collect()
}

/// The lowest and the highest number.
fn span<T: Copy + Ord + Into<u32>>(numbers: &[T]) -> Option<(u32, u32)> {
    Some(((*numbers.iter().min()?).into(), (*numbers.iter().max()?).into()))
}

/// The code of a text that was not met yet.
const UNKNOWN: u32 = u32::MAX;

fn numbers(inputs: &[Input], pieces: &[Piece], of: impl Fn(&MemoryColumns) -> &Numbers) -> Numbers {
    let found = sparse(inputs, pieces, |columns| &of(columns).rows);
    let (rows, values): (Vec<u32>, Vec<u64>) =
        found.map(|(row, input, at)| (row, of(&inputs[input].columns).values[at])).unzip();
    inputs.iter().for_each(|input| of(&input.columns).values.let_go());
    Numbers { rows: rows.into(), values: values.into() }
}

fn event_ids(inputs: &[Input], pieces: &[Piece]) -> (Buffer<u32>, Buffer<u128>) {
    let found = sparse(inputs, pieces, |columns| &columns.event_ids.0);
    let (rows, ids): (Vec<u32>, Vec<u128>) =
        found.map(|(row, input, at)| (row, inputs[input].columns.event_ids.1[at])).unzip();
    inputs.iter().for_each(|input| input.columns.event_ids.1.let_go());
    (rows.into(), ids.into())
}

/// For each of the pieces' rows that is among the inputs' listed rows: the new row, the input, and the place in
/// its list.
fn sparse<'a>(
    inputs: &'a [Input],
    pieces: &'a [Piece],
    list: impl Fn(&'a MemoryColumns) -> &'a Buffer<u32> + 'a,
) -> impl Iterator<Item = (u32, usize, usize)> + 'a {
    let mut first = 0;
    pieces.iter().flat_map(move |piece| {
        let rows = list(&inputs[piece.input].columns);
        let begin = first;
        first += piece.rows.len();
        let from = rows.partition_point(|&row| (row as usize) < piece.rows.start);
        let listed = rows[from..].iter().take_while(|&&row| (row as usize) < piece.rows.end);
        let start = piece.rows.start;
        (from..).zip(listed).map(move |(at, &row)| (short(begin + row as usize - start), piece.input, at))
    })
}

#[allow(clippy::cast_possible_truncation, reason = "a part has fewer than 2^30 rows")]
const fn short(row: usize) -> u32 {
    row as u32
}
