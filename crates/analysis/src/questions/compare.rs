//! Two rates side by side, if they may stand so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::rate::Contrast;

use crate::{
    answer::{Provenance, QuestionResult},
    change::difference,
    context::Answered,
    error::QueryError,
    questions::rate::{self, FoundRate, RateQuery},
    results::{DifferenceResult, RateResult},
    source::Source,
    words,
};

/// Asks for two rates side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    /// The rate to compare with.
    pub from: RateQuery,
    /// The rate that is compared with it.
    pub to: RateQuery,
}

/// Two rates that differ in one respect.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CompareResult {
    /// The respect.
    #[schemars(with = "words::Contrast")]
    pub contrast: Contrast,
    /// The rate compared with.
    pub from: SideResult,
    /// The rate compared.
    pub to: SideResult,
    /// `to` minus `from`, in shares; `null` when a side has no units.
    pub difference: Option<DifferenceResult>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SideResult {
    /// What it was computed from.
    #[serde(flatten)]
    pub grounds: Option<Provenance>,
    /// The rate.
    #[serde(flatten)]
    pub rate: RateResult,
}

pub(crate) fn answer(asked: &CompareQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let (from, to) = (rate::find(&asked.from, source)?, rate::find(&asked.to, source)?);
    let contrast = from.rate.contrast(&to.rate)?;
    let difference = difference(&from.share, &to.share);
    let mut warnings = from.warnings.clone();
    warnings.extend(to.warnings.iter().filter(|warning| !from.warnings.contains(warning)).cloned());
    let side =
        |found: FoundRate| SideResult { grounds: Some(found.grounds), rate: RateResult::from(&found.rate) };
    let result = CompareResult { contrast, from: side(from), to: side(to), difference };
    Ok(Answered { grounds: None, warnings, outcome: QuestionResult::Compare(Box::new(result)) })
}
