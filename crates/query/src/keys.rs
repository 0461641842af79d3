//! Order keys across visitors: which events repeat an order that counted before, and whose orders refunds belong to.

use hashbrown::{HashMap, HashSet};
use waymark_store::columns::{Buffer, ColumnsError, Part};

use crate::{plan::Planner, scope::Scope, view::View};

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

/// Marks in the views which rows repeat an order key under a rule that counts a key once: the first event by
/// `(time, seq)` among all of the site's matching events counts, also across visitors and outside the range.
/// Returns the keys of the bits that refunds ask for.
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
            mark_repeats(views, bit, events);
        }
    }
    for view in views {
        view.settle_losers();
    }
    Ok(keys)
}

fn mark_repeats(views: &mut [View], bit: u64, mut events: Vec<Keyed>) {
    events.sort_unstable();
    for pair in events.windows(2) {
        if pair[0].key == pair[1].key {
            views[pair[1].view].lose(pair[1].row, bit);
        }
    }
}

fn bits(mut set: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let lowest = set & set.wrapping_neg();
        set ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}
