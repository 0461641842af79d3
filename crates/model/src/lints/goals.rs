//! Lints on one goal: what its definition lacks, and what its use in a range of time shows.

use super::{Code, GoalUsage, Lint, Mend, Severity, Subject};
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
    let lint = |Found { code, severity, message, hint, mends }| {
        let subject = Subject::Goal(goal.name.clone());
        Lint { code, severity, site: site.to_owned(), subject, message, hint: hint.to_owned(), mends }
    };
    found.into_iter().flatten().map(lint).collect()
}

struct Found {
    code: Code,
    severity: Severity,
    message: String,
    hint: &'static str,
    mends: Vec<Mend>,
}

fn without_key(goal: &Goal, usage: Option<GoalUsage>) -> Option<Found> {
    let on_event = matches!(goal.trigger, Trigger::Event(_));
    let counts_repeats = goal.role == Role::Macro && goal.counting == Counting::Every && on_event;
    let has_key = usage.is_some_and(|usage| usage.with_key > 0);
    let (hint, mends) = if has_key {
        (
            "Its events carry an order key. Add `key = true`, so that each order counts once.",
            vec![Mend::CountOncePerKey, Mend::CountOncePerSession],
        )
    } else {
        (
            "Add `counting = \"once_per_session\"`. Or send the order number with the event and add `key = true`, \
             so that each order counts once.",
            vec![Mend::CountOncePerSession],
        )
    };
    counts_repeats.then(|| Found {
        code: Code::MacroWithoutKey,
        severity: Severity::Warning,
        message: format!(
            "Every event of `{}` counts, so reloading the thank-you page counts again.",
            goal.name
        ),
        hint,
        mends,
    })
}

fn without_value(goal: &Goal, usage: Option<GoalUsage>) -> Option<Found> {
    let worthless = goal.role == Role::Macro && goal.value.is_none();
    let has_value = usage.is_some_and(|usage| usage.with_value > 0);
    let (hint, mends) = if has_value {
        ("Its events carry a value. Add `value = \"event\"`.", vec![Mend::ValueFromEvent])
    } else {
        (
            "Add `value = \"event\"` if the events carry their amount, or a fixed estimate such as \
             `value = \"20 EUR\"`.",
            Vec::new(),
        )
    };
    worthless.then(|| Found {
        code: Code::MacroWithoutValue,
        severity: Severity::Advice,
        message: format!(
            "`{}` has no value. Conversions are counted but not weighed: a change that sells more for less \
             looks like a gain.",
            goal.name
        ),
        hint,
        mends,
    })
}

fn key_not_seen(goal: &Goal, usage: GoalUsage) -> Option<Found> {
    let missing = goal.counting == Counting::OncePerKey && usage.events > 0 && usage.with_key == 0;
    missing.then(|| Found {
        code: Code::KeyNotSeen,
        severity: Severity::Error,
        message: format!(
            "`{}` counts each order once, but none of its events carries an order key. Events without a key \
             all count, so no repeat is removed.",
            goal.name
        ),
        hint: "Send the order number as the event's key, or add `counting = \"once_per_session\"`.",
        mends: vec![Mend::CountOncePerSession],
    })
}

fn value_not_seen(goal: &Goal, usage: GoalUsage) -> Option<Found> {
    let missing = goal.value == Some(GoalValue::FromEvent) && usage.events > 0 && usage.with_value == 0;
    missing.then(|| Found {
        code: Code::ValueNotSeen,
        severity: Severity::Error,
        message: format!(
            "The value of `{}` comes from its events, but none of them carries one. It is shown without value.",
            goal.name
        ),
        hint: "Send the amount and its currency with the event, or give the goal a fixed value.",
        mends: Vec::new(),
    })
}

/// Over half of all sessions, when there are enough of them for a share to mean something.
fn loose(goal: &Goal, sessions: u64, usage: GoalUsage) -> Option<Found> {
    let is_loose = sessions >= Rate::FEW_TRIALS && usage.sessions > sessions / 2;
    is_loose.then(|| Found {
        code: Code::LooseGoal,
        severity: Severity::Warning,
        message: format!(
            "More than half of all sessions reach `{}`, so it hardly tells buyers from the others.",
            goal.name
        ),
        hint: "That is fine for the first step of a funnel. Otherwise narrow it (a path, a property, a longer \
               duration), or remove it.",
        mends: Vec::new(),
    })
}

fn dead(goal: &Goal, sessions: u64, usage: GoalUsage) -> Option<Found> {
    let is_dead = sessions > 0 && usage.conversions == 0;
    is_dead.then(|| Found {
        code: Code::DeadGoal,
        severity: Severity::Warning,
        message: format!("`{}` has no conversion: nobody does it, or it is no longer recorded.", goal.name),
        hint: "Do it once yourself and see whether the event arrives. Check the name and the path for typing \
               errors. Remove the goal if you no longer want it.",
        mends: Vec::new(),
    })
}
