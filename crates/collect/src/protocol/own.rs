//! Waymark's own protocol (`docs/collecting.md`): one event, or an envelope with many.

use std::borrow::Cow;

use super::super::{
    Delivery, Incoming, Reason, Refusal, Remark, RequestError, Visitor,
    fields::Fields,
    incoming::{Time, Told},
    json::{self, Value},
    limits,
};

/// The fields of an event, for suggestions.
const EVENT: [&str; 16] = [
    "name",
    "id",
    "time",
    "url",
    "hash",
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
/// Those that say who somebody is, or may: what is probably meant as one of them is not kept as a property.
const PRIVATE: [&str; 8] = ["id", "url", "referrer", "visitor", "user", "key", "ip", "user_agent"];

/// Reads a body.
///
/// # Errors
/// When all of it is refused; what is wrong with one event stands in its place.
pub fn decode(body: &str) -> Result<Delivery<'_>, RequestError> {
    delivery(json::parse(body)?)
}

/// Reads what a body says. Of an envelope, what cannot be read or is not known is passed over: its events count.
pub(super) fn delivery(body: Value<'_>) -> Result<Delivery<'_>, RequestError> {
    let malformed = |refusal: Refusal| RequestError::BadJson(refusal.to_string());
    let mut envelope = Fields::from_value(body).map_err(malformed)?;
    let mut delivery = Delivery {
        site: envelope.text("site"),
        sent_at: envelope.time("sent_at").and_then(Time::at),
        load: envelope.text("load"),
        events: Vec::new(),
    };
    envelope.remarks.clear();
    match envelope.take("events").map(json::unwrapped) {
        None => delivery.events.push(event(envelope)),
        Some(Value::List(events)) => {
            if events.len() > limits::EVENTS {
                return Err(RequestError::TooManyEvents(events.len()));
            }
            let is_routed = routed(&mut envelope);
            let who = (visitor(&mut envelope), envelope.text("user"));
            let of_all = |value| {
                let mut event = Fields::from_value(value).and_then(event)?;
                event.is_routed |= is_routed;
                Ok(with(event, &who, &envelope.remarks))
            };
            delivery.events = events.into_iter().map(of_all).collect();
        }
        Some(_) => return Err(RequestError::BadJson("`events` must be a list".to_owned())),
    }
    Ok(delivery)
}

/// The event, by the envelope's visitor and user unless it names its own. What the envelope says of them and cannot be read
/// is missing in each.
fn with<'t>(
    mut event: Incoming<'t>,
    (visitor, user): &(Option<Visitor<'t>>, Option<Cow<'t, str>>),
    remarks: &[Remark],
) -> Incoming<'t> {
    event.visitor = event.visitor.or_else(|| visitor.clone());
    event.user = event.user.or_else(|| user.clone());
    event.remarks.extend_from_slice(remarks);
    event
}

fn event(mut fields: Fields<'_>) -> Result<Incoming<'_>, Refusal> {
    let name = fields.text("name").ok_or(Refusal::Missing("name"))?;
    let (value, currency) = fields.money("value", "currency");
    let mut event = Incoming {
        name,
        id: fields.text("id"),
        time: fields.time("time"),
        url: fields.text("url"),
        is_routed: routed(&mut fields),
        referrer: fields.text("referrer"),
        visitor: visitor(&mut fields),
        user: fields.text("user"),
        key: fields.text("key"),
        value,
        currency,
        is_test: fields.flag("test"),
        told: Told {
            ip: address(&mut fields),
            user_agent: fields.text("user_agent"),
            country: fields.text("country"),
        },
        ..Incoming::default()
    };
    let properties = fields.properties("props");
    fields.unknown(&EVENT, &PRIVATE);
    // A property that the client names itself goes before what is kept of a field.
    event.properties = fields.kept;
    event.properties.extend(properties);
    event.remarks = fields.remarks;
    Ok(event)
}

/// Whether it says that the site's pages are in fragments: `true`, or the text of the tag's `data-hash`, which may be empty.
fn routed(fields: &mut Fields<'_>) -> bool {
    fields.take("hash").is_some_and(|value| value != Value::Bool(false))
}

fn address(fields: &mut Fields<'_>) -> Option<std::net::IpAddr> {
    let address = fields.text("ip")?.trim().parse().ok();
    if address.is_none() {
        fields.remark("ip", Reason::WrongKind("an IP address"));
    }
    address
}

/// A visitor: a text, or an object of `id` and `since`.
fn visitor<'t>(fields: &mut Fields<'t>) -> Option<Visitor<'t>> {
    let object = match fields.take("visitor")? {
        object @ Value::Object(_) => object,
        Value::Text(text) if text.is_empty() => return None,
        value => {
            let found = Fields::from_field("visitor", value).text("visitor").map(Visitor::Named);
            return found.or_else(|| no_visitor(fields));
        }
    };
    let mut of_consent = Fields::from_value(object).ok()?;
    match (of_consent.text("id"), of_consent.time("since")) {
        (Some(id), Some(Time::At(since))) => Some(Visitor::Consented { id, since }),
        _ => no_visitor(fields),
    }
}

