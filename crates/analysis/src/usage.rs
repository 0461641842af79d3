//! How a site's goals are used, as lints want to know it.

use waymark_model::{
    Condition, Counting, Goal, Trigger,
    lints::{GoalUsage, Usage},
};
use waymark_query::{BucketTally, FoldSpec, OverviewSpec, State};

use crate::{error::QueryError, over::ResolvedOver, source::Source};

/// Most goals of one fold, which counts each goal in three ways.
const GOALS_AT_ONCE: usize = 20;

/// How the site's goals were used in the range.
pub fn usage(source: &Source<'_>, over: &ResolvedOver) -> Result<Usage, QueryError> {
    let mut usage = Usage::default();
    for goals in source.site.goals.chunks(GOALS_AT_ONCE) {
        let asked: Vec<Goal> = goals.iter().flat_map(in_three_ways).collect();
        let fold = FoldSpec::Overview(OverviewSpec {
            goals: asked,
            buckets: Vec::new(),
            then: None,
            orders: Vec::new(),
        });
        let output = source.run(over, &[fold])?;
        let Some(State::Overview(state)) = output.states.first() else { return Err(QueryError::WrongKind) };
        usage.sessions = state.total.sessions;
        for (at, goal) in goals.iter().enumerate() {
            usage.goals.insert(goal.name.clone(), used(&state.total, 3 * at));
        }
    }
    Ok(usage)
}

/// The goal as it counts every event, once for each key, and only events with a value.
fn in_three_ways(goal: &Goal) -> [Goal; 3] {
    let plain = |counting| Goal { counting, value: None, ..goal.clone() };
    let mut valued = plain(Counting::Every);
    if let Trigger::Event(predicate) = &mut valued.trigger {
        predicate.all.push(Condition::Value { at_least: None, at_most: None });
    }
    let by_key = match goal.trigger {
        Trigger::Event(_) => Counting::OncePerKey,
        Trigger::Duration { .. } | Trigger::Pages { .. } => Counting::Every,
    };
    [plain(goal.counting), plain(by_key), valued]
}

fn used(total: &BucketTally, at: usize) -> GoalUsage {
    let [as_defined, by_key, valued] =
        [at, at + 1, at + 2].map(|at| total.goals.get(at).cloned().unwrap_or_default());
    GoalUsage {
        sessions: as_defined.converters.sessions,
        events: as_defined.matched,
        conversions: as_defined.conversions,
        with_key: by_key.matched - by_key.without_key.min(by_key.matched),
        with_value: valued.matched,
    }
}
