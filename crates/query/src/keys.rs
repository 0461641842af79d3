//! Order keys across visitors: which event owns an order and what the order is worth, which events repeat it, and
//! whose orders refunds belong to.

use hashbrown::{HashMap, HashSet};
use waymark_store::columns::{Buffer, ColumnsError, Part};

use crate::{
    plan::Planner,
    scope::Scope,
    view::{View, Worth},
};

/// The order keys of the events that match a bit.
pub(crate) type KeysByBit = HashMap<u64, HashSet<u64>>;

/// An event with an order key, as far as the rule needs it. The order is `(time, seq)`, then the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    key: u64,
    time: i64,
    seq: u64,
    view: usize,
    row: u32,
}

/// Marks in the views which rows repeat an order key under a rule that counts a key once, among all of the site's
/// matching events, also across visitors and outside the range; and what owners are worth where others of the key tell
/// it. Returns the keys of the bits that refunds ask for.
pub(crate) fn index(
    views: &mut [View],
    parts: &[Part],
    scope: &Scope,
    planner: &Planner,
) -> Result<KeysByBit, ColumnsError> {
    let wanted = planner.once_per_key | planner.refunded;
    let mut by_bit: HashMap<u64, Vec<Keyed>> = HashMap::new();
    if wanted == 0 {
        return Ok(KeysByBit::new());
    }
    for (at, view) in views.iter().enumerate() {
        let seqs = if view.has_keys() { parts[at].columns.seqs()? } else { Buffer::default() };
        for (row, key) in view.keyed_rows() {
            let hits = view.matches(row as usize) & wanted;
            if hits == 0 || (view.is_tagged(row) && !scope.population.include_tagged) {
                continue;
            }
            let seq = seqs.get(row as usize).copied().unwrap_or(0);
            let event = Keyed { key, time: view.times.get(row as usize), seq, view: at, row };
            for bit in bits(hits) {
                by_bit.entry(bit).or_default().push(event);
            }
        }
    }
    let refunded = by_bit.iter().filter(|(bit, _)| *bit & planner.refunded != 0);
    let keys = refunded.map(|(bit, events)| (*bit, events.iter().map(|e| e.key).collect())).collect();
    for (bit, events) in by_bit {
        if bit & planner.once_per_key != 0 {
            let currency = (bit & planner.joined != 0).then_some(planner.currency);
            decide(views, bit, events, currency);
        }
    }
    for view in views {
        view.settle();
    }
    Ok(keys)
}

/// Decides who owns each order: the first event that has a visitor, or else the first. The others of the key lose. With
/// a slot of currencies, the owner's value is found out too.
fn decide(views: &mut [View], bit: u64, mut events: Vec<Keyed>, currency: Option<usize>) {
    events.sort_unstable();
    for order in events.chunk_by(|a, b| a.key == b.key).filter(|order| order.len() > 1) {
        let owner = order.iter().position(|event| !event.is_anonymous(views)).unwrap_or(0);
        let joined = currency.and_then(|currency| joined(views, order, &order[owner], currency));
        let Keyed { view, row, .. } = order[owner];
        joined.into_iter().for_each(|worth| views[view].join(row, bit, worth));
        let others = order.iter().enumerate().filter(|(at, _)| *at != owner);
        others.for_each(|(_, other)| views[other.view].lose(other.row, bit));
    }
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

    fn worth(&self, views: &[View], currency: usize) -> Option<Worth> {
        let view = &views[self.view];
        view.value(self.row).map(|minor| view.worth(self.row, minor, currency))
    }
}

fn bits(mut set: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let lowest = set & set.wrapping_neg();
        set ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}
