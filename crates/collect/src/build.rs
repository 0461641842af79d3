//! From what a client told and what was found out to an event: limits, and pseudonyms instead of identifiers. It must
//! not know where either came from.

use std::borrow::Cow;

use waymark_model::{
    Event, Identity, Tag, TextColumn,
    event::RESERVED_PREFIX,
    normal::{self, Fit, Properties, refunded, text},
};
use waymark_store::catalog::{IdentifierKind, Secret};

use super::{Incoming, Reason, Refusal, Remark, incoming::Property, remark};
use crate::redact::redact;

/// What was found out about an event.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) visitor: u64,
    pub(super) identity: Identity,
    pub(super) time: i64,
    pub(super) tag: Tag,
    pub(super) is_verified: bool,
    /// Texts of columns, each at most once.
    pub(super) texts: [(TextColumn, &'a str); 11],
    /// What Waymark itself notes on the event, as a property whose key begins with `$`.
    pub(super) note: Option<(&'static str, &'static str)>,
}

/// Makes the event. `params` are the parameters of its address that are kept; a property of the same key goes before. What
/// does not fit is cut or left out, and marked.
///
/// # Errors
/// When nothing of its name can be kept.
pub(super) fn event(
    told: Incoming<'_>,
    params: Vec<(String, String)>,
    found: Found<'_>,
    secret: &Secret,
) -> Result<(Event, Vec<Remark>), Refusal> {
    let mut remarks = told.remarks;
    let sent_name = redact(&told.name);
    let name = normal::name(&sent_name).ok_or(Refusal::BadName)?;
    let mut event = Event::new(found.visitor, found.time, &name.text);
    if name.is_repaired {
        remarks.push(Remark::new("name", Reason::Text));
    }
    for (column, text) in found.texts {
        let kept = redact(text);
        let fitted = text::fit(&kept);
        event.set_text(column, &fitted.text);
        if fitted.is_repaired {
            remarks.push(Remark::new(column.as_str(), Reason::Text));
        }
    }
    event.set_text(TextColumn::Currency, told.currency.as_deref().unwrap_or(""));
    event.identity = found.identity;
    event.tag = found.tag;
    event.value = told.value.map(|value| refunded(event.text(TextColumn::Name), value));
    event.verified = found.is_verified && told.value.is_some();
    let pseudonym =
        |kind, text: &Option<Cow<'_, str>>| text.as_deref().map(|text| secret.pseudonym(kind, text));
    event.user = pseudonym(IdentifierKind::User, &told.user);
    event.key = pseudonym(IdentifierKind::Order, &told.key);
    let number = |id: &str| match found.is_verified {
        true => secret.event_number(id),
        false => secret.strange_event_number(id),
    };
    event.event_id = told.id.as_deref().map(number);
    let params = params.into_iter().map(|(key, value)| (key.into(), value.into()));
    event.props = properties(params.chain(told.properties), &mut remarks);
    event.props.extend(found.note.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let marks = remark::marks(&remarks).into_iter();
    event.props.extend(marks.map(|(key, fields)| (key.to_owned(), redact(&fields).into_owned())));
    Ok((event, remarks))
}

/// Properties as they are kept. Keys that begin with `$` are Waymark's own notes: nobody else can set them.
fn properties<'t>(
    told: impl Iterator<Item = Property<'t>>,
    remarks: &mut Vec<Remark>,
) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut kept = Properties::over(&mut list);
    for (key, value) in told {
        let key = redact(&key);
        let reason = match key.starts_with(RESERVED_PREFIX) {
            true => Some(Reason::Reserved),
            false => match kept.set(&key, &redact(&value)) {
                Fit::Kept | Fit::Nothing => None,
                Fit::Repaired => Some(Reason::Text),
                Fit::LeftOut if kept.is_full() => Some(Reason::ManyProperties),
                Fit::LeftOut => Some(Reason::BadKey),
            },
        };
        remarks.extend(reason.map(|reason| Remark::new(&key, reason)));
    }
    kept.finish();
    list
}
