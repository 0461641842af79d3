//! What comes back: results in the form of their JSON. Times are ms, amounts minor units; what does not exist is
//! `null` or left out, never a stand-in.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use waymark_model::{Goal, Identity, Interval, Rate, Role, rate::Contrast};

use super::{DropOffResult, EventsResult, ExitsResult, PathsResult, Query, SequencesResult, words};

/// An answer: the question as it was understood, what the result rests on, and the result's own fields.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Answer {
    /// The question, with what was not given filled in.
    pub(crate) query: Query,
    /// The site.
    pub(crate) site: String,
    /// What it rests on; a comparison says it for each side.
    #[serde(flatten)]
    pub(crate) grounds: Option<Grounds>,
    /// What to keep in mind.
    pub(crate) warnings: Vec<Notice>,
    /// Parts of the data folder that are damaged or missing: the answer may lack events, or use other definitions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) damage: Vec<DamageResult>,
    /// The result.
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// A part of the data folder that is damaged or missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DamageResult {
    /// What is damaged, and what that means.
    pub(crate) message: String,
}

/// What a result rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Grounds {
    /// The time looked at.
    pub(crate) range: RangeResult,
    /// What the visitors' numbers rest on.
    #[schema(value_type = Vec<words::Identity>)]
    pub(crate) identities: Vec<Identity>,
    /// What was left out.
    pub(crate) left_out: LeftOut,
    /// The goals, under the versions that were used.
    pub(crate) goals: Vec<GoalVersion>,
}

/// From a moment to another, in the site's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RangeResult {
    /// The first moment.
    pub(crate) from: String,
    /// The first moment after.
    pub(crate) to: String,
    /// The zone.
    pub(crate) timezone: String,
}

/// What was left out of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LeftOut {
    /// Events of the range tagged as bot, internal or test.
    pub(crate) tagged_events: u64,
}

/// A goal and its version; `null` for events that no goal defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct GoalVersion {
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: Option<u32>,
}

/// Something to keep in mind about a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Notice {
    /// What is so.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// A result.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// Of an overview.
    Overview(Box<OverviewResult>),
    /// Of a rate.
    Rate(RateResult),
    /// Of a funnel.
    Funnel(FunnelResult),
    /// Of a breakdown.
    Breakdown(BreakdownResult),
    /// Of a time to convert.
    ConversionTime(ConversionTimeResult),
    /// Of a comparison.
    Compare(Box<CompareResult>),
    /// Of a list of events.
    Events(EventsResult),
    /// Of paths.
    Paths(PathsResult),
    /// What units did next after they dropped out of a funnel.
    DropOff(DropOffResult),
    /// Of exits.
    Exits(ExitsResult),
    /// Of sequences.
    Sequences(SequencesResult),
}

/// A share with its counts and interval.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RateResult {
    /// Units that converted.
    pub(crate) numerator: u64,
    /// Units looked at.
    pub(crate) denominator: u64,
    /// What the units are.
    pub(crate) base: String,
    /// The share; `null` without units.
    pub(crate) share: Option<f64>,
    /// Its interval; `null` without units.
    #[schema(value_type = Option<words::Interval>)]
    pub(crate) interval: Option<Interval>,
    /// Too small to be ranked.
    pub(crate) low_n: bool,
}

/// An amount of value in one currency, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ValueResult {
    /// ISO 4217 code; empty when the events gave none.
    pub(crate) currency: String,
    /// Of the counted conversions.
    pub(crate) gross: i128,
    /// The part of `gross` that was told by a secret key or a signed call.
    pub(crate) verified: i128,
    /// Taken back by refunds (never above 0).
    pub(crate) refunds: i128,
    /// `gross` plus `refunds`.
    pub(crate) net: i128,
}

/// A goal's conversions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GoalResult {
    /// The goal and its version.
    #[serde(flatten)]
    pub(crate) goal: GoalVersion,
    /// Its role; `null` for events that no goal defines.
    #[schema(value_type = Option<words::GoalRole>)]
    pub(crate) role: Option<Role>,
    /// Whether it is the headline.
    pub(crate) headline: bool,
    /// How it counts.
    pub(crate) counting: &'static str,
    /// Counted conversions.
    pub(crate) conversions: u64,
    /// Matching events that did not count.
    pub(crate) repeats_removed: u64,
    /// Counted for want of an order key.
    pub(crate) without_key: u64,
    /// Counted, but of no visitor, and so in no rate.
    pub(crate) unattributed: u64,
    /// The rate on each base.
    pub(crate) rates: BTreeMap<&'static str, RateResult>,
    /// The value, by currency.
    pub(crate) value: Vec<ValueResult>,
    /// How the rate on each base changed since the time compared with, if one was asked for and the rates compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<BTreeMap<&'static str, ChangeResult>>,
    /// For micro conversions, if asked for: of their visitors, those who then reached the headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) then_headline: Option<RateResult>,
}

