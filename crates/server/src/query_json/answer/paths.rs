//! Paths to or from a goal: the most frequent places of each step, and who went from which to which.

use waymark_model::Goal;
use waymark_query::{Flow, FoldSpec, PathPlace, PathsSpec, PathsState, State};

use super::{Asked, Found, OTHER, label_by};
use crate::{
    analysis::source::Source,
    query_json::{
        GoalVersion, LinkResult, NodeKind, NodeResult, Outcome, PathsQuery, PathsResult, QueryError,
        ask::find_goal,
    },
};

/// Most steps of a path, and most places of a step.
const MOST_STEPS: usize = 8;
const MOST_PLACES: usize = 50;

pub(super) fn answer(asked: &PathsQuery, source: &Source<'_>) -> Result<Found, QueryError> {
    let (name, after) = match (&asked.to, &asked.from) {
        (Some(to), None) => (to, false),
        (None, Some(from)) => (from, true),
        _ => return Err(QueryError::PathsForm),
    };
    for (what, value, most) in [("depth", asked.depth, MOST_STEPS), ("top", asked.top, MOST_PLACES)] {
        QueryError::check_bound(what, value, most)?;
    }
    let (goal, notice) = find_goal(name, source)?;
    let valued = [Some(&goal), source.site.headline()].into_iter().flatten();
    let worth = valued.clone().find(|goal| goal.value.is_some()).cloned();
    let others = worth.iter().filter(|worth| worth.name != goal.name);
    let goals = std::iter::once(&goal).chain(others).cloned().collect();
    let mut work = Asked::new(source, &asked.over, (goals, notice.into_iter().collect()))?;
    let by = label_by(asked.by, &goal, source);
    let mut spec = PathsSpec { goal: goal.clone(), after, by, depth: asked.depth, worth, shown: None };
    let State::Paths(labels) = work.state(FoldSpec::Paths(spec.clone()))? else {
        return Err(QueryError::WrongKind);
    };
    let shown = shown(labels, asked);
    spec.shown = Some(shown.clone());
    let (State::Paths(state), grounds) = work.run(FoldSpec::Paths(spec.clone()))? else {
        return Err(QueryError::WrongKind);
    };
    let drawing = Drawing { goal: &goal, after, shown: &shown };
    let result = PathsResult {
        goal: GoalVersion::of(&goal),
        by: asked.by,
        units: state.all.sessions,
        gross: state.all.gross.clone(),
        worth_of: spec.worth.as_ref().map(GoalVersion::of),
        nodes: drawing.nodes(&state),
        links: drawing.links(&state),
    };
    Ok(work.found(grounds, Outcome::Paths(result)))
}

/// The most frequent labels of each step.
fn shown(state: PathsState, asked: &PathsQuery) -> Vec<Vec<String>> {
    let mut steps: Vec<Vec<(u64, String)>> = vec![Vec::new(); asked.depth];
    for ((step, label), (sessions, _)) in state.labels {
        let step = (step as usize).checked_sub(1).and_then(|step| steps.get_mut(step));
        step.into_iter().for_each(|labels| labels.push((sessions, label.clone())));
    }
    let most_frequent = |mut labels: Vec<(u64, String)>| {
        labels.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
        labels.into_iter().take(asked.top).map(|(_, label)| label).collect()
    };
    steps.into_iter().map(most_frequent).collect()
}

/// How places and ways between them are named.
struct Drawing<'a> {
    goal: &'a Goal,
    after: bool,
    shown: &'a [Vec<String>],
}

impl Drawing<'_> {
    fn nodes(&self, state: &PathsState) -> Vec<NodeResult> {
        let goal = self.node(0, PathPlace::Goal, &state.all);
        let others = state.nodes.iter().map(|(&(step, place), flow)| self.node(step, place, flow));
        std::iter::once(goal).chain(others).collect()
    }

    fn node(&self, step: u32, place: PathPlace, flow: &Flow) -> NodeResult {
        let (kind, label) = match place {
            PathPlace::Goal => (NodeKind::Goal, self.goal.name.as_str()),
            PathPlace::Shown(number) => (NodeKind::Place, self.label(step, number)),
            PathPlace::Other => (NodeKind::Other, OTHER),
            PathPlace::Edge if self.after => (NodeKind::End, "(end)"),
            PathPlace::Edge => (NodeKind::Start, "(start)"),
        };
        NodeResult {
            id: self.id(step, place),
            step: if self.after { i64::from(step) } else { -i64::from(step) },
            kind,
            label: label.to_owned(),
            sessions: flow.sessions,
            gross: flow.gross.clone(),
        }
    }

    fn label(&self, step: u32, number: u32) -> &str {
        let labels = (step as usize).checked_sub(1).and_then(|step| self.shown.get(step));
        labels.and_then(|labels| labels.get(number as usize)).map_or("", String::as_str)
    }

    fn id(&self, step: u32, place: PathPlace) -> String {
        let sign = if self.after || step == 0 { "" } else { "-" };
        match place {
            PathPlace::Goal => "0".to_owned(),
            PathPlace::Shown(number) => format!("{sign}{step}:{number}"),
            PathPlace::Other => format!("{sign}{step}:other"),
            PathPlace::Edge => format!("{sign}{step}:edge"),
        }
    }

    fn links(&self, state: &PathsState) -> Vec<LinkResult> {
        let link = |(&(step, near, far), flow): (&(u32, PathPlace, PathPlace), &Flow)| {
            let (near, far) = (self.id(step.saturating_sub(1), near), self.id(step, far));
            let (from, to) = if self.after { (near, far) } else { (far, near) };
            LinkResult { from, to, sessions: flow.sessions, gross: flow.gross.clone() }
        };
        state.links.iter().map(link).collect()
    }
}
