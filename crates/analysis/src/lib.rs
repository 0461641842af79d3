//! Counts become answers: the questions that can be asked about a site, and their answers with rates, intervals and
//! changes (`docs/query-json.md`). Each question has one file in `questions/`: its query, its result, its answer.
//!
//! It must not count by itself, nor know HTTP, accounts or how answers are drawn.

mod answer;
mod change;
mod conditions;
mod context;
mod error;
pub mod inventory;
mod lookup;
mod over;
mod query;
pub mod questions;
mod rates;
mod read;
mod results;
pub mod small_groups;
mod source;
pub mod suggestions;
pub mod usage;
pub mod words;

pub use answer::{Answer, DamageResult, LeftOut, Notice, Provenance, QuestionResult, answer};
pub use conditions::{Conditions, dimension};
pub use error::QueryError;
pub use over::{CompareTo, Filter, Over, Range, ResolvedOver};
pub use query::Query;
pub use read::{read, read_as};
pub use results::{
    ChangeResult, DifferenceResult, GoalVersion, RangeResult, RateResult, TimesResult, Verdict,
};
pub use source::{Source, Watch};
