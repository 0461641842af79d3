//! Two rates side by side, if they may stand so.

use waymark_stats::{BinaryRate as _, Confidence, newcombe_difference};

use super::{
    Found,
    rate::{self, FoundRate},
};
use crate::{
    analysis::source::Source,
    query_json::{
        CompareQuery, CompareResult, DifferenceResult, Outcome, QueryError, RateResult, SideResult,
    },
};

pub(super) fn answer(asked: &CompareQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let (from, to) = (rate::find(&asked.from, source)?, rate::find(&asked.to, source)?);
    let contrast = from.rate.contrast(&to.rate)?;
    let difference = difference(&from, &to);
    let mut warnings = from.warnings.clone();
    warnings.extend(to.warnings.iter().filter(|warning| !from.warnings.contains(warning)).cloned());
    let side =
        |found: FoundRate| SideResult { grounds: Some(found.grounds), rate: RateResult::from(&found.rate) };
    let result = CompareResult { contrast, from: side(from), to: side(to), difference };
    Ok(Found { grounds: None, warnings, outcome: Outcome::Compare(Box::new(result)) })
}

fn difference(from: &FoundRate, to: &FoundRate) -> Option<DifferenceResult> {
    let found = newcombe_difference(&from.share, &to.share, Confidence::default())?;
    let interval = waymark_model::Interval {
        low: found.low(),
        high: found.high(),
        confidence: found.confidence().level(),
    };
    Some(DifferenceResult { value: to.share.rate()? - from.share.rate()?, interval })
}
