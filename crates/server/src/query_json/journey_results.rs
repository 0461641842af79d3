//! What comes back from questions about journeys, in the form of its JSON. Amounts are minor units.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{DifferenceResult, RateResult, journeys::PathBy, results::GoalVersion};

/// The events behind a number, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventsResult {
    /// Events that match, listed or not.
    pub(crate) matched: u64,
    /// Those that count: as many as the goal's conversions.
    pub(crate) counted: u64,
    /// The events.
    pub(crate) rows: Vec<EventRow>,
    /// Where the list goes on; `null` at its end.
    pub(crate) next: Option<String>,
    /// Whoever asks may not see what single visitors do, so that there are no rows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hidden: bool,
}

/// An event; what it does not have is `null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventRow {
    /// When it happened, with the offset of the site's zone.
    pub(crate) time: String,
    /// Its name; `null` for the moment at which a session reached a goal's duration or number of pages.
    pub(crate) name: Option<String>,
    /// The host.
    pub(crate) host: Option<String>,
    /// The path of the page.
    pub(crate) path: Option<String>,
    /// The channel.
    pub(crate) channel: Option<String>,
    /// The source.
    pub(crate) source: Option<String>,
    /// The country.
    pub(crate) country: Option<String>,
    /// The kind of device.
    pub(crate) device: Option<String>,
    /// What it counts for, or else its own value, in minor units.
    pub(crate) value: Option<i64>,
    /// The currency of the value.
    pub(crate) currency: Option<String>,
    /// The value was told by a secret key or a signed call.
    pub(crate) verified: bool,
    /// Why it is left out unless asked for: `bot`, `internal`, `test`.
    pub(crate) tag: Option<&'static str>,
    /// The counting rule counts it.
    pub(crate) counted: bool,
    /// Why it does not.
    pub(crate) reason: Option<NotCounted>,
    /// It is of a visitor, and so in the rates.
    pub(crate) attributed: bool,
}

/// Why a matching event does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::enum_variant_names,
    reason = "so they are called in the answer, where there may be other reasons"
)]
pub(crate) enum NotCounted {
    /// Its session has one already.
    RepeatInSession,
    /// Its visitor has one already.
    RepeatOfVisitor,
    /// Its order is counted by another event.
    RepeatOfOrder,
}

/// Paths to or from a goal: places of steps, and how many sessions went from one to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PathsResult {
    /// The goal.
    pub(crate) goal: GoalVersion,
    /// What a step is.
    pub(crate) by: PathBy,
    /// Sessions with the goal.
    pub(crate) units: u64,
    /// What these sessions are worth, by currency.
    pub(crate) gross: BTreeMap<String, i128>,
    /// The goal whose conversions that is; `null` where neither the goal nor the headline has a value.
    pub(crate) worth_of: Option<GoalVersion>,
    /// The places, the goal first, then step by step away from it.
    pub(crate) nodes: Vec<NodeResult>,
    /// From one place to the next, in the order of time.
    pub(crate) links: Vec<LinkResult>,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

/// A place of a path.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NodeResult {
    /// What links call it.
    pub(crate) id: String,
    /// Steps from the goal: 0 is the goal, -1 the step before, 1 the step after.
    pub(crate) step: i64,
    /// What kind of place it is.
    pub(crate) kind: NodeKind,
    /// What it is called.
    pub(crate) label: String,
    /// Sessions that were there.
    pub(crate) sessions: u64,
    /// What these sessions are worth, by currency.
    pub(crate) gross: BTreeMap<String, i128>,
}

/// What kind of place a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NodeKind {
    /// The goal.
    Goal,
    /// A page, an event, another goal.
    Place,
    /// All places that are not shown.
    Other,
    /// The session began here.
    Start,
    /// The session ended here.
    End,
}

/// Sessions that went from one place to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LinkResult {
    /// The earlier place.
    pub(crate) from: String,
    /// The later place.
    pub(crate) to: String,
    /// Sessions.
    pub(crate) sessions: u64,
    /// What these sessions are worth, by currency.
    pub(crate) gross: BTreeMap<String, i128>,
}

/// What units did next after they dropped out at a step of a funnel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DropOffResult {
    /// What the step is called.
    pub(crate) step: String,
    /// What is counted.
    pub(crate) count: &'static str,
    /// Units that took the step, no further one, and are not in progress.
    pub(crate) lost: u64,
    /// Those among them that did nothing more.
    pub(crate) left: u64,
    /// What the others did next, the most frequent first, then `(other)`.
    pub(crate) next: Vec<NextResult>,
    /// How many things `(other)` stands for.
    pub(crate) others: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

/// Something done next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NextResult {
    /// Event and path in one text.
    pub(crate) label: String,
    /// The event's name; `null` for `(other)`.
    pub(crate) event: Option<String>,
    /// Its path.
    pub(crate) path: Option<String>,
    /// Units.
    pub(crate) units: u64,
}

/// Pages on which sessions ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExitsResult {
    /// Sessions looked at: those that have ended, without the goal if one is given.
    pub(crate) sessions: u64,
    /// Sessions that may still go on, which are not looked at.
    pub(crate) in_progress: u64,
    /// Pages, those that most sessions ended on first.
    pub(crate) items: Vec<ExitResult>,
    /// Pages that are not shown.
    pub(crate) others: usize,
    /// Sessions that ended on them.
    pub(crate) other_exits: u64,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

/// A page on which sessions ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExitResult {
    /// The page.
    pub(crate) path: String,
    /// Sessions that ended on it.
    pub(crate) exits: u64,
    /// Sessions that saw it.
    pub(crate) views_sessions: u64,
    /// Of the sessions that saw it, those that ended on it.
    pub(crate) rate: RateResult,
}

/// What visitors who reached a goal did more often than others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SequencesResult {
    /// What the parts are.
    pub(crate) by: PathBy,
    /// Visitors who reached the goal.
    pub(crate) converters: u64,
    /// Visitors who did not.
    pub(crate) others: u64,
    /// Sequences, those with the greatest difference first.
    pub(crate) items: Vec<SequenceResult>,
    /// Sequences with too few visitors to be ranked, or to be shown to whoever asks.
    pub(crate) too_few: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

/// A sequence, and who went through it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SequenceResult {
    /// Its parts, in order.
    pub(crate) sequence: Vec<String>,
    /// Of the visitors who reached the goal, those who went through it before.
    pub(crate) converters: RateResult,
    /// Of the others, those who went through it.
    pub(crate) others: RateResult,
    /// The first share minus the second.
    pub(crate) difference: Option<DifferenceResult>,
}
