//! Money and orders among the properties of a track call, by the names of Segment's specification of ecommerce events
//! (<https://segment.com/docs/connections/spec/ecommerce/v2/>).

use serde_json::{Map, Value};
use waymark_model::{
    event::REFUND,
    money::{decimals, is_currency, minor_units},
};

use super::super::super::{Incoming, fields::plain, limits};

/// The event that takes value back.
const REFUNDED: &str = "Order Refunded";
/// Events whose `total` is the order's.
const WITH_TOTAL: [&str; 4] = ["Order Completed", "Order Updated", "Order Cancelled", REFUNDED];

/// Waymark's own name for an event of the specification that has one.
pub(super) fn reserved(name: &str) -> Option<&'static str> {
    (name == REFUNDED).then_some(REFUND)
}

/// Moves value, currency and order key from the properties into the event. What is no amount, currency or key stays where
/// it is. A refund's value is negative.
pub(super) fn take(properties: &mut Map<String, Value>, event: &mut Incoming) {
    event.currency = first(properties, &["currency"], |text| {
        Some(text.trim().to_ascii_uppercase()).filter(|code| is_currency(code))
    });
    let places = decimals(event.currency.as_deref().unwrap_or(""));
    let is_refund = event.name == REFUND;
    let names: &[&str] = match is_refund || WITH_TOTAL.contains(&event.name.as_str()) {
        true => &["revenue", "value", "total"],
        false => &["revenue", "value"],
    };
    let amount = first(properties, names, |text| Some(minor_units(text.trim(), places)?.0));
    event.value =
        amount.map(|amount| if is_refund { amount.saturating_abs().saturating_neg() } else { amount });
    event.key = first(properties, &["order_id", "orderId"], |text| {
        (1..=limits::TEXT_BYTES).contains(&text.len()).then(|| text.to_owned())
    });
}

/// Takes the first of these properties that can be read; the others stay.
fn first<T>(
    properties: &mut Map<String, Value>,
    names: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    names.iter().find_map(|name| {
        let value = properties.get(*name).filter(|value| value.is_string() || value.is_number())?;
        let found = read(&plain(value.clone())?)?;
        properties.remove(*name);
        Some(found)
    })
}
