//! Paths to or from a goal: the most frequent places of each step, and who went from which to which.

use std::collections::BTreeMap;

use waymark_model::Goal;
use waymark_query::{Flow, FoldSpec, PathPlace, PathsSpec, PathsState, State};

use super::{Asked, Found, OTHER, label_by};
use crate::{
    analysis::{
        small_groups::{FEWEST, SmallGroups},
        source::Source,
    },
    query_json::{
        GoalVersion, LinkResult, NodeKind, NodeResult, Outcome, PathsQuery, PathsResult, QueryError,
        ask::find_goal,
    },
};

/// Most steps of a path, and most places of a step.
const MOST_STEPS: usize = 8;
const MOST_PLACES: usize = 50;
/// Places of a step that those who see no small groups are shown.
const TOP: usize = 8;

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
    work.without_filter("paths")?;
    let hides = source.small_groups == SmallGroups::Merged;
    // Two answers with another number of places would tell apart what one of them merges.
    let asked = &PathsQuery { top: if hides { TOP } else { asked.top }, ..asked.clone() };
    let by = label_by(asked.by, &goal, source);
    let mut spec = PathsSpec { goal: goal.clone(), after, by, depth: asked.depth, worth, shown: None };
    let State::Paths(labels) = work.state(FoldSpec::Paths(spec.clone()))? else {
        return Err(QueryError::WrongKind);
    };
    let mut shown = most_frequent(&labels, asked, if hides { FEWEST } else { 0 });
    let (mut state, grounds) = loop {
        spec.shown = Some(shown.clone());
        let (State::Paths(state), grounds) = work.run(FoldSpec::Paths(spec.clone()))? else {
            return Err(QueryError::WrongKind);
        };
        if !hides || !merge_more(&mut shown, &state) {
            break (state, grounds);
        }
    };
    let mut suppressed = shown != most_frequent(&labels, asked, 0);
    if hides {
        suppressed |= hide_links(&mut state.links);
    }
    work.warnings.dedup();
    let drawing = Drawing { goal: &goal, after, shown: &shown };
    let result = PathsResult {
        goal: GoalVersion::of(&goal),
        by: asked.by,
        units: state.all.sessions,
        gross: state.all.gross.clone(),
        worth_of: spec.worth.as_ref().map(GoalVersion::of),
        nodes: drawing.nodes(&state),
        links: drawing.links(&state),
        suppressed,
    };
    Ok(work.found(grounds, Outcome::Paths(result)))
}

/// The most frequent labels of each step that have so many visitors. What is itself stored as `(other)` is with all the others.
fn most_frequent(state: &PathsState, asked: &PathsQuery, fewest: u64) -> Vec<Vec<String>> {
    let mut steps: Vec<Vec<(u64, String)>> = vec![Vec::new(); asked.depth];
    for ((step, label), (sessions, visitors)) in &state.labels {
        if *visitors < fewest || label == OTHER {
            continue;
        }
        let step = (*step as usize).checked_sub(1).and_then(|step| steps.get_mut(step));
        step.into_iter().for_each(|labels| labels.push((*sessions, label.clone())));
    }
    let first = |mut labels: Vec<(u64, String)>| {
        labels.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
        labels.into_iter().take(asked.top).map(|(_, label)| label).collect()
    };
    steps.into_iter().map(first).collect()
}

/// Takes the last label of each step whose other places are a small group to them; says whether there is one.
fn merge_more(shown: &mut [Vec<String>], state: &PathsState) -> bool {
    let mut merges = false;
    for (labels, step) in shown.iter_mut().zip(1..) {
        let other = state.nodes.get(&(step, PathPlace::Other)).map_or(0, |flow| flow.visitors);
        merges |= (1..FEWEST).contains(&other) && labels.pop().is_some();
    }
    merges
}

/// The ways from place to place.
type Links = BTreeMap<(u32, PathPlace, PathPlace), Flow>;

/// Leaves out ways of small groups, and of others as many that what a place's ways lack is no small group. (A visitor with
/// several sessions may have gone several.) Says whether some were left out.
fn hide_links(links: &mut Links) -> bool {
    let all = links.clone();
    links.retain(|_, flow| flow.visitors >= FEWEST);
    let near = |key: &(u32, PathPlace, PathPlace)| (key.0, key.1, false);
    let far = |key: &(u32, PathPlace, PathPlace)| (key.0, key.2, true);
    loop {
        let mut hidden: BTreeMap<_, u64> = BTreeMap::new();
        for (key, flow) in all.iter().filter(|(key, _)| !links.contains_key(key)) {
            *hidden.entry(near(key)).or_default() += flow.visitors;
            *hidden.entry(far(key)).or_default() += flow.visitors;
        }
        let is_small = |end| hidden.get(&end).is_some_and(|visitors| *visitors < FEWEST);
        let at_small = links.iter().filter(|(key, _)| is_small(near(key)) || is_small(far(key)));
        let Some(next) = at_small.min_by_key(|(_, flow)| flow.visitors).map(|(key, _)| *key) else {
            return links.len() < all.len();
        };
        links.remove(&next);
    }
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
