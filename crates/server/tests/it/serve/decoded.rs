//! What protocols make of bodies, as JSON to compare with.

use serde_json::{Map, Value, json};
use waymark_collect::{Delivery, Incoming, Remark, RequestError, Visitor, incoming::Time};

/// A delivery with only what is said, or the code of its refusal.
pub fn shown(decoded: Result<Delivery<'_>, RequestError>) -> Value {
    match decoded {
        Err(error) => json!(error.code()),
        Ok(delivery) => said([
            ("site", json!(delivery.site)),
            ("sent_at", json!(delivery.sent_at)),
            ("load", json!(delivery.load)),
            (
                "events",
                delivery
                    .events
                    .into_iter()
                    .map(|event| event.map_or_else(|refusal| json!(refusal.code()), of_event))
                    .collect(),
            ),
        ]),
    }
}

fn of_event(event: Incoming<'_>) -> Value {
    let visitor = match event.visitor {
        None => Value::Null,
        Some(Visitor::Named(name)) => json!(name),
        Some(Visitor::Consented { id, since }) => json!([id, since]),
    };
    let properties: Map<String, Value> =
        event.properties.into_iter().map(|(key, text)| (key.into_owned(), json!(text))).collect();
    let remark = |remark: &Remark| format!("{}: {}", remark.field, remark.reason.code());
    let remarks: Vec<String> = event.remarks.iter().map(remark).collect();
    let remarks = if remarks.is_empty() { Value::Null } else { json!(remarks) };
    said([
        ("name", json!(event.name)),
        ("id", json!(event.id)),
        ("time", json!(event.time.and_then(Time::at))),
        ("url", json!(event.url)),
        ("referrer", json!(event.referrer)),
        ("visitor", visitor),
        ("user", json!(event.user)),
        ("key", json!(event.key)),
        ("value", json!(event.value)),
        ("currency", json!(event.currency)),
        ("props", Value::Object(properties)),
        ("test", if event.is_test { json!(true) } else { Value::Null }),
        ("ip", json!(event.told.ip)),
        ("user_agent", json!(event.told.user_agent)),
        ("country", json!(event.told.country)),
        ("remarks", remarks),
    ])
}

/// An object of the fields that say something.
fn said<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let is_said = |value: &Value| !value.is_null() && *value != json!({});
    fields
        .into_iter()
        .filter(|(_, value)| is_said(value))
        .map(|(field, value)| (field.to_owned(), value))
        .collect()
}
