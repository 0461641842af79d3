//! Plausible's events API (<https://plausible.io/docs/events-api>): one page view, event or report of engagement a request, in
//! the short names of its scripts or the long ones of its documentation.

use std::borrow::Cow;

use super::super::{
    Delivery, Incoming, Reason, Refusal, RequestError,
    fields::{Fields, plain},
    incoming::Property,
    json::{self, Object, Value},
    money,
};

/// Fields that the adapter has no place for are kept as properties whose keys begin so.
const PREFIX: &str = "plausible.";

/// Reads a body.
///
/// # Errors
/// When it is not a JSON object; what is wrong with the event stands in its place.
pub fn decode(body: &str) -> Result<Delivery<'_>, RequestError> {
    let malformed = |refusal: Refusal| RequestError::BadJson(refusal.to_string());
    let mut fields = Fields::from_value(json::parse(body)?).map_err(malformed)?;
    let site = either(&mut fields, "d", "domain");
    fields.remarks.clear();
    Ok(Delivery { site, events: vec![event(fields)], ..Delivery::default() })
}

fn event(mut fields: Fields<'_>) -> Result<Incoming<'_>, Refusal> {
    // The version of the script: nothing that happened.
    let _ = fields.take("v");
    let is_routed = fields
        .take("h")
        .is_some_and(|value| !matches!(plain(value).as_deref(), None | Some("" | "0" | "false")));
    let name = either(&mut fields, "n", "name").ok_or(Refusal::Missing("name"))?;
    let mut event = Incoming {
        url: either(&mut fields, "u", "url"),
        is_routed,
        referrer: either(&mut fields, "r", "referrer"),
        properties: properties(&mut fields),
        ..Incoming::default()
    };
    if event.url.is_none() && fields.remarks.is_empty() {
        return Err(Refusal::Missing("url"));
    }
    revenue(&mut fields, &mut event);
    if of(&mut fields, &["i", "interactive"]) == Some(Value::Bool(false)) {
        event.properties.push(("interactive".into(), "false".into()));
    }
    event.name = if name == "engagement" { engagement(&mut fields, &mut event) } else { name };
    event.properties.extend(fields.rest(PREFIX));
    event.properties.splice(0..0, fields.kept);
    event.remarks = fields.remarks;
    Ok(event)
}

/// How long a page was looked at, and how far down: the same as Waymark's own script tells.
fn engagement<'t>(fields: &mut Fields<'t>, event: &mut Incoming<'t>) -> Cow<'t, str> {
    for (field, property) in [("e", "ms"), ("sd", "depth")] {
        let value = fields.take(field).and_then(plain);
        event.properties.extend(value.map(|value| (property.into(), value)));
    }
    "$engagement".into()
}

/// An object, or one as a text of JSON; the API has had four names for it.
fn properties<'t>(fields: &mut Fields<'t>) -> Vec<Property<'t>> {
    match of(fields, &["p", "props", "m", "meta"]) {
        None => Vec::new(),
        Some(value) => fields.properties_of("props", value),
    }
}

/// An amount and a currency become the event's value; anything else is kept as it is. The script sends an empty object with
/// every click on an element with its classes.
fn revenue<'t>(fields: &mut Fields<'t>, event: &mut Incoming<'t>) {
    let Some(value) = of(fields, &["$", "revenue"]) else { return };
    let object = match json::unwrapped(value.clone()) {
        Value::Object(object) => object,
        _ => Object::default(),
    };
    if object.is_empty() && matches!(value, Value::Object(_)) {
        return;
    }
    let read = money::read(object.get("amount"), object.get("currency"));
    if let (Some(amount), Some(currency)) = (read.value, read.currency) {
        (event.value, event.currency) = (Some(amount), Some(currency));
        read.amount_remark.into_iter().for_each(|reason| fields.remark("revenue", reason));
        return;
    }
    let reason = read.amount_remark.or(read.currency_remark);
    fields.remark("revenue", reason.unwrap_or(Reason::WrongKind("an amount and a currency")));
    event.properties.extend(plain(value).map(|text| ("revenue".into(), text)));
}

/// The first of these fields that is there; all are taken.
fn of<'t>(fields: &mut Fields<'t>, names: &[&str]) -> Option<Value<'t>> {
    let found: Vec<Value<'t>> = names.iter().filter_map(|name| fields.take(name)).collect();
    found.into_iter().next()
}

/// A text by its short or its long name; both are taken.
fn either<'t>(fields: &mut Fields<'t>, short: &str, long: &str) -> Option<Cow<'t, str>> {
    let (short, long) = (fields.text(short), fields.text(long));
    short.or(long)
}
