//! Lints on one goal: what its definition lacks, and what its use in a range of time shows.

use super::{Code, GoalUsage, Lint, Severity, Subject};
use crate::{
    goal::{Counting, Goal, GoalValue, Role, Trigger},
    rate::Rate,
};

/// Lints on a goal, with the sessions in the range and its use, if it was looked at.
pub(super) fn lint(site: &str, goal: &Goal, used: Option<(u64, GoalUsage)>) -> Vec<Lint> {
    let usage = used.map(|(_, usage)| usage);
    let sessions = used.map_or(0, |(sessions, _)| sessions);
    let found = [
        without_key(goal, usage),
        without_value(goal, usage),
        usage.and_then(|usage| key_not_seen(goal, usage)),
        usage.and_then(|usage| value_not_seen(goal, usage)),
        usage.and_then(|usage| loose(goal, sessions, usage)),
        usage.and_then(|usage| dead(goal, sessions, usage)),
    ];
    let lint = |(code, severity, message, hint)| {
        let subject = Subject::Goal(goal.name.clone());
        Lint { code, severity, site: site.to_owned(), subject, message, hint }
    };
    found.into_iter().flatten().map(lint).collect()
}

type Found = Option<(Code, Severity, String, String)>;

fn without_key(goal: &Goal, usage: Option<GoalUsage>) -> Found {
    let on_event = matches!(goal.trigger, Trigger::Event(_));
    let counts_repeats = goal.role == Role::Macro && goal.counting == Counting::Every && on_event;
    let hint = match usage {
        Some(GoalUsage { events, with_key: with_key @ 1.., .. }) => {
            format!("{with_key} of its {events} events carry an order key: add `key = true`.")
        }
        _ => "Send the order's number with the event and add `key = true`, so that each order counts once. \
              Where there is no number, `counting = \"once_per_session\"` keeps reloads out."
            .to_owned(),
    };
    counts_repeats.then(|| {
        let message = format!(
            "Every event of `{}` counts, so a thank-you page that is loaded twice counts as two.",
            goal.name
        );
        (Code::MacroWithoutKey, Severity::Warning, message, hint)
    })
}

fn without_value(goal: &Goal, usage: Option<GoalUsage>) -> Found {
    let worthless = goal.role == Role::Macro && goal.value.is_none();
    let hint = match usage {
        Some(GoalUsage { events, with_value: with_value @ 1.., .. }) => {
            format!("{with_value} of its {events} events carry a value: add `value = \"event\"`.")
        }
        _ => "Add `value = \"event\"` if the events carry their amount, or a fixed estimate such as \
              `value = \"20 EUR\"`."
            .to_owned(),
    };
    worthless.then(|| {
        let message = format!(
            "`{}` has no value, so conversions can be counted but not weighed: a change that sells more for \
             less looks like a gain.",
            goal.name
        );
        (Code::MacroWithoutValue, Severity::Advice, message, hint)
    })
}

fn key_not_seen(goal: &Goal, usage: GoalUsage) -> Found {
    let missing = goal.counting == Counting::OncePerKey && usage.events > 0 && usage.with_key == 0;
    missing.then(|| {
        let message = format!(
            "`{}` counts each order once, but none of its {} events carries an order key. Events without a \
             key all count, so repeats are not removed.",
            goal.name, usage.events
        );
        let hint = "Send the order's number as the event's key, or choose another `counting`.".to_owned();
        (Code::KeyNotSeen, Severity::Error, message, hint)
    })
}

fn value_not_seen(goal: &Goal, usage: GoalUsage) -> Found {
    let missing = goal.value == Some(GoalValue::FromEvent) && usage.events > 0 && usage.with_value == 0;
    missing.then(|| {
        let message = format!(
            "The value of `{}` is to come from its events, but none of its {} events carries one: its value \
             is shown as nothing.",
            goal.name, usage.events
        );
        let hint =
            "Send the amount and its currency with the event, or give the goal a fixed value.".to_owned();
        (Code::ValueNotSeen, Severity::Error, message, hint)
    })
}

/// Over half of all sessions, when there are enough of them for a share to mean something.
fn loose(goal: &Goal, sessions: u64, usage: GoalUsage) -> Found {
    let is_loose = sessions >= Rate::FEW_TRIALS && usage.sessions > sessions / 2;
    is_loose.then(|| {
        let message = format!(
            "`{}` happens in {} of {sessions} sessions. What over half of all sessions do says little about \
             who will buy, and nothing about success.",
            goal.name, usage.sessions
        );
        let hint = "Narrow it (a path, a property, a longer duration), or remove it.".to_owned();
        (Code::LooseGoal, Severity::Warning, message, hint)
    })
}

fn dead(goal: &Goal, sessions: u64, usage: GoalUsage) -> Found {
    let is_dead = sessions > 0 && usage.conversions == 0;
    is_dead.then(|| {
        let message = format!(
            "`{}` has no conversion in {sessions} sessions: nobody does it, or it is no longer recorded.",
            goal.name
        );
        let hint =
            "Do it once yourself and see whether the event arrives; check the name and the path for a \
                    typing error; remove the goal if it is no longer wanted."
                .to_owned();
        (Code::DeadGoal, Severity::Warning, message, hint)
    })
}
