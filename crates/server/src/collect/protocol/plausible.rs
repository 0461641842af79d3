//! Plausible's events API (<https://plausible.io/docs/events-api>): one page view, event or report of engagement a request, in
//! the short names of its scripts or the long ones of its documentation.

use serde_json::{Map, Value};

use super::super::{
    Delivery, Incoming, Refusal, RequestError,
    fields::{self, Fields, plain},
};

/// Fields that the adapter has no place for are kept as properties whose keys begin so.
const PREFIX: &str = "plausible.";

/// Reads a body.
///
/// # Errors
/// When it is no JSON object; what is wrong with the event stands in its place.
pub fn decode(body: &[u8]) -> Result<Delivery, RequestError> {
    let malformed = |refusal: Refusal| RequestError::BadJson(refusal.to_string());
    let mut fields = Fields::of(fields::parse(body)?).map_err(malformed)?;
    let site = either(&mut fields, "d", "domain").map_err(malformed)?;
    Ok(Delivery { site, events: vec![event(fields)], ..Delivery::default() })
}

fn event(mut fields: Fields) -> Result<Incoming, Refusal> {
    // The version of the script, and whether it reads fragments as pages: nothing that happened.
    let _ = (fields.take("v"), fields.take("h"));
    let name = either(&mut fields, "n", "name")?.ok_or(Refusal::Missing("name"))?;
    let mut event = Incoming {
        url: Some(either(&mut fields, "u", "url")?.ok_or(Refusal::Missing("url"))?),
        referrer: either(&mut fields, "r", "referrer")?,
        properties: properties(&mut fields)?,
        ..Incoming::default()
    };
    revenue(&mut fields, &mut event);
    if of(&mut fields, &["i", "interactive"]) == Some(Value::Bool(false)) {
        event.properties.push(("interactive".to_owned(), "false".to_owned()));
    }
    event.name = if name == "engagement" { engagement(&mut fields, &mut event) } else { name };
    event.properties.extend(fields.rest(PREFIX));
    Ok(event)
}

/// How long a page was looked at, and how far down: the same as Waymark's own script tells.
fn engagement(fields: &mut Fields, event: &mut Incoming) -> String {
    for (field, property) in [("e", "ms"), ("sd", "depth")] {
        let value = fields.take(field).and_then(plain);
        event.properties.extend(value.map(|value| (property.to_owned(), value)));
    }
    "$engagement".to_owned()
}

/// An object, or one as a text of JSON; the API has had four names for it.
fn properties(fields: &mut Fields) -> Result<Vec<(String, String)>, Refusal> {
    match of(fields, &["p", "props", "m", "meta"]) {
        None => Ok(Vec::new()),
        Some(value) => {
            let wrong = || Refusal::WrongKind { field: "props".to_owned(), expected: "an object" };
            let map = object(&value).ok_or_else(wrong)?;
            Ok(map.into_iter().filter_map(|(key, value)| Some((key, plain(value)?))).collect())
        }
    }
}

/// An amount and a currency become the event's value; anything else is kept as it is. The script sends an empty object with
/// every click on an element with its classes.
fn revenue(fields: &mut Fields, event: &mut Incoming) {
    let Some(value) = of(fields, &["$", "revenue"]) else { return };
    let map = object(&value);
    if map.as_ref().is_some_and(Map::is_empty) {
        return;
    }
    let money = map.and_then(|map| Fields::of(Value::Object(map)).ok()?.money("amount", "currency").ok());
    match money {
        Some((Some(amount), Some(currency))) => {
            (event.value, event.currency) = (Some(amount), Some(currency));
        }
        _ => event.properties.extend(plain(value).map(|text| ("revenue".to_owned(), text))),
    }
}

fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The first of these fields that is there; all are taken.
fn of(fields: &mut Fields, names: &[&str]) -> Option<Value> {
    let found: Vec<Value> = names.iter().filter_map(|name| fields.take(name)).collect();
    found.into_iter().next()
}

/// A text by its short or its long name; both are taken.
fn either(fields: &mut Fields, short: &str, long: &str) -> Result<Option<String>, Refusal> {
    let (short, long) = (fields.text(short)?, fields.text(long)?);
    Ok(short.or(long))
}
