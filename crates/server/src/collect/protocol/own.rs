//! Waymark's own protocol (`docs/collecting.md`): one event, or an envelope with many.

use serde_json::Value;

use super::super::{
    Delivery, Incoming, Refusal, RequestError, Visitor,
    fields::{self, Fields},
    incoming::Told,
    limits,
};

/// The fields of an event, for suggestions.
const EVENT: [&str; 15] = [
    "name",
    "id",
    "time",
    "url",
    "referrer",
    "visitor",
    "user",
    "key",
    "value",
    "currency",
    "props",
    "test",
    "ip",
    "user_agent",
    "country",
];

/// Reads a body.
///
/// # Errors
/// When all of it is refused; what is wrong with one event stands in its place.
pub fn decode(body: &[u8]) -> Result<Delivery, RequestError> {
    delivery(fields::parse(body)?)
}

/// Reads what a body says.
pub(super) fn delivery(body: Value) -> Result<Delivery, RequestError> {
    let malformed = |refusal: Refusal| RequestError::BadJson(refusal.to_string());
    let mut envelope = Fields::of(body).map_err(malformed)?;
    let mut delivery = Delivery {
        site: envelope.text("site").map_err(malformed)?,
        sent_at: envelope.time("sent_at").map_err(malformed)?,
        load: envelope.text("load").map_err(malformed)?,
        events: Vec::new(),
    };
    match envelope.take("events") {
        None => delivery.events.push(event(envelope)),
        Some(Value::Array(events)) => {
            if events.len() > limits::EVENTS {
                return Err(RequestError::TooManyEvents(events.len()));
            }
            let who = (visitor(&mut envelope).map_err(malformed)?, envelope.text("user").map_err(malformed)?);
            envelope.finish(&["site", "sent_at", "load", "visitor", "user", "events"]).map_err(malformed)?;
            let of_all = |value| Fields::of(value).and_then(event).map(|event| with(event, &who));
            delivery.events = events.into_iter().map(of_all).collect();
        }
        Some(_) => return Err(RequestError::BadJson("`events` must be a list".to_owned())),
    }
    Ok(delivery)
}

/// The event, by the envelope's visitor and user unless it names its own.
fn with(mut event: Incoming, (visitor, user): &(Option<Visitor>, Option<String>)) -> Incoming {
    event.visitor = event.visitor.or_else(|| visitor.clone());
    event.user = event.user.or_else(|| user.clone());
    event
}

fn event(mut fields: Fields) -> Result<Incoming, Refusal> {
    let (value, currency) = fields.money("value", "currency")?;
    let event = Incoming {
        name: fields.text("name")?.ok_or(Refusal::Missing("name"))?,
        id: fields.text("id")?,
        time: fields.time("time")?,
        url: fields.text("url")?,
        referrer: fields.text("referrer")?,
        visitor: visitor(&mut fields)?,
        user: fields.text("user")?,
        key: fields.text("key")?,
        value,
        currency,
        properties: fields.properties("props")?,
        is_test: fields.flag("test")?,
        told: Told {
            ip: address(&mut fields)?,
            user_agent: fields.text("user_agent")?,
            country: fields.text("country")?,
        },
    };
    fields.finish(&EVENT)?;
    Ok(event)
}

fn address(fields: &mut Fields) -> Result<Option<std::net::IpAddr>, Refusal> {
    let refusal = || Refusal::WrongKind { field: "ip".to_owned(), expected: "an IP address" };
    fields.text("ip")?.map(|text| text.parse().map_err(|_| refusal())).transpose()
}

/// A visitor: a text, or an object of `id` and `since`.
fn visitor(fields: &mut Fields) -> Result<Option<Visitor>, Refusal> {
    match fields.take("visitor") {
        None => Ok(None),
        Some(Value::Object(map)) => {
            let mut fields = Fields::of(Value::Object(map))?;
            let id = fields.text("id")?.ok_or(Refusal::BadVisitor)?;
            let since = fields.time("since")?.ok_or(Refusal::BadVisitor)?;
            fields.finish(&["id", "since"])?;
            Ok(Some(Visitor::Consented { id, since }))
        }
        Some(value) => match fields::plain(value) {
            Some(text) if (1..=limits::TEXT_BYTES).contains(&text.len()) => Ok(Some(Visitor::Named(text))),
            _ => Err(Refusal::BadVisitor),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &str) {
        let shown = match decode(body.as_bytes()) {
            Err(error) => error.code().to_owned(),
            Ok(delivery) => delivery
                .events
                .iter()
                .map(|event| match event {
                    Ok(event) => format!("{}{}", event.name, event.user.as_deref().unwrap_or("")),
                    Err(refusal) => format!("!{}", refusal.code()),
                })
                .collect::<Vec<_>>()
                .join(" "),
        };
        assert_eq!(shown, expected, "{body}");
    }

    #[test]
    fn bodies_are_read_or_refused() {
        check(r#"{"site":"shop","name":"pageview","url":"https://shop.example/"}"#, "pageview");
        check(r#"{"site":"shop","user":"u","events":[{"name":"a"},{"name":"b","user":"v"}]}"#, "au bv");
        check(
            r#"{"events":[{"name":"a"},{},7,{"name":"b","vaule":1}]}"#,
            "a !missing_field !not_an_object !unknown_field",
        );
        check(r#"{"events":[{"name":"a","visitor":{"id":"x"}}]}"#, "!bad_visitor");
        check(r#"{"events":[{"name":"a","ip":"nowhere"}]}"#, "!wrong_kind");
        check(r#"{"events":[]}"#, "");
        check(r#"{"events":{}}"#, "bad_json");
        check(r#"{"event":"a"}"#, "!missing_field");
        check("[]", "bad_json");
        check("", "bad_json");
        check("nonsense", "bad_json");
        check(&"[".repeat(20), "too_deep");
        let many = vec![r#"{"name":"a"}"#; limits::EVENTS + 1].join(",");
        check(&format!(r#"{{"events":[{many}]}}"#), "too_many_events");
    }
}
