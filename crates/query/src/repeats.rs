//! Whether an event repeats one that its goals have counted already: for those who watch events as they are stored. It looks at
//! the rows of one order or one visitor only, and agrees with the counting rules of `folds/counting.rs`.

use waymark_model::{
    Condition, Counting, Event, Goal, Predicate, Role, Tag, Trigger,
    event::{NO_VISITOR, OTHER_NAME},
};
use waymark_store::columns::{Columns, ColumnsError, NumberColumn, Part};

use crate::own_names::{self, Texts};

/// A stored row that a goal may have counted.
#[derive(Clone, Copy)]
struct Found<'a> {
    time: i64,
    part: &'a Part,
    row: usize,
}

/// Whether the goals' rules let no goal that the event matches count every one of its events, so that it may be a repeat.
#[must_use]
pub fn may_repeat(goals: &[Goal], event: &Event) -> bool {
    let mut judged = judging(goals, event).peekable();
    judged.peek().is_some() && judged.all(|(goal, _)| goal.counting != Counting::Every)
}

/// For each of these events, which are stored, whether it repeats one that its goals have counted. Where it matches a macro,
/// macros decide; otherwise all goals that it matches do.
///
/// # Errors
/// When a column cannot be read.
pub fn repeats(
    parts: &[Part],
    goals: &[Goal],
    session_gap_ms: i64,
    events: &[Event],
) -> Result<Vec<bool>, ColumnsError> {
    let mut found = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        let mut is_repeat = may_repeat(goals, event);
        for (goal, predicate) in judging(goals, event) {
            is_repeat = is_repeat && {
                let rows = rows(parts, goal.counting, session_gap_ms, event)?;
                let twins = |other: &&Event| is_twin(goal.counting, predicate, event, other);
                let (before, all) =
                    (events[..at].iter().filter(twins).count(), events.iter().filter(twins).count());
                is_preceded(&rows, predicate, event, (before, all))?
            };
        }
        found.push(is_repeat);
    }
    Ok(found)
}

/// The goals that decide about an event, with what they look for.
fn judging<'a>(goals: &'a [Goal], event: &'a Event) -> impl Iterator<Item = (&'a Goal, &'a Predicate)> {
    let matching = move |goal: &'a Goal| match &goal.trigger {
        Trigger::Event(predicate) if event.tag == Tag::None && predicate.matches(event) => {
            Some((goal, predicate))
        }
        _ => None,
    };
    let has_macro = goals.iter().filter_map(matching).any(|(goal, _)| goal.role == Role::Macro);
    goals.iter().filter_map(matching).filter(move |(goal, _)| !has_macro || goal.role == Role::Macro)
}

/// Whether another event of the same time, told together with this one, is among the same rows.
fn is_twin(counting: Counting, predicate: &Predicate, event: &Event, other: &Event) -> bool {
    let same = match counting {
        Counting::OncePerKey => other.key == event.key,
        _ => other.visitor == event.visitor,
    };
    same && other.time == event.time && other.tag == Tag::None && predicate.matches(other)
}

/// Whether a matching row comes before the event. Of the rows of its own time, `twins` says how many of those told together come
/// before it, and how many there are.
fn is_preceded(
    rows: &[Found<'_>],
    predicate: &Predicate,
    event: &Event,
    (before, all): (usize, usize),
) -> Result<bool, ColumnsError> {
    let mut equal = 0;
    for found in rows.iter().filter(|found| found.time <= event.time) {
        if matches(&*found.part.columns, found.row, predicate)? {
            if found.time < event.time {
                return Ok(true);
            }
            equal += 1;
        }
    }
    Ok(equal + before > all)
}

/// The rows among which a goal counts one: of the same order, or of the same visitor or session. None when it counts every one.
fn rows<'a>(
    parts: &'a [Part],
    counting: Counting,
    session_gap_ms: i64,
    event: &Event,
) -> Result<Vec<Found<'a>>, ColumnsError> {
    match (counting, event.key) {
        (Counting::OncePerKey, Some(key)) => of_key(parts, key),
        (Counting::OncePerVisitor, _) if event.visitor != NO_VISITOR => of_visitor(parts, event.visitor),
        (Counting::OncePerSession, _) if event.visitor != NO_VISITOR => {
            let rows = of_visitor(parts, event.visitor)?;
            Ok(session(rows, event.time, session_gap_ms))
        }
        _ => Ok(Vec::new()),
    }
}

fn of_key(parts: &[Part], key: u64) -> Result<Vec<Found<'_>>, ColumnsError> {
    let mut found = Vec::new();
    for part in parts {
        let keys = part.columns.numbers(NumberColumn::Key)?;
        let rows = keys.rows.iter().zip(keys.values.iter()).filter(|(_, known)| **known == key);
        add(&mut found, part, rows.map(|(row, _)| *row as usize))?;
    }
    Ok(found)
}

fn of_visitor(parts: &[Part], visitor: u64) -> Result<Vec<Found<'_>>, ColumnsError> {
    let mut found = Vec::new();
    let holds = |part: &&Part| {
        let (first, last) = part.bounds.visitor;
        !part.bounds.bare && (first..=last).contains(&visitor)
    };
    for part in parts.iter().filter(holds) {
        let runs = part.columns.runs()?;
        if let Ok(run) = runs.visitors.binary_search(&visitor) {
            add(&mut found, part, runs.starts[run] as usize..runs.starts[run + 1] as usize)?;
        }
    }
    Ok(found)
}

