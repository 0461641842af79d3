//! What refunds take back, one after the other: `docs/counting.md` 2.5.
//!
//! Each refund is looked at with all that came before it, as if nothing were known yet.

use waymark_model::{
    Counting, Event, Goal, GoalValue, Predicate, TextColumn,
    event::{NO_VISITOR, REFUND},
};

use super::{
    Amounts, World,
    conversions::{Match, add_event_value, ownerless_is_inside, told_by},
    journeys::journeys,
};

/// What a refund takes back, by currency, below zero.
pub(crate) struct Taken {
    pub(crate) time: i64,
    pub(crate) amounts: Amounts,
}

fn is_refund(event: &Event) -> bool {
    event.own_name() == REFUND
}

fn currency(event: &Event) -> &str {
    event.text(TextColumn::Currency)
}

/// The refunds in the range and the population, with their places in the order of arrival.
///
/// Reading: the refund itself must be of a selected unit (one without a visitor is left out when there is a filter);
/// the order may be anyone's, at any time, counted or not.
fn inside<'a>(world: &World<'a>) -> Vec<(usize, &'a Event)> {
    let of_visitors: Vec<&Event> = journeys(world, &[])
        .iter()
        .flat_map(|journey| journey.events_inside().map(|(_, event)| event).collect::<Vec<_>>())
        .collect();
    let is_inside = |event: &Event| match event.visitor {
        NO_VISITOR => ownerless_is_inside(world, event),
        _ => of_visitors.iter().any(|inside| std::ptr::eq(*inside, event)),
    };
    world.kept().filter(|(_, event)| is_refund(event) && is_inside(event)).collect()
}

/// What the refunds inside take back from a goal.
///
/// Reading: a goal without a value has none to take back; one with a fixed value has.
pub(crate) fn refunds(world: &World<'_>, goal: &Goal, matches: &[Match<'_>]) -> Vec<Taken> {
    if goal.value.is_none() {
        return Vec::new();
    }
    let taken = |(seq, refund): (usize, &Event)| Taken {
        time: refund.time,
        amounts: takes(world, goal, matches, (seq, refund)),
    };
    inside(world).into_iter().map(taken).collect()
}

/// What one refund takes back, below zero.
fn takes(world: &World<'_>, goal: &Goal, matches: &[Match<'_>], refund: (usize, &Event)) -> Amounts {
    let Some(key) = refund.1.key else { return Amounts::new() };
    let mut order: Vec<(usize, &Event)> =
        matches.iter().filter_map(|m| m.event).filter(|(_, e)| e.key == Some(key) && !is_refund(e)).collect();
    order.sort_by_key(|(seq, event)| (event.time, *seq));
    let order: Vec<&Event> = order.into_iter().map(|(_, event)| event).collect();
    if order.is_empty() {
        return Amounts::new();
    }
    let (worth, own_currency) = worth(goal, &order);
    let mut all: Vec<(usize, &Event)> =
        world.kept().filter(|(_, event)| is_refund(event) && event.key == Some(key)).collect();
    all.sort_by_key(|(seq, event)| (event.time, *seq));
    let mut left = worth;
    for (seq, event) in all {
        let takes = match event.value {
            None => left.iter().filter(|(_, left)| **left > 0).map(|(c, left)| (c.clone(), *left)).collect(),
            Some(value) => {
                let stated = if currency(event).is_empty() { &own_currency } else { currency(event) };
                Amounts::from([(stated.to_owned(), i128::from(value).abs())])
            }
        };
        for (currency, amount) in &takes {
            *left.entry(currency.clone()).or_default() -= amount;
        }
        if seq == refund.0 {
            return takes.into_iter().map(|(currency, amount)| (currency, -amount)).collect();
        }
    }
    unreachable!("the refund is among those of its key")
}

/// What an order is worth to a goal, by currency, and the currency of refunds that state none.
fn worth(goal: &Goal, order: &[&Event]) -> (Amounts, String) {
    let mut worth = Amounts::new();
    if let Some(GoalValue::Fixed { amount, currency }) = &goal.value {
        let times = if goal.counting == Counting::Every { order.len() as i128 } else { 1 };
        worth.insert(currency.clone(), i128::from(*amount) * times);
        return (worth, currency.clone());
    }
    let with_value = || order.iter().copied().filter(|event| event.value.is_some());
    let owner = order.iter().copied().find(|event| event.visitor != NO_VISITOR).unwrap_or(order[0]);
    let told: Vec<&Event> = match goal.counting {
        Counting::Every => with_value().collect(),
        Counting::OncePerKey => vec![told_by(order, owner)],
        Counting::OncePerSession | Counting::OncePerVisitor => with_value().take(1).collect(),
    };
    told.iter().for_each(|event| add_event_value(&mut worth, event));
    let first = told.iter().find(|event| event.value.is_some());
    (worth, first.map_or(String::new(), |event| currency(event).to_owned()))
}

/// How many of the refunds inside have no order, when each is in part of the range, and what they state, below zero.
///
/// Reading: an order is a matching event that is not a refund. If it is left out, its refunds are neither taken back nor
/// reported.
pub(crate) fn without_order(world: &World<'_>, orders: &[Predicate]) -> Vec<Taken> {
    let is_order = |key: u64| {
        let has_key = world.events.iter().filter(|event| event.key == Some(key) && !is_refund(event));
        has_key.into_iter().any(|event| orders.iter().any(|order| order.matches(event)))
    };
    let refunds = inside(world).into_iter().filter(|(_, refund)| !refund.key.is_some_and(is_order));
    let taken = |(_, refund): (usize, &Event)| {
        let stated = refund.value.map(|value| (currency(refund).to_owned(), -i128::from(value).abs()));
        Taken { time: refund.time, amounts: stated.into_iter().collect() }
    };
    refunds.map(taken).collect()
}
