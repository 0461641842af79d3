//! A funnel as it was defined: its steps name goals and events, so that it follows when a goal changes.

use serde::{Deserialize, Serialize};

use crate::{
    event::TextColumn,
    funnel::{Anchor, Entry, Order, Scope, Tally},
    goal::Trigger,
    predicate::{Condition, Dimension, Predicate, Test},
};

/// What a step or an exclusion looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The goal of that name or, when no goal is called so, events of that name.
    Named(String),
    /// The goal of that name, which must exist.
    Goal(String),
    /// Stated on the spot.
    Inline(Trigger),
}

/// A step as it was defined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDefinition {
    /// What makes a unit take the step.
    pub what: What,
    /// What the step is called, if not by what it looks for: see [`StepDefinition::label`].
    pub label: Option<String>,
    /// Units may pass without it.
    pub optional: bool,
    /// Longest time from the previous required step, in ms, inclusive.
    pub within_ms: Option<i64>,
}

/// An exclusion as it was defined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExclusionDefinition {
    /// What must not happen. Not an engagement goal: that is no event.
    pub what: What,
    /// Label of the required step after which it breaks a chain; the first one unless given.
    pub after: Option<String>,
    /// Label of the required step before which it breaks a chain; the last one unless given.
    pub before: Option<String>,
}

/// A funnel as it was defined, under one version of its definition. [`FunnelDefinition::resolve`] makes the
/// [`crate::Funnel`] that can be computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelDefinition {
    /// Name, unique within the site.
    pub name: String,
    /// Version of the definition, from 1.
    pub version: u32,
    /// The steps, in order.
    pub steps: Vec<StepDefinition>,
    /// Whether steps must follow one another.
    pub order: Order,
    /// Longest time from the chain's first event to its last, in ms, inclusive.
    pub window_ms: Option<i64>,
    /// Which step-1 events may start a chain.
    pub anchor: Anchor,
    /// How far a chain may reach.
    pub scope: Scope,
    /// Where a unit may enter.
    pub entry: Entry,
    /// What is counted.
    pub tally: Tally,
    /// All of a chain's events share their value in this dimension.
    pub same: Option<Dimension>,
    /// Events that break chains.
    pub exclusions: Vec<ExclusionDefinition>,
}

impl StepDefinition {
    /// A required step without a window of its own.
    #[must_use]
    pub fn of(what: What) -> Self {
        Self { what, label: None, optional: false, within_ms: None }
    }

    /// What the step is called where it is shown and where exclusions refer to it: its label; else the goal or
    /// event it names; else the text that its first condition looks for; else `step 3` (from 1).
    #[must_use]
    pub fn label(&self, position: usize) -> String {
        let own = self.label.clone().or_else(|| match &self.what {
            What::Named(name) | What::Goal(name) => Some(name.clone()),
            What::Inline(Trigger::Event(predicate)) => looked_for(predicate),
            What::Inline(_) => None,
        });
        own.unwrap_or_else(|| format!("step {}", position + 1))
    }
}

/// The one text that the predicate's event name, or else its first condition, is tested against.
fn looked_for(predicate: &Predicate) -> Option<String> {
    let text = |condition: &Condition| match condition {
        Condition::Text { test: Test::In(any), .. } => match any.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        Condition::Text { test: Test::Like(pattern), .. } => Some(pattern.clone()),
        _ => None,
    };
    let is_name = |condition: &&Condition| {
        matches!(condition, Condition::Text { of: Dimension::Column(TextColumn::Name), .. })
    };
    predicate.all.iter().find(is_name).or(predicate.all.first()).and_then(text)
}

impl FunnelDefinition {
    /// An ordered, closed funnel of these steps, counting visitors, with any anchor and no window, version 1.
    #[must_use]
    pub fn of(name: &str, steps: Vec<StepDefinition>) -> Self {
        Self {
            name: name.to_owned(),
            version: 1,
            steps,
            order: Order::default(),
            window_ms: None,
            anchor: Anchor::default(),
            scope: Scope::default(),
            entry: Entry::default(),
            tally: Tally::default(),
            same: None,
            exclusions: Vec::new(),
        }
    }
}
