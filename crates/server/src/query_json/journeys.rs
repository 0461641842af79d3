//! Questions that look behind numbers, at journeys: the events, the paths to and from a goal, what visitors who dropped out did next,
//! where sessions ended, what converters did that others did not.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Conditions, FunnelQuery, Over, ten};

/// Asks for [`Query::Events`](super::Query::Events): all events, or those of a goal, or those that are like something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) goal: Option<String>,
    /// Events like this, instead of a goal's.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub(crate) conditions: Option<Conditions>,
    /// Only those that the goal's counting rule counts, or only those that it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counted: Option<bool>,
    /// Most that come at a time: 1 to 100.
    #[serde(default = "fifty")]
    pub(crate) limit: usize,
    /// Where the list goes on: `next` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// What the steps of a path, or the parts of a sequence, are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PathBy {
    /// Pages, by their paths.
    #[default]
    Page,
    /// Events, by their names; reserved ones are left out.
    Event,
    /// The site's goals.
    Goal,
}

/// Asks for [`Query::Paths`](super::Query::Paths): `to` a goal, or `from` it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathsQuery {
    /// The goal (or else the event) that paths lead to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    /// The goal (or else the event) that paths begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// What a step is.
    #[serde(default)]
    pub(crate) by: PathBy,
    /// Steps, 1 to 8.
    #[serde(default = "five")]
    pub(crate) depth: usize,
    /// How many places of each step are shown, 1 to 50; the rest is `(other)`.
    #[serde(default = "eight")]
    pub(crate) top: usize,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// Asks for [`Query::DropOff`](super::Query::DropOff).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropOffQuery {
    /// The funnel, with what it is about.
    pub(crate) funnel: FunnelQuery,
    /// The number (from 1) of the step that they took last.
    pub(crate) after: usize,
    /// How many things are shown.
    #[serde(default = "ten")]
    pub(crate) top: usize,
}

/// Asks for [`Query::Exits`](super::Query::Exits).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExitsQuery {
    /// Only sessions without this goal (or else event).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) goal: Option<String>,
    /// How many pages are shown.
    #[serde(default = "ten")]
    pub(crate) top: usize,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

/// Asks for [`Query::Sequences`](super::Query::Sequences).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SequencesQuery {
    /// The goal, by name; when no goal is called so, events of that name.
    pub(crate) goal: String,
    /// What the parts are; the site's goals if it has micro conversions, else events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<PathBy>,
    /// Parts of a sequence, 1 to 5.
    #[serde(default = "three")]
    pub(crate) length: usize,
    /// How many sequences are shown.
    #[serde(default = "ten")]
    pub(crate) top: usize,
    /// What it is about.
    #[serde(default)]
    pub(crate) over: Over,
}

const fn three() -> usize {
    3
}

const fn five() -> usize {
    5
}

const fn eight() -> usize {
    8
}

const fn fifty() -> usize {
    50
}
