//! Money and orders among the properties of a track call, by the names of Segment's specification of ecommerce events
//! (<https://segment.com/docs/connections/spec/ecommerce/v2/>).

use std::borrow::Cow;

use waymark_model::{
    event::REFUND,
    normal::{NoAmount, identifier::digits},
};

use super::super::super::{
    Incoming, Reason,
    fields::{Fields, plain},
    json::{Object, Value},
    money,
};

/// The event that takes value back.
const REFUNDED: &str = "Order Refunded";
/// Events whose `total` is the order's.
const WITH_TOTAL: [&str; 4] = ["Order Completed", "Order Updated", "Order Cancelled", REFUNDED];

/// Waymark's own name for an event of the specification that has one.
pub(super) fn reserved(name: &str) -> Option<&'static str> {
    (name == REFUNDED).then_some(REFUND)
}

/// Moves value, currency and order key from the properties into the event. What is not an amount, currency or key stays where
/// it is.
pub(super) fn take<'t>(properties: &mut Object<'t>, event: &mut Incoming<'t>, fields: &mut Fields<'t>) {
    let is_order = event.name == REFUND || WITH_TOTAL.contains(&event.name.as_ref());
    let names: &[&str] = if is_order { &["revenue", "value", "total"] } else { &["revenue", "value"] };
    let currency = properties.get("currency").cloned();
    let readings: Vec<_> = names
        .iter()
        .filter_map(|name| Some((*name, money::read(Some(properties.get(name)?), currency.as_ref()))))
        .collect();
    let found = readings.iter().position(|(_, read)| read.value.is_some()).unwrap_or(0);
    let nothing = || ("value", money::read(None, currency.as_ref()));
    let (name, read) = readings.into_iter().nth(found).unwrap_or_else(nothing);
    if read.value.is_some() {
        properties.take(name);
    }
    if read.currency_remark.is_none() {
        properties.take("currency");
    }
    (event.value, event.currency) = (read.value, read.currency);
    for (field, reason) in [(name, read.amount_remark), ("currency", read.currency_remark)] {
        // A `value` of an event that is no order may be anything.
        let is_expected = is_order || name != "value" || reason != Some(Reason::Value(NoAmount::NotAnAmount));
        reason.filter(|_| is_expected).into_iter().for_each(|reason| fields.remark(field, reason));
    }
    event.key = ["order_id", "orderId"].iter().find_map(|name| key(properties, name));
}

/// Takes a property that is a text or a number.
fn key<'t>(properties: &mut Object<'t>, name: &str) -> Option<Cow<'t, str>> {
    match properties.get(name)? {
        Value::Text(text) if !text.trim().is_empty() => {}
        Value::Number(_) => {}
        _ => return None,
    }
    let value = properties.take(name)?;
    let is_number = matches!(value, Value::Number(_));
    let text = plain(value)?;
    Some(if is_number { Cow::Owned(digits(&text).into_owned()) } else { text })
}
