//! The pages on which sessions ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_query::{ExitsSpec, FoldSpec, Moments, State};
use waymark_stats::BinaryRate as _;

use crate::{
    answer::QuestionResult,
    context::{Answered, QuestionContext},
    error::QueryError,
    lookup::find_goal,
    over::Over,
    query::ten,
    rates::Share,
    results::RateResult,
    small_groups::{FEWEST, Split},
    source::Source,
};

/// Asks for the pages on which sessions ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExitsQuery {
    /// Only sessions without this goal (or else event).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// How many pages are shown.
    #[serde(default = "ten")]
    pub top: usize,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
}

/// Pages on which sessions ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExitsResult {
    /// Sessions looked at: those that have ended, without the goal if one is given.
    pub sessions: u64,
    /// Sessions that may still go on, which are not looked at.
    pub in_progress: u64,
    /// Pages, those that most sessions ended on first.
    pub items: Vec<ExitResult>,
    /// Pages that are not shown.
    pub others: usize,
    /// Sessions that ended on them.
    pub other_exits: u64,
    /// Groups of fewer than 10 visitors are not shown by themselves to whoever asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// A page on which sessions ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExitResult {
    /// The page.
    pub path: String,
    /// Sessions that ended on it.
    pub exits: u64,
    /// Sessions that saw it.
    pub views_sessions: u64,
    /// Of the sessions that saw it, those that ended on it.
    pub rate: RateResult,
}

pub(crate) fn answer(asked: &ExitsQuery, source: &Source<'_>) -> Result<Answered, QueryError> {
    let found = asked.goal.as_deref().map(|name| find_goal(name, source)).transpose()?;
    let (goal, notice) = found.unzip();
    let warnings = notice.flatten().into_iter().collect();
    let mut work = QuestionContext::new(source, &asked.over, (goal.iter().cloned().collect(), warnings))?;
    work.without_filter("exits")?;
    let (state, grounds) = work.run(FoldSpec::Exits(ExitsSpec { without: goal }))?;
    let State::Exits(state) = state else { return Err(QueryError::WrongKind) };
    let ended = state.pages.into_iter().filter(|(_, page)| page.y > 0);
    let mut pages: Vec<(String, Moments)> = ended.collect();
    pages.sort_by(|(a, x), (b, y)| y.y.cmp(&x.y).then_with(|| a.cmp(b)));
    let together = |some: &[&_]| some.iter().copied().map(visitors).max().unwrap_or(0);
    let Split { shown: pages, merged: others, suppressed } =
        source.small_groups.split(pages, asked.top, visitors, |some| together(some) >= FEWEST);
    let result = ExitsResult {
        sessions: state.sessions,
        in_progress: state.open,
        items: pages.into_iter().map(page).collect::<Result<_, _>>()?,
        others: others.len(),
        other_exits: others.iter().map(|(_, page)| page.y).sum(),
        suppressed,
    };
    Ok(work.found(grounds, QuestionResult::Exits(result)))
}

/// How many visitors left on a page for certain: at least (Σy)²/Σy², by the inequality of Cauchy and Schwarz.
fn visitors((_, page): &(String, Moments)) -> u64 {
    let visitors = u128::from(page.y).pow(2).checked_div(page.yy).unwrap_or(0);
    u64::try_from(visitors).unwrap_or(u64::MAX)
}

fn page((path, moments): (String, Moments)) -> Result<ExitResult, QueryError> {
    let share = Share::by_visitor(&moments)?;
    let rate = RateResult {
        numerator: moments.y,
        denominator: moments.n,
        base: "session that saw the page".to_owned(),
        share: share.rate(),
        interval: share.interval(),
        low_n: share.is_low_n(),
    };
    Ok(ExitResult { path, exits: moments.y, views_sessions: moments.n, rate })
}
