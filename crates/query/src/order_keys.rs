//! Order keys across visitors: which event owns an order, what the order is worth, and which events repeat it.

use hashbrown::HashMap;
use waymark_store::columns::{Buffer, ColumnsError, Part};

use crate::{
    cancel::Cancel,
    hits::RowNumbers as _,
    planner::Planner,
    view::{View, Worth},
};

/// An event with an order key, as far as the rule needs it. The order is `(time, seq)`, then the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyed {
    pub(crate) key: u64,
    time: i64,
    seq: u64,
    pub(crate) view: usize,
    pub(crate) row: u32,
}

/// The places in the order of arrival of each part that has order keys.
pub(crate) fn seqs(views: &[View], parts: &[Part]) -> Result<Vec<Buffer<u64>>, ColumnsError> {
    let seqs = |(view, part): (&View, &Part)| {
        if view.has_keys() { part.columns.seqs() } else { Ok(Buffer::default()) }
    };
    views.iter().zip(parts).map(seqs).collect()
}

/// Marks in the views which rows repeat an order key under a rule that counts a key once, among all of the site's
/// matching events, also across visitors and outside the range; and what owners are worth where others of the key tell it.
pub(crate) fn index(
    views: &mut [View],
    seqs: &[Buffer<u64>],
    include_tagged: bool,
    planner: &Planner,
    cancel: &Cancel,
) {
    let mut by_bit: HashMap<u64, Vec<Keyed>> = HashMap::new();
    for (event, hits) in keyed(views, seqs).take_while(|_| !cancel.is_cancelled()) {
        let hits = hits & planner.once_per_key;
        if hits != 0 && (include_tagged || !views[event.view].is_tagged(event.row)) {
            bits(hits).for_each(|bit| by_bit.entry(bit).or_default().push(event));
        }
    }
    for (bit, events) in by_bit {
        let currency = (bit & planner.joined != 0).then_some(planner.currency);
        decide(views, bit, events, currency);
    }
}

/// All events with an order key, and the predicates that they match, as bits.
pub(crate) fn keyed<'a>(
    views: &'a [View],
    seqs: &'a [Buffer<u64>],
) -> impl Iterator<Item = (Keyed, u64)> + 'a {
    views.iter().zip(seqs).enumerate().flat_map(|(at, (view, seqs))| {
        view.keyed_rows().map(move |(row, key)| {
            let seq = seqs.get(row as usize).copied().unwrap_or(0);
            let event = Keyed { key, time: view.times.get(row as usize), seq, view: at, row };
            (event, view.matches(row as usize))
        })
    })
}

/// Decides who owns each order. The other events of the key are repeats. With a slot of currencies, the owner's value is
/// found out too.
fn decide(views: &mut [View], bit: u64, mut events: Vec<Keyed>, currency: Option<usize>) {
    events.sort_unstable();
    for order in events.chunk_by(|a, b| a.key == b.key).filter(|order| order.len() > 1) {
        let owner = owner(views, order);
        let joined = currency.and_then(|currency| joined(views, order, &order[owner], currency));
        let Keyed { view, row, .. } = order[owner];
        joined.into_iter().for_each(|worth| views[view].join(row, bit, worth));
        let others = order.iter().enumerate().filter(|(at, _)| *at != owner);
        others.for_each(|(_, other)| views[other.view].add_duplicate(other.row, bit));
    }
}

/// The place of the event that owns an order: the first that has a visitor, or else the first.
fn owner(views: &[View], order: &[Keyed]) -> usize {
    order.iter().position(|event| !event.is_anonymous(views)).unwrap_or(0)
}

/// What an order is worth where a key counts once and its events tell their values.
pub(crate) fn worth(views: &[View], order: &[Keyed], currency: usize) -> Option<Worth> {
    let owner = order.get(owner(views, order))?;
    joined(views, order, owner, currency).or_else(|| owner.worth(views, currency))
}

/// The value that others tell of an order: the first one without a visitor; or else, unless the owner's is verified, the
/// first verified one.
fn joined(views: &[View], order: &[Keyed], owner: &Keyed, currency: usize) -> Option<Worth> {
    let worth = |event: &Keyed| event.worth(views, currency);
    let without_visitor = order.iter().filter(|event| event.is_anonymous(views)).find_map(worth);
    if without_visitor.is_some() || worth(owner).is_some_and(|own| own.is_verified) {
        return without_visitor;
    }
    order.iter().filter_map(worth).find(|worth| worth.is_verified)
}

impl Keyed {
    fn is_anonymous(&self, views: &[View]) -> bool {
        views[self.view].is_anonymous(self.row)
    }

    /// The event's own value.
    pub(crate) fn worth(&self, views: &[View], currency: usize) -> Option<Worth> {
        let view = &views[self.view];
        view.value(self.row).map(|minor| view.worth(self.row, minor, currency))
    }
}

/// Each bit of a set.
pub(crate) fn bits(mut set: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let lowest = set & set.wrapping_neg();
        set ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}