/// Adds rows that are not left out of results.
fn add<'a>(
    found: &mut Vec<Found<'a>>,
    part: &'a Part,
    rows: impl Iterator<Item = usize>,
) -> Result<(), ColumnsError> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let (times, tags) = (part.columns.times()?, part.columns.tags()?);
    let counts = |row: &usize| tags.as_ref().is_none_or(|tags| tags[*row] == Tag::None as u8);
    found.extend(rows.filter(counts).map(|row| Found { time: times.get(row), part, row }));
    Ok(())
}

/// Those of a visitor's rows that come before the moment in its session.
fn session(mut rows: Vec<Found<'_>>, moment: i64, gap: i64) -> Vec<Found<'_>> {
    rows.retain(|found| found.time <= moment);
    rows.sort_unstable_by_key(|found| std::cmp::Reverse(found.time));
    let mut last = moment;
    let within = rows.iter().take_while(|found| {
        let is_near = last.saturating_sub(found.time) <= gap;
        last = found.time;
        is_near
    });
    let within = within.count();
    rows.truncate(within);
    rows
}

/// Whether a row matches.
fn matches(columns: &dyn Columns, row: usize, predicate: &Predicate) -> Result<bool, ColumnsError> {
    let short = u32::try_from(row).unwrap_or(u32::MAX);
    for condition in &predicate.all {
        let holds = match condition {
            Condition::Text { of, test } => {
                let texts = own_names::texts(columns, of)?;
                let text = texts.as_ref().map(|Texts { text, own_from }| {
                    let code = text.codes.get(row);
                    (text.dictionary.get(code), code as usize >= *own_from)
                });
                match text {
                    Some((Some(own), true)) => test.passes_name(OTHER_NAME, own),
                    Some((text, _)) => test.passes(text),
                    None => test.passes(None),
                }
            }
            Condition::Value { at_least, at_most } => {
                let value = columns.numbers(NumberColumn::Value)?.get(short).map(|bits| bits as i64);
                value.is_some_and(|value| {
                    at_least.is_none_or(|bound| value >= bound) && at_most.is_none_or(|bound| value <= bound)
                })
            }
            Condition::Verified => columns.verified()?.binary_search(&short).is_ok(),
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use waymark_store::columns::PartBuilder;

    use super::*;

    const GAP: i64 = 100;

    fn goal(name: &str, role: Role, counting: Counting) -> Goal {
        Goal { counting, ..Goal::on_event(name, role) }
    }

    /// `name@time`, with `#key`, of a visitor.
    fn event(visitor: u64, text: &str) -> Event {
        let (name, rest) = text.split_once('@').unwrap();
        let (time, key) = rest.split_once('#').map_or((rest, None), |(time, key)| (time, Some(key)));
        let mut event = Event::new(visitor, time.parse().unwrap(), name);
        event.key = key.map(|key| key.parse().unwrap());
        event
    }

    /// What is stored before, in two parts, and what comes then with whether it is a repeat.
    #[track_caller]
    fn check(goals: &[Goal], before: &[Event], then: &[(Event, bool)]) {
        let events: Vec<Event> = then.iter().map(|(event, _)| event.clone()).collect();
        let part = |events: &[Event]| {
            let mut builder = PartBuilder::default();
            events.iter().for_each(|event| builder.push(event));
            builder.finish(1)
        };
        let parts: Vec<Part> = [part(before), part(&events)].into_iter().flatten().collect();
        let expected: Vec<bool> = then.iter().map(|(_, is_repeat)| *is_repeat).collect();
        assert_eq!(repeats(&parts, goals, GAP, &events).unwrap(), expected);
    }

    #[test]
    fn an_order_is_counted_once_whoever_tells_it() {
        let goals =
            [goal("buy", Role::Macro, Counting::OncePerKey), goal("buy", Role::Secondary, Counting::Every)];
        let mut test = event(1, "buy@5#9");
        test.tag = Tag::Test;
        check(
            &goals,
            &[event(1, "buy@10#7"), event(1, "look@10#8"), test],
            &[
                (event(1, "buy@20#7"), true),
                (event(NO_VISITOR, "buy@20#7"), true),
                (event(1, "buy@20#8"), false),
                (event(1, "buy@20#9"), false),
                // It comes late, and is the first.
                (event(2, "buy@1#7"), false),
                (event(1, "buy@20"), false),
            ],
        );
    }

    #[test]
    fn of_two_told_together_the_second_repeats() {
        let goals = [goal("buy", Role::Macro, Counting::OncePerKey)];
        check(&goals, &[], &[(event(1, "buy@20#7"), false), (event(1, "buy@20#7"), true)]);
        check(&goals, &[event(2, "buy@20#7")], &[(event(1, "buy@20#7"), true), (event(1, "buy@20#7"), true)]);
    }

    #[test]
    fn a_session_and_a_visitor_count_once() {
        let session = [goal("thanks", Role::Macro, Counting::OncePerSession)];
        let visitor = [goal("thanks", Role::Macro, Counting::OncePerVisitor)];
        let before = [event(1, "thanks@0"), event(1, "look@100"), event(2, "look@0")];
        check(
            &session,
            &before,
            &[(event(1, "thanks@200"), true), (event(1, "thanks@301"), false), (event(2, "thanks@1"), false)],
        );
        check(&visitor, &before, &[(event(1, "thanks@9999"), true), (event(2, "thanks@1"), false)]);
    }

    #[test]
    fn what_counts_every_time_is_no_repeat() {
        let goals = [
            goal("cart", Role::Milestone, Counting::Every),
            goal("cart", Role::Secondary, Counting::OncePerSession),
        ];
        check(&goals, &[event(1, "cart@0")], &[(event(1, "cart@1"), false), (event(1, "other@1"), false)]);
        assert!(!may_repeat(&goals, &event(1, "cart@1")) && !may_repeat(&[], &event(1, "cart@1")));
    }
}
