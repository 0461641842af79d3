//! Two rates side by side, if they may stand so.

use super::{
    Found,
    rate::{self, FoundRate},
};
use crate::{
    analysis::{change::difference, source::Source},
    query_json::{CompareQuery, CompareResult, Outcome, QueryError, RateResult, SideResult},
};

pub(super) fn answer(asked: &CompareQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let (from, to) = (rate::find(&asked.from, source)?, rate::find(&asked.to, source)?);
    let contrast = from.rate.contrast(&to.rate)?;
    let difference = difference(&from.share, &to.share);
    let mut warnings = from.warnings.clone();
    warnings.extend(to.warnings.iter().filter(|warning| !from.warnings.contains(warning)).cloned());
    let side =
        |found: FoundRate| SideResult { grounds: Some(found.grounds), rate: RateResult::from(&found.rate) };
    let result = CompareResult { contrast, from: side(from), to: side(to), difference };
    Ok(Found { grounds: None, warnings, outcome: Outcome::Compare(Box::new(result)) })
}
