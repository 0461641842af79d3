//! Paths to or from a goal: the most frequent places of each step, and who went from which to which.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::Goal;
use waymark_query::{Flow, FoldSpec, PathPlace, PathsSpec, PathsState, State};

use crate::{
    answer::QuestionResult,
    context::{Answered, OTHER, QuestionContext, label_by},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    results::GoalVersion,
    small_groups::{FEWEST, SmallGroups},
    source::Source,
};

/// Asks for paths `to` a goal, or `from` it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathsQuery {
    /// The goal (or else the event) that paths lead to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The goal (or else the event) that paths begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What a step is.
    #[serde(default)]
    pub by: PathBy,
    /// Steps, 1 to 8.
    #[serde(default = "five")]
    pub depth: usize,
    /// How many places of each step are shown, 1 to 50; the rest is `(other)`.
    #[serde(default = "eight")]
    pub top: usize,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// What the steps of a path, or the parts of a sequence, are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathBy {
    /// Pages, by their paths.
    #[default]
    Page,
    /// Events, by their names; reserved ones are left out.
    Event,
    /// The site's goals.
    Goal,
}

/// Paths to or from a goal: places of steps, and how many sessions went from one to another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PathsResult {
    /// The goal.
    pub goal: GoalVersion,
    /// What a step is.
    pub by: PathBy,
    /// Sessions with the goal.
    pub units: u64,
    /// What these sessions are worth, by currency.
    pub gross: BTreeMap<String, i128>,
    /// The goal whose conversions that is; `null` where neither the goal nor the headline has a value.
    pub worth_of: Option<GoalVersion>,
    /// The places, the goal first, then step by step away from it.
    pub nodes: Vec<NodeResult>,
    /// From one place to the next, in the order of time.
    pub links: Vec<LinkResult>,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// A place of a path.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NodeResult {
    /// What links call it.
    pub id: String,
    /// Steps from the goal: 0 is the goal, -1 the step before, 1 the step after.
    pub step: i64,
    /// What kind of place it is.
    pub kind: NodeKind,
    /// What it is called.
    pub label: String,
    /// Sessions that were there.
    pub sessions: u64,
    /// What these sessions are worth, by currency.
    pub gross: BTreeMap<String, i128>,
}

/// What kind of place a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// The goal.
    Goal,
    /// A page, an event, another goal.
    Place,
    /// All places that are not shown.
    Other,
    /// The session began here.
    Start,
    /// The session ended here.
    End,
}

/// Sessions that went from one place to another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LinkResult {
    /// The earlier place.
    pub from: String,
    /// The later place.
    pub to: String,
    /// Sessions.
    pub sessions: u64,
    /// What these sessions are worth, by currency.
    pub gross: BTreeMap<String, i128>,
}

/// Most steps of a path, and most places of a step.
const MOST_STEPS: usize = 8;
const MOST_PLACES: usize = 50;
/// Places of a step that those who see no small groups are shown.
const TOP: usize = 8;

pub(crate) fn answer(asked: &PathsQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
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
    let mut work = QuestionContext::new(source, &asked.over, (goals, notice.into_iter().collect()))?;
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
    Ok(work.found(grounds, QuestionResult::Paths(result)))
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

const fn five() -> usize {
    5
}

const fn eight() -> usize {
    8
}
