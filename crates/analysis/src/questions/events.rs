//! The events behind a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Counting, Dimension, Goal, Predicate, Role, Tag, TextColumn, Trigger, Zone};
use waymark_query::{EventPlace, EventsSpec, FoldSpec, ListedEvent, State};

use crate::{
    answer::{Notice, QuestionResult},
    conditions::Conditions,
    context::{Answered, QuestionContext, moment},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    small_groups::SmallGroups,
    source::Source,
};

/// Asks for the events behind a number: all events, or those of a goal, or those that are like something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// Events like this, instead of a goal's.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Conditions>,
    /// Only those that the goal's counting rule counts, or only those that it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<bool>,
    /// Most that come at a time: 1 to 100.
    #[serde(default = "fifty")]
    pub limit: usize,
    /// Where the list goes on: `next` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// The events behind a number, newest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventsResult {
    /// Events that match, listed or not.
    pub matched: u64,
    /// Those that count: as many as the goal's conversions.
    pub counted: u64,
    /// The events.
    pub rows: Vec<EventRow>,
    /// Where the list goes on; `null` at its end.
    pub next: Option<String>,
    /// Whoever asks may not see what single visitors do, so that there are no rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// An event; what it does not have is `null`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventRow {
    /// When it happened, with the offset of the site's zone.
    pub time: String,
    /// Its name; `null` for the moment at which a session reached a goal's duration or number of pages.
    pub name: Option<String>,
    /// The host.
    pub host: Option<String>,
    /// The path of the page.
    pub path: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The source.
    pub source: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// The kind of device.
    pub device: Option<String>,
    /// What it counts for, or else its own value, in minor units.
    pub value: Option<i64>,
    /// The currency of the value.
    pub currency: Option<String>,
    /// The value was told by a secret key or a signed call.
    pub verified: bool,
    /// Why it is left out unless asked for: `bot`, `internal`, `test`.
    pub tag: Option<&'static str>,
    /// The counting rule counts it.
    pub counted: bool,
    /// Why it does not.
    pub reason: Option<NotCounted>,
    /// It is of a visitor, and so in the rates.
    pub attributed: bool,
}

/// Why a matching event does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::enum_variant_names,
    reason = "so they are called in the answer, where there may be other reasons"
)]
pub enum NotCounted {
    /// Its session has one already.
    RepeatInSession,
    /// Its visitor has one already.
    RepeatOfVisitor,
    /// Its order is counted by another event.
    RepeatOfOrder,
}

/// Most events that come at a time.
const MOST: usize = 100;

/// What is told of an event, in the order of [`EventRow`].
const SHOWN: [TextColumn; 7] = [
    TextColumn::Name,
    TextColumn::Host,
    TextColumn::Path,
    TextColumn::Channel,
    TextColumn::Source,
    TextColumn::Country,
    TextColumn::Device,
];

pub(crate) fn answer(asked: &EventsQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    QueryError::check_bound("limit", asked.limit, MOST)?;
    let hidden = source.small_groups == SmallGroups::Merged;
    if hidden && asked.conditions.is_some() {
        return Err(QueryError::OwnConditions);
    }
    let (goal, notice) = goal(asked, source)?;
    let goals = if asked.goal.is_some() { vec![goal.clone()] } else { Vec::new() };
    let mut work = QuestionContext::new(source, &asked.over, (goals, notice.into_iter().collect()))?;
    let spec = EventsSpec {
        goal: goal.clone(),
        counted: asked.counted,
        limit: asked.limit,
        before: asked.before.as_deref().map(place).transpose()?,
        dimensions: SHOWN.map(Dimension::Column).to_vec(),
    };
    let (state, grounds) = work.run(FoldSpec::Events(spec))?;
    let State::Events(state) = state else { return Err(QueryError::WrongKind) };
    let events = if hidden { Vec::new() } else { state.events };
    let last = events.last().filter(|_| events.len() == asked.limit);
    let result = EventsResult {
        matched: state.matched,
        counted: state.conversions,
        next: last.map(|event| cursor(event.place)),
        hidden,
        rows: events.into_iter().map(|event| row(&goal, &source.site.zone, event)).collect(),
    };
    Ok(work.found(grounds, QuestionResult::Events(result)))
}

/// The goal asked for, or one on all events that are like what is asked for.
fn goal(asked: &EventsQuery, source: &Source<'_>) -> Result<(Goal, Option<Notice>), QueryError> {
    let predicate = match (&asked.goal, &asked.conditions) {
        (Some(_), Some(_)) => return Err(QueryError::EventsForm),
        (Some(name), None) => return find_goal(name, source),
        (None, Some(conditions)) => conditions.predicate()?,
        (None, None) => Predicate::default(),
    };
    let trigger = Trigger::Event(predicate);
    Ok((Goal { trigger, version: 0, ..Goal::on_event("event", Role::Macro) }, None))
}

fn row(goal: &Goal, zone: &Zone, event: ListedEvent) -> EventRow {
    let mut texts = event.texts.into_iter().map(|text| (!text.is_empty()).then_some(text));
    let mut next = || texts.next().flatten();
    let tag = [Tag::Bot, Tag::Internal, Tag::Test].into_iter().find(|tag| *tag as u8 == event.tag);
    let (value, currency, verified) =
        event.value.map_or((None, None, false), |(minor, currency, verified)| {
            (Some(minor), (!currency.is_empty()).then_some(currency), verified)
        });
    EventRow {
        time: moment(zone, event.place.time),
        name: next(),
        host: next(),
        path: next(),
        channel: next(),
        source: next(),
        country: next(),
        device: next(),
        value,
        currency,
        verified,
        tag: tag.map(Tag::as_str),
        counted: event.counts,
        reason: if event.counts { None } else { reason(goal.counting) },
        attributed: event.has_visitor,
    }
}

/// Why an event does not count that the rule leaves out.
const fn reason(counting: Counting) -> Option<NotCounted> {
    match counting {
        Counting::Every => None,
        Counting::OncePerSession => Some(NotCounted::RepeatInSession),
        Counting::OncePerVisitor => Some(NotCounted::RepeatOfVisitor),
        Counting::OncePerKey => Some(NotCounted::RepeatOfOrder),
    }
}

/// A place as a text that only [`place`] reads.
fn cursor(place: EventPlace) -> String {
    format!("{}.{}.{}.{}", place.time, place.of, place.seq, u8::from(place.is_virtual))
}

fn place(text: &str) -> Result<EventPlace, QueryError> {
    let read = || {
        let mut parts = text.split('.');
        let place = EventPlace {
            time: parts.next()?.parse().ok()?,
            of: parts.next()?.parse().ok()?,
            seq: parts.next()?.parse().ok()?,
            is_virtual: parts.next()? == "1",
        };
        parts.next().is_none().then_some(place)
    };
    read().ok_or(QueryError::Cursor)
}

const fn fifty() -> usize {
    50
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        let place_of = EventPlace { time: -5, of: -7, seq: u64::MAX, is_virtual: true };
        assert_eq!(place(&cursor(place_of)).unwrap(), place_of);
        for text in ["", "1.2.3", "1.2.3.0.4", "a.2.3.0", "1.2.-3.0"] {
            assert!(matches!(place(text), Err(QueryError::Cursor)), "{text}");
        }
    }
}
