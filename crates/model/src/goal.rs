//! Goals: what counts as a conversion, what kind of conversion it is, and how often it counts.

use serde::{Deserialize, Serialize};

use crate::{event::Event, predicate::Predicate};

/// What a conversion of the goal means for the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A primary goal: a purchase, a booking, a donation, a paid sign-up.
    Macro,
    /// A micro conversion on the way: a step toward a macro.
    Milestone,
    /// A micro conversion beside the way: a sign of interest that is not a step.
    Secondary,
}

impl Role {
    /// Whether this is one of the two kinds of micro conversion.
    #[must_use]
    pub const fn is_micro(self) -> bool {
        !matches!(self, Self::Macro)
    }

    /// The role's name in definitions and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Milestone => "milestone",
            Self::Secondary => "secondary",
        }
    }
}

/// Which of a goal's matching events count (`docs/counting.md`, Goals).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Every matching event.
    Every,
    /// The first in each session, within the queried range.
    OncePerSession,
    /// The first of each visitor, within the queried range.
    OncePerVisitor,
    /// The first with each order key, for ever and across visitors; events without a key all count.
    OncePerKey,
}

impl Counting {
    /// The rule's name in definitions and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::OncePerSession => "once_per_session",
            Self::OncePerVisitor => "once_per_visitor",
            Self::OncePerKey => "once_per_key",
        }
    }

    /// The rule that a goal has unless it states one.
    #[must_use]
    pub const fn default_for(role: Role, has_key: bool) -> Self {
        match role {
            Role::Macro if has_key => Self::OncePerKey,
            Role::Macro => Self::Every,
            Role::Milestone | Role::Secondary => Self::OncePerSession,
        }
    }
}

/// What makes a goal's event happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// An event that matches.
    Event(Predicate),
    /// The session has lasted this long (ms, at least 1): a virtual event at that moment.
    Duration {
        /// Threshold in milliseconds from the session's first event.
        at_least_ms: i64,
    },
    /// The session has seen this many page views (at least 1): a virtual event at the one that reaches it.
    Pages {
        /// Threshold in page views.
        at_least: u32,
    },
}

/// Where a conversion's value comes from. Amounts are minor units: cents, pence, yen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalValue {
    /// The same for every conversion.
    Fixed {
        /// Minor units.
        amount: i64,
        /// ISO 4217 code.
        currency: String,
    },
    /// Read from the event's own value and currency.
    FromEvent,
}

/// A goal under one version of its definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Name, unique within the site.
    pub name: String,
    /// Version of the definition, from 1.
    pub version: u32,
    /// Macro, milestone or secondary action.
    pub role: Role,
    /// The site's one measure of success. Only a macro can be it.
    pub headline: bool,
    /// What makes it happen.
    pub trigger: Trigger,
    /// Which occurrences count.
    pub counting: Counting,
    /// What a conversion is worth, if anything.
    pub value: Option<GoalValue>,
}

/// The name and version a number was computed under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GoalRef {
    /// The goal's name.
    pub name: String,
    /// The version of its definition.
    pub version: u32,
}

impl Goal {
    /// A goal on events of that name, under version 1 and its role's default counting rule.
    #[must_use]
    pub fn on_event(name: &str, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            version: 1,
            role,
            headline: false,
            trigger: Trigger::Event(Predicate::event(name)),
            counting: Counting::default_for(role, false),
            value: None,
        }
    }

    /// Whether it looks for such an event. What is reached by a session as a whole is no event.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        matches!(&self.trigger, Trigger::Event(predicate) if predicate.matches(event))
    }

    /// The reference that results carry.
    #[must_use]
    pub fn reference(&self) -> GoalRef {
        GoalRef { name: self.name.clone(), version: self.version }
    }
}
