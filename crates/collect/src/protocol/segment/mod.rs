//! Segment's tracking API (<https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/>), which
//! RudderStack's data plane speaks too: one call, or a batch of calls.

mod context;
mod order;

use std::borrow::Cow;

use waymark_model::normal::limits::TEXT_BYTES;

use self::context::Context;
use super::super::{
    Delivery, Incoming, Reason, Refusal, RequestError, Visitor,
    fields::{Fields, plain},
    incoming::{Property, Time},
    json::{self, Object, Value},
    limits,
};

/// Fields that the adapter has no place for are kept as properties whose keys begin so.
const PREFIX: &str = "segment.";
/// Names the fields of an event that are not kept.
const LEFT_OUT: &str = "segment.left_out";
/// What speaks of the delivery or of other receivers, and not of what happened.
const OF_THE_DELIVERY: [&str; 10] = [
    "_metadata",
    "channel",
    "integrations",
    "receivedAt",
    "request_ip",
    "rudderId",
    "sentAt",
    "type",
    "version",
    "writeKey",
];

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Something happened.
    Track,
    /// A page was viewed.
    Page,
    /// A screen of an app was viewed.
    Screen,
    /// Who a visitor is.
    Identify,
    /// What a visitor belongs to.
    Group,
    /// That two identifiers are one person's.
    Alias,
}

impl Call {
    /// All calls.
    pub const ALL: [Self; 6] =
        [Self::Track, Self::Page, Self::Screen, Self::Identify, Self::Group, Self::Alias];

    /// The call's name in the API; browsers send to paths that are its first letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Identify => "identify",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }

    /// The name of its events; a track call has its own.
    const fn event(self) -> Option<&'static str> {
        match self {
            Self::Track => None,
            Self::Page => Some("pageview"),
            Self::Screen => Some("screen"),
            Self::Identify => Some("$identify"),
            Self::Group => Some("$group"),
            Self::Alias => Some("$alias"),
        }
    }
}

/// Reads a body: a batch, whose calls name their types, or one call, whose type the path may say.
///
/// # Errors
/// When all of it is refused; what is wrong with one event stands in its place.
pub fn decode(body: &str, call: Option<Call>) -> Result<Delivery<'_>, RequestError> {
    let malformed = |refusal: Refusal| RequestError::BadJson(refusal.to_string());
    let mut envelope = Fields::from_value(json::parse(body)?).map_err(malformed)?;
    let mut delivery = Delivery {
        site: envelope.text("writeKey"),
        sent_at: envelope.time("sentAt").and_then(Time::at),
        ..Delivery::default()
    };
    envelope.remarks.clear();
    match envelope.take("batch").map(json::unwrapped) {
        None => delivery.events.push(event(envelope, call, None)),
        Some(Value::List(calls)) => {
            if calls.len() > limits::EVENTS {
                return Err(RequestError::TooManyEvents(calls.len()));
            }
            let shared = envelope.take("context");
            let of_one =
                |value| Fields::from_value(value).and_then(|fields| event(fields, None, shared.as_ref()));
            delivery.events = calls.into_iter().map(of_one).collect();
        }
        Some(_) => return Err(RequestError::BadJson("`batch` must be a list".to_owned())),
    }
    Ok(delivery)
}

/// One call; `shared` is the context of a batch, for calls that have none.
fn event<'t>(
    mut fields: Fields<'t>,
    call: Option<Call>,
    shared: Option<&Value<'t>>,
) -> Result<Incoming<'t>, Refusal> {
    let call = call.map_or_else(|| call_of(&mut fields), Ok)?;
    for field in OF_THE_DELIVERY {
        fields.take(field);
    }
    let mut context = Context::new(fields.take("context").or_else(|| shared.cloned()));
    let mut said = said(&mut fields, call, &mut context);
    let mut event = Incoming {
        name: name(&mut fields, call)?,
        id: fields.text("messageId"),
        time: time(&mut fields),
        visitor: visitor(&mut fields, call),
        user: fields.text("userId"),
        told: context.told(),
        ..Incoming::default()
    };
    match call {
        Call::Track => order::take(&mut said, &mut event, &mut fields),
        Call::Page => context.page_is(&mut said),
        _ => {}
    }
    context.place(&mut event);
    let mut properties = Properties::default();
    for field in ["name", "category", "groupId"] {
        properties.add(field.into(), fields.take(field));
    }
    said.into_iter().for_each(|(key, value)| properties.add(key, Some(value)));
    for (field, value) in fields.remaining() {
        properties.add(format!("{PREFIX}{field}").into(), Some(value));
    }
    context.rest(&mut properties);
    event.properties.extend(fields.kept);
    event.properties.extend(properties.finish());
    event.remarks = fields.remarks;
    Ok(event)
}

