//! From what a client told and what was found out to an event: limits, and pseudonyms instead of identifiers. It must
//! not know where either came from.

use waymark_model::{Event, Identity, Tag, TextColumn};
use waymark_store::catalog::{IdentifierKind, Secret};

use super::{Incoming, Refusal, limits};
use crate::redact::redact;

/// What was found out about an event.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    pub(super) visitor: u64,
    pub(super) identity: Identity,
    pub(super) time: i64,
    pub(super) tag: Tag,
    pub(super) is_verified: bool,
    /// Texts of columns, each at most once.
    pub(super) texts: Vec<(TextColumn, &'a str)>,
    /// What Waymark itself notes on the event, as properties whose keys begin with `$`.
    pub(super) notes: Vec<(&'static str, String)>,
}

/// Makes the event. `params` are the parameters of its address that are kept; a property of the same key goes before.
///
/// # Errors
/// When something of it passes a limit.
pub(super) fn event(
    told: Incoming,
    params: Vec<(String, String)>,
    found: Found<'_>,
    secret: &Secret,
) -> Result<Event, Refusal> {
    let is_text = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if told.name.len() > limits::NAME_BYTES || !is_text(&told.name) {
        return Err(Refusal::BadName);
    }
    let mut event = Event::new(found.visitor, found.time, &redact(&told.name));
    for (column, text) in found.texts {
        event.set_text(column, &redact(&clean(column.as_str(), text)?));
    }
    event.set_text(TextColumn::Currency, told.currency.as_deref().unwrap_or(""));
    event.identity = found.identity;
    event.tag = found.tag;
    event.value = told.value;
    event.verified = found.is_verified && told.value.is_some();
    event.user = pseudonym(secret, IdentifierKind::User, "user", told.user.as_deref())?;
    event.key = pseudonym(secret, IdentifierKind::Order, "key", told.key.as_deref())?;
    let number = |id: &str| match found.is_verified {
        true => secret.event_number(id),
        false => secret.strange_event_number(id),
    };
    event.event_id = told.id.as_deref().map(|id| bounded("id", id).map(number)).transpose()?;
    event.props = properties(params.into_iter().chain(told.properties))?;
    event.props.extend(found.notes.into_iter().map(|(key, value)| (key.to_owned(), value)));
    Ok(event)
}

fn pseudonym(
    secret: &Secret,
    kind: IdentifierKind,
    field: &str,
    text: Option<&str>,
) -> Result<Option<u64>, Refusal> {
    text.map(|text| bounded(field, text).map(|text| secret.pseudonym(kind, text))).transpose()
}

fn bounded<'t>(field: &str, text: &'t str) -> Result<&'t str, Refusal> {
    if text.len() > limits::TEXT_BYTES { Err(Refusal::LongText(field.to_owned())) } else { Ok(text) }
}

fn clean<'t>(field: &str, text: &'t str) -> Result<std::borrow::Cow<'t, str>, Refusal> {
    if text.contains('\0') {
        return Err(Refusal::Nul(field.to_owned()));
    }
    bounded(field, text).map(std::borrow::Cow::Borrowed)
}

/// Properties within their limits; the last of one key counts, an empty one is none.
fn properties(told: impl Iterator<Item = (String, String)>) -> Result<Vec<(String, String)>, Refusal> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for (key, value) in told {
        let key: String = key.chars().filter(|c| !c.is_control()).collect();
        // Keys that begin with `$` are Waymark's own notes.
        if key.is_empty() || value.is_empty() || key.starts_with('$') {
            continue;
        }
        if key.len() > limits::KEY_BYTES {
            return Err(Refusal::LongKey);
        }
        let key = redact(&key).into_owned();
        let value = redact(&clean(&key, &value)?).into_owned();
        match kept.iter().position(|(known, _)| *known == key) {
            Some(at) => kept[at].1 = value,
            None if kept.len() == limits::PROPERTIES => return Err(Refusal::ManyProperties),
            None => kept.push((key, value)),
        }
    }
    Ok(kept)
}
