//! Tells those who watch a site which events its goals have counted already.

use waymark_collect::Repeats;
use waymark_model::{Event, Goal};
use waymark_query::repeats;
use waymark_store::columns::{ColumnsError, Part};

/// The counting rules of the query engine.
#[derive(Debug)]
pub(super) struct CountingRules;

impl Repeats for CountingRules {
    fn may_repeat(&self, goals: &[Goal], event: &Event) -> bool {
        repeats::may_repeat(goals, event)
    }

    fn repeats(
        &self,
        parts: &[Part],
        goals: &[Goal],
        session_gap_ms: i64,
        events: &[Event],
    ) -> Result<Vec<bool>, ColumnsError> {
        repeats::repeats(parts, goals, session_gap_ms, events)
    }
}
