//! What the names in a query mean for a site: goals, events, and what was probably meant.

use waymark_model::{Condition, Dimension, Funnel, Goal, Role, Test, TextColumn, Trigger, nearest};
use waymark_store::columns::ColumnsError;

use crate::{answer::Notice, error::QueryError, small_groups::SmallGroups, source::Source};

/// The goal of that name or, when no goal is called so, one on events of that name, every one of which counts; it
/// has version 0. The notice says so.
pub(crate) fn find_goal(name: &str, source: &Source<'_>) -> Result<(Goal, Option<Notice>), QueryError> {
    if let Some(goal) = source.site.goal(name) {
        return Ok((goal.clone(), None));
    }
    let events = source.event_names()?;
    if events.contains(name) {
        let goal = Goal { version: 0, ..Goal::on_event(name, Role::Macro) };
        let message =
            format!("no goal is called `{name}`: events of that name are counted, every one of them");
        return Ok((goal, Some(Notice { message, hint: None })));
    }
    let goals = source.site.goals.iter().map(|goal| goal.name.as_str());
    // Who sees no small groups is told no name that may be one person's.
    let events = events.iter().filter(|_| source.small_groups == SmallGroups::Shown);
    let known: Vec<&str> = goals.chain(events.map(String::as_str)).collect();
    let hint = did_you_mean(name, &known, "goals and events");
    Err(QueryError::UnknownGoal { name: name.to_owned(), hint })
}

/// The goals of those names; all of the site's when none are given.
pub(crate) fn find_goals(
    names: Option<&[String]>,
    source: &Source<'_>,
) -> Result<(Vec<Goal>, Vec<Notice>), QueryError> {
    let Some(names) = names else { return Ok((source.site.goals.clone(), Vec::new())) };
    let found = names.iter().map(|name| find_goal(name, source)).collect::<Result<Vec<_>, _>>()?;
    let (goals, notices): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    Ok((goals, notices.into_iter().flatten().collect()))
}

/// Notices on steps that look for events which were never recorded.
pub(crate) fn unseen_steps(funnel: &Funnel, source: &Source<'_>) -> Result<Vec<Notice>, ColumnsError> {
    let events = source.event_names()?;
    let known: Vec<&str> = events.iter().map(String::as_str).collect();
    let goals = source.site.goals.iter().map(|goal| goal.name.as_str());
    let shown = known.iter().copied().filter(|_| source.small_groups == SmallGroups::Shown);
    let choices: Vec<&str> = goals.chain(shown).collect();
    let unseen = funnel.steps.iter().filter_map(|step| {
        let names = event_names(&step.trigger);
        let is_seen = names.is_empty() || names.iter().any(|name| events.contains(*name));
        if is_seen {
            return None;
        }
        let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
        let message =
            format!("no event called {list} was ever recorded, so the step `{}` matches nothing", step.label);
        let others: Vec<&str> = choices.iter().copied().filter(|name| !names.contains(name)).collect();
        let hint = did_you_mean(names[0], &others, "goals and events");
        Some(Notice { message, hint })
    });
    Ok(unseen.collect())
}

/// The event names that a trigger is limited to, if it is.
fn event_names(trigger: &Trigger) -> Vec<&str> {
    let Trigger::Event(predicate) = trigger else { return Vec::new() };
    let named = predicate.all.iter().find_map(|condition| match condition {
        Condition::Text { of: Dimension::Column(TextColumn::Name), test: Test::In(names) } => Some(names),
        _ => None,
    });
    named.into_iter().flatten().map(String::as_str).collect()
}

/// Most names that a hint lists.
const MOST_LISTED: usize = 12;

/// A hint with the nearest known name, or with all if they are few.
fn did_you_mean(name: &str, known: &[&str], what: &str) -> Option<String> {
    match nearest(name, known.iter().copied()) {
        Some(known) => Some(format!("did you mean `{known}`?")),
        None if known.is_empty() => None,
        None => {
            let mut listed: Vec<&str> = known.iter().copied().take(MOST_LISTED).collect();
            listed.dedup();
            let more = if known.len() > MOST_LISTED { ", …" } else { "" };
            Some(format!("{what}: {}{more}", listed.join(", ")))
        }
    }
}
