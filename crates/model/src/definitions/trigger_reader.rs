//! What makes a goal or a step happen: an event with its conditions, or a session's length or pages.

use super::{
    condition_reader,
    error::Errors,
    fields::{self, Fields},
};
use crate::{goal::Trigger, predicate::Predicate};

/// Reads a trigger from a table's keys; `None` when none of them states one.
pub(super) fn read(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Trigger> {
    let conditions = condition_reader::read(fields, false, errors);
    let engagement = [duration(fields, errors), pages(fields, errors)];
    let stated: Vec<_> = ["duration", "pages"].into_iter().filter(|key| fields.has(key)).collect();
    if let ([key, ..], Some(first)) = (stated.as_slice(), &conditions.first) {
        let hint = Some("leave either out: the whole session is looked at, not single events".to_owned());
        let message = format!("`{key}` does not go with conditions on events");
        errors.push(first.clone(), message, "a condition on events", hint);
    }
    if stated.len() > 1 {
        let hint = Some("make two goals of them".to_owned());
        errors.push(fields.span_of("pages"), "`duration` does not go with `pages`", "one too many", hint);
    }
    let event = conditions.first.map(|_| Trigger::Event(conditions.predicate));
    let unreadable = stated.first().map(|_| Trigger::Duration { at_least_ms: 1 });
    engagement.into_iter().flatten().next().or(unreadable).or(event)
}

/// The trigger that a name alone stands for.
pub(super) fn event(name: &str) -> Trigger {
    Trigger::Event(Predicate::event(name))
}

fn duration(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Trigger> {
    let at_least_ms = fields.duration("duration", errors)?;
    if at_least_ms == 0 {
        let hint = Some("every session lasts that long: write `duration = \"60s\"`".to_owned());
        errors.push(fields.span_of("duration"), "a duration of nothing", "too short", hint);
    }
    Some(Trigger::Duration { at_least_ms })
}

fn pages(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Trigger> {
    let node = fields.get("pages")?;
    let at_least =
        fields::integer(node).and_then(|pages| u32::try_from(pages).ok()).filter(|pages| *pages > 0);
    if at_least.is_none() {
        let hint = Some("write `pages = 5`".to_owned());
        errors.push(node.span(), "`pages` must be a whole number of at least 1", "no number of pages", hint);
    }
    at_least.map(|at_least| Trigger::Pages { at_least })
}