fn no_visitor<'t>(fields: &mut Fields<'t>) -> Option<Visitor<'t>> {
    fields.remark("visitor", Reason::BadVisitor);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &str) {
        let shown = match decode(body) {
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
    fn pages_may_be_in_fragments() {
        for (body, expected) in [
            (r#"{"events":[{"name":"a"},{"name":"b"}]}"#, [false, false]),
            (r#"{"hash":true,"events":[{"name":"a"},{"name":"b"}]}"#, [true, true]),
            (r#"{"hash":"","events":[{"name":"a"},{"name":"b"}]}"#, [true, true]),
            (r#"{"hash":false,"events":[{"name":"a"},{"name":"b"}]}"#, [false, false]),
            (r#"{"events":[{"name":"a","hash":true},{"name":"b"}]}"#, [true, false]),
        ] {
            let told: Vec<bool> =
                decode(body).unwrap().events.iter().flatten().map(|event| event.is_routed).collect();
            assert_eq!(told, expected, "{body}");
        }
    }

    #[test]
    fn bodies_are_read_or_refused() {
        check(r#"{"site":"shop","name":"pageview","url":"https://shop.example/"}"#, "pageview");
        check(r#"{"site":"shop","user":"u","events":[{"name":"a"},{"name":"b","user":"v"}]}"#, "au bv");
        check(
            r#"{"events":[{"name":"a"},{},7,{"name":"b","vaule":1}]}"#,
            "a !missing_field !not_an_object b",
        );
        check(r#"{"events":[{"name":"a","visitor":{"id":"x"}}]}"#, "a");
        check(r#"{"events":[{"name":"a","ip":"nowhere"}]}"#, "a");
        check(r#"{"events":"[\"{\\\"name\\\":\\\"a\\\"}\"]"}"#, "a");
        check(
            r#"{"events":[{"name":"a"},{"name":"b","props":{"t":"\ud83d"}},{"name":"c","n":1e999}]}"#,
            "a b c",
        );
        check(r#"{"sentAt":"x","visitor":true,"events":[{"name":"a"}]}"#, "a");
        check(r#"{"events":[]}"#, "");
        check(r#"{"events":{}}"#, "bad_json");
        check(r#"{"event":"a"}"#, "!missing_field");
        check("[]", "bad_json");
        check("", "bad_json");
        check("nonsense", "bad_json");
        check(&"[".repeat(20), "too_deep");
        check(
            &format!(
                r#"{{"events":[{{"name":"a","props":{}1{}}},{{"name":"b"}}]}}"#,
                "[".repeat(20),
                "]".repeat(20)
            ),
            "a b",
        );
        let many = vec![r#"{"name":"a"}"#; limits::EVENTS + 1].join(",");
        check(&format!(r#"{{"events":[{many}]}}"#), "too_many_events");
    }

    /// What is remarked upon an event, and its properties.
    #[track_caller]
    fn check_parts(event: &str, remarks: &str, properties: &str) {
        let event = decode(event).unwrap().events.remove(0).unwrap();
        let codes: Vec<String> =
            event.remarks.iter().map(|remark| format!("{}:{}", remark.field, remark.reason.code())).collect();
        let kept: Vec<String> =
            event.properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!([codes.join(" "), kept.join(" ")], [remarks, properties], "{event:?}");
    }

    #[test]
    fn a_field_that_cannot_be_read_is_left_out_alone() {
        check_parts(r#"{"name":"a","vaule":"5 EUR"}"#, "vaule:unknown_field", "vaule=5 EUR");
        check_parts(r#"{"name":"a","usr":"ann","props":{"b":1}}"#, "usr:unknown_field", "b=1");
        check_parts(
            r#"{"name":"a","value":"much","props":{"value":"own"}}"#,
            "value:bad_value",
            "value=much value=own",
        );
        check_parts(
            r#"{"name":"a","value":"1.299","currency":"EUR"}"#,
            "value:ambiguous_value",
            "value=1.299",
        );
        check_parts(r#"{"name":"a","props":[1]}"#, "props:wrong_kind", "props=[1]");
        check_parts(r#"{"name":"a","key":{"a":1},"user":true}"#, "user:wrong_kind key:wrong_kind", "");
        check_parts(r#"{"name":"a","test":"maybe","ip":"x"}"#, "test:wrong_kind ip:wrong_kind", "");
        check_parts(r#"{"name":"a","value":"","key":""}"#, "", "");
        check_parts(r#"{"name":"a","visitor":{"id":"x"}}"#, "visitor:bad_visitor", "");
    }

    #[test]
    fn a_number_is_its_digits() {
        let key = |event: &str| decode(event).unwrap().events.remove(0).unwrap().key.map(Cow::into_owned);
        for (sent, expected) in [
            ("100000000000000000001", "100000000000000000001"),
            ("100000000000000000002", "100000000000000000002"),
            ("1001.0", "1001"),
            ("1001", "1001"),
            ("10n", "10"),
            ("\"10n\"", "10n"),
            ("007", "007"),
        ] {
            assert_eq!(key(&format!(r#"{{"name":"a","key":{sent}}}"#)).as_deref(), Some(expected), "{sent}");
        }
    }
}
