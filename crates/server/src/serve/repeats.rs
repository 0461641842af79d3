//! Tells those who watch a site which events its goals have counted already.

use std::sync::Arc;

use waymark_collect::Repeats;
use waymark_model::{Event, Goal};
use waymark_query::repeats;
use waymark_store::columns::{ColumnsError, Part};

use super::{Job, Jobs};

/// The counting rules of the query engine. A failure is recorded, and no event is marked then.
#[derive(Debug)]
pub(super) struct CountingRules {
    jobs: Arc<Jobs>,
}

impl CountingRules {
    pub(super) const fn new(jobs: Arc<Jobs>) -> Self {
        Self { jobs }
    }
}

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
        let found = self.jobs.run(Job::LiveView, || repeats::repeats(parts, goals, session_gap_ms, events));
        Ok(found.unwrap_or_default())
    }
}