/// The call that an event names itself.
fn call_of(fields: &mut Fields<'_>) -> Result<Call, Refusal> {
    let said = fields.text("type").ok_or(Refusal::Missing("type"))?;
    let known = Call::ALL.into_iter().find(|call| call.as_str() == said);
    known.ok_or_else(|| Refusal::WrongKind {
        field: "type".to_owned(),
        expected: "track, page, screen, identify, group or alias",
    })
}

fn name<'t>(fields: &mut Fields<'t>, call: Call) -> Result<Cow<'t, str>, Refusal> {
    if let Some(name) = call.event() {
        return Ok(name.into());
    }
    let name = fields.text("event").ok_or(Refusal::Missing("event"))?;
    Ok(order::reserved(&name).map_or(name, Cow::Borrowed))
}

/// What the site says of the event or of the person. RudderStack's clients put a person's traits into the context, some of
/// them as well.
fn said<'t>(fields: &mut Fields<'t>, call: Call, context: &mut Context<'t>) -> Object<'t> {
    let field = match call {
        Call::Identify | Call::Group => "traits",
        Call::Track | Call::Page | Call::Screen | Call::Alias => "properties",
    };
    let mut said = if call == Call::Identify { context.traits() } else { Object::default() };
    match fields.take(field).map(json::unwrapped) {
        None => {}
        Some(Value::Object(object)) => object.into_iter().for_each(|(name, value)| said.insert(name, value)),
        Some(other) => {
            said.insert(field, other);
            fields.remark(field, Reason::WrongKind("an object"));
        }
    }
    said
}

/// By the client's clock; `originalTimestamp` is the clock's own where `timestamp` is the caller's choice.
fn time(fields: &mut Fields<'_>) -> Option<Time> {
    let (chosen, original) = (fields.time("timestamp"), fields.time("originalTimestamp"));
    match chosen {
        Some(Time::At(_)) => chosen,
        _ => original.or(chosen),
    }
}

/// Whom `anonymousId` names; for an alias without one, whom the identifier before names.
fn visitor<'t>(fields: &mut Fields<'t>, call: Call) -> Option<Visitor<'t>> {
    let mut name = fields.text("anonymousId");
    if call == Call::Alias {
        let before = fields.text("previousId");
        name = name.or(before);
    }
    name.map(Visitor::Named)
}

/// Properties of an event, and the names of those that are not kept.
#[derive(Default)]
struct Properties<'t> {
    kept: Vec<Property<'t>>,
    left_out: Vec<Cow<'t, str>>,
}

impl<'t> Properties<'t> {
    /// Adds a property: texts, numbers and flags as text, lists and objects as JSON. JSON longer than a text may be is left
    /// out, because it alone should not cost an order.
    fn add(&mut self, key: Cow<'t, str>, value: Option<Value<'t>>) {
        let Some(value) = value.filter(|value| !is_nothing(value)) else { return };
        let is_nested = matches!(value, Value::List(_) | Value::Object(_));
        match plain(value) {
            Some(text) if is_nested && text.len() > TEXT_BYTES => self.left_out.push(key),
            Some(text) => self.kept.push((key, text)),
            None => {}
        }
    }

    fn leave_out(&mut self, key: Cow<'t, str>, value: &Value<'_>) {
        if !is_nothing(value) {
            self.left_out.push(key);
        }
    }

    fn finish(mut self) -> Vec<Property<'t>> {
        if !self.left_out.is_empty() {
            let mut names = self.left_out.join(",");
            names.truncate(names.floor_char_boundary(TEXT_BYTES));
            self.kept.push((LEFT_OUT.into(), names.into()));
        }
        self.kept
    }
}

fn is_nothing(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