/// How a rate changed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeResult {
    /// Now minus then, in shares; `null` when a time has no units.
    pub(crate) difference: Option<DifferenceResult>,
    /// What can be said of it.
    pub(crate) verdict: Verdict,
    /// Units in each of the two times that would show a change of this size with 80 % power; `null` when it is told
    /// already, or when there is none.
    pub(crate) needed: Option<u64>,
}

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// The difference is within what chance alone makes.
    TooClose,
    /// There is none, or so small a one that a hundred times the units would not tell it.
    NoChange,
    /// There are too few units to tell.
    TooFew,
}

/// Refunds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RefundsResult {
    /// How many.
    pub(crate) count: u64,
    /// The amounts that they state, in minor units by currency (never above 0).
    pub(crate) value: BTreeMap<String, i128>,
}

/// What there was in all.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TotalResult {
    /// Events.
    pub(crate) events: u64,
    /// Visitors.
    pub(crate) visitors: u64,
    /// Sessions.
    pub(crate) sessions: u64,
    /// Users.
    pub(crate) users: u64,
    /// Goals.
    pub(crate) goals: Vec<GoalResult>,
    /// Refunds without an order: their key is missing, or no order has it. They lower no value.
    pub(crate) refunds_without_order: RefundsResult,
}

/// What there was on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DayResult {
    /// The date in the site's zone.
    pub(crate) date: String,
    /// The range cuts the day short.
    pub(crate) partial: bool,
    /// Events.
    pub(crate) events: u64,
    /// Visitors.
    pub(crate) visitors: u64,
    /// Sessions.
    pub(crate) sessions: u64,
    /// Counted conversions by goal.
    pub(crate) conversions: BTreeMap<String, u64>,
    /// Rates on the day's visitors: of the headline, or else of the goals that were named.
    pub(crate) rates: BTreeMap<String, RateResult>,
}

/// Visitors, sessions, events and goals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OverviewResult {
    /// In all.
    pub(crate) total: TotalResult,
    /// By day, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<Vec<DayResult>>,
    /// The time compared with, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<PreviousResult>,
}

/// What there was in the time that an overview is compared with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PreviousResult {
    /// The time.
    pub(crate) range: RangeResult,
    /// In all.
    pub(crate) total: TotalResult,
    /// By day, if asked for: the first beside the first, and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<Vec<DayResult>>,
}

/// Quantiles of a length of time, in ms (within 1/256). One that would tell of fewer than 10 visitors is `null` for viewers and
/// shared links.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct TimesResult {
    /// A quarter took no longer.
    pub(crate) p25: Option<u64>,
    /// Half took no longer.
    pub(crate) p50: Option<u64>,
    /// Three quarters took no longer.
    pub(crate) p75: Option<u64>,
    /// 95 % took no longer.
    pub(crate) p95: Option<u64>,
}

/// A required step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepResult {
    /// What it is called.
    pub(crate) label: String,
    /// The goal it was taken from.
    pub(crate) goal: Option<GoalVersion>,
    /// Units that reached it.
    pub(crate) reached: u64,
    /// Units that entered here.
    pub(crate) entered: u64,
    /// Of those that reached step 1; `null` with open entry.
    pub(crate) share_of_first: Option<RateResult>,
    /// Of those that reached the step before, those that went on; `null` at step 1.
    pub(crate) share_of_previous: Option<RateResult>,
    /// How `share_of_first` changed since the time compared with, where both may be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change_of_first: Option<ChangeResult>,
    /// How `share_of_previous` changed since the time compared with, where both may be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change_of_previous: Option<ChangeResult>,
    /// Reached it and cannot go on any more.
    pub(crate) lost: u64,
    /// Reached it and still can.
    pub(crate) in_progress: u64,
    /// Reached it and not the next, without a bound on the time.
    pub(crate) not_reached: u64,
    /// Took it without ever having taken the one before.
    pub(crate) skipped: u64,
    /// Times from the step before.
    pub(crate) time_from_previous: Option<TimesResult>,
    /// Value of the step's events in minor units, by currency.
    pub(crate) value: BTreeMap<String, i128>,
}

