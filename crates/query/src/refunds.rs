//! What refunds take back from orders (`docs/counting.md`, Goals): from which, how much, in which currency. Refunds that
//! have no order are marked.

use hashbrown::{HashMap, HashSet};
use smallvec::SmallVec;
use waymark_model::{Counting, GoalValue};
use waymark_store::columns::Buffer;

use crate::{
    order_keys::{self, Keyed, bits, keyed},
    planner::{Account, Planner},
    view::{Refund, Values, View, Worth},
};

/// Notes in the views what each refund takes back, and which refunds have a key that no order has.
pub(crate) fn index(
    views: &mut [View],
    seqs: &[Buffer<u64>],
    include_tagged: bool,
    planner: &mut Planner,
    values: &mut Values,
) {
    if planner.refund == 0 {
        return;
    }
    for account in &mut planner.accounts {
        if let GoalValue::Fixed { currency, .. } = &account.value {
            account.fixed_currency = values.number(planner.currency, currency);
        }
    }
    let refunds = find(views, seqs, include_tagged, planner.refund);
    let mut orders = Orders::new(views, seqs, include_tagged, planner, &refunds);
    if !planner.orders.is_empty() {
        let without_order = refunds.iter().filter(|refund| !orders.known.contains(&refund.key));
        without_order.for_each(|refund| views[refund.view].orphan(refund.row));
    }
    for (number, account) in (0..).zip(&planner.accounts) {
        let Some(events) = orders.by_bit.get_mut(&account.bit) else { continue };
        events.sort_unstable();
        for refunds in refunds.chunk_by(|a, b| a.key == b.key) {
            let key = refunds[0].key;
            let start = events.partition_point(|event| event.key < key);
            let count = events[start..].partition_point(|event| event.key == key);
            if count > 0 {
                let mut left = Left::new(views, account, &events[start..start + count], planner.currency);
                for refund in refunds {
                    for taken in left.take(refund.worth(views, planner.currency)) {
                        views[refund.view].refund(refund.row, number, taken);
                    }
                }
            }
        }
    }
}

/// The refunds that have a key and are not left out: by key, then in order.
fn find(views: &[View], seqs: &[Buffer<u64>], include_tagged: bool, refund: u64) -> Vec<Keyed> {
    let is_kept = |event: &Keyed| include_tagged || !views[event.view].is_tagged(event.row);
    let refunds = keyed(views, seqs).filter(|(event, hits)| hits & refund != 0 && is_kept(event));
    let mut refunds: Vec<Keyed> = refunds.map(|(event, _)| event).collect();
    refunds.sort_unstable();
    refunds
}

/// The events of refunded orders.
struct Orders {
    /// By the bit of an account.
    by_bit: HashMap<u64, Vec<Keyed>>,
    /// The keys of orders. Those of orders that are left out are known too: their refunds are left out with them.
    known: HashSet<u64>,
}

impl Orders {
    fn new(
        views: &[View],
        seqs: &[Buffer<u64>],
        include_tagged: bool,
        planner: &Planner,
        refunds: &[Keyed],
    ) -> Self {
        let refunded: HashSet<u64> = refunds.iter().map(|refund| refund.key).collect();
        let accounts = planner.accounts.iter().fold(0, |all, account| all | account.bit);
        let is_order = |event: &Keyed| {
            planner.orders.iter().any(|&set| views[event.view].matches_of(set, event.row as usize) != 0)
        };
        let mut found = Self { by_bit: HashMap::new(), known: HashSet::new() };
        for (event, hits) in keyed(views, seqs) {
            if hits & planner.refund != 0 || !refunded.contains(&event.key) {
                continue;
            }
            if is_order(&event) {
                found.known.insert(event.key);
            }
            if include_tagged || !views[event.view].is_tagged(event.row) {
                bits(hits & accounts).for_each(|bit| found.by_bit.entry(bit).or_default().push(event));
            }
        }
        found
    }
}

/// What is left of an order, by currency, and the currency of refunds that state none.
struct Left {
    amounts: SmallVec<[(u32, i128); 1]>,
    currency: u32,
}

impl Left {
    /// What an account counts an order for, given the order's events in their order.
    fn new(views: &[View], account: &Account, order: &[Keyed], currency: usize) -> Self {
        let every = account.counting == Counting::Every;
        if let GoalValue::Fixed { amount, .. } = &account.value {
            let events = if every { order.len() as i128 } else { 1 };
            let currency = account.fixed_currency;
            return Self {
                amounts: SmallVec::from_slice(&[(currency, i128::from(*amount) * events)]),
                currency,
            };
        }
        let own = order.iter().filter_map(|event| event.worth(views, currency));
        let told: SmallVec<[Worth; 1]> = match account.counting {
            Counting::Every => own.collect(),
            Counting::OncePerKey => order_keys::worth(views, order, currency).into_iter().collect(),
            Counting::OncePerSession | Counting::OncePerVisitor => own.take(1).collect(),
        };
        let mut left =
            Self { amounts: SmallVec::new(), currency: told.first().map_or(0, |first| first.currency) };
        told.iter().for_each(|worth| left.add(worth.currency, worth.minor.into()));
        left
    }

    fn add(&mut self, currency: u32, amount: i128) {
        match self.amounts.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, known)) => *known += amount,
            None => self.amounts.push((currency, amount)),
        }
    }

    /// What a refund takes: what it states, whatever the sign, or else all that is left.
    fn take(&mut self, stated: Option<Worth>) -> SmallVec<[Refund; 1]> {
        if let Some(Worth { minor, currency, .. }) = stated {
            let currency = if currency == 0 { self.currency } else { currency };
            let amount = i128::from(minor).abs();
            self.add(currency, -amount);
            return SmallVec::from_slice(&[Refund { currency, amount }]);
        }
        let all = self.amounts.iter_mut().filter(|(_, left)| *left > 0);
        all.map(|(currency, left)| Refund { currency: *currency, amount: std::mem::take(left) }).collect()
    }
}
