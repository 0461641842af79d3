//! What looks wrong in a site's definitions, in words for the site's owner: what it means and what to do.
//!
//! Pure functions over definitions and counts that others took. A lint never changes a number.

mod funnels;
mod goals;
mod site;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::definitions::SiteDefinition;

/// Most macros before a lint: with more, it is no longer clear what the site is for.
pub const MOST_MACROS: usize = 3;
/// Most micros before a lint.
pub const MOST_MICROS: usize = 12;

/// What a lint is about. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No goal is the headline.
    NoHeadline,
    /// Several goals are the headline.
    SeveralHeadlines,
    /// A micro conversion is the headline.
    MicroHeadline,
    /// More than [`MOST_MACROS`] macros.
    TooManyMacros,
    /// More than [`MOST_MICROS`] micros.
    TooManyMicros,
    /// A goal that matches over half of all sessions.
    LooseGoal,
    /// A goal without a conversion in the range.
    DeadGoal,
    /// A macro that counts every event.
    MacroWithoutKey,
    /// A macro that is worth nothing.
    MacroWithoutValue,
    /// A goal counted by key, whose events carry none.
    KeyNotSeen,
    /// A goal whose value comes from its events, which carry none.
    ValueNotSeen,
    /// A funnel whose last step is no macro.
    FunnelWithoutMacro,
    /// A funnel that cannot be computed under the goals as they are.
    BrokenFunnel,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 13] = [
        Self::NoHeadline,
        Self::SeveralHeadlines,
        Self::MicroHeadline,
        Self::TooManyMacros,
        Self::TooManyMicros,
        Self::LooseGoal,
        Self::DeadGoal,
        Self::MacroWithoutKey,
        Self::MacroWithoutValue,
        Self::KeyNotSeen,
        Self::ValueNotSeen,
        Self::FunnelWithoutMacro,
        Self::BrokenFunnel,
    ];
}

/// How much a lint matters, from the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A number is missing or cannot be trusted.
    Error,
    /// A number is probably not what its name says.
    Warning,
    /// It could be clearer.
    Advice,
}

/// What a lint points at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The site as a whole.
    Site,
    /// The goal of that name.
    Goal(String),
    /// The funnel of that name.
    Funnel(String),
}

/// A change of a goal's definition that settles a lint. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Count each order once, by its key.
    CountOncePerKey,
    /// Count once per session.
    CountOncePerSession,
    /// Take the value from the event.
    ValueFromEvent,
}

/// Something in a site's definitions that its owner should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lint {
    /// What it is about, as a stable name.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The site's name.
    pub site: String,
    /// What it points at.
    pub subject: Subject,
    /// What is so, and what that means.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Changes of the goal that settle it, the best first. Empty when nothing in the definition alone does.
    #[serde(default)]
    pub mends: Vec<Mend>,
}

/// How a site's goals were used in a range of time, bots and tests left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Sessions in the range.
    pub sessions: u64,
    /// By the goal's name. A goal that is not here was not looked at, and gets no lint that needs data.
    pub goals: BTreeMap<String, GoalUsage>,
}

/// How one goal was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalUsage {
    /// Sessions with at least one event that matches.
    pub sessions: u64,
    /// Events that match, before the counting rule.
    pub events: u64,
    /// Conversions, after the counting rule.
    pub conversions: u64,
    /// Events that match and carry an order key.
    pub with_key: u64,
    /// Events that match and carry a value.
    pub with_value: u64,
}

/// Everything to point out about a site, what matters most first. Without `usage`, only what the definitions
/// themselves show.
#[must_use]
pub fn lint(site: &SiteDefinition, usage: Option<&Usage>) -> Vec<Lint> {
    let mut lints = site::lint(site);
    for goal in &site.goals {
        let used = usage.and_then(|usage| Some((usage.sessions, *usage.goals.get(&goal.name)?)));
        lints.extend(goals::lint(&site.name, goal, used));
    }
    lints.extend(site.funnels.iter().filter_map(|funnel| funnels::lint(site, funnel)));
    lints.sort_by_key(|lint| lint.severity);
    lints
}