/// An optional step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OptionalResult {
    /// What it is called.
    pub(crate) label: String,
    /// Used it.
    pub(crate) used: u64,
    /// Used it, and completed the funnel.
    pub(crate) used_completed: u64,
    /// Did not use it.
    pub(crate) unused: u64,
    /// Did not use it, and completed the funnel.
    pub(crate) unused_completed: u64,
}

/// Units through a funnel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FunnelResult {
    /// The site's funnel, if it is one.
    pub(crate) funnel: Option<GoalVersion>,
    /// What is counted.
    pub(crate) count: &'static str,
    /// Units there are, whether or not they entered.
    pub(crate) units: u64,
    /// The required steps.
    pub(crate) steps: Vec<StepResult>,
    /// The optional steps.
    pub(crate) optional: Vec<OptionalResult>,
    /// The time compared with, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<PreviousFunnelResult>,
}

/// The same funnel in the time that it is compared with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PreviousFunnelResult {
    /// The time.
    pub(crate) range: RangeResult,
    /// Units there were, whether or not they entered.
    pub(crate) units: u64,
    /// The required steps.
    pub(crate) steps: Vec<StepResult>,
}

/// A goal in a bucket of a breakdown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BucketGoalResult {
    /// The goal's name.
    pub(crate) name: String,
    /// Counted conversions.
    pub(crate) conversions: u64,
    /// The rate on the bucket's units; left out when conversions have buckets of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<RateResult>,
    /// Value in minor units, by currency.
    pub(crate) gross: BTreeMap<String, i128>,
}

/// Units of one value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BucketResult {
    /// The value, `(none)` or `(other)`.
    pub(crate) value: String,
    /// Units.
    pub(crate) units: u64,
    /// Goals.
    pub(crate) goals: Vec<BucketGoalResult>,
}

/// Units and conversions by value; the buckets sum to the total.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BreakdownResult {
    /// The dimension.
    pub(crate) by: String,
    /// What decides the bucket.
    pub(crate) rule: String,
    /// Buckets, those with most units first, then `(none)` and `(other)`.
    pub(crate) buckets: Vec<BucketResult>,
    /// How many values `(other)` stands for.
    pub(crate) others: usize,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks: they are in `(other)`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

/// How long units took to convert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConversionTimeResult {
    /// Visitors or sessions.
    pub(crate) unit: &'static str,
    /// Units there are.
    pub(crate) units: u64,
    /// Units that converted.
    pub(crate) converted: u64,
    /// From the unit's first event to its first conversion; `null` when none converted.
    pub(crate) time: Option<TimesResult>,
}

/// Two rates that differ in one respect.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CompareResult {
    /// The respect.
    #[schema(value_type = words::Contrast)]
    pub(crate) contrast: Contrast,
    /// The rate compared with.
    pub(crate) from: SideResult,
    /// The rate compared.
    pub(crate) to: SideResult,
    /// `to` minus `from`, in shares; `null` when a side has no units.
    pub(crate) difference: Option<DifferenceResult>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SideResult {
    /// What it rests on.
    #[serde(flatten)]
    pub(crate) grounds: Option<Grounds>,
    /// The rate.
    #[serde(flatten)]
    pub(crate) rate: RateResult,
}

/// A difference of shares with its interval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct DifferenceResult {
    /// In shares: 0.01 is one percentage point.
    pub(crate) value: f64,
    /// Newcombe's interval.
    #[schema(value_type = words::Interval)]
    pub(crate) interval: Interval,
}

impl GoalVersion {
    pub(super) fn of(goal: &Goal) -> Self {
        Self::new(&goal.name, goal.version)
    }

    pub(super) fn new(name: &str, version: u32) -> Self {
        Self { name: name.to_owned(), version: (version > 0).then_some(version) }
    }
}

impl From<&Rate> for RateResult {
    fn from(rate: &Rate) -> Self {
        Self {
            numerator: rate.numerator(),
            denominator: rate.denominator(),
            base: rate.basis().base.to_string(),
            share: rate.share(),
            interval: rate.interval(),
            low_n: rate.is_low_n(),
        }
    }
}
