//! One goal of a definitions file.

use toml::Spanned;

use super::{
    error::Errors,
    fields::{Fields, Node},
    trigger_reader,
    words::{COUNTINGS, ROLES},
};
use crate::{
    goal::{Counting, Goal, GoalValue, Role, Trigger},
    money::Money,
};

/// Most characters of a goal's or a funnel's name.
const LONGEST_NAME: usize = 100;

/// Reads a goal. One with a name comes back even when something else in it is wrong, so that what refers to it
/// is not reported too.
pub(super) fn read<'t>(node: &'t Node<'t>, errors: &mut Errors) -> Option<Spanned<Goal>> {
    let mut fields = Fields::of(node, "a goal", "[[site.NAME.goal]]", errors)?;
    let name = name(&mut fields, errors);
    fields.require("role", "role = \"macro\"", errors);
    let role = fields.word("role", ROLES, errors);
    let headline = fields.flag("headline", errors);
    if headline && role.is_some_and(Role::is_micro) {
        let hint = "make the goal a macro, or leave `headline` to the one that is the site's purpose";
        let message = "a micro conversion cannot be the headline";
        errors.push(fields.span_of("headline"), message, "only a macro can be it", Some(hint.to_owned()));
    }
    let role = role.unwrap_or(Role::Macro);
    let trigger = trigger_reader::read(&mut fields, errors);
    let counting = counting(&mut fields, role, trigger.as_ref(), errors);
    let value = value(&mut fields, trigger.as_ref(), errors);
    fields.finish(errors);
    let name = name?;
    let trigger = trigger.unwrap_or_else(|| trigger_reader::event(name.get_ref()));
    let goal =
        Goal { name: (*name.get_ref()).to_owned(), version: 1, role, headline, trigger, counting, value };
    Some(Spanned::new(name.span(), goal))
}

/// The name of a goal or a funnel.
pub(super) fn name<'t>(fields: &mut Fields<'t>, errors: &mut Errors) -> Option<Spanned<&'t str>> {
    fields.require("name", "name = \"purchase\"", errors);
    let name = fields.text("name", "name = \"purchase\"", errors)?;
    let text = *name.get_ref();
    if text.trim() != text || text.chars().any(char::is_control) || text.chars().count() > LONGEST_NAME {
        let hint = format!("use up to {LONGEST_NAME} letters, without space at either end");
        errors.push(name.span(), "this cannot be a name", "no name", Some(hint));
    }
    Some(name)
}

fn is_engagement(trigger: Option<&Trigger>) -> bool {
    matches!(trigger, Some(Trigger::Duration { .. } | Trigger::Pages { .. }))
}

fn counting(fields: &mut Fields<'_>, role: Role, trigger: Option<&Trigger>, errors: &mut Errors) -> Counting {
    let by_key = fields.flag("key", errors);
    let stated = fields.word("counting", COUNTINGS, errors);
    if by_key && stated.is_some_and(|counting| counting != Counting::OncePerKey) {
        let hint = Some("leave one of them out: `key = true` counts each order key once".to_owned());
        errors.push(fields.span_of("counting"), "`counting` contradicts `key`", "not once per key", hint);
    }
    let counting =
        if by_key { Counting::OncePerKey } else { stated.unwrap_or(Counting::default_for(role, false)) };
    if counting == Counting::OncePerKey && is_engagement(trigger) {
        let at = fields.span_of(if by_key { "key" } else { "counting" });
        let hint = Some("count it `once_per_session`".to_owned());
        errors.push(at, "a session's length or pages have no order key", "no key to count by", hint);
    }
    counting
}

fn value(fields: &mut Fields<'_>, trigger: Option<&Trigger>, errors: &mut Errors) -> Option<GoalValue> {
    let given = fields.text("value", "value = \"event\"` or `value = \"19.90 EUR\"", errors)?;
    if *given.get_ref() == "event" {
        if is_engagement(trigger) {
            let hint = Some("state an amount, such as `value = \"0.50 EUR\"`, or none".to_owned());
            errors.push(given.span(), "a session's length or pages have no value", "no event", hint);
        }
        return Some(GoalValue::FromEvent);
    }
    match Money::parse(given.get_ref()) {
        Ok(Money { amount, currency }) if amount >= 0 => Some(GoalValue::Fixed { amount, currency }),
        Ok(_) => {
            errors.push(given.span(), "a goal's value cannot be negative", "below zero", None);
            None
        }
        Err(error) => {
            let hint = "write `event` to take the value that each event carries".to_owned();
            errors.push(given.span(), error.to_string(), "no value", Some(hint));
            None
        }
    }
}
