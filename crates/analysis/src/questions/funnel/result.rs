//! What comes back from a funnel. Amounts are minor units, times ms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::results::{ChangeResult, GoalVersion, RangeResult, RateResult, TimesResult};

/// Units through a funnel.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FunnelResult {
    /// The site's funnel, if it is one.
    pub funnel: Option<GoalVersion>,
    /// What is counted.
    pub count: &'static str,
    /// Units there are, whether or not they entered.
    pub units: u64,
    /// The required steps.
    pub steps: Vec<StepResult>,
    /// The optional steps.
    pub optional: Vec<OptionalResult>,
    /// The time compared with, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousFunnelResult>,
}

/// A required step.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepResult {
    /// What it is called.
    pub label: String,
    /// The goal it was taken from.
    pub goal: Option<GoalVersion>,
    /// Units that reached it.
    pub reached: u64,
    /// Units that entered here.
    pub entered: u64,
    /// Of those that reached step 1; `null` with open entry.
    pub share_of_first: Option<RateResult>,
    /// Of those that reached the step before, those that went on; `null` at step 1.
    pub share_of_previous: Option<RateResult>,
    /// How `share_of_first` changed since the time compared with, where both may be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_of_first: Option<ChangeResult>,
    /// How `share_of_previous` changed since the time compared with, where both may be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_of_previous: Option<ChangeResult>,
    /// Reached it and cannot go on any more.
    pub lost: u64,
    /// Reached it and still can.
    pub in_progress: u64,
    /// Reached it and not the next, without a bound on the time.
    pub not_reached: u64,
    /// Took it without ever having taken the one before.
    pub skipped: u64,
    /// Times from the step before.
    pub time_from_previous: Option<TimesResult>,
    /// Value of the step's events in minor units, by currency.
    pub value: BTreeMap<String, i128>,
}

/// An optional step.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OptionalResult {
    /// What it is called.
    pub label: String,
    /// Used it.
    pub used: u64,
    /// Used it, and completed the funnel.
    pub used_completed: u64,
    /// Did not use it.
    pub unused: u64,
    /// Did not use it, and completed the funnel.
    pub unused_completed: u64,
}

/// The same funnel in the time that it is compared with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PreviousFunnelResult {
    /// The time.
    pub range: RangeResult,
    /// Units there were, whether or not they entered.
    pub units: u64,
    /// The required steps.
    pub steps: Vec<StepResult>,
}
